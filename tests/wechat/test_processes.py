"""Two real servers, each a process, over one SQLite file."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import xmltodict

from tests.wechat.tencent import SetClock, StandInConsultant, Tencent, build_app, some_settings, xml_of

ROOT = Path(__file__).parents[2]
HANG = "一直算"  # the first process asked this never answers (served.py)


@dataclass
class Server:
    process: "subprocess.Popen[bytes]"
    address: str


def until(done: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.02)


def start(folder: Path) -> Server:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--port", str(port)]
    command += ["--blocking-threads", "8", "--no-ws", "--log-level", "error", "tests.wechat.served:app"]
    environment = os.environ | {"SERVED_IN": str(folder), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    return Server(process, f"http://127.0.0.1:{port}/wechat")


def answers(server: Server) -> bool:
    try:
        return httpx.get(server.address).status_code == 403
    except httpx.TransportError:
        return False


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[list[Server]]:
    build_app(some_settings(tmp_path), StandInConsultant())  # makes the tables, before two processes would
    started = [start(tmp_path) for _ in range(2)]
    try:
        for server in started:
            until(lambda server=server: answers(server))  # type: ignore[misc]
        yield started
    finally:
        for server in started:
            if server.process.poll() is None:
                os.killpg(server.process.pid, 9)
            server.process.wait(20)


@pytest.fixture
def weixin() -> Tencent:
    return Tencent(None, SetClock())  # type: ignore[arg-type]


def call(weixin: Tencent, server: Server, clear: str) -> str:
    """Call as WeChat does and return what the citizen reads, "" for `success`."""
    encrypted = weixin.encrypt(clear)
    body = xml_of({"ToUserName": "x", "Encrypt": encrypted}).encode()
    answer = httpx.post(server.address, content=body, params=weixin.query(encrypted), timeout=10)
    if answer.text == "success":
        return ""
    sealed = xmltodict.parse(answer.text)["xml"]
    opened = weixin.crypto.decrypt_message(sealed, sealed["MsgSignature"], sealed["TimeStamp"], sealed["Nonce"])
    return str(xmltodict.parse(opened)["xml"]["Content"])


def asked(folder: Path) -> list[str]:
    path = folder / "asked"
    return [line.split("\t")[0] for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_three_calls_at_once_are_computed_once(servers: list[Server], weixin: Tencent, tmp_path: Path) -> None:
    questions = [f"问{number}" for number in range(4)]
    with ThreadPoolExecutor(12) as pool:
        said = {}
        for number, question in enumerate(questions):
            clear = xml_of(weixin.fields(Content=question))
            calls = [(servers[(number + i) % 2], clear) for i in range(3)]
            said[question] = [pool.submit(call, weixin, *each) for each in calls]
        replies = {question: {each.result() for each in futures} for question, futures in said.items()}
    assert replies == {question: {f"答：{question}"} for question in questions}
    assert sorted(asked(tmp_path)) == questions


def test_a_killed_process_is_taken_over_within_the_next_calls(
    servers: list[Server], weixin: Tencent, tmp_path: Path
) -> None:
    clear = xml_of(weixin.fields(Content=HANG))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(call, weixin, servers[0], clear)
        until(lambda: asked(tmp_path) == [HANG])
        os.killpg(servers[0].process.pid, 9)
        assert isinstance(first.exception(10), httpx.TransportError)
    said = call(weixin, servers[1], clear) or call(weixin, servers[1], clear)
    assert said == f"答：{HANG}"
    assert asked(tmp_path) == [HANG, HANG]
