"""The studio: asks for audio → recordings, each made once however many ask at a time.

In: a store, the configured voice, a shelf. Out: recordings of threads' newest briefs and of whole
days (`editions`). What a recording is known by covers all that is heard in it: a new version of a
brief, another voice or another way to say things makes another recording.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Final

import orjson
from platformdirs import user_data_path

from breachwire.config import Config
from breachwire.errors import NotFoundError, SpeechError
from breachwire.model import AudioForm, Brief, Episode, Playable, Recording
from breachwire.model.disclosure import writers
from breachwire.store import Store
from breachwire.studio import editions
from breachwire.studio.shelf import Shelf
from nlp import audio
from nlp.speech import disclosure, engines, script

MEGABYTE: Final = 1_000_000
AT_ONCE: Final = 1
"""Recordings in the making: each takes a core for some seconds."""
WAITING: Final = 8
"""Callers that may wait for their turn; more are asked to come again."""
INVENTED: Final = "Invented stories by invented outlets: a demonstration."


class Studio:
    """`api.services.Listening` over one store."""

    def __init__(
        self,
        store: Store,
        config: Config,
        now: Callable[[], datetime],
        *,
        demo: bool = False,
        engine: engines.Engine | None = None,
    ) -> None:
        """`engine`: another voice than the configured one. Raises ConfigError."""
        self._store = store
        self._zone, self._now = config.time_zone, now
        self._engine = engine or engines.engine(config.speech, config.voice)
        self._before = INVENTED if demo else ""
        self._shelf = Shelf(
            folder_of(config, store.url),
            most=config.audio_megabytes * MEGABYTE,
            days=config.audio_days,
        )
        self._turns = threading.Semaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._asked: Counter[str] = Counter()
        self._making: dict[str, threading.Lock] = {}

    @property
    def on(self) -> bool:
        """Whether there is a voice."""
        return self._engine is not None

    def stamp(self) -> str:
        """Differs whenever what can be said of any audio does."""
        return f"{self._voice().name if self.on else 'off'} {self._shelf.stamp()}"

    def about(self, brief: Brief | None) -> Playable | None:
        """What is known of a brief's audio without making it; None: it has none."""
        if brief is None or not self.on:
            return None
        text = self._script(brief)
        for form in ("mp3", "opus"):
            if kept := self._shelf.get(self._name(brief, text), form):
                return Playable(kept.seconds, True, kept.cues, text.source_type)
        return Playable(round(audio.estimate(text), 1), False, (), text.source_type)

    def kept(self, thread: str, form: AudioForm) -> Recording | None:
        """A thread's recording, if it is made. Raises NotFoundError, SpeechError."""
        brief = self._brief(thread)
        return self._shelf.get(self._name(brief, self._script(brief)), form)

    def record(self, thread: str, form: AudioForm) -> Recording:
        """A thread's recording, made now unless it is there. Raises NotFoundError, SpeechError."""
        brief = self._brief(thread)
        text = self._script(brief)
        return self._made(self._name(brief, text), text, form)

    def episodes(self, make: int) -> Sequence[Episode]:
        """The days that are over, newest first; at most `make` of them are made now.

        Raises SpeechError.
        """
        found = []
        for day in self._days():
            edition = editions.read(self._shelf, day)
            if edition is None and make > 0:
                edition = self._edition(day)
            if edition is None:
                continue
            recording = self._shelf.get(self._day_name(edition), "mp3")
            if recording is None and make > 0:
                recording = self._made(self._day_name(edition), self._day_script(edition), "mp3")
                make -= 1
            if recording:
                found.append(editions.episode(edition, recording, self._zone))
        return found

    def episode(self, day: date) -> Recording:
        """A day's recording. Raises NotFoundError where there is no such day, SpeechError."""
        edition = editions.read(self._shelf, day)
        if edition is None or not self.on:
            raise NotFoundError("episode", day.isoformat())
        return self._made(self._day_name(edition), self._day_script(edition), "mp3")

    def _voice(self) -> engines.Engine:
        if self._engine is None:
            raise NotFoundError("audio", "speech is off on this server")
        return self._engine

    def _brief(self, thread: str) -> Brief:
        self._voice()
        brief = self._store.briefs([thread]).get(thread)
        if brief is None:
            raise SpeechError(f"the brief of thread {thread!r} is being written; ask again shortly")
        return brief

    def _script(self, brief: Brief) -> script.Script:
        neural = self._voice().neural
        authors = writers(brief)
        told = disclosure.spoken(authors, neural=neural)
        mark = disclosure.source_type(authors, neural=neural)
        return script.of_brief(brief, told, mark, before=self._before)

    def _name(self, brief: Brief, text: script.Script) -> str:
        return f"{_plain(brief.thread)}-v{brief.version}-{self._digest(text)}"

    def _digest(self, text: script.Script) -> str:
        stuff = [audio.AUDIO_VERSION, self._voice().name, asdict(text)]
        return hashlib.sha256(orjson.dumps(stuff)).hexdigest()[:16]

    def _days(self) -> list[date]:
        return editions.days(self._store, self._zone, self._now()) if self.on else []

    def _edition(self, day: date) -> editions.Edition | None:
        """Put a day together; what stands in it stays, whatever its threads come to later."""
        neural = self._voice().neural
        edition = editions.write(self._store, day, self._zone, neural=neural)
        if edition:
            editions.keep(self._shelf, edition)
        return edition

    def _day_name(self, edition: editions.Edition) -> str:
        return f"day-{edition.day.isoformat()}-{self._digest(self._day_script(edition))}"

    def _day_script(self, edition: editions.Edition) -> script.Script:
        return script.of_day(
            edition.title,
            edition.day,
            edition.told,
            edition.left_out,
            edition.disclosure,
            edition.source_type,
            before=self._before,
        )

    def _made(self, name: str, text: script.Script, form: AudioForm) -> Recording:
        """One maker a recording; who comes while it is made gets what it made."""
        with self._only(f"{name}.{form}"):
            if kept := self._shelf.get(name, form):
                return kept
            with self._turns:
                made = audio.make(text, self._voice(), form)
            return self._shelf.put(name, form, made.data, made.seconds, made.cues)

    @contextmanager
    def _only(self, key: str) -> Iterator[None]:
        with self._lock:
            if sum(self._asked.values()) > WAITING:
                raise SpeechError("many recordings are being made; ask again in a few seconds")
            self._asked[key] += 1
            own = self._making.setdefault(key, threading.Lock())
        try:
            with own:
                yield
        finally:
            with self._lock:
                self._asked[key] -= 1
                if not self._asked[key]:
                    del self._asked[key], self._making[key]


def folder_of(config: Config, store_url: str) -> Path:
    """Where recordings are kept: the configured folder, else one beside the store's file, or
    in the user's data where the store is a database."""
    if config.audio_folder:
        return Path(config.audio_folder).expanduser()
    if not store_url.startswith("sqlite:"):
        return user_data_path("breachwire") / f"{zlib.crc32(store_url.encode()):08x}.audio"
    return Path(store_url.removeprefix("sqlite:///")).with_suffix(".audio")


def forget(config: Config, store_url: str) -> None:
    """Delete recordings and what days told: each is made anew when it is asked for."""
    folder = folder_of(config, store_url)
    for pattern in ("*.mp3", "*.opus", "*.mp3.json", "*.opus.json", "edition-*.json"):
        for file in folder.glob(pattern):
            file.unlink(missing_ok=True)


def _plain(name: str) -> str:
    """As a part of a file's name."""
    return "".join(char for char in name if char.isalnum())[:40]
