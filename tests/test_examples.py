"""What the documents print, run: programs with the client, commands and curl, on a real server.

The demonstration's stories are imported by the real model; the last days' only in the middle, for
what changed since. `BREACHWIRE_CLIENT_PYTHON` names an interpreter that has the client installed.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import commands, showing

PAGE = "docs/client.md"
SHELLS = ("README.md", "docs/client.md", "docs/exports.md")
DRAFT = (
    "Ferrostrand Logistics, a freight operator, said that attackers came in by a poisoned release"
    " of Spindlewick. About 41,000 customers are affected."
)
SUPPLIERS = "Aldermoor Bank\nLarkhollow Family Clinics\nNosuch Haulage\nSpindlewick\n"


@dataclass
class Wire:
    """A served store, and what was printed on the way to it."""

    address: str
    folder: Path
    environ: dict[str, str]
    printed: dict[str, str]
    """By the name in the documents: `suppliers.py` before the last reports, `… again` after."""

    def program(self, name: str, given: str = "") -> str:
        """Run a program of the page as it stands there but for the port; what it prints."""
        (block,) = (b for b in showing.blocks(PAGE) if b.name == name)
        python = os.environ.get("BREACHWIRE_CLIENT_PYTHON")
        code = block.code.replace(showing.ADDRESS, self.address)
        done = subprocess.run(
            [python or sys.executable, "-W", "error", "-c", code],
            cwd=self.folder, input=given, capture_output=True, text=True, check=False,
            env=self.environ | ({"PYTHONPATH": ""} if python else {}),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        return done.stdout.replace(self.address, showing.ADDRESS)


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    folder = tmp_path_factory.mktemp("wire")
    (folder / "suppliers.txt").write_text(SUPPLIERS)
    environ, every = showing.environ(folder), showing.items()
    early, late = showing.early_and_late(every)
    showing.imported(early, environ)
    with showing.served(environ) as address:
        made = Wire(address, folder, environ, {})
        made.printed["suppliers.py"] = made.program("suppliers.py")
        showing.imported(late, environ)
        made.printed["suppliers.py again"] = made.program("suppliers.py")
        made.printed["first.py"] = made.program("first.py")
        made.printed["weekly.py"] = made.program("weekly.py")
        made.printed["draft.py"] = made.program("draft.py", DRAFT)
        yield made


def told(environ: dict[str, str], *args: str) -> str:
    """What a command prints; where that is nothing, what it says."""
    done = commands.run(*args, env=environ)
    assert done.returncode == 0, done.stderr
    return done.stdout or done.stderr


@pytest.mark.parametrize("name", showing.shown(PAGE))
def test_what_the_page_shows_is_printed(wire: Wire, name: str) -> None:
    """Line by line, in order; `…` stands for anything."""
    lines = [line.strip() for line in wire.printed[name].splitlines()]
    at = 0
    for shown in showing.shown(PAGE)[name]:
        wanted = re.compile(".*?".join(map(re.escape, shown.strip().split("…"))))
        found = [n for n, line in enumerate(lines[at:], at) if wanted.fullmatch(line)]
        assert found, f"{shown!r} is not printed after line {at}:\n{wire.printed[name]}"
        at = found[0] + 1


def test_the_newsletter_has_links_statuses_and_the_disclosure(wire: Wire) -> None:
    letter = wire.printed["weekly.py"]
    stories = letter.split("\n## ")[1:]
    assert 3 <= len(stories) <= 5
    for story in stories:
        assert re.match(
            r"\[.+\]\(http://127\.0\.0\.1:8000/wire/\w+/[\w-]+\)\n\nStatus: confirmed;", story
        )
        assert (
            "*Extracted automatically from the sources below; no language model wrote this.*"
            in story
        )
        said = [line for line in story.splitlines()[5:] if line]
        assert said
        assert all(re.search(r"\]\(http://[\w.]+\.example/\S+\)\)$", line) for line in said)


def test_the_watch_tells_news_once(wire: Wire) -> None:
    first, again = wire.printed["suppliers.py"], wire.printed["suppliers.py again"]
    assert "since last time" not in first
    assert re.search(r"^[1-9]\d* news since last time\n", again)
    assert wire.program("suppliers.py") == "0 news since last time\n"


def test_the_draft_is_told_why_and_what_is_new(wire: Wire) -> None:
    told = wire.printed["draft.py"]
    assert told.count("\nWhy: ") == told.count("\nhttp://127.0.0.1:8000/wire/") >= 1
    assert "New to your text" in told


MAIL = {
    "BREACHWIRE_SMTP_HOST": "localhost",
    "BREACHWIRE_MAIL_FROM": "Breachwire <news@wire.example>",
    "BREACHWIRE_BASE_URL": "https://wire.example",
}
"""Enough for an issue that nobody has subscribed to."""
STORY = "Larkhollow's final number"


@pytest.fixture(scope="module")
def placeholders(wire: Wire) -> dict[str, str]:
    """What a reader puts where the documents have a word in capitals, or an address of theirs."""
    told(wire.environ | MAIL, "newsletter", "send")
    issues = json.loads(told(wire.environ, "newsletter", "list", "--json"))["issues"]
    threads = map(json.loads, told(wire.environ, "export", "threads").splitlines())
    thread = next(one for one in threads if one["headline"].startswith(STORY))
    (wire.folder / "feed").mkdir()
    (wire.folder / "draft.txt").write_text(DRAFT)
    return {
        "ID": thread["id"],
        "NAME": "Spindlewick",
        "FOLDER": str(wire.folder / "feed"),
        "TOKEN": json.loads((wire.folder / "suppliers.json").read_text())["token"],
        "https://outlet.example/story": thread["articles"][0],
        "2026-11-27-weekly": issues[0]["id"],
        showing.ADDRESS: wire.address,
    }


@pytest.mark.parametrize(
    "line", [f"{page}: {line}" for page in SHELLS for line in showing.lines(page)]
)
def test_what_the_documents_tell_to_type_works(
    wire: Wire, placeholders: dict[str, str], monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.chdir(wire.folder)
    _, _, typed = line.partition(": ")
    known = "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in placeholders)
    program, *words = shlex.split(re.sub(known, lambda m: placeholders[m[0]], typed))
    own = program == "breachwire"
    printed = told(wire.environ, *words) if own else fetched(program, *words)
    file = Path(words[words.index("--to") + 1]) if "--to" in words else None
    if file and file.is_file():
        assert file.stat().st_size > 100
    else:
        assert printed
        assert not re.search(r"\b(0|no) (threads|events|articles)", printed)


def fetched(program: str, *words: str) -> str:
    """What curl prints; an answer of 400 or more is a failure."""
    if not shutil.which(program):
        pytest.skip(f"no {program} here")
    command = [program, "--silent", "--show-error", "--fail-with-body", "--output", "-", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
