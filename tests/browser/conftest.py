"""A wire of invented stories behind a real server, and Debian's Chromium to look at it with.

Screenshots go to the test's own folder, or to the one that BREACHWIRE_SHOTS names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from breachwire.model import Proposal
from breachwire.store import Store, open_store
from tests.browser import kinds
from tests.browser.looking import Site

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
MAIN = "from breachwire.cli import main; main()"

STORIES = [
    # slug, outlet, published, title, text
    ("quarrybank-offline", "Harbor Ledger", "2026-11-02T08:00:00+00:00",
     "Quarrybank takes customer portal offline after intrusion",
     "Quarrybank, a lender in the north, took its customer portal offline on Monday. The bank said"
     " it is investigating an intrusion that began at its supplier Tidewater Sync. A group called"
     " Salt Heron claims to have taken 2.5 million customer records."),
    ("quarrybank-confirms", "Signal Post", "2026-11-04T09:30:00+00:00",
     "Quarrybank confirms theft of 1.9 million customer records",
     "Quarrybank confirmed on Wednesday that names and payment cards of 1.9 million customers were"
     " stolen after the intrusion at its supplier Tidewater Sync. It denied that 2.5 million"
     " records were taken by the Salt Heron group."),
    ("millbrook-diverts", "Evening Relay", "2026-11-06T12:00:00+00:00",
     "Millbrook hospital diverts ambulances after ransomware locks its records",
     "Millbrook General Hospital diverted ambulances on Friday after ransomware locked its patient"
     " records. Staff went back to paper. The hospital said that no patient was harmed."),
    ("orrery-gateway", "Patch Almanac", "2026-11-09T07:00:00+00:00",
     "Orrery patches gateway flaw CVE-2026-90002 that lets anyone in without a password",
     "Orrery published a patch for CVE-2026-90002 in its gateway on Monday. Attackers may log in"
     " without a password. No exploitation is known."),
    ("fernway-suit", "Harbor Ledger", "2026-11-12T15:00:00+00:00",
     "Former students sue Fernway College over stolen transcripts",
     "Former students of Fernway College filed a lawsuit on Thursday over the theft of their"
     " transcripts and passport scans, which the college disclosed in spring."),
]  # fmt: skip


@dataclass
class Wire:
    """A running server, its store, and the command line beside it."""

    url: str
    store: Store
    environ: dict[str, str]

    @property
    def items(self) -> Path:
        """A file for what is to be imported."""
        return Path(self.environ["BREACHWIRE_DB"]).with_name("items.jsonl")

    def run(self, *args: str) -> str:
        """What `breachwire ARGS` prints."""
        return breachwire(self.environ, *args)

    def thread(self, slug: str) -> str:
        """The id of the thread that an article stands in now."""
        (article,) = (a for a in self.store.all_articles() if a.url.endswith(slug))
        return self.store.threads_of([article.id])[article.id]


def breachwire(environ: dict[str, str], *args: str) -> str:
    command = [sys.executable, "-c", MAIN, *args]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="no Playwright: `make browser` installs it"
    )
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium on the PATH: Debian's package `chromium` has it")
    with api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def threaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the stories, imported and threaded by the real model, with two open proposals."""
    folder = tmp_path_factory.mktemp("threaded")
    items, db = folder / "items.jsonl", folder / "wire.sqlite3"
    items.write_text("".join(json.dumps(_item(*story)) + "\n" for story in STORIES), "utf-8")
    breachwire(environ_of(db), "import", str(items))
    store = open_store(f"sqlite:///{db}")
    _propose(store)
    store.close()
    return db


@pytest.fixture
def wire(browser: Any, threaded: Path, tmp_path: Path) -> Iterator[Wire]:
    """A copy of that store, with `serve` running on it; first a browser to look at it with."""
    db = tmp_path / "wire.sqlite3"
    shutil.copy(threaded, db)
    with served(db) as running:
        yield running


@pytest.fixture(scope="session")
def site(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demonstration's stories, with every kind of page; tests read and don't change them."""
    db = tmp_path_factory.mktemp("demonstration") / "wire.sqlite3"
    with served(db, **kinds.MAIL) as wire:
        kinds.told(wire)
        mailed = kinds.mailed(wire.store)
        context = browser.new_context()
        page = context.new_page()
        kinds.logged_in(page, wire)
        found = {**kinds.paths(wire.url), **mailed, "watch list": kinds.watched(page, wire.url)}
        yield Site(wire.url, found, context.cookies())
        context.close()


@pytest.fixture(scope="session")
def serving(browser: Any) -> Callable[..., AbstractContextManager[Wire]]:
    """`served`, for tests with stores of their own."""
    return served


@contextmanager
def served(db: Path, **settings: str) -> Iterator[Wire]:
    """`serve` on this store, in its folder, until the block ends; `settings` by their names."""
    environ = environ_of(db) | {f"BREACHWIRE_{k.upper()}": v for k, v in settings.items()}
    store = open_store(f"sqlite:///{db}")
    server = subprocess.Popen(
        [sys.executable, "-c", MAIN, "serve", "--port", "0"],
        env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        (url,) = re.findall(r"http://[\d.:]+", server.stdout.readline())
        yield Wire(url, store, environ)
    finally:
        server.terminate()
        server.communicate(timeout=30)
        store.close()


def environ_of(db: Path) -> dict[str, str]:
    """The environment of a command on this store."""
    return {**os.environ, "BREACHWIRE_DB": str(db), "XDG_CONFIG_HOME": str(db.parent)}


def _item(slug: str, outlet: str, published: str, title: str, text: str) -> dict[str, str]:
    host = outlet.lower().replace(" ", "") + ".example"
    return {
        "url": f"https://{host}/{slug}",
        "title": title,
        "summary": text.split(". ")[0] + ".",
        "content": text,
        "source": outlet,
        "published": published,
    }


def _propose(store: Store) -> None:
    """What a threader that is unsure of these would leave."""
    at = store.threads_of([a.id for a in store.all_articles()])
    of = {a.url.rpartition("/")[2]: at[a.id] for a in store.all_articles()}
    bank, ward = of["quarrybank-offline"], of["millbrook-diverts"]
    gateway, college = of["orrery-gateway"], of["fernway-suit"]
    now = datetime.now(UTC)
    store.save_proposals(
        [
            Proposal(0, "merge", (bank, ward), (), 0.58, "ransom note; cosine .52", now),
            Proposal(0, "merge", (gateway, college), (), 0.44, "same week; cosine .47", now),
        ]
    )
