"""Recordings before anybody asks: the days of the podcast, briefs of what is in the news.

In: a store, the setting `audio_ahead`, the configured voice. Out: recordings where whoever asks for
them finds them. One is known by all that is heard in it, so a second run makes nothing, and one
that was killed begins with what is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from breachwire.config import Config
from breachwire.errors import SpeechError
from breachwire.model import INCIDENTS
from breachwire.store import Store, ThreadFilter
from breachwire.studio.studio import Studio
from nlp.speech.engines import Engine

REST: Final = timedelta(minutes=10)
"""How long a day is over, and a brief stands, before it is recorded: what came in last is in it."""
NEWS: Final = timedelta(days=1)
"""How long after its last change an incident's brief is recorded unasked."""
MOST: Final = 50
"""Briefs of one run: some minutes' work."""


def never() -> bool:
    """Nobody wants it to end."""
    return False


class Ahead:
    """Makes what `audio_ahead` names and is not there yet."""

    def __init__(
        self,
        store: Store,
        config: Config,
        now: Callable[[], datetime],
        *,
        engine: Engine | None = None,
    ) -> None:
        """`engine`: another voice than the configured one. Raises ConfigError."""
        self._store, self._wanted = store, config.audio_ahead
        self._then: Callable[[], datetime] = lambda: now() - REST
        self._studio = Studio(store, config, self._then, engine=engine)

    def run(self, stopped: Callable[[], bool] = never) -> int:
        """How many were made. Raises SpeechError for the last that could not be, once all were
        tried."""
        if self._wanted == "off" or not self._studio.on:
            return 0
        made = self._days(stopped)
        return made + (self._briefs(stopped) if self._wanted == "briefs" else 0)

    def _days(self, stopped: Callable[[], bool]) -> int:
        made, there = 0, len(self._studio.episodes(0))
        while not stopped() and len(self._studio.episodes(1)) > there:
            made, there = made + 1, there + 1
        return made

    def _briefs(self, stopped: Callable[[], bool]) -> int:
        made, failed = 0, None
        for thread in self._news():
            if stopped():
                break
            try:
                if self._studio.kept(thread, "mp3") is None:
                    self._studio.record(thread, "mp3")
                    made += 1
            except SpeechError as error:
                failed = error
        if failed:
            raise failed
        return made

    def _news(self) -> Iterator[str]:
        """Incidents that changed lately, and whose briefs stand; the newest first."""
        then = self._then()
        page = self._store.threads(ThreadFilter(kinds=INCIDENTS), limit=MOST)
        recent = [one.id for one in page.threads if one.updated_at > then - NEWS]
        briefs = self._store.briefs(recent)
        return (id for id in recent if id in briefs and briefs[id].made_at <= then)


def wanted(config: Config) -> bool:
    """Whether anything is recorded unasked."""
    return config.audio_ahead != "off" and config.speech != "off"
