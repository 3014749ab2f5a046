"""How long `breachwire --help` takes, as a whole process: one JSON line, milliseconds."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 15


def main() -> None:
    """Print minimum, median and maximum after a warm-up."""
    command = [str(Path(sys.executable).with_name("breachwire")), "--help"]
    times = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(1000 * (time.perf_counter() - started))
    times = sorted(times[1:])
    print(json.dumps({
        "bench": "breachwire --help", "runs": RUNS, "min_ms": round(times[0]),
        "median_ms": round(statistics.median(times)), "max_ms": round(times[-1]),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
