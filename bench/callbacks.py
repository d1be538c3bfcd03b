"""Safe-mode callbacks a second: our account beside a WeRoBot that only echoes.

Both are served by granian with the same settings on the same machine, in rounds that
alternate; every message is another one (its number, its citizen, its text), some are sent
three times as WeChat does. Every reply is decrypted and read after its round; what is lost,
malformed, answered twice differently or computed twice is counted.

    python -m bench.callbacks [--rounds 3] [--messages 2000] [--connections 8]
"""

import argparse
import asyncio
import base64
import os
import random
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import xmltodict
from wechatpy.crypto import WeChatCrypto

from backend.wechat.cipher import Crypto, sign

ROOT = Path(__file__).resolve().parent.parent
APP_ID, TOKEN, AES_KEY = "wx0123456789abcdef", "a-token-of-the-bench", "b" * 42 + "A"
ECHO, OURS = "WeRoBot, echo", "ours, answers"
SIDES = {ECHO: "bench.echo:app", OURS: "wsgi:app"}
Server = tuple["subprocess.Popen[bytes]", int]
THREADS = 8
POOL = 3000
WARM_ROUNDS = 2  # a server that has run for a minute, not one that has just started
REPEATED_SHARE = 0.02
WANTED_RATIO = 0.3


@dataclass
class Post:
    """A callback ready to be sent. text: what was asked; openid: who asked."""

    wire: bytes
    key: str
    openid: str
    text: str


@dataclass
class Round:
    seconds: float
    replies: list[tuple[Post, bytes, float]]


@dataclass
class Tally:
    """What became of one server's messages, over all rounds."""

    rates: list[float] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    answers: dict[str, set[str]] = field(default_factory=dict)


def questions(count: int, seed: int, *, new: bool) -> list[str]:
    """Return texts as citizens write them: bank sentences, changed a little, and made up.

    new: every text is another one. Otherwise they are drawn as questions come in life, a few
    very often and most of them seldom (Zipf, exponent 1, over a pool of POOL texts).
    """
    if not new:
        pool = questions(POOL, 0, new=True)
        weights = [1 / rank for rank in range(1, POOL + 1)]
        return random.Random(seed).choices(pool, weights, k=count)
    dice = random.Random(seed)
    bank = []
    for path in sorted((ROOT / "knowledge" / "matters").glob("*/*.questions.tsv")):
        rows = path.read_text(encoding="utf-8").splitlines()[1:]
        bank += [row.split("\t")[1] for row in rows if row.count("\t") >= 2]
    characters = "".join(bank)
    made = []
    for _ in range(count):
        text = dice.choice(bank)
        if dice.random() < 0.5:
            text = (
                dice.choice(["你好，", "请问", "我想问下", "麻烦问一下，"])
                + text
                + dice.choice(["", "？", "谢谢", "，急"])
            )
        if dice.random() < 0.2:
            text = "".join(dice.choice(characters) for _ in range(dice.randint(3, 40)))
        made.append(" ".join(text.split()) or "问")
    return made


def prepare(texts: list[str], host: str, first_id: int) -> list[Post]:
    """Return the callbacks as bytes for the wire; a few of them three times."""
    crypto = Crypto(TOKEN, AES_KEY, APP_ID)
    now, posts = str(int(time.time())), []
    for number, text in enumerate(texts, first_id):
        openid = f"oBench_citizen_{number % 5000:014d}"
        clear = (
            f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[{openid}]]>"
            f"</FromUserName><CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{text}]]></Content><MsgId>{number}</MsgId></xml>"
        )
        repeats = 3 if random.Random(number).random() < REPEATED_SHARE else 1
        posts += [Post(_wire(crypto, clear, now, host), f"{number}", openid, text) for _ in range(repeats)]
    return posts


def _wire(crypto: Crypto, clear: str, now: str, host: str) -> bytes:
    nonce = f"{random.getrandbits(40):x}"
    sealed = xmltodict.parse(crypto.seal_xml(clear, now))["xml"]["Encrypt"]
    body = f"<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()
    query = urlencode(
        {"signature": sign(TOKEN, now, nonce), "timestamp": now, "nonce": nonce, "encrypt_type": "aes"}
        | {"msg_signature": sign(TOKEN, now, nonce, sealed)}
    )
    head = [f"POST /wechat?{query} HTTP/1.1", f"Host: {host}", "Content-Type: text/xml", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


async def load(posts: list[Post], port: int, connections: int) -> Round:
    """Send everything over some connections kept open, one message at a time on each."""
    waiting, replies = list(reversed(posts)), []
    pipes = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while waiting:
            post = waiting.pop()
            began = time.perf_counter()
            writer.write(post.wire)
            body = await _read(reader)
            replies.append((post, body, (time.perf_counter() - began) * 1000))
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one(*pipe) for pipe in pipes))
    return Round(time.perf_counter() - began, replies)


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    return body if b" 200 " in head.split(b"\r\n")[0] else b""


def check(tally: Tally, round_: Round, *, echo: bool) -> None:
    """Decrypt and read every reply of a round."""
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    tally.rates.append(len(round_.replies) / round_.seconds)
    for post, body, milliseconds in round_.replies:
        tally.latencies_ms.append(milliseconds)
        try:
            sealed = xmltodict.parse(body)["xml"]
            clear = crypto.decrypt_message(sealed, sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"])
            fields = xmltodict.parse(clear)["xml"]
            if fields["ToUserName"] != post.openid or not fields["Content"]:
                raise ValueError(post.key)
        except Exception:  # whatever is wrong with a reply, it counts as lost
            tally.faults["lost"] += 1
            continue
        if echo and fields["Content"] != post.text:
            tally.faults["lost"] += 1
        tally.answers.setdefault(post.key, set()).add(fields["Content"])


def serve(target: str, folder: Path) -> tuple["subprocess.Popen[bytes]", int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--port", str(port)]
    command += ["--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning", target]
    log = (folder / f"{target.split(':')[0]}.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, stderr=log, stdout=log, start_new_session=True)
    deadline = time.monotonic() + 400
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/wechat", timeout=5)
        except urllib.error.HTTPError:
            return process, port
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{target} did not start: {(folder / log.name).read_text()[-2000:]}")


def make_tables(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "flask", "--app", "backend", "db", "upgrade"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


def computed_twice(folder: Path) -> int:
    """Return how many messages were taken over or not given as a reply, by our own book."""
    with sqlite3.connect(folder / "epolice.sqlite") as book:
        query = "SELECT count(*) FROM wechat_flight WHERE state <> 'taken' OR tries <> 1"
        return int(book.execute(query).fetchone()[0])


def report(name: str, tally: Tally) -> float:
    twice = sum(1 for said in tally.answers.values() if len(said) > 1)
    rate = statistics.median(tally.rates)
    cuts = statistics.quantiles(tally.latencies_ms, n=100)
    print(
        f"{name:22} {rate:8.0f} requests/s   p50 {cuts[49]:6.1f} ms   p99 {cuts[98]:6.1f} ms   "
        f"{len(tally.answers)} messages, lost {tally.faults['lost']}, answered differently {twice}"
    )
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=THREADS)
    parser.add_argument("--data", type=Path, default=ROOT / "instance", help="where a learnt model may lie")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        raise SystemExit(0 if run(Path(name), asked) else 1)


def run(folder: Path, asked: argparse.Namespace) -> bool:
    """Run the rounds; True where the wanted ratio is met and nothing was lost."""
    os.environ.update(
        EPOLICE_DATA_DIR=str(folder), EPOLICE_SECRET_KEY="s" * 40, EPOLICE_WECHAT_APP_ID=APP_ID,
        EPOLICE_WECHAT_APP_SECRET="x" * 32, EPOLICE_WECHAT_TOKEN=TOKEN, EPOLICE_WECHAT_AES_KEY=AES_KEY,
        EPOLICE_WECHAT_API_URL="http://127.0.0.1:9", SERVED_IN=str(folder),
        EPOLICE_FILES_MASTER_KEY=base64.b64encode(b"m" * 32).decode(),
    )  # fmt: skip
    make_tables(dict(os.environ))
    if (asked.data / "consult").exists():  # what is learnt already need not be learnt again
        shutil.copytree(asked.data / "consult", folder / "consult")
    servers = {side: serve(target, folder) for side, target in SIDES.items()}
    try:
        ratios = [measure(servers, asked, new=new) for new in (False, True)]
    finally:
        for process, _ in servers.values():
            process.terminate()
            process.wait(20)
    again = computed_twice(folder)
    print(f"taken over or left behind: {again}")
    return ratios[0] >= WANTED_RATIO and not again


def measure(servers: dict[str, Server], asked: argparse.Namespace, *, new: bool) -> float:
    """Run the rounds of one sort of traffic on both sides; return ours ÷ the echo's rate."""
    print("every text a new one" if new else f"questions as they come (Zipf over {POOL} texts)")
    tallies = {side: Tally() for side in servers}
    for number in range(WARM_ROUNDS + asked.rounds):
        first_id = 1 + (number + new * 100) * asked.messages
        texts = questions(asked.messages, first_id, new=new)
        for side, (_, port) in servers.items():
            posts = prepare(texts, f"127.0.0.1:{port}", first_id)
            round_ = asyncio.run(load(posts, port, asked.connections))
            if number >= WARM_ROUNDS:
                check(tallies[side], round_, echo=side == ECHO)
    rates = {side: report(side, tally) for side, tally in tallies.items()}
    ratio = rates[OURS] / rates[ECHO]
    print(f"ratio {ratio:.2f} (wanted: {WANTED_RATIO} or more)\n")
    if any(tally.faults for tally in tallies.values()):
        raise SystemExit("replies were lost")
    return ratio


if __name__ == "__main__":
    main()
