"""Look for bytes that break a reader, led by the code that they reach (atheris, libFuzzer).

    python -m evals.fuzz [--seconds 600] [--beside 2] [TARGET…]

In: the seeds, the kept cases. Out: a line a target: inputs a second, code reached, what was found;
what broke it lies in `evals/fuzz/cases/TARGET`, to be mended and kept. Status 1 where anything did.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from evals.fuzz.seeds import SEEDS

CASES: Final = Path(__file__).parent / "cases"
SLOW: Final = 20
"""Seconds that one input may take; the reader in its own process has less (`ingest.apart`)."""
LARGEST: Final = 20_000
MEMORY: Final = 3_000


def main() -> None:
    """All targets or the named ones, each in a process of its own."""
    parser = argparse.ArgumentParser(description="Look for bytes that break a reader.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(SEEDS))
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--beside", type=int, default=2, help="targets at one time")
    asked = parser.parse_args()
    if unknown := set(asked.targets) - SEEDS.keys():
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(SEEDS)}")
    with ThreadPoolExecutor(asked.beside) as beside:
        broke = list(beside.map(lambda t: look(t, asked.seconds), asked.targets or SEEDS))
    sys.exit(any(broke))


def look(target: str, seconds: int) -> bool:
    """Search for so long; prints what came of it. Whether something broke the reader."""
    kept = CASES / target
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(SEEDS[target]):
            (Path(folder) / f"seed-{number}").write_bytes(seed)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "evals.fuzz.search", target),
                *(f"-max_total_time={seconds}", f"-timeout={SLOW}", f"-max_len={LARGEST}"),
                *(f"-rss_limit_mb={MEMORY}", f"-artifact_prefix={kept}/", folder, str(kept)),
            ],
            capture_output=True,
            text=True,
            errors="replace",
        )
    print(told(target, done), flush=True)
    return done.returncode != 0


def told(target: str, done: subprocess.CompletedProcess[str]) -> str:
    """A line of what a search did; the end of what it said where something broke."""
    runs = re.findall(r"#(\d+)\s.*?cov: (\d+)", done.stderr)
    tried, reached = runs[-1] if runs else ("0", "0")
    line = f"{target}: {tried} inputs, {reached} places reached"
    if done.returncode == 0:
        return f"{line}, nothing broke"
    said = (part for part in (done.stdout + done.stderr).splitlines() if part.strip())
    matter = [part for part in said if not re.match(r"#\d|INFO|  0x", part)]
    return "\n".join([f"{line}; BROKEN:", *(f"  {part[:300]}" for part in matter[-25:])])


if __name__ == "__main__":
    main()
