"""Look for bytes that break a reader, led by the code that they reach (atheris, libFuzzer).

    python -m evals.fuzz [--seconds 600] [--beside 2] [--within 3600] [--slow 20] [--into DIR]
        [TARGET…]

In: the seeds, the kept cases. Out: a line a target: inputs, code reached, for how long, what was
found; what broke it lies in `evals/fuzz/cases/TARGET` (or DIR/TARGET), to be mended and kept.
Status 1 where anything did, 2 where atheris isn't there. After `--within` seconds, or at SIGTERM,
searches under way end and the rest is left.
"""

from __future__ import annotations

import argparse
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from evals.fuzz.seeds import SEEDS

CASES: Final = Path(__file__).parent / "cases"
SLOW: Final = 20
"""Seconds that one input may take; the reader in its own process has less (`ingest.apart`). They
are those of the clock: where others have the processors, more has to be allowed."""
INTERRUPTED: Final = (-signal.SIGTERM, 72)
"""Exit codes of a search that was told to end: before libFuzzer began, and its own."""
LARGEST: Final = 20_000
MEMORY: Final = 3_000


def main() -> None:
    """All targets or the named ones, each in a process of its own."""
    parser = argparse.ArgumentParser(description="Look for bytes that break a reader.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(SEEDS))
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("--beside", type=int, default=2, help="targets at one time")
    parser.add_argument("--within", type=float, default=86_400, help="seconds for all of them")
    parser.add_argument("--slow", type=int, default=SLOW, help="seconds for one input")
    parser.add_argument("--into", type=Path, default=CASES, help="where finds are kept")
    asked = parser.parse_args()
    if unknown := set(asked.targets) - SEEDS.keys():
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(SEEDS)}")
    if find_spec("atheris") is None:
        parser.error("atheris is not installed: `make atheris`")
    search = Search(asked.seconds, asked.slow, asked.into)
    signal.signal(signal.SIGTERM, lambda *_: search.end())
    timer = threading.Timer(asked.within, search.end)
    timer.daemon = True
    timer.start()
    with ThreadPoolExecutor(asked.beside) as beside:
        broke = list(beside.map(search.look, asked.targets or SEEDS))
    sys.exit(any(broke))


@dataclass
class Search:
    """All that are under way."""

    seconds: int
    slow: int
    into: Path
    _over: threading.Event = field(default_factory=threading.Event)
    _running: set[subprocess.Popen[str]] = field(default_factory=set)

    def end(self) -> None:
        """Those under way tell what they have done; no other one begins."""
        self._over.set()
        for process in tuple(self._running):
            process.terminate()

    def look(self, target: str) -> bool:
        """Search for so long; prints what came of it. Whether something broke the reader."""
        if self._over.is_set():
            print(f"{target}: not begun", flush=True)
            return False
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            process = self._begun(target, Path(folder))
            said = "".join(part or "" for part in process.communicate())
        self._running.discard(process)
        cut = self._over.is_set() and process.returncode in INTERRUPTED
        broke = process.returncode != 0 and not cut
        print(told(target, said, time.monotonic() - began, broke=broke, cut=cut), flush=True)
        return broke

    def _begun(self, target: str, folder: Path) -> subprocess.Popen[str]:
        found, kept = self.into / target, CASES / target
        for place in (found, kept):
            place.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(SEEDS[target]):
            (folder / f"seed-{number}").write_bytes(seed)
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "evals.fuzz.search", target),
                *(f"-max_total_time={self.seconds}", f"-timeout={self.slow}"),
                *(f"-max_len={LARGEST}", f"-rss_limit_mb={MEMORY}"),
                *(f"-artifact_prefix={found}/", str(folder), str(kept)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self._running.add(process)
        if self._over.is_set():  # meanwhile
            process.terminate()
        return process


def told(target: str, said: str, seconds: float, *, broke: bool, cut: bool) -> str:
    """A line of what a search did; the end of what it said where something broke."""
    runs = re.findall(r"#(\d+)\s.*?cov: (\d+)", said)
    tried, reached = runs[-1] if runs else ("0", "0")
    line = f"{target}: {tried} inputs, {reached} places reached in {seconds:.0f} s"
    if not broke:
        return f"{line}{', cut off' if cut else ''}, nothing broke"
    matter = [
        part for part in said.splitlines() if part.strip() and not re.match(r"#\d|INFO|  0x", part)
    ]
    return "\n".join([f"{line}; BROKEN:", *(f"  {part[:300]}" for part in matter[-25:])])


if __name__ == "__main__":
    main()
