"""The made-up account of the sandbox: created once, kept in the data folder.

Every process of one data folder must hold the same credentials, and two may start at
the same moment: the file is written whole under another name and then linked to its
own, which only the first can do; the others read what the first has written.
"""

import base64
import json
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from ..config import SANDBOX_APP_ID_PREFIX, BadSettings, Settings

FILE = "sandbox.json"
KEYS = ("app_id", "app_secret", "token", "aes_key", "secret_key", "files_master_key")


def provide(settings: Settings) -> Settings:
    """Return `settings` completed with the sandbox's account and the address of its API.

    A secret_key that is configured is kept. Stops the start (BadSettings) where the
    kept file cannot be used.
    """
    kept = _read_or_create(settings.data_dir / FILE)
    own_key = settings.secret_key.get_secret_value()
    return settings.model_copy(
        update={
            "wechat_app_id": kept["app_id"],
            "wechat_app_secret": SecretStr(kept["app_secret"]),
            "wechat_token": SecretStr(kept["token"]),
            "wechat_aes_key": SecretStr(kept["aes_key"]),
            "wechat_previous_aes_key": SecretStr(""),
            "secret_key": SecretStr(own_key or kept["secret_key"]),
            "files_master_key": SecretStr(settings.files_master_key.get_secret_value() or kept["files_master_key"]),
            "wechat_api_url": f"{settings.public_url}/sandbox/tencent",
            "wechat_login_url": f"{settings.public_url}/sandbox/tencent/connect/oauth2/authorize",
            "sms_api_url": f"{settings.public_url}/sandbox/sms",
            "sms_access_key_id": "sandbox",
            "sms_access_key_secret": SecretStr("sandbox"),
        }
    )


def _read_or_create(path: Path) -> dict[str, str]:
    if not path.exists():
        _create(path)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as fault:
        raise BadSettings(f"{path} cannot be read ({type(fault).__name__}); delete it to start anew") from None
    if not isinstance(kept, dict) or not all(isinstance(kept.get(k), str) and kept[k] for k in KEYS):
        raise BadSettings(f"{path} is incomplete; delete it to start anew")
    return kept


def _create(path: Path) -> None:
    """Write new credentials to `path` unless another process has just done so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(_made_up(), file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass  # another process got there first; its credentials count
    finally:
        draft.unlink()


def _made_up() -> dict[str, str]:
    return {
        "app_id": SANDBOX_APP_ID_PREFIX + secrets.token_hex(5),
        "app_secret": secrets.token_hex(16),
        "token": secrets.token_urlsafe(18),
        # 32 random bytes as Tencent writes them: Base64 without the closing "="
        "aes_key": base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="),
        "secret_key": secrets.token_urlsafe(36),
        "files_master_key": base64.b64encode(secrets.token_bytes(32)).decode(),
    }
