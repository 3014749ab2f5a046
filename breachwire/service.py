"""The running process behind `up`, `demo` and `serve`: two loops and what the pages are handed.

In: configuration, an open store. Out: a poll loop (feeds → articles) and a derive loop (articles →
threads → briefs) in threads of their own, and `services()` for `api.app.create_app`. Pages answer
from the first second: full text at once, semantic search as soon as the model is loaded.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from api.services import Services
from breachwire.config import Config
from breachwire.errors import BreachwireError
from breachwire.model import Embedder, Feed, Page
from breachwire.net import Client
from breachwire.pipeline.derive import Deriver, Progress
from breachwire.pipeline.page import fetch_page
from breachwire.pipeline.poll import Polled, Poller
from breachwire.store import Store
from ingest import urls
from ingest.robots import Robots

POLL_TICK = 5.0
"""Seconds between two looks at which feeds are due."""
DERIVE_TICK = 1.0
"""Seconds between two looks for articles that wait."""
RETRY = 30.0
"""Seconds after an error of the store (disk full, locked) before a loop tries again."""

log = logging.getLogger(__name__)
Say = Callable[[str], None]


class Model:
    """The embedding model, loaded once in the background and shared by every site."""

    def __init__(self, name: str, say: Say) -> None:
        self._name = name
        self._say = say
        self._ready = threading.Event()
        self._embedder: Embedder | None = None
        self._thread = threading.Thread(target=self._load, name="model", daemon=True)
        self.error: str | None = None

    def start(self) -> None:
        """Begin to load."""
        self._thread.start()

    def _load(self) -> None:
        from nlp import embed

        started = time.monotonic()
        try:
            embedder = embed.load(self._name)
            embedder.encode(["warm"])
        except BreachwireError as error:
            self.error = str(error)
            self._say(f"no embedding model: {error}; articles are stored, not threaded")
            return
        self._embedder = embedder
        self._ready.set()
        self._say(f"embedding model {embedder.name} loaded in {time.monotonic() - started:.1f} s")

    def get(self) -> Embedder | None:
        """None until it is loaded."""
        return self._embedder

    def wait(self, stop: threading.Event) -> Embedder | None:
        """The model, once it is there; None when `stop` came first."""
        while not stop.is_set():
            if self._ready.wait(0.2):
                return self._embedder
        return None


@dataclass(slots=True)
class Outcome:
    """What the polls of a site gave so far."""

    answered: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """Feed address → error line, while it fails."""


class Site:
    """One store with its loops: the wire proper or, with a `demo_site`, the demonstration."""

    def __init__(
        self,
        store: Store,
        client: Client,
        config: Config,
        model: Model,
        *,
        say: Say,
        progress: Progress,
        demo_site: Callable[[str, str], tuple[int, str, bytes]] | None = None,
    ) -> None:
        self.store = store
        self.outcome = Outcome()
        self._client = client
        self._config = config
        self._model = model
        self._say = say
        self._progress = progress
        self._demo_site = demo_site
        self._stop = threading.Event()
        self._robots = Robots(client)
        self._poller = Poller(store, client, config, now=_utcnow, stop=self._stop)
        self._threads: list[threading.Thread] = []
        self._roles = ExitStack()

    def start(self, *, poll: bool = True, derive: bool = True) -> None:
        """Take the roles and begin. Raises StoreBusyError where another process has one."""
        if poll:
            self._roles.enter_context(self.store.role("poller"))
        if derive:
            self._roles.enter_context(self.store.role("threader"))
        self._spawn("index", self._index)
        if poll:
            self._spawn("poll", self._poll)
        if derive:
            self._spawn("derive", self._derive)

    def stop(self) -> None:
        """End the loops after the request or the batch at hand; give the roles back."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=30)
        self._roles.close()

    def services(self) -> Services:
        """What the pages read from."""
        return Services(
            store=self.store,
            config=self._config,
            embedder=self._model.get,
            fetch_page=self._page,
            demo=self._demo_site is not None,
            demo_site=self._demo_site,
            source_href=_demo_href if self._demo_site else str,
            notices=self._notices,
            key_of=urls.key,
        )

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _page(self, url: str) -> Page:
        return fetch_page(self._client, self._robots, url)[1]

    def _notices(self) -> Sequence[str]:
        failed = self.outcome.failed
        if not failed or self.outcome.answered:
            return ()
        url, error = next(iter(failed.items()))
        return (f"No feed could be reached yet ({len(failed)} tried; {url}: {error}).",)

    def _index(self) -> None:
        """Vectors into memory once the model's name and size are known."""
        embedder = self._model.wait(self._stop)
        if embedder is not None:
            from nlp.vectors import FaissIndex

            self.store.use_index(FaissIndex(embedder.dimension), embedder.name)

    def _poll(self) -> None:
        while not self._stop.is_set():
            if due := self._poller.due():
                self._guarded(lambda due=due: self._poll_once(due))  # type: ignore[misc]
            self._stop.wait(POLL_TICK)

    def _poll_once(self, due: Sequence[Feed]) -> None:
        self._say(f"polling {len(due)} feeds")
        polled = self._poller.run(due, self._polled)
        ok = [p for p in polled if p.feed.state == "ok"]
        new = sum(p.new for p in polled)
        same = sum(not p.changed for p in ok)
        self._say(
            f"polled: {len(ok)} of {len(polled)} answered, {same} unchanged; {new} new articles"
        )

    def _polled(self, polled: Polled) -> None:
        url = polled.feed.spec.url
        if polled.feed.state == "ok":
            self.outcome.answered += 1
            self.outcome.failed.pop(url, None)
            if polled.new or polled.revised:
                name = polled.feed.spec.outlet or url
                self._say(f"  {name}: {polled.new} new, {polled.revised} revised")
        else:
            self.outcome.failed[url] = polled.feed.error or "no answer"
            self._say(f"  failed: {url}: {polled.feed.error}")

    def _derive(self) -> None:
        embedder = self._model.wait(self._stop)
        if embedder is None:
            return
        deriver = Deriver(self.store, embedder, now=_utcnow)
        while not self._stop.is_set():
            self._guarded(lambda: deriver.run(self._progress, self._stop.is_set))
            self._stop.wait(DERIVE_TICK)

    def _guarded(self, work: Callable[[], object]) -> None:
        """A failing store or a fault in one batch stops nothing: said, and tried again later."""
        try:
            work()
        except Exception as error:
            log.debug("loop failed", exc_info=True)
            self._say(f"failed: {error or type(error).__name__}; trying again in {RETRY:.0f} s")
            self._stop.wait(RETRY)


def _demo_href(url: str) -> str:
    """Invented outlets' names resolve nowhere: readers get the page from this server."""
    parts = urlsplit(url)
    return f"/demo-source/{parts.netloc}{parts.path}"


def _utcnow() -> datetime:
    return datetime.now(UTC)
