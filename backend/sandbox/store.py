"""What the sandbox remembers: one SQLite file of its own, shared by all web processes."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

KEEP_LINES, KEEP_EXCHANGES = 2000, 200
TABLES = """
CREATE TABLE IF NOT EXISTS line (
    id INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS line_openid ON line (openid, id);
CREATE TABLE IF NOT EXISTS exchange (
    id INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS exchange_openid ON exchange (openid, id);
CREATE TABLE IF NOT EXISTS opening (
    openid TEXT NOT NULL, sort TEXT NOT NULL, until REAL NOT NULL, remaining INTEGER NOT NULL,
    PRIMARY KEY (openid, sort));
CREATE TABLE IF NOT EXISTS media (
    id TEXT PRIMARY KEY, at REAL NOT NULL, media_type TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sms (
    id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL, at REAL NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS sms_number ON sms (number, id);
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


class Store:
    """Lines on phones, exchanges with the account, openings for pushed messages, the rest by name."""

    def __init__(self, path: Path):
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.begin() as connection:
            for statement in TABLES.split(";"):
                connection.execute(statement)

    @contextmanager
    def begin(self) -> Iterator[sqlite3.Connection]:
        """One write transaction; other processes wait for it up to eight seconds.

        No WAL: two processes that switch a new file to it at once do not wait, one fails.
        """
        connection = sqlite3.connect(self._path, timeout=8, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        finally:
            connection.close()

    def rows(self, query: str, *values: Any) -> list[Any]:
        """Return what a query of one's own table finds."""
        connection = sqlite3.connect(self._path, timeout=8)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def add_line(self, openid: str, at: float, body: dict[str, Any]) -> int:
        """Show `body` on the citizen's phone; return its number."""
        return self._add("line", KEEP_LINES, openid, at, body)

    def lines_after(self, openid: str, after: int) -> list[dict[str, Any]]:
        rows = self.rows(
            "SELECT id, at, body FROM line WHERE openid = ? AND id > ? ORDER BY id LIMIT 200", openid, after
        )
        return [{"id": i, "at": at, **json.loads(body)} for i, at, body in rows]

    def add_exchange(self, openid: str, at: float, body: dict[str, Any]) -> int:
        return self._add("exchange", KEEP_EXCHANGES, openid, at, body)

    def update_exchange(self, number: int, body: dict[str, Any]) -> None:
        with self.begin() as connection:
            connection.execute("UPDATE exchange SET body = ? WHERE id = ?", (_json(body), number))

    def last_exchange(self, openid: str) -> dict[str, Any] | None:
        rows = self.rows("SELECT id, at, body FROM exchange WHERE openid = ? ORDER BY id DESC LIMIT 1", openid)
        return {"id": rows[0][0], "at": rows[0][1], **json.loads(rows[0][2])} if rows else None

    def _add(self, table: str, keep: int, openid: str, at: float, body: dict[str, Any]) -> int:
        with self.begin() as connection:
            cursor = connection.execute(
                f"INSERT INTO {table} (openid, at, body) VALUES (?, ?, ?)",  # noqa: S608 - our own table names
                (openid, at, _json(body)),
            )
            number = int(cursor.lastrowid or 0)
            connection.execute(f"DELETE FROM {table} WHERE id <= ?", (number - keep,))  # noqa: S608 - as above
        return number

    def find(self, name: str) -> Any:
        """Return what was kept under `name`, None where nothing was."""
        rows = self.rows("SELECT body FROM kept WHERE name = ?", name)
        return json.loads(rows[0][0]) if rows else None

    def keep(self, name: str, value: Any) -> None:
        with self.begin() as connection:
            put(connection, name, value)

    def forget(self, name: str) -> None:
        with self.begin() as connection:
            connection.execute("DELETE FROM kept WHERE name = ?", (name,))


def put(connection: sqlite3.Connection, name: str, value: Any) -> None:
    connection.execute("INSERT OR REPLACE INTO kept (name, body) VALUES (?, ?)", (name, _json(value)))


def get(connection: sqlite3.Connection, name: str) -> Any:
    row = connection.execute("SELECT body FROM kept WHERE name = ?", (name,)).fetchone()
    return json.loads(row[0]) if row else None


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
