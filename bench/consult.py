"""The consultation measured: (a) how often it is right, (b) what a question costs, (c) what growth costs.

python -m bench consult [--questions F] [--data DIR] [--parts abc] [--quick]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from backend.config import ROOT
from backend.logs import configure_logs

from .accuracy import measure_accuracy
from .ground import Ground, find_rows, prepare
from .growth import Plan, measure_growth
from .sentences import base_of, some_questions
from .tables import p50_p99, table

QUESTIONS = ROOT.parent / "shared" / "questions" / "dev.tsv"
BASE = 1800  # 45 matters × 40 sentences, the least the issue asks for
QUICK_EVERY = 4  # of the labelled questions
TIMED = 400  # questions, at each scale
FULL = Plan(BASE, [1, 10, 100, 1000], trained=200, limit_seconds=60.0)
QUICK = Plan(450, [1, 10], trained=50, limit_seconds=12.0)
MEMORY_WANTED_MB = 400


def measure_process(questions: list[str]) -> None:
    """Print time and memory of a process as it serves, pinned to one core."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.footprint"], cwd=ROOT, input=json.dumps(questions),
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"footprint failed:\n{done.stderr[-2000:]}")
    seen = json.loads(done.stdout.splitlines()[-1])
    turns = (("asked first", "first_ms", "≤ 2 / ≤ 10"), ("asked again", "again_ms", ""))
    rows = [[name, *(f"{ms:.2f}" for ms in p50_p99(seen[key])), wanted] for name, key, wanted in turns]
    print(table((f"{len(questions)} questions, one core", "p50 ms", "p99 ms", "wanted"), rows))
    print(
        f"Memory of a process: {seen['ready_mb']:.0f} MB when ready, {seen['after_mb']:.0f} MB after the questions, "
        f"{seen['peak_mb']:.0f} MB at most (wanted: < {MEMORY_WANTED_MB}); ready in {seen['ready_seconds']:.1f} s"
    )


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench consult", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="labelled TSV (default: %(default)s)")
    parser.add_argument("--data", type=Path, help="the product's data folder (default: its setting, instance/)")
    parser.add_argument("--parts", default="abc", help="a: accuracy, b: one process, c: growth (default: all)")
    parser.add_argument("--quick", action="store_true", help="a sample of everything, under two minutes")
    parser.add_argument("--base", type=int, help=f"sentences that are multiplied (default {BASE:,}, quick 450)")
    parser.add_argument("--scales", type=int, nargs="+", help="default 1 10 100 1000, quick 1 10")
    parser.add_argument("--trained", type=int, help="most trained of an intent (default 200, quick 50)")
    parser.add_argument(
        "--limit", type=float, help="seconds a baseline has to be built at one scale (default 60, quick 12)"
    )
    return parser.parse_args()


def plan_of(asked: argparse.Namespace) -> Plan:
    usual = QUICK if asked.quick else FULL
    return Plan(
        asked.base or usual.base, asked.scales or usual.scales,
        asked.trained or usual.trained, asked.limit or usual.limit_seconds,
    )  # fmt: skip


def timed_questions(ground: Ground, rows: list[dict[str, str]]) -> list[str]:
    """Return what citizens asked, or made-up sentences where no file is given."""
    if rows:
        return [row["question"] for row in rows]
    return some_questions(base_of(ground.examples, BASE, ground.tokeniser), TIMED)


def run(ground: Ground, asked: argparse.Namespace) -> None:
    rows = find_rows(asked.questions)[:: QUICK_EVERY if asked.quick else 1]
    questions = timed_questions(ground, rows)
    if "a" in asked.parts:
        heading("(a) Accuracy beside three baselines with the same knowledge")
        if rows and "kind" in rows[0]:
            measure_accuracy(ground, rows)
        else:
            print("Skipped: no labelled questions.")
    if "b" in asked.parts:
        heading("(b) One web process")
        measure_process(questions)
    if "c" in asked.parts:
        heading("(c) Growth")
        measure_growth(ground, questions[:TIMED], plan_of(asked))


def heading(title: str) -> None:
    print(f"\n--- {title} ---", flush=True)


def main() -> None:
    asked = options()
    if asked.data:
        os.environ["EPOLICE_DATA_DIR"] = str(asked.data.resolve())
    configure_logs("ERROR")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bench-consult-") as scratch:
        ground = prepare(Path(scratch))
        print(f"{len(ground.snapshot.matters)} matters, {len(ground.examples):,} sentences; "
              f"load of this machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")  # fmt: skip
        run(ground, asked)
    print(f"\n{time.monotonic() - began:.0f} s altogether")


if __name__ == "__main__":
    main()
