"""A worker as `breachwire work --queues …` is one, on the replayed web, clock and vectors.

In: a store's address, queues, where the replay is, how fast its clock goes, a file of recorded
vectors. Out: jobs done until SIGTERM or a kill. A text without a recorded vector is embedded by the
model, and said; the clock that stands is the machine's own, so that feeds stay due as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import numpy as np

from bench.workers.wire import ALIASES, clock, host
from breachwire.config import Config
from breachwire.model import Vectors
from breachwire.pipeline.outage import HearingClient
from breachwire.store.opening import open_store
from breachwire.work import worker
from nlp import embed

SENDER: Final = "worker-"
"""And a process's number: as User-Agent, and as the name that it logs in to a mail server with."""


class Recorded:
    """An embedder that looks most vectors up."""

    def __init__(self, file: Path) -> None:
        self._model = embed.load()
        self._known: dict[str, int] = {}
        if file.exists():
            with np.load(file) as kept:
                self._vectors, names = kept["vectors"], kept["names"]
            self._known = {name: n for n, name in enumerate(names.tolist())}

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    @property
    def dimension(self) -> int:
        """The model's."""
        return self._model.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As the model does."""
        rows = [self._known.get(digest(text)) for text in texts]
        if None in rows:
            print(f"embedded: {rows.count(None)}", flush=True)
            return self._model.encode(texts)
        found: Vectors = self._vectors[rows].astype(np.float32)
        return found


def digest(text: str) -> str:
    """What a text's vector is found by."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def record(texts: Sequence[str], file: Path) -> None:
    """The model's vectors of these, and of what warms it."""
    wanted = sorted({*texts, "warm"})
    vectors = embed.load().encode(wanted)
    np.savez(file, vectors=vectors, names=np.array([digest(text) for text in wanted]))


def config(url: str, smtp: int) -> Config:
    """Of a worker that is told where mails go to, if anywhere; webhooks are on this machine."""
    if not smtp:
        return Config(db=url)
    return Config(
        db=url, base_url="https://wire.example", allow_private=(ip_network("127.0.0.0/8"),),
        smtp_host="127.0.0.1", smtp_port=smtp, smtp_security="none", smtp_rate=100_000,
        smtp_user=f"{SENDER}{os.getpid()}", smtp_password="known",
        mail_from="Breachwire <news@wire.example>",
    )  # fmt: skip


def main() -> None:
    """Work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("queues")
    parser.add_argument("base")
    parser.add_argument("outlets", help="with commas between")
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--end", type=datetime.fromisoformat)
    parser.add_argument("--smtp", type=int, default=0, help="a mail server's port on localhost")
    given = parser.parse_args()
    port = int(given.base.rpartition(":")[2])
    names = (host(o, alias) for o in given.outlets.split(",") for alias in range(ALIASES + 1))
    agent, local = f"{SENDER}{os.getpid()}", dict.fromkeys(names, ("127.0.0.1", port))
    client = HearingClient(agent, local=local)
    now = clock(given.base, given.rate, given.end) if given.rate else lambda: datetime.now(UTC)
    store = open_store(given.url)
    working = worker.Worker(
        worker.on_postgres(store), config(given.url, given.smtp), client,
        worker.chosen(given.queues), now=now, say=lambda line: print(line, flush=True),
        progress=lambda *_: None, embedder=Recorded(given.vectors),
    )  # fmt: skip
    signal.signal(signal.SIGTERM, lambda *_: working.stop())
    working.run()
    store.close()
    sys.stdout.flush()


if __name__ == "__main__":
    main()
