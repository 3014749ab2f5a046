"""Take a protection out, see its test fail: what docs/attacks.md says is held is held.

    python -m evals.protections --draw 20 --seed 9     # twenty at random
    python -m evals.protections --all                  # each of them; an hour on two cores
    python -m evals.protections --all --part 2/8       # every eighth of them, from the second on
    python -m evals.protections --table                # the table of docs/attacks.md

In: `protections.toml`, this tree (in git). Out: a line of Markdown a protection, and exit code 1
where a test went on passing. All is done in a copy: first the tests with everything in its place,
which have to pass, then one protection after the other.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SECONDS: Final = 120
"""After which a test without its protection counts as one that doesn't end, on an idle machine."""


@dataclass(frozen=True, slots=True)
class Held:
    """One protection."""

    row: str
    what: str
    file: str
    test: str
    take: str = ""
    """The code that protects; empty where it is not one line."""
    leave: str = ""


def every() -> list[Held]:
    """As `protections.toml` has them."""
    rows = tomllib.loads(Path(__file__).with_name("protections.toml").read_text("utf-8"))["row"]
    return [Held(row["title"], **held) for row in rows for held in row["held"]]


def table() -> str:
    """A Markdown table a row of attacks, one line a protection."""
    lines = ["| input or fault | protection | where | test |", "| --- | --- | --- | --- |"]
    before = ""
    for held in every():
        row = "" if held.row == before else held.row
        lines.append(f"| {row} | {held.what} | `{held.file}` | `{held.test}` |")
        before = held.row
    return "\n".join(lines) + "\n"


def main() -> None:
    """Draw, take out, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--draw", type=int, default=20)
    parser.add_argument("--seed", type=int, default=9)
    parser.add_argument("--only", default="", help="those whose file, test or words hold this")
    parser.add_argument("--part", default="1/1", metavar="N/OF")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="for a test to end in")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    if options.table:
        print(table(), end="")
        return
    found = [h for h in every() if h.take and options.only in f"{h.file} {h.test} {h.what}"]
    if not (options.all or options.only):
        found = random.Random(options.seed).sample(found, options.draw)
    first, step = map(int, options.part.split("/"))
    found = found[first - 1 :: step]
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(Path(folder), options.seconds)
        _copied(copy.folder)
        lines = list(_told(copy, found, _failing(copy, found)))
    sys.exit(0 if all(good for good in lines) else 1)


def _copied(folder: Path) -> None:
    command = [
        "git",
        "-C",
        str(ROOT),
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)


@dataclass(frozen=True, slots=True)
class Copy:
    """The tree in which protections are taken out."""

    folder: Path
    seconds: int
    """That a test has to end in."""

    def tested(self, *tests: str) -> subprocess.CompletedProcess[str] | None:
        """None where it didn't end."""
        environ = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        stop = ["-x"] if len(tests) == 1 else []
        command = [sys.executable, "-m", "pytest", "-q", *stop, "-p", "no:cacheprovider", *tests]
        try:
            return subprocess.run(
                command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False,
                timeout=self.seconds * (10 if len(tests) > 1 else 1),
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None


def _failing(copy: Copy, found: list[Held]) -> set[str]:
    """Tests that fail with all protections in their places: they show nothing."""
    done = copy.tested(*dict.fromkeys(held.test for held in found))
    if done is None or done.returncode not in (0, 1):
        sys.exit(done.stdout[-3000:] if done else "the tests themselves don't end")
    return set(re.findall(r"^FAILED ([^\s\[]+)", done.stdout, re.MULTILINE))


def _told(copy: Copy, found: list[Held], failing: set[str]) -> Iterator[bool]:
    for held in found:
        if held.test in failing:
            print(f"- FAILS ANYWAY: {held.what} (`{held.test}`)", flush=True)
            yield False
            continue
        file = copy.folder / held.file
        whole = file.read_text("utf-8")
        if whole.count(held.take) != 1:  # tests/test_docs.py holds that too
            print(f"- STALE: {held.what} (`{held.file}` has it {whole.count(held.take)} times)")
            yield False
            continue
        file.write_text(whole.replace(held.take, held.leave), "utf-8")
        done = copy.tested(held.test)
        file.write_text(whole, "utf-8")
        # 1: tests failed. Anything else (2: nothing was collected) shows nothing.
        good = done is None or done.returncode == 1
        print(f"- {_in_words(done)}: {held.what} (`{held.test.split('::')[1]}`)", flush=True)
        yield good


def _in_words(done: subprocess.CompletedProcess[str] | None) -> str:
    if done is None:
        return "did not end"
    if done.returncode == 0:
        return "STILL PASSED"
    first = re.search(r"^E\s+(.+)$", done.stdout, re.MULTILINE)
    what = "failed" if done.returncode == 1 else f"BROKEN ({done.returncode})"
    return f"{what}, {first[1][:90].replace('|', '/')}" if first else what


if __name__ == "__main__":
    main()
