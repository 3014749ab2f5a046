"""What a worker does, by name and queue: the very steps that one process does by itself.

In: a store, the way out, what the queue hands over. Out: the same store, further on. Each chore may
come twice, and begins where the last one stopped: what is done is in the store, never in a job.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from typing import Final

from breachwire import courier, postroom
from breachwire.config import Config
from breachwire.errors import NotFoundError, StoreBusyError, StoreError
from breachwire.model import Embedder, Feed
from breachwire.net import Receivers
from breachwire.pipeline.again import Again
from breachwire.pipeline.derive import Deriver, Progress
from breachwire.pipeline.improve import Improver, endpoint
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.poll import Poller
from breachwire.pipeline.retain import Keeper
from breachwire.pipeline.told import Told
from breachwire.store.postgres import PostgresStore
from breachwire.store.postgres.hosts import Lines
from breachwire.store.protocol import RoleName
from breachwire.studio import Ahead, wanted
from breachwire.work.chore import CARE, Chore
from breachwire.work.lead import Hold
from breachwire.work.plan import still_due
from ingest.robots import Robots

QUEUES: Final = ("poll", "fetch", "thread", "brief", "audio", "mail", "webhook")
"""poll: feeds and the pages they lead to; fetch: pages looked at again; thread: all from embedding
to brief, one worker at a time; brief: a language model's; audio: recordings before anybody asks;
mail: the newsletter; webhook: what watches' webhooks are told. Another one is a name here and a
`Chore` beside those in `Chores`."""

log = logging.getLogger(__name__)
Say = Callable[[str], None]


class Chores:
    """Of one process; what it keeps in memory is kept from job to job."""

    def __init__(
        self,
        store: PostgresStore,
        config: Config,
        client: HearingClient,
        lines: Lines,
        *,
        now: Callable[[], datetime],
        stop: threading.Event,
        say: Say,
        progress: Progress,
    ) -> None:
        self._store, self._config, self._client, self._lines = store, config, client, lines
        self._now, self._stop, self._say, self._progress = now, stop, say, progress
        self._robots = Robots(client)
        self.poller = Poller(store, client, config, now=now, stop=stop, robots=self._robots)
        self._threading: tuple[Hold, Deriver, Keeper] | None = None
        self._room: postroom.Postroom | None = None
        self._improver: Improver | None = None
        self._ahead: Ahead | None = None
        self._ends = ExitStack()
        self._receivers = Receivers(client.user_agent, allow=config.allow_private)
        self._ends.callback(self._receivers.close)
        self.ask: Callable[[Chore], object] = lambda _: None
        """Puts a job into the queue."""
        self.poll = Chore("poll", "poll", self._poll, alone=True)
        self.again = Chore("look again", "fetch", self._look_again, alone=True)
        self.thread = Chore(
            "thread", "thread", self._thread, every=10, priority=50, pauses=(15, 30)
        )
        self.improve = Chore("improve", "brief", self._improve, every=30)
        self._beside = (
            Chore("record", "audio", self._record, every=120, priority=-10, alone=True),
            Chore("mail", "mail", self._mail, every=10, priority=50),
            Chore("tell", "webhook", self._tell, every=5),
            Chore("forget hosts", CARE, lines.forget, every=3600),
        )

    def of(self, queue: str) -> list[Chore]:
        """Those of one queue that this process is set up for."""
        every = (self.poll, self.again, self.thread, self.improve, *self._beside)
        return [chore for chore in every if chore.queue == queue and self._is_set_up(queue)]

    def close(self) -> None:
        """Once nothing is under way."""
        self.poller.close(0.0)
        self._ends.close()

    def _is_set_up(self, queue: str) -> bool:
        if queue == "brief":
            return bool(self._config.model_endpoint)
        if queue == "audio":
            return wanted(self._config)
        return queue != "mail" or bool(self._config.smtp_host)

    # --- poll and fetch

    def _poll(self, key: str, feeds: list[str], planned: str) -> None:
        """Feeds of one host, with the pages that they lead to."""
        here = [feed for url in feeds if (feed := self._due(url, planned))]
        told = Told(self._say, here, whole=False)
        answers, new = self._client.answers, 0
        for polled in self.poller.serve(here):
            told(polled)
            new += polled.new + polled.revised
        if self._client.answers != answers:
            self._lines.heard(key)
        if new:
            self.ask(self.thread)

    def _due(self, url: str, planned: str) -> Feed | None:
        try:
            feed = self._store.feed(url)
        except NotFoundError:  # removed since
            return None
        return feed if still_due(feed, datetime.fromisoformat(planned)) else None

    def _look_again(self) -> None:
        again = Again(
            self._store, self._client, self._robots, self._config, now=self._now, stop=self._stop
        )
        if again.run().revised:
            self.ask(self.thread)

    # --- thread

    def lead(self, hold: Hold, embedder: Embedder) -> None:
        """This process threads from now on, until the hold is over. Read anew: what the store
        holds is another's work."""
        config = self._config
        deriver = Deriver(self._store, embedder, now=self._now, calibrations=config.calibrations())
        self._threading = hold, deriver, Keeper(self._store, config, self._now, self._say)

    def _thread(self) -> None:
        """Whatever waits: articles, threads, briefs; and what is to be forgotten."""
        if self._threading is None:
            return
        hold, deriver, keeper = self._threading
        try:
            with self._store.acting("threader"):
                done = deriver.run(self._progress, hold.over)
                keeper.run(hold.over)
        except StoreError:
            if hold.over(within=0.0):  # who has the role now goes on
                log.debug("no longer the threader", exc_info=True)
                return
            raise
        if done.threads and self._config.model_endpoint:
            self.ask(self.improve)

    # --- brief, audio and mail

    def _improve(self) -> None:
        """By a language model: briefs that it has not tried. One worker at a time."""
        if self._improver is None:
            server = endpoint(self._config, self._client.user_agent)
            self._ends.enter_context(closing(server))
            self._improver = Improver(
                self._store, server, self._config, now=self._now, wait=self._stop.wait,
                say=self._say,
            )  # fmt: skip
        self._alone("writer", self._improver.run)

    def _record(self) -> None:
        """What nobody has asked for yet; one worker at a time."""
        self._ahead = self._ahead or Ahead(self._store, self._config, self._now)
        self._ahead.run(self._stop.is_set)

    def _mail(self) -> None:
        """What is due and waits. One worker at a time."""
        self._room = self._room or postroom.Postroom(
            self._store, self._config, now=self._now, wait=self._stop.wait, say=self._say
        )
        self._alone("mailer", self._room.run)

    def _tell(self) -> None:
        """What webhooks are to be told, until nothing is. One worker at a time."""
        more = True
        while more and not self._stop.is_set():
            more = courier.deliver(
                self._store, self._receivers, self._config, now=self._now, stopped=self._stop.is_set
            ).more

    def _alone(self, role: RoleName, work: Callable[[Callable[[], bool]], object]) -> None:
        """Nothing where another process, of whichever command, does the same."""
        try:
            with self._store.role(role):
                work(self._stop.is_set)
        except StoreBusyError:
            log.debug("another %s is at work, or the role was lost", role, exc_info=True)
