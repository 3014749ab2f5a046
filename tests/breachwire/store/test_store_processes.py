"""Several processes and threads on one store; some of them are killed."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from breachwire.errors import StoreBusyError
from breachwire.store import Store, ThreadFilter

WORKER = Path(__file__).with_name("worker.py")


@contextlib.contextmanager
def worker(url: str, *words: object) -> Iterator[subprocess.Popen[str]]:
    """A process at work on the store; it has opened it when this yields."""
    command = [sys.executable, str(WORKER), url, *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def halves(store: Store) -> list[str]:
    """Pairs of which a reader sees one half of a stage, in one look at the store."""
    found = []
    page = store.threads(ThreadFilter(), limit=10_000)
    members = store.members([thread.id for thread in page.threads])
    for thread in page.threads:
        if len(members[thread.id]) != 2:
            found.append(thread.id)
        if any(member.article.state != "threaded" for member in members[thread.id]):
            found.append(thread.id)
    if store.counts().articles % 2:
        found.append("an odd number of articles")
    return found


def test_two_processes_write_and_no_reader_sees_half_a_stage(store, url):
    with worker(url, "write", 0, 60) as one, worker(url, "write", 1_000, 60) as other:
        looks = 0
        while one.poll() is None or other.poll() is None:
            assert halves(store) == []
            looks += 1
        assert (one.returncode, other.returncode) == (0, 0)
    assert looks > 3
    assert halves(store) == []
    counts = store.counts()
    assert (counts.articles, counts.threads, counts.unplaced) == (240, 120, 0)
    assert len(store.search_text("pair", limit=1_000)) == 240


@pytest.mark.parametrize("after", range(4))
def test_a_killed_writer_leaves_nothing_half_and_loses_nothing(opened, url, after):
    opened().close()
    acknowledged = []
    with worker(url, "write", 0, 10_000) as process:
        time.sleep(0.05 + 0.07 * after)
        process.kill()
        acknowledged = [int(line) for line in process.stdout if line.endswith("\n")]
    store = opened()
    assert store.check() == []
    assert halves(store) == []
    for n in acknowledged:
        assert store.threads_of([store.article_by_key(f"herald.example/{n}/0").id])
    waiting = store.articles_in("stored", 10)
    assert len(waiting) in (0, 2)  # taken, not placed: the second stage goes on from here
    with worker(url, "write", 0, len(acknowledged) + 2) as process:
        assert process.wait() == 0
    assert store.counts().articles == 2 * (len(acknowledged) + 2)
    assert store.counts().unplaced == 0
    assert store.check() == []


def test_two_processes_may_make_the_same_store(opened, url):
    with worker(url, "write", 0, 1) as one, worker(url, "write", 1, 1) as other:
        assert (one.wait(), other.wait()) == (0, 0)
    assert opened().counts().articles == 4


def test_a_killed_holder_lets_its_role_go(store, url):
    with worker(url, "hold", "threader"):
        with pytest.raises(StoreBusyError), store.role("threader"):
            pytest.fail("two threaders")
        with store.role("poller"):
            pass
    assert_let_go(store, "threader")


def assert_let_go(store, role):
    """At last: a server notices in its own time that a session has ended."""
    until = time.monotonic() + 60
    while True:
        try:
            with store.role(role):
                return
        except StoreBusyError:
            assert time.monotonic() < until, "still held"
            time.sleep(0.05)


def test_one_store_serves_many_threads(store, make):
    articles = make.take(store, *(make.draft(n) for n in range(20)))
    thread = make.place(store, *articles)
    failures = []

    def work(number):
        try:
            for n in range(10):
                make.take(store, make.draft(100 + number * 10 + n))
                store.set_meta("last", str(number))
                assert len(store.members([thread.id])[thread.id]) == 20
                assert store.search_text("acme", limit=100)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    assert store.counts().articles == 100
    assert len({article.id for article in store.all_articles()}) == 100
