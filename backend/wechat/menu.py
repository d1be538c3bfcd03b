"""The custom menu under the chat: `knowledge/wechat_menu.yaml`, held to Tencent's limits.

Source: /doc/service/guide/product/menu/intro.html (3 columns, 5 entries each; names 16 and
60 bytes; key 128 bytes; address 1,024 bytes)
"""

from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from ..errors import Invalid
from ..text import size_bytes

FILE = "wechat_menu.yaml"
COLUMN_NAME_BYTES, ENTRY_NAME_BYTES = 16, 60
KEY_BYTES, ADDRESS_BYTES = 128, 1024
KEY = r"^(ask:.+|matter:[a-z0-9-]+|nearest|human|english)$"


class BadMenu(Invalid):
    code = "wechat.bad_menu"


def _at_most(limit_bytes: int) -> AfterValidator:
    def check(value: str) -> str:
        if size_bytes(value) > limit_bytes:
            raise ValueError(f"{value!r} is longer than {limit_bytes} bytes")
        return value

    return AfterValidator(check)


class Entry(BaseModel):
    """A line of the menu. Exactly one of key (answered in the chat) and page (opened)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1), _at_most(ENTRY_NAME_BYTES)]
    key: Annotated[str, Field(pattern=KEY), _at_most(KEY_BYTES)] | None = None
    page: Annotated[str, Field(pattern=r"^(/|https://)")] | None = None

    @model_validator(mode="after")
    def _one_deed(self) -> Self:
        if (self.key is None) == (self.page is None):
            raise ValueError(f"{self.name!r} needs either key or page")
        return self

    def button(self, public_url: str) -> dict[str, str]:
        if self.key is not None:
            return {"type": "click", "name": self.name, "key": self.key}
        page = self.page or "/"
        return {"type": "view", "name": self.name, "url": public_url + page if page[0] == "/" else page}


class Column(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1), _at_most(COLUMN_NAME_BYTES)]
    entries: list[Entry] = Field(min_length=1, max_length=5)


class Menu(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: list[Column] = Field(min_length=1, max_length=3)

    def body(self, public_url: str) -> dict[str, Any]:
        """Return what menu/create takes. Raise BadMenu where an address is too long."""
        columns = [(c.name, [e.button(public_url) for e in c.entries]) for c in self.columns]
        for _, buttons in columns:
            for button in buttons:
                if size_bytes(button.get("url", "")) > ADDRESS_BYTES:
                    raise BadMenu(f"“{button['name']}”的地址超过 {ADDRESS_BYTES} 字节。")
        return {"button": [{"name": name, "sub_button": buttons} for name, buttons in columns]}

    def matter_ids(self) -> set[str]:
        keys = [e.key for c in self.columns for e in c.entries if e.key]
        return {key.removeprefix("matter:") for key in keys if key.startswith("matter:")}


def read_menu(knowledge_dir: Path) -> Menu:
    """Raise BadMenu, naming what is wrong, where the file cannot be used."""
    path = knowledge_dir / FILE
    try:
        return Menu.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as fault:
        raise BadMenu(f"{path.name}: {type(fault).__name__}") from None
    except yaml.YAMLError as fault:
        raise BadMenu(f"{path.name}: {fault}") from None
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors()]
        raise BadMenu(f"{path.name}: " + "; ".join(faults)) from None
