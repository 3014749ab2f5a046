"""A wire of the demonstration's stories behind a real server, and the documents' code blocks.

In: the corpus, moved in time so that its last story came out an hour ago; a Markdown document. Out:
a store, a served one; the blocks that say they run (`sh run`, `python run NAME`).
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import urlopen

from breachwire.demo import corpus
from tests import commands

ROOT: Final = Path(__file__).resolve().parents[1]
STORIES: Final = (
    "Aldermoor Bank customer data leak via Postrider",
    "Corriefield General Hospital ransomware attack",
    "Ferrostrand Logistics breach",
    "Larkhollow Family Clinics breach",
    "Orrelight breach",
    "Spindlewick malicious releases",
)
"""A quarter of the corpus: what the examples ask for, in a quarter of the time."""
LATE: Final = timedelta(days=4)
"""What came out in the last days, for what has changed since."""
ADDRESS: Final = "http://127.0.0.1:8000"
"""Where the documents have the service."""
_BLOCK: Final = re.compile(
    r"^```(?P<language>\w+) run ?(?P<name>[\w.-]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
_SHOWN: Final = re.compile(
    r"^```text shows (?P<name>[^\n]+)\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document that runs as it stands."""

    document: str
    name: str
    language: str
    code: str


def blocks(document: str) -> list[Block]:
    """Those of a document, by its path below the checkout."""
    text = (ROOT / document).read_text("utf-8")
    return [Block(document, m["name"], m["language"], m["code"]) for m in _BLOCK.finditer(text)]


def lines(document: str) -> list[str]:
    """The commands of its shell blocks, continued lines as one, without remarks."""
    code = "".join(b.code for b in blocks(document) if b.language == "sh").replace("\\\n", " ")
    return [re.sub(r"\s+#\s.*$", "", line) for line in code.splitlines() if line]


def shown(document: str) -> dict[str, list[str]]:
    """Lines that a document says a block prints (`text shows NAME`), by that name."""
    text = (ROOT / document).read_text("utf-8")
    return {m["name"]: m["lines"].splitlines() for m in _SHOWN.finditer(text)}


def items() -> list[dict[str, Any]]:
    """The stories as import lines, oldest first."""
    chosen = [one for one in corpus.items() if one["thread"] in STORIES]
    now = datetime.now(UTC).replace(microsecond=0)
    moved = now - timedelta(hours=1) - _at(chosen[-1])
    return [{**one, "published": (_at(one) + moved).isoformat()} for one in chosen]


def _at(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(item["published"])


def early_and_late(
    every: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What was out LATE before the last story, and the rest."""
    since = _at(every[-1]) - LATE
    return [i for i in every if _at(i) <= since], [i for i in every if _at(i) > since]


def environ(folder: Path) -> dict[str, str]:
    """A user's, with nothing configured but the store, a time zone and who the news is from."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "BREACHWIRE_DB": f"sqlite:///{folder / 'wire.sqlite3'}",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "clients" / "python")]),
        "BROWSER": "true",  # `--open` opens nothing here
    }


def imported(lines: list[dict[str, Any]], env: dict[str, str]) -> None:
    """Read, threaded and told by the real model, as `import` does it."""
    given = "".join(json.dumps(one) + "\n" for one in lines)
    done = commands.run("import", "-", env=env, given=given)
    assert done.returncode == 0, done.stderr


@contextmanager
def served(env: dict[str, str]) -> Iterator[str]:
    """The store's address while the block lasts, once the model is loaded."""
    command = commands.Command(("serve", "--port", "0"), env)
    try:
        address = _until(lambda: _address(command))
        _until(lambda: _ready(address))
        yield address
    finally:
        command.send_signal(signal.SIGTERM)
        command.wait()
        command.close()


def _address(command: commands.Command) -> str:
    out, err = command.output()
    assert command.poll() is None, err.decode()
    found = re.search(r" at (http://\S+?)/ ", out.decode())
    return found[1] if found else ""


def _ready(address: str) -> bool:
    try:
        with urlopen(f"{address}/readyz") as answer:
            return bool(json.load(answer)["semantic_search"])
    except URLError:
        return False


def _until(found: Any) -> Any:
    """What it gives once it gives something."""
    for _ in range(6_000):
        if value := found():
            return value
        time.sleep(0.02)
    raise AssertionError("nothing came of it in two minutes")
