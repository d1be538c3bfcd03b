"""Columns nobody can read in the database: sealed on the way in, opened on the way out.

Names, document numbers, telephones, openids, addresses, the values of forms. What must
be looked up has a second column beside it with `key_of`.
"""

import json
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Dialect, LargeBinary, TypeDecorator

from .vault import Vault

KEY = "epolice.records"


def init_sealed(app: Flask) -> None:
    app.extensions[KEY] = Vault(app.config["SECRET_KEY"], "records")


def key_of(kind: str, value: str) -> str:
    """Return the lookup key of a sealed value: 64 hex digits, another for every `kind`."""
    return _records().key_of(f"{kind}\n{value}")


def _records() -> Vault:
    vault: Vault = current_app.extensions[KEY]
    return vault


class SealedText(TypeDecorator[str]):
    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _records().seal(value.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Raise Unreadable where the secret key has changed."""
        return None if value is None else _records().open(value).decode()


class SealedJson(TypeDecorator[Any]):
    """A value of JSON. Replace it whole: a change inside is not noticed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else _records().seal(json.dumps(value, ensure_ascii=False).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Raise Unreadable where the secret key has changed."""
        return None if value is None else json.loads(_records().open(value))
