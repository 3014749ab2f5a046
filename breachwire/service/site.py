"""One store at work: its loops, begun and ended, and what its pages are handed.

In: an open store, the way out, configuration, the embedding model. Out: loops that fill the store
in threads of their own, and `services()` for `api.app.create_app`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from api.services import Loop, Services, not_examined
from breachwire import index_file
from breachwire.config import Config
from breachwire.editing import Editors
from breachwire.model import Finding, Page
from breachwire.net import Receivers
from breachwire.pipeline.compare import Comparer
from breachwire.pipeline.derive import Progress
from breachwire.pipeline.leaving import barred, refuse
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.page import fetch_page
from breachwire.postroom import Postroom
from breachwire.service.beside import improving, mailing, recording, telling
from breachwire.service.deriving import Deriving
from breachwire.service.loops import Loops, Say
from breachwire.service.model import Model
from breachwire.service.polling import Polling
from breachwire.store import Store
from breachwire.studio import Ahead, Studio, wanted
from ingest import apart, urls
from ingest.robots import Robots
from nlp import calibration, galaxy, origins, whereabouts
from nlp.calibration import Calibration

PATIENCE: Final = 10.0
"""Seconds that loops get to end; one in a name lookup that takes longer has nothing to lose."""


class Site:
    """The wire proper or, with a `demo_site`, the demonstration."""

    def __init__(
        self,
        store: Store,
        client: HearingClient,
        config: Config,
        model: Model,
        *,
        say: Say,
        progress: Progress,
        demo_site: Callable[[str, str], tuple[int, str, bytes]] | None = None,
        examine: Callable[[], Sequence[Finding]] = not_examined,
    ) -> None:
        self.store = store
        self._client, self._config, self._model = client, config, model
        self._demo_site = demo_site
        self._examine = examine
        self._robots = Robots(client)
        self._loops = Loops(say, _utcnow)
        self._polling = Polling(store, client, config, self._robots, self._loops)
        self._deriving = Deriving(store, config, model, self._loops, progress)
        self.outcome = self._polling.outcome
        self._receivers = Receivers(client.user_agent, allow=config.allow_private)
        self._studio = Studio(store, config, _utcnow, demo=demo_site is not None)

    def start(self, *, poll: bool = True, derive: bool = True) -> None:
        """Begin. Raises StoreBusyError where another process polls this store, CalibrationError
        where nothing could be threaded with this embedding model.

        Threading waits for its role: an `import` or a `work` that has it just now will end.
        """
        if derive:
            self._fitted()
        if poll:
            self._polling.claim()
        self._loops.spawn("index", self._index)
        if poll:
            self._polling.start()
        if derive:
            self._loops.spawn("derive", self._deriving.run)
            self._start_beside()

    def _start_beside(self) -> None:
        """What goes on where articles are threaded; from a demonstration nothing leaves."""
        store, config, loops = self.store, self._config, self._loops
        if config.model_endpoint:
            agent = self._client.user_agent
            loops.spawn("improve", lambda: improving(store, config, agent, loops))
        if self._demo_site:
            return
        if config.smtp_host:
            room = Postroom(store, config, now=loops.now, wait=loops.stop.wait, say=loops.say)
            loops.spawn("mail", lambda: mailing(store, room, loops.stop, loops.say))
        loops.spawn("webhooks", self._tell)
        if wanted(config):
            ahead = Ahead(store, config, loops.now)
            loops.spawn("audio", lambda: recording(ahead, loops))

    def stop(self) -> None:
        """Cut requests off, end the loops after the batch at hand, give the role back."""
        self._loops.stop.set()
        self._client.close()
        self._receivers.close()
        until = time.monotonic() + PATIENCE
        self._loops.join(until)
        self._polling.close(max(0.0, until - time.monotonic()))
        apart.shared.close()
        self._polling.release()

    def services(self) -> Services:
        """What the pages read from."""
        return Services(
            store=self.store,
            config=self._config,
            embedder=self._model.get,
            fetch_page=self._page,
            comparing=Comparer(self.store, self._model.name, self._model.get, self._fitted),
            demo=self._demo_site is not None,
            demo_site=self._demo_site,
            source_href=_demo_href if self._demo_site else str,
            notices=self.outcome.notices,
            origins_of=origins.groups,
            key_of=urls.key,
            known_actor=galaxy.known_by_slug,
            country_name=whereabouts.country_name,
            listening=self._studio if self._studio.on else None,
            editing=Editors(self.store, self._model.name, _utcnow, self._config.calibrations()),
            examine=self._examine,
            post=None if self._demo_site else self._receivers.post,
            loops=self._signs,
        )

    def _signs(self) -> list[Loop]:
        return self._loops.signs(lambda name: self._deriving.lacking() if name == "derive" else "")

    def _fitted(self) -> Calibration:
        """Raises CalibrationError."""
        return calibration.load(self._model.name(), self._config.calibrations())

    def _page(self, url: str) -> Page:
        refuse(barred(self.store), url)
        return fetch_page(self._client, self._robots, url)[1]

    def _index(self) -> None:
        """Vectors into memory once the model's name and size are known: from the file that was
        kept, or made anew; meanwhile searches do without."""
        embedder = self._model.wait(self._loops.stop)
        if embedder is not None:
            self._loops.guarded(lambda: index_file.use(self.store, embedder))

    def _tell(self) -> None:
        loops = self._loops
        telling(self.store, self._receivers, self._config, loops.stop, now=loops.now, say=loops.say)


def _demo_href(url: str) -> str:
    """Invented outlets' names resolve nowhere: readers get the page from this server."""
    parts = urlsplit(url)
    return f"/demo-source/{parts.netloc}{parts.path}"


def _utcnow() -> datetime:
    return datetime.now(UTC)
