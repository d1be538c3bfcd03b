"""Every setting: name, type, default, a line of help.

Read from the environment and from `.env`. A wrong or missing value stops the start
and says which (`load_settings`). `.env.example` and the README's table are checked
against this list by `tests/contracts/test_settings_documented.py`.
"""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
SANDBOX_APP_ID_PREFIX = "wxsandbox"  # no real AppID: those are "wx" and 16 hexadecimal digits


class BadSettings(SystemExit):
    """The configuration cannot be used; the message names each setting."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="EPOLICE_", env_file=ROOT / ".env", extra="ignore", frozen=True)

    public_url: str = Field(
        "http://127.0.0.1:8000",
        pattern=r"^https?://[^\s/]+$",
        description="address citizens reach the account's pages under, without a final slash",
    )
    data_dir: Path = Field(ROOT / "instance", description="folder for the embedded database and caches")
    knowledge_dir: Path = Field(ROOT / "knowledge", description="folder of matters, bureau profile and conversation")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in the data folder")
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="signs cookies and links, 32 characters or more; the sandbox makes its own",
    )
    wechat_app_id: str = Field(
        "", pattern=r"^(wx[0-9a-zA-Z]{4,32})?$", description="AppID; empty: the sandbox stands in for WeChat"
    )
    wechat_app_secret: SecretStr = Field(SecretStr(""), description="AppSecret")
    wechat_token: SecretStr = Field(SecretStr(""), description="Token of the callback, as entered at mp.weixin.qq.com")
    wechat_aes_key: SecretStr = Field(
        SecretStr(""), description="EncodingAESKey, 43 characters; empty only in plain mode"
    )
    wechat_previous_aes_key: SecretStr = Field(
        SecretStr(""), description="the EncodingAESKey before the last change, accepted during a rotation"
    )
    wechat_api_url: str = Field(
        "https://api.weixin.qq.com",
        pattern=r"^https?://[^\s]+[^/]$",
        description="where Tencent's API is called",
    )
    wechat_api_timeout_seconds: float = Field(4.0, gt=0, le=30, description="limit of one call to Tencent's API")
    wechat_login_url: str = Field(
        "https://open.weixin.qq.com/connect/oauth2/authorize",
        pattern=r"^https?://[^\s]+[^/]$",
        description="where a citizen agrees to be known by WeChat (OAuth2)",
    )
    wechat_max_age_seconds: int = Field(
        300, ge=30, le=3600, description="callbacks with an older timestamp are refused"
    )
    wechat_max_body_bytes: int = Field(64 * 1024, ge=4096, le=1024 * 1024, description="larger callbacks are refused")
    redis_url: str = Field(
        "", pattern=r"^(rediss?://.+)?$", description="queue and limits in Redis; empty: in the data folder"
    )
    trusted_proxies: int = Field(0, ge=0, le=5, description="how many proxies stand before us and name the caller")
    files_dir: Path = Field(ROOT / "uploads", description="folder of the encrypted files")
    files_master_key: SecretStr = Field(
        SecretStr(""), description="wraps every file's key: 32 bytes in Base64; the sandbox makes its own"
    )
    files_previous_master_key: SecretStr = Field(
        SecretStr(""), description="the master key before the last change, until flask files rotate-key has run"
    )
    files_max_bytes: int = Field(10 * 1024 * 1024, ge=100_000, le=50_000_000, description="larger files are refused")
    files_max_pixels: int = Field(
        50_000_000, ge=1_000_000, le=200_000_000, description="pictures of more pixels are refused unopened"
    )
    files_s3_bucket: str = Field("", description="keep files in this S3 bucket; empty: in the folder")
    files_s3_url: str = Field("", pattern=r"^(https?://.+)?$", description="address of the S3 store; empty: Amazon's")
    files_s3_access_key: SecretStr = Field(SecretStr(""), description="access key of the S3 store")
    files_s3_secret_key: SecretStr = Field(SecretStr(""), description="secret key of the S3 store")
    sms_access_key_id: str = Field("", description="Aliyun AccessKey ID; empty: the sandbox is the SMS gateway")
    sms_access_key_secret: SecretStr = Field(SecretStr(""), description="Aliyun AccessKey Secret")
    sms_sign_name: str = Field("智慧e警务", min_length=2, max_length=20, description="signature under every SMS")
    sms_api_url: str = Field(
        "https://dysmsapi.aliyuncs.com", pattern=r"^https?://[^\s]+[^/]$", description="where the SMS gateway is called"
    )
    form_certificate: str = Field(
        "", description="PKCS#12 file that signs issued forms; empty: the sandbox makes one for development"
    )
    form_certificate_password: SecretStr = Field(SecretStr(""), description="password of that file")
    dialogue_minutes: int = Field(15, ge=1, le=240, description="how long a conversation remembers its matter")
    knowledge_poll_seconds: float = Field(
        1.0, gt=0, le=60, description="how often changed knowledge files are looked for"
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="least severe event that is logged"
    )

    @model_validator(mode="after")
    def _a_real_account_is_complete(self) -> Self:
        if not self.wechat_app_id:
            return self
        missing = [
            name
            for name in ("wechat_app_secret", "wechat_token", "secret_key")
            if not getattr(self, name).get_secret_value()
        ]
        if missing:
            raise ValueError(f"with a real WECHAT_APP_ID these are needed too: {', '.join(missing)}")
        if len(self.secret_key.get_secret_value()) < 32:
            raise ValueError("secret_key must have 32 characters or more")
        return self

    @model_validator(mode="after")
    def _aes_keys_have_their_length(self) -> Self:
        for name in ("wechat_aes_key", "wechat_previous_aes_key"):
            if len(getattr(self, name).get_secret_value()) not in (0, 43):
                raise ValueError(f"{name} must have 43 characters")
        return self

    @property
    def sandbox(self) -> bool:
        """True while no real account is configured: the sandbox plays Tencent."""
        return not self.wechat_app_id or self.wechat_app_id.startswith(SANDBOX_APP_ID_PREFIX)

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve()}/epolice.sqlite"


def load_settings() -> Settings:
    """Read the settings or stop, naming every setting that is wrong and what it is for."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings("\n".join(["Settings that cannot be used:", *_told(error)])) from None


def _told(error: ValidationError) -> list[str]:
    lines = []
    for fault in error.errors(include_input=False):
        name = str(fault["loc"][0]) if fault["loc"] else ""
        field = Settings.model_fields.get(name)
        about = f" ({field.description})" if field else ""
        variable = f"EPOLICE_{name.upper()}{about}: " if name else ""
        lines.append(f"  {variable}{fault['msg']}")
    return lines
