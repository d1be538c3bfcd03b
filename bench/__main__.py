"""`python -m bench [consult|scale|reading|callbacks|console] [options]`: one benchmark, or all one after the other.

Each runs in a process of its own, so that memory and threads of one do not weigh on the next.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = {
    "consult": "Consultation: accuracy, time, memory, growth",
    "scale": "1,511 matters, a million sentences, beside three baselines",
    "reading": "Passport photos: honesty, sureness, time",
    "callbacks": "Safe-mode callbacks beside an echo",
    "console": "Officers' queue pages with 100,000 cases stored",
}


def run(part: str, options: list[str]) -> int:
    """Run one benchmark; return its exit status."""
    print(f"\n===== {PARTS[part]} =====", flush=True)
    started = time.monotonic()
    # One thread for the matrix library: the product runs so, and the baselines are measured so.
    environment = {"OPENBLAS_NUM_THREADS": "1", **os.environ}
    done = subprocess.run([sys.executable, "-m", f"bench.{part}", *options], cwd=ROOT, env=environment)
    print(f"({part}: {time.monotonic() - started:.0f} s)", flush=True)
    return done.returncode


def main() -> int:
    if sys.argv[1:] and sys.argv[1] in PARTS:  # all options are the part's own, --help too
        return run(sys.argv[1], sys.argv[2:])
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS, help="default: all; options follow the part")
    parser.parse_args()
    return max([run(part, []) for part in PARTS])


if __name__ == "__main__":
    raise SystemExit(main())
