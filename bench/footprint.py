"""Part (b): one web process on one core: time of a question, memory. A process of its own.

Started by consult.py with EPOLICE_DATA_DIR set; reads questions from standard input, a JSON
list, and prints a JSON object.
"""

import json
import os
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def memory_mb(name: str) -> float:
    """Return VmRSS (now) or VmHWM (at most so far)."""
    with open("/proc/self/status", encoding="ascii") as status:
        found = next(line for line in status if line.startswith(f"{name}:"))
    return int(found.split()[1]) / 1024


def main() -> None:
    started = time.perf_counter()
    import wsgi
    from backend.consult.store import MemoryStore
    from backend.house import house

    served = house(wsgi.app).consultant
    ready_seconds, ready_mb = time.perf_counter() - started, memory_mb("VmRSS")
    consultant = served.with_store(MemoryStore())
    questions: list[str] = json.load(sys.stdin)
    consultant.answer("热身一下", who="warm")
    times = [[consultant.answer(q, who=f"{turn} {i}").elapsed_ms for i, q in enumerate(questions)] for turn in (1, 2)]
    print(json.dumps({
        "ready_seconds": ready_seconds, "ready_mb": ready_mb, "after_mb": memory_mb("VmRSS"),
        "peak_mb": memory_mb("VmHWM"), "first_ms": times[0], "again_ms": times[1],
    }))  # fmt: skip


if __name__ == "__main__":
    main()
