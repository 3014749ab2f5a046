"""A process that works for one store beside any number of others: queues → jobs done.

In: a store on PostgreSQL, configuration, the way out, the queues to work on. Out: jobs done until
the end is asked for. It polls as many hosts at once as `fetch_threads` says, does one job of each
other queue at a time, and stands by for the roles that its queues need: planner, threader.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from typing import Final

from breachwire.config import Config
from breachwire.errors import BreachwireError, UsageError
from breachwire.model import Embedder
from breachwire.net import Hosts
from breachwire.pipeline.derive import Progress
from breachwire.pipeline.outage import HearingClient
from breachwire.store import Store
from breachwire.store.postgres import PostgresStore
from breachwire.work.chore import CARE
from breachwire.work.chores import QUEUES, Chores
from breachwire.work.lead import Hold, lead
from breachwire.work.plan import Planner
from breachwire.work.queue import Queue
from ingest import apart
from nlp import calibration, embed

PLAN_TICK: Final = 5.0
"""Seconds between two looks at which feeds are due."""
BESIDE: Final = ("fetch", "brief", "audio", "mail", "webhook", CARE)
"""Queues that share a handful of threads."""

log = logging.getLogger(__name__)
Say = Callable[[str], None]


class Worker:
    """One process's."""

    def __init__(
        self,
        store: PostgresStore,
        config: Config,
        client: HearingClient,
        queues: Sequence[str],
        *,
        now: Callable[[], datetime],
        say: Say,
        progress: Progress,
        embedder: Embedder | None = None,
    ) -> None:
        """`embedder`: another one than the configured. Raises StoreError, ConfigError;
        CalibrationError where nothing could be threaded."""
        self._store, self._config, self._client = store, config, client
        self._queues, self._now, self._say = queues, now, say
        self._stop = threading.Event()
        self._stack = ExitStack()
        self._queue = Queue(store, say)
        self._stack.callback(self._queue.close)
        self._lines = store.lines()
        client.hosts = Hosts(shared=self._lines)
        self._chores = Chores(
            store, config, client, self._lines, now=now, stop=self._stop, say=say,
            progress=progress,
        )  # fmt: skip
        self._chores.ask = self._queue.ask
        self._stack.callback(self._chores.close)
        self._embedder = embedder or embed.load(config.embedding_model)
        if "thread" in queues:
            calibration.load(self._embedder.name, config.calibrations())

    def stop(self) -> None:
        """Ask for the end; from a signal's handler, too."""
        self._stop.set()
        self._client.close()

    def run(self) -> None:
        """Until `stop`: what is under way then is waited for."""
        self._say(f"working on {', '.join(self._queues)} of {self._store.url}")
        for queue in self._queues:
            if not self._chores.of(queue):
                self._say(f"nothing to do in {queue}: it is not set up here (README, settings)")
        threads = [
            threading.Thread(target=self._guarded, args=(target,), name=name, daemon=True)
            for name, target in self._targets().items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with suppress(BreachwireError):
            apart.shared.close()
        self._stack.close()

    def _targets(self) -> dict[str, Callable[[], None]]:
        targets: dict[str, Callable[[], None]] = {"beside": self._beside}
        if "poll" in self._queues:
            targets |= {"poll": self._poll, "plan": self._plan}
        if "thread" in self._queues:
            targets["thread"] = self._thread
        return targets

    def _guarded(self, target: Callable[[], None]) -> None:
        """A fault that nobody foresaw ends one part; it is said, and the part begun anew."""
        while not self._stop.is_set():
            try:
                target()
            except Exception as error:
                log.debug("part of a worker", exc_info=True)
                self._say(f"failed: {type(error).__name__}: {error}; trying again in 30 s")
                self._stop.wait(30)

    def _beside(self) -> None:
        wanted = [queue for queue in BESIDE if queue in (*self._queues, CARE)]
        chores = [chore for queue in wanted for chore in self._chores.of(queue)]
        self._queue.work(chores, len(wanted), self._stop.is_set)

    def _poll(self) -> None:
        chores = self._chores.of("poll")
        self._queue.work(chores, self._config.fetch_threads, self._stop.is_set)

    def _plan(self) -> None:
        """Ask for what is due, where no other process does."""
        chores = self._chores

        def plan(hold: Hold) -> None:
            planner = Planner(
                chores.poller, self._lines, self._queue, chores.poll, chores.again, self._now
            )
            while not hold.over():
                planner.run()
                self._stop.wait(PLAN_TICK)

        lead(self._store, "poller", plan, self._stop, self._say)

    def _thread(self) -> None:
        """Thread what comes in, where no other process does; the model is loaded before that."""
        self._embedder.encode(["warm"])

        def work(hold: Hold) -> None:
            self._chores.lead(hold, self._embedder)
            self._queue.ask(self._chores.thread)
            self._queue.work(self._chores.of("thread"), 1, hold.over, hearing=True)

        lead(self._store, "threader", work, self._stop, self._say)


def chosen(words: str) -> tuple[str, ...]:
    """Queues that were named with commas between; `all` and nothing are all. Raises UsageError."""
    names = tuple(word.strip() for word in words.split(",") if word.strip()) or ("all",)
    if "all" in names:
        return QUEUES
    if unknown := [name for name in names if name not in QUEUES]:
        raise UsageError(f"no queue {unknown[0]!r}; there are {', '.join(QUEUES)}")
    return tuple(queue for queue in QUEUES if queue in names)


def on_postgres(store: Store) -> PostgresStore:
    """The store, where it is one that many may work for. Raises UsageError."""
    if not isinstance(store, PostgresStore):
        raise UsageError(f"{store.url} is no store on PostgreSQL")
    return store
