"""One half of the product on a replayed clock: `poll` or `work`, until it is killed or done.

In: a store, the address of `replay.py`, its rate and end. Out: the store, further on, by the code
that `fetch --watch` and `work --watch` run, with the replay's clock in the place of the machine's.
`poll` writes a line to the file of acknowledgements once the store has said that an article is in
it, and ends after a last round at the end of the replayed time; `work` ends when a file named
`ended` lies beside the store and nothing waits.
"""

from __future__ import annotations

import argparse
import os
import time
import urllib.request
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from breachwire.cli.fetch import subscribe
from breachwire.config import Config, networks
from breachwire.model import Draft
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.poll import Poller
from breachwire.store import EntryRef, Store, Taken, open_store

ENDED = "ended"
Now = Callable[[], datetime]


def replayed(base: str, rate: float, end: datetime) -> Now:
    """The replay's clock, asked once."""
    with urllib.request.urlopen(f"{base}/clock", timeout=30) as answer:
        at = datetime.fromisoformat(answer.read().decode().strip())
    asked = time.monotonic()
    return lambda: min(end, at + timedelta(hours=rate * (time.monotonic() - asked)))


class Acknowledging:
    """A store that writes down which articles it has taken, after it has."""

    def __init__(self, store: Store, file: Path) -> None:
        self._store = store
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def take(self, drafts: Sequence[tuple[Draft, EntryRef | None]], now: datetime) -> list[Taken]:
        """As the store does."""
        taken = self._store.take(drafts, now)
        new = [f"{one.article.id}\t{one.article.url}\n" for one in taken if one.outcome == "new"]
        os.write(self._file, "".join(new).encode())
        return taken


def poll(store: Store, config: Config, base: str, now: Now, end: datetime, acks: Path) -> None:
    """Poll what is due until the end, then everything once."""
    subscribe(config, store, f"{base}/feeds.opml")
    client = HearingClient("Breachwire bench", allow=config.allow_private)
    kept: Any = Acknowledging(store, acks)
    poller = Poller(kept, client, config, now=now)
    with store.role("poller"):
        while now() < end:
            poller.run()
            time.sleep(0.1)
        poller.run(store.feeds())
    client.close()


def work(store: Store, config: Config, now: Now, ended: Path) -> None:
    """Thread, read and write until nothing waits any more."""
    from breachwire.pipeline.derive import Deriver
    from nlp import embed

    with store.role("threader"):
        deriver = Deriver(store, embed.load(config.embedding_model), now=now)
        while True:
            last = ended.exists()
            if not deriver.run() and last:
                return
            time.sleep(0.2)


def main() -> None:
    """One half."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("half", choices=("poll", "work"))
    parser.add_argument("store", type=Path)
    parser.add_argument("base")
    parser.add_argument("rate", type=float)
    parser.add_argument("end", type=datetime.fromisoformat)
    given = parser.parse_args()
    config = Config(db=str(given.store), allow_private=networks("127.0.0.0/8"))
    now = replayed(given.base, given.rate, given.end)
    store = open_store(config.database())
    folder = given.store.parent
    if given.half == "poll":
        poll(store, config, given.base, now, given.end, folder / "acknowledged")
    else:
        work(store, config, now, folder / ENDED)
    store.close()


if __name__ == "__main__":
    main()
