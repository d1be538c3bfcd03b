"""A process that serves a made-up catalogue, and says how well and at what cost. Started by scale.py.

Reads [text, intent] pairs from standard input, a JSON list; prints a JSON object.
"""

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from backend import create_app
from backend.config import ROOT
from backend.consult.brain import Brain
from backend.consult.encoding import encoder
from backend.consult.examples import MATTER, Example
from backend.consult.keeping import load_model
from backend.consult.normalise import normalise
from backend.consult.service import Consultant
from backend.consult.store import MemoryStore
from backend.consult.tokens import Tokeniser
from backend.house import house
from backend.logs import configure_logs

from .footprint import memory_mb  # which keeps this process on one core
from .synthetic import make


def served(path: Path, asked: list[Example], matters: int, each: int) -> dict:
    """Return what a process of its own says that serves the model (`serve`)."""
    questions = json.dumps([[e.text, e.intent] for e in asked])
    command = [sys.executable, "-m", "bench.serving", str(path), str(matters), str(each)]
    done = subprocess.run(command, cwd=ROOT, input=questions, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the serving process failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def serving(path: Path, matters: int, each: int) -> Consultant:
    """Return the product's consultant with the made-up catalogue in the place of the real one."""
    rooms = house(create_app())
    consultant, snapshot = rooms.consultant.with_store(MemoryStore()), rooms.catalogue.current
    examples = [
        Example(sample.question, sample.lang, f"{MATTER}:{matter}", sample.aspect)
        for matter, bank in snapshot.banks.items()
        for sample in bank
    ]
    matters_made = make(snapshot, examples, matters, each).matters
    model = load_model(path)
    brain = Brain(model, Tokeniser(model.words, rooms.settings.data_dir), encoder(), "bench")
    consultant._catalogue = SimpleNamespace(current=replace(snapshot, matters=matters_made))  # type: ignore[assignment]
    consultant._brain = rooms.consultant._brain = brain  # the real one is let go
    return consultant


def serve(consultant: Consultant, questions: list[tuple[str, str]]) -> dict[str, object]:
    """Return milliseconds of clock and of processor of each question, and shares of all of them."""
    times, cpu, right, offered, by_words = [], [], 0, 0, 0
    consultant.answer("热身一下", who="warm")
    for number, (text, intent) in enumerate(questions):
        began = time.thread_time()
        reply = consultant.answer(text, who=str(number))
        cpu.append((time.thread_time() - began) * 1000)
        times.append(reply.elapsed_ms)
        found, wanted = [c.matter for c in reply.candidates[:4]], intent.removeprefix(f"{MATTER}:")
        right += found[:1] == [wanted]
        offered += wanted in found
        by_words += consultant._brain.understand(normalise(text))[1].by_words
    return {
        "times": times, "cpu": cpu, "top1": right / len(questions), "offered": offered / len(questions),
        "by_words": by_words / len(questions), "rss": memory_mb("VmRSS"), "private": memory_mb("RssAnon"),
    }  # fmt: skip


if __name__ == "__main__":
    configure_logs("ERROR")
    made_up = serving(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps(serve(made_up, json.load(sys.stdin))))
