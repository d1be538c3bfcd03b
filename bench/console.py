"""Officers' queue pages a second with 100,000 cases stored: the real application, over HTTP, after real logins.

    python -m bench console [--cases 100000] [--officers 100] [--seconds 8] [--connections 8]

Every officer comes in with password and authenticator; then connections that stay open ask for
one officer's page after another, of every tab. Printed for one and two web processes, beside
the bare query (bench/queues.py) on the same tables: what lies between is the web. The pages
are asked for on the machine that makes them, and take their share of it. Of the knowledge two
matters are enough: a queue looks into none, and less is learnt before the servers start.
"""

import argparse
import asyncio
import itertools
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import requests
from flask import Flask
from lxml import html

from backend import create_app
from backend.config import Settings
from backend.db import db
from backend.identity.officers import NewOfficer, get_officer, reset_officer
from bench.queues import measure as measure_query
from bench.tables import p50_p99, table
from tests.cases.seeding import seed
from tests.cast import small_knowledge
from tests.servers import free_port, web

WANTED = 100  # pages a second, of 100 officers
TABS = ("open", "open", "mine", "overdue", "done")
WARM_SECONDS = 3.0
BROWSER = "bench"  # a session belongs to the browser it began in


@dataclass
class Tally:
    pages: int = 0
    bad: int = 0
    milliseconds: list[float] = field(default_factory=list)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench console", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--officers", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--connections", type=int, default=8)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        raise SystemExit(0 if run(Path(name), asked) else 1)


def run(folder: Path, asked: argparse.Namespace) -> bool:
    """Print the table; True where one process serves what is wanted."""
    address = f"http://127.0.0.1:{free_port()}"
    told = {"public_url": address, "data_dir": folder / "data", "knowledge_dir": small_knowledge(folder / "knowledge")}
    settings = Settings(_env_file=None, log_level="ERROR", **told)  # type: ignore[call-arg, arg-type]
    environment = {f"EPOLICE_{name.upper()}": str(value) for name, value in told.items()} | {
        "EPOLICE_LOG_LEVEL": "ERROR"
    }
    app = create_app(settings)
    keys = furnish(app, asked.cases, asked.officers)
    rows, rates, cookies = [bare(app, asked)], [], []
    for processes in (1, 2):
        with web(environment, folder / "web", workers=processes):
            cookies = cookies or [come_in(address, each) for each in keys]
            asyncio.run(load(address, cookies, asked.connections, WARM_SECONDS))
            tally = asyncio.run(load(address, cookies, asked.connections, asked.seconds))
        if not tally.pages:
            raise SystemExit("no page was served")
        p50, p99 = p50_p99(tally.milliseconds)
        rates.append(tally.pages / asked.seconds)
        name = f"{processes} web process{'es' if processes > 1 else ''}"
        rows.append([name, f"{rates[-1]:.0f}", f"{p50:.0f}", f"{p99:.0f}", str(tally.bad)])
    print(table(["queue pages of officers", "pages/s", "p50 ms", "p99 ms", "not served"], rows))
    print(f"{asked.cases} cases, {asked.officers} officers; wanted: {WANTED} pages/s")
    return max(rates) >= WANTED


def furnish(app: Flask, cases: int, officers: int) -> list[NewOfficer]:
    """Fill the tables; return the officers with their keys."""
    started = time.perf_counter()
    with app.app_context():
        db.create_all()
        keys = [reset_officer(get_officer(officer_id)) for officer_id in seed(cases, officers)]
        for each in keys:
            db.session.refresh(each.officer)
        db.session.commit()
        for each in keys:
            db.session.refresh(each.officer)
            db.session.expunge(each.officer)
        db.session.remove()
    print(f"{cases} cases and {officers} officers seeded in {time.perf_counter() - started:.0f} s", flush=True)
    return keys


def bare(app: Flask, asked: argparse.Namespace) -> list[str]:
    with app.app_context():
        from backend.identity.service import Officer

        ids = [row[0] for row in db.session.query(Officer.id).order_by(Officer.id)]
        db.session.remove()
    return ["the bare query, one thread", f"{measure_query(app, ids, 1, asked.seconds):.0f}", "", "", ""]


def come_in(address: str, keys: NewOfficer) -> str:
    """Return the session of an officer after password and code."""
    session = requests.Session()
    session.trust_env = False
    session.headers["User-Agent"] = BROWSER
    _submit(session, f"{address}/console/login", username=keys.officer.username, password=keys.password)
    done = _submit(session, f"{address}/console/code", code=pyotp.TOTP(keys.totp_secret).now())
    if not urlsplit(done.url).path.rstrip("/").endswith("/console"):
        raise SystemExit(f"an officer could not come in: {done.url}")
    return f"officer={session.cookies.get('officer', path='/console')}"


def _submit(session: requests.Session, address: str, **values: str) -> requests.Response:
    page = html.fromstring(session.get(address, timeout=30).content)
    token = page.xpath("//input[@name='csrf_token']/@value")[0]
    return session.post(address, data={"csrf_token": token} | values, timeout=30)


async def load(address: str, cookies: list[str], connections: int, seconds: float) -> Tally:
    """Ask for pages over connections kept open, one page at a time on each."""
    tally, until = Tally(), time.perf_counter() + seconds
    wires = itertools.cycle(_wires(address, cookies))
    port = urlsplit(address).port

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (began := time.perf_counter()) < until:
            writer.write(next(wires))
            if await _read(reader):
                tally.pages += 1
                tally.milliseconds.append((time.perf_counter() - began) * 1000)
            else:
                tally.bad += 1
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    return tally


def _wires(address: str, cookies: list[str]) -> list[bytes]:
    head = f"Host: {address.removeprefix('http://')}\r\nUser-Agent: {BROWSER}\r\nAccept: text/html"
    return [
        f"GET /console/?tab={tab} HTTP/1.1\r\n{head}\r\nCookie: {cookie}\r\n\r\n".encode()
        for tab in TABS
        for cookie in cookies
    ]


async def _read(reader: asyncio.StreamReader) -> bool:
    """Read one page; True where it is a page with a queue."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    return b" 200 " in head.split(b"\r\n")[0] and b"tab=overdue" in body


if __name__ == "__main__":
    main()
