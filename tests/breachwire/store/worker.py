"""What a second process does to a store; the tests run it and kill it.

    python worker.py URL write FIRST NUMBER   pairs of articles, each pair one thread, by stages
    python worker.py URL hold ROLE            hold a role until killed
    python worker.py URL move TARGET STEP     move the store there, killed at that step

Prints a line at the start and after each acknowledged pair.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

import numpy as np

from breachwire.model import Draft, Placement, Thread, thread_id
from breachwire.store import Store, moving, open_store
from breachwire.store.moving import target

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)


def main(url: str, command: str, *words: str) -> None:
    if command == "move":
        move(url, words[0], int(words[1]))
        return
    store = open_store(url)
    if command == "hold":
        with store.role(words[0]):
            print("ready", flush=True)
            time.sleep(60)
    print("ready", flush=True)
    first, number = map(int, words)
    for n in range(first, first + number):
        write_pair(store, n)
        print(n, flush=True)
    store.close()


def move(url: str, to: str, left: int) -> None:
    """By pieces of three rows."""
    target.BATCH = 3

    def progress(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    moving.move(url, to, progress)


def write_pair(store: Store, n: int) -> None:
    """Two articles taken at once, then placed at once in a thread of their own."""
    drafts = [draft(n, half) for half in (0, 1)]
    articles = [one.article for one in store.take([(draft, None) for draft in drafts], NOW)]
    thread = Thread(
        thread_id(articles[0].id), articles[0].title, "breach", "Breaches",
        articles[0].at, articles[1].at, articles[1].at, 2, 1,
    )  # fmt: skip
    vector = np.ones(8, dtype=np.float32) / np.sqrt(np.float32(8))
    placements = [
        Placement(article.id, thread.id, "report", 1.0, "joins", "", "breach")
        for article in articles
    ]
    store.place("m", [(placement, vector) for placement in placements], [thread])


def draft(n: int, half: int) -> Draft:
    """One half of the n-th pair."""
    return Draft(
        url=f"https://herald.example/{n}/{half}",
        title=f"Pair {n} half {half}",
        text=f"pair{n} " + "words " * 300,
        keys=(f"herald.example/{n}/{half}",),
        published=NOW + timedelta(minutes=n),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
