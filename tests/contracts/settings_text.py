"""The settings as text: what `.env.example` and the READMEs' tables must say.

`python -m tests.contracts.settings_text` prints `.env.example` as it should be.
"""

from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from backend.config import ROOT, Settings

HEAD = """\
# Settings of Smart e-Police. Copy this file to .env and change what differs; a line that stays commented keeps
# its default. Without any setting the account runs with the sandbox on this machine.
# Written from backend/config.py: python -m tests.contracts.settings_text > .env.example
"""


def variable(name: str) -> str:
    return f"EPOLICE_{name.upper()}"


def default_text(field: FieldInfo) -> str:
    """Return the default as it is typed into `.env`; folders inside the project relative to it."""
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, Path):
        value = value.relative_to(ROOT)
    return str(value)


def env_example() -> str:
    blocks = [HEAD]
    for name, field in Settings.model_fields.items():
        secret = " (secret)" if field.annotation is SecretStr else ""
        blocks.append(f"# {field.description}{secret}\n#{variable(name)}={default_text(field)}\n")
    return "\n".join(blocks)


if __name__ == "__main__":
    print(env_example(), end="")
