"""The running process behind `up`, `demo` and `serve`: two loops and what the pages are handed.

In: configuration, an open store. Out: a poll loop (feeds → articles) and a derive loop (articles →
threads → briefs) in threads of their own, where a language model is configured a third one that
improves briefs, and `services()` for `api.app.create_app`. Pages answer
from the first second: full text at once, semantic search as soon as the model is loaded.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from api.services import Loop, Services, not_examined
from breachwire import courier, index_file, postroom
from breachwire.config import Config
from breachwire.editing import Editors
from breachwire.errors import BreachwireError, MailError, StoreBusyError
from breachwire.model import Embedder, Feed, Finding, Page
from breachwire.net import Receivers
from breachwire.pipeline.again import Again
from breachwire.pipeline.clock import Steps
from breachwire.pipeline.compare import Comparer
from breachwire.pipeline.derive import Deriver, Progress
from breachwire.pipeline.improve import Improver, endpoint
from breachwire.pipeline.leaving import barred, refuse
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.page import fetch_page
from breachwire.pipeline.poll import FIRST_ROUND, ROUND, Polled, Poller
from breachwire.pipeline.retain import Keeper
from breachwire.pipeline.told import Told
from breachwire.store import Store
from breachwire.studio import Ahead, Studio, wanted
from ingest import apart, urls
from ingest.robots import Robots
from nlp import calibration, galaxy, origins, whereabouts
from nlp.calibration import Calibration
from nlp.patience import Patient

POLL_TICK = 5.0
"""Seconds between two looks at which feeds are due."""
DERIVE_TICK = 1.0
"""Seconds between two looks for articles that wait."""
MAIL_TICK = 10.0
"""Seconds between two looks for letters that wait and issues that are due."""
HOOK_TICK = 5.0
"""Seconds between two looks for what webhooks are to be told: the first retry comes after as many.
"""
AUDIO_TICK = 120.0
"""Seconds between two looks for what is to be recorded unasked."""
MAIL_PAUSES = (30.0, 60.0, 300.0, 900.0)
"""Seconds that a mail server which can't be reached is left alone, longer each time."""
IMPROVE_TICK = 5.0
"""Seconds between two looks for briefs that a language model has not tried."""
PATIENCE = 10.0
"""Seconds that loops get to end; one in a name lookup that takes longer has nothing to lose."""
LIVES = {"poll": 300.0, "derive": 900.0}
"""Seconds after which a loop that showed no sign of life is taken for dead. A round of polls takes
ten, a batch of articles some two minutes on a machine that has much else to do."""
CALLED = {"poll": "polling", "derive": "threading"}
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
        self.fault = ""
        """Why there will be none."""
        self._embedder: Embedder | None = None
        self._patient: Embedder | None = None
        self._thread = threading.Thread(target=self._load, name="model", daemon=True)

    def start(self) -> None:
        """Begin to load."""
        self._thread.start()

    def _load(self) -> None:
        from nlp import embed

        started = time.monotonic()
        try:
            embedder = embed.load(self._name)
            embedder.encode(["warm"])
        except Exception as error:
            # Torch and its friends fail in many ways; pages and polls go on without them.
            log.debug("embedding model", exc_info=True)
            self.fault = f"an embedding model: {_line(error)}"
            self._say(f"no embedding model: {_line(error)}; articles are stored, not threaded")
            return
        # What the libraries made stays. Unfrozen, each full collection looks at all of it and holds
        # everything up for some 50 ms.
        gc.collect()
        gc.freeze()
        self._embedder, self._patient = embedder, Patient(embedder)
        self._ready.set()
        self._say(f"embedding model {embedder.name} loaded in {time.monotonic() - started:.1f} s")

    def name(self) -> str:
        """As its vectors are stored under; the model itself is not waited for."""
        from nlp import embed

        return embed.load(self._name).name

    def get(self) -> Embedder | None:
        """What queries ask; None until it is loaded."""
        return self._patient

    def wait(
        self, stop: threading.Event, beat: Callable[[], None] = lambda: None
    ) -> Embedder | None:
        """The model, once it is there; None when `stop` came first. `beat` is called meanwhile."""
        while not stop.is_set():
            beat()
            if self._ready.wait(0.2):
                return self._embedder
        return None


@dataclass(slots=True)
class Outcome:
    """What the polls of a site gave so far."""

    answered: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """Feed address → error line, while it fails."""
    rounds: int = 0
    """Whole rounds of polls that are over."""


class Site:
    """One store with its loops: the wire proper or, with a `demo_site`, the demonstration."""

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
        self.outcome = Outcome()
        self._client = client
        self._config = config
        self._model = model
        self._say = say
        self._progress = progress
        self._demo_site = demo_site
        self._examine = examine
        self._beats: dict[str, float] = {}
        """When each loop last showed that it lives."""
        self._stop = threading.Event()
        self._robots = Robots(client)
        self._poller = Poller(
            store, client, config, now=_utcnow, stop=self._stop, steps=Steps(_utcnow),
            robots=self._robots,
        )  # fmt: skip
        self._again = Again(store, client, self._robots, config, now=_utcnow, stop=self._stop)
        self._threads: list[threading.Thread] = []
        self._roles = ExitStack()
        self._waiting = False
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
            try:
                self._roles.enter_context(self.store.role("poller"))
            except StoreBusyError:
                raise StoreBusyError(
                    f"another process polls this store ({self.store.url}); "
                    "`breachwire serve` shows it beside that one"
                ) from None
        self._spawn("index", self._index)
        if poll:
            self._spawn("poll", self._poll)
            self._spawn("again", self._look_again)
        if derive:
            self._spawn("derive", self._derive)
        if derive and self._config.model_endpoint:
            self._spawn("improve", self._improve)
        if derive and self._config.smtp_host and not self._demo_site:
            room = postroom.Postroom(
                self.store, self._config, now=_utcnow, wait=self._stop.wait, say=self._say
            )
            self._spawn("mail", lambda: mailing(self.store, room, self._stop, self._say))
        if derive and not self._demo_site:
            self._spawn("webhooks", self._tell)
        if derive and not self._demo_site and wanted(self._config):
            ahead = Ahead(self.store, self._config, _utcnow)
            self._spawn("audio", lambda: self._record(ahead))

    def stop(self) -> None:
        """Cut requests off, end the loops after the batch at hand, give the role back."""
        self._stop.set()
        self._client.close()
        self._receivers.close()
        until = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(timeout=max(0.0, until - time.monotonic()))
        self._poller.close(max(0.0, until - time.monotonic()))
        apart.shared.close()
        self._roles.close()

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
            notices=self._notices,
            origins_of=origins.groups,
            key_of=urls.key,
            known_actor=galaxy.known_by_slug,
            country_name=whereabouts.country_name,
            listening=self._studio if self._studio.on else None,
            editing=Editors(self.store, self._model.name, _utcnow, self._config.calibrations()),
            examine=self._examine,
            post=None if self._demo_site else self._receivers.post,
            loops=self._loops,
        )

    def _loops(self) -> list[Loop]:
        now = time.monotonic()
        return [
            Loop(CALLED[name], self._lacking(name), now - beat, LIVES[name])
            for name, beat in tuple(self._beats.items())
        ]

    def _lacking(self, name: str) -> str:
        if name == "derive" and self._model.get() is None:
            return self._model.fault or "the embedding model, which is being loaded"
        return "another process that does it" if name == "derive" and self._waiting else ""

    def _beat(self, name: str) -> None:
        self._beats[name] = time.monotonic()

    def _fitted(self) -> Calibration:
        """Raises CalibrationError."""
        return calibration.load(self._model.name(), self._config.calibrations())

    def _spawn(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _page(self, url: str) -> Page:
        refuse(barred(self.store), url)
        return fetch_page(self._client, self._robots, url)[1]

    def _notices(self) -> Sequence[str]:
        failed = self.outcome.failed
        if not failed or self.outcome.answered:
            return ()
        error = next(iter(failed.values()))
        return (f"No feed could be reached yet, of {len(failed)} tried. The first said: {error}",)

    def _index(self) -> None:
        """Vectors into memory once the model's name and size are known: from the file that was
        kept, or made anew; meanwhile searches do without."""
        embedder = self._model.wait(self._stop)
        if embedder is not None:
            self._guarded(lambda: index_file.use(self.store, embedder))

    def _poll(self) -> None:
        while not self._stop.is_set():
            self._beat("poll")
            self._guarded(self._poll_due)
            self._stop.wait(POLL_TICK)

    def _poll_due(self) -> None:
        if not self.store.holds("poller"):  # a database's connection was lost, and the role with it
            self._roles.close()
            self._roles.enter_context(self.store.role("poller"))
        if (due := self._poller.due()) or self._poller.busy:
            self._poll_once(due)

    def _poll_once(self, due: Sequence[Feed]) -> None:
        first = self.outcome.rounds == 0
        told = Told(self._say, due, whole=first)

        def progress(polled: Polled) -> None:
            self._note(polled)
            told(polled)

        polled = self._poller.run(due, progress, patience=FIRST_ROUND if first else ROUND)
        if not self._stop.is_set():
            self.outcome.rounds += 1
            told.end(polled)

    def _look_again(self) -> None:
        while not self._stop.is_set():
            self._guarded(self._again.run)
            self._stop.wait(POLL_TICK)

    def _note(self, polled: Polled) -> None:
        feed = polled.feed
        if feed.state == "ok":
            self.outcome.answered += 1
            self.outcome.failed.pop(feed.spec.url, None)
        elif feed.state != "new":
            self.outcome.failed[feed.spec.url] = feed.error or "no answer"

    def _derive(self) -> None:
        self._beat("derive")
        embedder = self._model.wait(self._stop, lambda: self._beat("derive"))
        while embedder is not None and not self._stop.is_set():
            self._beat("derive")
            self._guarded(lambda: self._derive_while_ours(embedder))

    def _derive_while_ours(self, embedder: Embedder) -> None:
        """Thread what comes in until the end; wait while another process does it."""
        with self._threading() as ours:
            # Made anew each time: what the store holds may be another process's work.
            deriver = Deriver(
                self.store, embedder, now=_utcnow, calibrations=self._config.calibrations()
            )
            keeper = Keeper(self.store, self._config, _utcnow, self._say)
            while ours and not self._stop.is_set():
                deriver.run(self._progress, self._going_on)
                keeper.run(self._going_on)
                self._stop.wait(DERIVE_TICK)

    def _going_on(self) -> bool:
        """Asked between two batches: whether to stop."""
        self._beat("derive")
        return self._stop.is_set()

    @contextmanager
    def _threading(self) -> Iterator[bool]:
        """The role, if it is free; else wait a little and hold nothing."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self.store.role("threader"))
            except StoreBusyError:
                if not self._waiting:
                    self._say("another process is threading this store; waiting until it is done")
                self._waiting = True
                self._stop.wait(DERIVE_TICK)
                yield False
                return
            self._waiting = False
            yield True

    def _tell(self) -> None:
        """Webhooks, until the end."""
        telling(self.store, self._receivers, self._config, self._stop, self._say)

    def _record(self, ahead: Ahead) -> None:
        """Audio before anybody asks for it."""
        while not self._stop.is_set():
            self._guarded(lambda: ahead.run(self._stop.is_set))
            self._stop.wait(AUDIO_TICK)

    def _improve(self) -> None:
        """Ask the language model for briefs; in no other loop's way."""
        with closing(endpoint(self._config, self._client.user_agent)) as server:
            improver = Improver(
                self.store, server, self._config, now=_utcnow, wait=self._stop.wait, say=self._say
            )
            while not self._stop.is_set():
                self._guarded(lambda: self._improve_while_ours(improver))

    def _improve_while_ours(self, improver: Improver) -> None:
        try:
            with self.store.role("writer"):
                while not self._stop.is_set():
                    improver.run(self._stop.is_set)
                    self._stop.wait(IMPROVE_TICK)
        except StoreBusyError:
            self._stop.wait(RETRY)

    def _guarded(self, work: Callable[[], object]) -> None:
        """A failing store or a fault in one batch stops nothing: said, and tried again later."""
        try:
            work()
        except Exception as error:
            log.debug("loop failed", exc_info=True)
            self._say(f"failed: {_line(error)}; trying again in {RETRY:.0f} s")
            self._stop.wait(RETRY)


def telling(
    store: Store,
    way: Receivers,
    config: Config,
    stop: threading.Event,
    say: Say,
    tick: float = HOOK_TICK,
) -> None:
    """Round after round of webhooks until the end; a failing one stops nothing."""
    while not stop.is_set():
        pause = tick
        try:
            done = courier.deliver(store, way, config, now=_utcnow, stopped=stop.is_set)
            if done.dead:
                say(courier.told(done))
            if done.more:
                continue
        except Exception as error:
            log.debug("webhooks failed", exc_info=True)
            say(f"webhooks failed: {_line(error)}; trying again in {RETRY:.0f} s")
            pause = RETRY
        stop.wait(pause)


def mailing(
    store: Store, room: postroom.Postroom, stop: threading.Event, say: Say, tick: float = MAIL_TICK
) -> None:
    """Make and send issues until the end; wait while another process does it."""
    failures = 0
    while not stop.is_set():
        pause = tick
        try:
            with store.role("mailer"):
                while not stop.is_set():
                    room.run(stop.is_set)
                    failures = 0
                    stop.wait(tick)
        except StoreBusyError:
            pause = RETRY
        except Exception as error:
            pause = MAIL_PAUSES[min(failures, len(MAIL_PAUSES) - 1)]
            failures += 1
            log.debug("mail failed", exc_info=not isinstance(error, MailError))
            say(f"mail failed: {_line(error)}; trying again in {pause:.0f} s")
        stop.wait(pause)


def _line(error: Exception) -> str:
    """Our own errors are lines for people; others need their type to mean anything."""
    if isinstance(error, BreachwireError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _demo_href(url: str) -> str:
    """Invented outlets' names resolve nowhere: readers get the page from this server."""
    parts = urlsplit(url)
    return f"/demo-source/{parts.netloc}{parts.path}"


def _utcnow() -> datetime:
    return datetime.now(UTC)
