"""`breachwire thread …` as an editor types it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from breachwire.model import Embedder, Proposal
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.store import Store, open_store
from tests import commands
from tests.databases import Stores

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
Run = Callable[..., subprocess.CompletedProcess[str]]
FIRST = "https://ledger.example/2026/harbour-clinic"
SUIT = "https://dispatch.example/clinic-suit"
FLAW = "https://courier.example/router-flaw"
ROUNDUP = "https://weekly.example/roundup"


def items(item: Callable[..., dict[str, Any]]) -> list[bytes]:
    some = [
        item(),
        item(
            url=SUIT,
            title="Harbour Clinic sued over ransomware attack",
            summary="Patients filed a class action against Harbour Clinic over the ransomware "
            "attack that exposed their Social Security numbers.",
            source="Dispatch",
            published="2026-10-12T08:00:00+00:00",
        ),
        item(
            url=FLAW,
            title="Vendor patches critical flaw in Oakmesh routers",
            summary="Oakmesh released firmware for CVE-2026-98765, a command injection flaw that "
            "lets unauthenticated attackers take over its routers.",
            source="Courier",
            published="2026-10-06T10:00:00+00:00",
        ),
        item(
            url=ROUNDUP,
            title="Week in review: Harbour Clinic ransomware, Oakmesh routers patched",
            summary="Here's an overview of some of last week's most interesting news.",
            source="Weekly",
            published="2026-10-09T08:00:00+00:00",
        ),
    ]
    return [json.dumps(one).encode() for one in some]


@pytest.fixture(scope="module")
def derived(stores: Stores) -> str:
    return stores.new()


@pytest.fixture
def db(stores: Stores, derived: str, embedder: Embedder, item: Callable[..., Any]) -> str:
    """Two threads, of two articles and of one; a roundup in none."""
    with closing(open_store(derived)) as store:
        if not store.counts().articles:
            import_items(store, items(item), now=NOW)
            Deriver(store, embedder, now=lambda: NOW).run()
    return stores.copy(derived)


@pytest.fixture
def run(db: str, tmp_path: Path) -> Run:
    """Run `breachwire thread ARGS` on a store of its own."""
    environ = {
        **os.environ,
        "BREACHWIRE_DB": db,
        "LOGNAME": "ada",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }

    def call(*args: str) -> subprocess.CompletedProcess[str]:
        return commands.run("thread", *args, env=environ)

    return call


def done(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture
def threads(db: str) -> tuple[str, str]:
    """The clinic's and the router's."""
    with closing(open_store(db)) as store:
        return thread_of(store, FIRST), thread_of(store, FLAW)


def thread_of(store: Store, url: str) -> str:
    article = store.article_by_key(url.removeprefix("https://"))
    assert article is not None
    return store.threads_of([article.id])[article.id]


def propose(db: str, what: Any, *threads: str) -> None:
    with closing(open_store(db)) as store:
        store.save_proposals([Proposal(0, what, threads, (), 0.61, "one CVE", NOW)])


def test_merge_log_undo(run: Run, threads: tuple[str, str]) -> None:
    clinic, router = threads
    told = done(run("merge", clinic, router, "--why", "one story", "--who", "bo"))
    assert told == f"edit 1: merge, 1 article moved; {clinic} has 3 articles\n"
    shown = run("show", router, "--json")
    assert json.loads(done(shown))["id"] == clinic
    assert shown.stderr == f"{router} was merged into {clinic}\n"
    assert "merge by bo: one story" in done(run("log"))
    assert done(run("undo", "1")) == f"edit 2: undo, 1 article moved; {router} has 1 article\n"
    (undo, merge) = json.loads(done(run("log", router, "--json")))["edits"]
    assert (undo["what"], undo["who"], undo["moves"][0]["article"]) == ("undo", "ada", FLAW)
    assert (merge["undone"], merge["why"]) == (True, "one story")
    assert json.loads(done(run("show", router, "--json")))["id"] == router


def test_split_and_move(run: Run, db: str, threads: tuple[str, str]) -> None:
    clinic, router = threads
    assert "edit 1: split, 1 article moved; " in done(run("split", clinic, SUIT))
    with closing(open_store(db)) as store:
        assert thread_of(store, SUIT) not in threads
        suit = store.article_by_key(SUIT.removeprefix("https://"))
        assert suit is not None
    assert f"{router} has 2 articles" in done(run("move", str(suit.id), router))
    assert "1 article moved" in done(run("move", SUIT, "new"))


def test_proposals_are_accepted_or_refused(run: Run, db: str, threads: tuple[str, str]) -> None:
    assert run("proposals").stderr == "nothing is proposed\n"
    propose(db, "merge", *threads)
    first, *rest = done(run("proposals")).splitlines()
    assert first == f"1  merge {threads[0]} {threads[1]}  0.61  one CVE"
    assert rest[0].startswith(f"    {threads[0]}  ")
    (listed,) = json.loads(done(run("proposals", "--json")))["proposals"]
    assert (listed["threads"], listed["score"], listed["state"]) == ([*threads], 0.61, "open")
    assert done(run("refuse", "1", "--why", "no")) == "edit 1: refuse, 0 articles moved\n"
    assert "Proposal 1 (refused): merge" in done(run("explain", *threads))
    assert refused(run("accept", "1"), 1, "proposal 1 is refused already")
    done(run("undo", "1"))
    assert "2 articles moved" not in done(run("accept", "1"))
    with closing(open_store(db)) as store:
        assert thread_of(store, FLAW) == threads[0]


def test_explain_two_articles_of_one_thread(run: Run, threads: tuple[str, str]) -> None:
    lines = done(run("explain", FIRST, SUIT)).splitlines()
    assert lines[0] == f"Together, in thread {threads[0]}."
    assert any("first_report, opens, 1.00" in line for line in lines)
    assert any("follow_up, joins" in line for line in lines)
    assert any("the texts say alike things" in line for line in lines)
    found = json.loads(done(run("explain", FIRST, SUIT, "--json")))
    assert found["together"]
    adds = [term["adds"] for term in found["pair"]["terms"]]
    assert adds == sorted(adds, key=abs, reverse=True)
    assert found["pair"]["log_odds"] > 0 < found["whole"]["log_odds"]


def test_explain_two_threads_and_what_editors_said(run: Run, threads: tuple[str, str]) -> None:
    assert done(run("explain", *threads)).startswith(
        f"Apart: thread {threads[0]} and thread {threads[1]}.\n"
    )
    done(run("merge", *threads, "--why", "same crew"))
    lines = done(run("explain", *threads)).splitlines()
    assert lines[0] == f"One thread: {threads[0]}."
    assert any(line.startswith("Rule: ") and "must stand together" in line for line in lines)
    assert any(line.startswith("Edit 1: merge by ada") and "same crew" in line for line in lines)


def test_explain_a_roundup(run: Run, threads: tuple[str, str]) -> None:
    lines = done(run("explain", ROUNDUP, threads[0])).splitlines()
    assert lines[0] == f"Apart: no thread and thread {threads[0]}."
    assert any("mention, roundup, 1.00: many events" in line for line in lines)


def refused(result: subprocess.CompletedProcess[str], code: int, says: str) -> bool:
    """Exit code, one line on stderr, nothing on stdout."""
    assert result.returncode == code, result.stderr
    assert says in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    return not result.stdout


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["merge", "A", "A"], 2, "are one thread already"),
        (["merge", "A", "zz"], 1, "no thread 'zz'"),
        (["split", "A", FLAW], 2, "does not stand in thread"),
        (["split", "A", FIRST, SUIT], 2, "every article would leave"),
        (["split", "A", "harbour"], 2, "'harbour' names no article"),
        (["move", "https://nowhere.example/x", "new"], 1, "no article 'https://nowhere"),
        (["move", FLAW, "new"], 2, "stands alone in thread"),
        (["move", FIRST, "A"], 2, "already"),
        (["undo", "7"], 1, "no edit '7'"),
        (["accept", "7"], 1, "no proposal '7'"),
        (["log", "zz"], 1, "no thread 'zz'"),
        (["explain", "A", "A"], 2, "is named twice"),
        (["explain", FLAW, "B"], 2, "there is nothing to compare"),
    ],
)
def test_wrong_use_is_one_line(
    run: Run, threads: tuple[str, str], args: list[str], code: int, says: str
) -> None:
    named = [dict(zip("AB", threads, strict=True)).get(word, word) for word in args]
    assert refused(run(*named), code, says)
