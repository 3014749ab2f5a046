"""A process that was stopped, though its connections live: PostgreSQL's locks go on to others."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection

import pytest

from breachwire.errors import StoreBusyError, StoreError
from breachwire.store import open_store
from tests.databases import rows

pytestmark = pytest.mark.postgres
pytest.importorskip("psycopg", reason="PostgreSQL's driver: `make test-postgres`")

from breachwire.store.postgres import alive, transactions  # noqa: E402

LONG = 60.0
"""Seconds to wait for anything on a machine that has much else to do."""


def threader(url: str, other: Connection) -> None:
    """A process that has the role and the turn; asked, it writes, and tells what became of it."""
    store = open_store(url)
    try:
        with store.role("threader"), store.turn():
            other.send("has both")
            other.recv()
            store.set_meta("by", "the one that hung")
            other.send("written")
    except StoreBusyError as error:
        other.send(str(error))


def writer(url: str, other: Connection) -> None:
    """A process that stops in the middle of a transaction."""
    store = open_store(url)
    try:
        with store._write():
            other.send("writes")
            os.kill(os.getpid(), signal.SIGSTOP)
    except StoreError as error:
        other.send(str(error))


@pytest.fixture
def started(store, monkeypatch):
    """Start one of them, whose signs of life come often; it is killed at the end."""
    monkeypatch.setattr(alive, "BEAT", 0.1)
    running = []

    def start(target):
        mine, its = get_context("fork").Pipe()
        process = get_context("fork").Process(target=target, args=(store.url, its))
        running.append(process)
        process.start()
        assert mine.poll(LONG)
        mine.recv()
        return process.pid, mine

    yield start
    for process in running:
        process.kill()
        process.join()


def until(true):
    """Wait for it."""
    last = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < last, f"not within {LONG:.0f} s"
        time.sleep(0.05)


def is_free(lock):
    """Whether it is to be had."""
    try:
        with lock():
            return True
    except StoreBusyError:
        return False


def signs(url):
    """When the sessions that hold locks were last asked anything."""
    ((when,),) = rows(
        url, "SELECT min(state_change) FROM pg_stat_activity JOIN pg_locks USING (pid)"
             " WHERE locktype = 'advisory'"
    )  # fmt: skip
    return when


def test_role_and_turn_of_who_hangs_go_on_and_it_writes_nothing_when_it_wakes(
    store, started, monkeypatch, url
):
    process, child = started(threader)
    with pytest.raises(StoreBusyError, match="another threader"), store.role("threader"):
        pytest.fail("two at a time")
    before = signs(url)
    until(lambda: signs(url) > before)
    os.kill(process, signal.SIGSTOP)
    monkeypatch.setattr(alive, "SILENT", 0.5)
    until(lambda: is_free(lambda: store.role("threader")))
    until(lambda: is_free(store.turn))
    os.kill(process, signal.SIGCONT)
    child.send("write")
    assert child.poll(LONG)
    assert "was lost" in child.recv()
    assert store.meta("by") is None


def test_who_hangs_while_it_writes_holds_nobody_up_for_long(store, started, monkeypatch):
    quick = transactions._MY_TURN.replace(f"'{transactions.HUNG}s'", "'300ms'")
    monkeypatch.setattr(transactions, "_MY_TURN", quick)
    process, child = started(writer)
    store.set_meta("by", "another")
    os.kill(process, signal.SIGCONT)
    assert child.poll(LONG)
    assert "idle-in-transaction timeout" in child.recv()
