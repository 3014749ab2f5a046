"""The studio: a recording is made once, kept in bounds, made anew when what is heard changes."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from breachwire.config import Config
from breachwire.errors import NotFoundError, SpeechError
from breachwire.model import Brief, Cue, Draft, Placement, Statement, Thread, thread_id
from breachwire.store import Store, ThreadFilter
from breachwire.studio import Ahead, Studio, folder_of
from breachwire.studio import studio as studio_module
from breachwire.studio.ahead import REST
from breachwire.studio.shelf import Shelf
from nlp.speech.engines import Speech

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@dataclass
class Hum:
    """A voice that hums each sentence and counts how often it was asked; waits when told to."""

    name: str = "hum"
    neural: bool = False
    asked: list[Sequence[str]] = field(default_factory=list)
    go: threading.Event = field(default_factory=threading.Event)

    def speak(self, sentences: Sequence[str]) -> Speech:
        self.asked.append(sentences)
        assert self.go.wait(20)
        wave = (3000 * np.sin(np.arange(4000) / 9)).astype(np.int16)
        return Speech(16_000, tuple(wave for _ in sentences))


@pytest.fixture
def hum() -> Hum:
    voice = Hum()
    voice.go.set()
    return voice


def thread_of(store: Store, number: int, at: datetime, headline: str) -> str:
    """A thread with a brief."""
    draft = Draft(
        url=f"https://news.example/{number}", title=headline, text=headline, keys=(f"k{number}",),
        lead=headline, authors=(), source="Harbor Ledger", family="Harbor Ledger", published=at,
        text_from="page", page_state="ok", language="en",
    )  # fmt: skip
    article = store.take([(draft, None)], at)[0].article
    one = Thread(thread_id(article.id), headline, "breach", "Breaches", at, at, at, 1, 1)
    placement = Placement(article.id, one.id, "first_report", 1.0, "opens", "by hand", "breach")
    vector = np.eye(1, 8, dtype=np.float32)[0]
    store.place("hand-made", [(placement, vector)], [one])
    brief(store, one.id, headline)
    return one.id


def brief(store: Store, thread: str, headline: str, hash_: str = "a") -> None:
    said = (
        Statement("headline", headline, "stated"),
        Statement("signal_summary", f"What is known: {headline}.", "stated"),
    )
    store.save_briefs([Brief(thread, 0, hash_ * 64, "extractive", None, NOW, said)])


def studio(store: Store, hum: Hum, **settings: object) -> Studio:
    config = replace(Config(), **settings)  # type: ignore[arg-type]
    return Studio(store, config, lambda: NOW, engine=hum)


def test_a_recording_is_made_once_and_kept(store: Store, hum: Hum) -> None:
    own = studio(store, hum)
    thread = thread_of(store, 1, NOW, "One is hit")
    latest = store.briefs([thread])[thread]
    before = own.about(latest)
    assert before is not None
    assert not before.exact
    assert before.cues == ()
    assert own.kept(thread, "mp3") is None
    stamp = own.stamp()
    made = own.record(thread, "mp3")
    assert own.record(thread, "mp3") == own.kept(thread, "mp3") == made
    assert len(hum.asked) == 1
    assert own.stamp() != stamp
    assert made.size == made.path.stat().st_size
    after = own.about(latest)
    assert after is not None
    assert after.exact
    assert [c.label for c in after.cues] == ["Disclosure", "Headline", "Signal Summary"]
    # Another process, the same folder.
    assert studio(store, hum).record(thread, "mp3") == made
    assert len(hum.asked) == 1


def test_a_new_version_or_voice_is_another_recording(store: Store, hum: Hum) -> None:
    own = studio(store, hum)
    thread = thread_of(store, 1, NOW, "One is hit")
    first = own.record(thread, "mp3")
    brief(store, thread, "One confirms it", "b")
    second = own.record(thread, "mp3")
    other = Hum("other", go=hum.go)
    third = studio(store, other).record(thread, "mp3")
    assert len({first.digest, second.digest, third.digest}) == 3


def test_many_who_ask_at_once_get_one_recording(store: Store, hum: Hum) -> None:
    own = studio(store, hum)
    thread = thread_of(store, 1, NOW, "One is hit")
    hum.go.clear()
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(own.record, thread, "mp3") for _ in range(6)]
        while not hum.asked:
            time.sleep(0.01)
        hum.go.set()
        assert len({future.result().digest for future in asked}) == 1
    assert len(hum.asked) == 1


def test_whoever_comes_when_too_many_wait_is_told(
    store: Store, hum: Hum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(studio_module, "WAITING", 0)
    own = studio(store, hum)
    one, two = (thread_of(store, n, NOW, f"Firm {n} is hit") for n in (1, 2))
    hum.go.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(own.record, one, "mp3")
        while not hum.asked:
            time.sleep(0.01)
        with pytest.raises(SpeechError, match="many recordings"):
            own.record(two, "mp3")
        hum.go.set()
        assert first.result()
    assert own.record(two, "mp3")


def test_no_brief_no_thread_no_voice(store: Store, hum: Hum) -> None:
    own = studio(store, hum)
    assert own.about(None) is None
    with pytest.raises(SpeechError, match="being written"):
        own.record("nope", "mp3")
    off = Studio(store, replace(Config(), speech="off"), lambda: NOW)
    assert not off.on
    assert off.episodes(2) == []
    with pytest.raises(NotFoundError):
        off.record("nope", "mp3")


def test_days_that_are_over_become_episodes_that_stay(store: Store, hum: Hum) -> None:
    own = studio(store, hum)
    for number, days in enumerate((0, 1, 1, 2, 3)):
        thread_of(store, number, NOW - timedelta(days=days), f"Firm {number} is hit")
    assert [e.day.day for e in own.episodes(0)] == []
    assert [e.day.day for e in own.episodes(2)] == [27, 26]
    found = own.episodes(2)
    assert [e.day.day for e in found] == [27, 26, 25]
    newest = found[0]
    assert {told.headline for told in newest.told} == {"Firm 1 is hit", "Firm 2 is hit"}
    assert newest.recording.size == newest.recording.path.stat().st_size
    assert newest.closed_at == datetime(2026, 11, 28, tzinfo=UTC)
    # A brief's new version changes nothing that was published; lost audio comes back the same.
    brief(store, newest.told[0].thread, "Another headline", "c")
    newest.recording.path.unlink()
    again = own.episode(newest.day)
    assert (again.digest, again.size) == (newest.recording.digest, newest.recording.size)
    with pytest.raises(NotFoundError):
        own.episode(NOW.date())


def test_what_is_in_the_news_is_recorded_before_anybody_asks(store: Store, hum: Hum) -> None:
    config = replace(Config(), audio_ahead="briefs")
    ahead = Ahead(store, config, lambda: NOW + REST, engine=hum)
    for number, days in enumerate((0, 2)):
        thread_of(store, number, NOW - timedelta(days=days), f"Firm {number} is hit")
    early = Ahead(store, config, lambda: NOW + REST / 2, engine=hum)
    assert [early.run(), ahead.run(), ahead.run()] == [1, 1, 0]  # the day; today's brief, at rest
    own = studio(store, hum)
    assert [one.day.day for one in own.episodes(0)] == [26]
    (latest, older) = store.threads(ThreadFilter(), limit=2).threads
    assert own.kept(latest.id, "mp3")
    assert own.kept(older.id, "mp3") is None
    assert Ahead(store, replace(config, audio_ahead="off"), lambda: NOW, engine=hum).run() == 0


def test_one_brief_that_cannot_be_spoken_holds_up_no_other(store: Store, hum: Hum) -> None:
    config = replace(Config(), audio_ahead="briefs")
    ahead = Ahead(store, config, lambda: NOW + REST, engine=hum)
    good = thread_of(store, 1, NOW, "One is hit")
    bad = thread_of(store, 2, NOW + timedelta(minutes=1), "Another is hit")
    said = (Statement("headline", "So long. " * 4000, "stated"),)
    store.save_briefs([Brief(bad, 0, "b" * 64, "extractive", None, NOW, said)])
    with pytest.raises(SpeechError, match="nobody would listen"):
        ahead.run()
    assert studio(store, hum).kept(good, "mp3")


def test_the_shelf_keeps_its_bounds(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "audio", most=2500, days=9)
    for number in range(4):
        made = shelf.put(f"n{number}", "mp3", b"x" * 1000, 1.0, [Cue("a", 0.0)])
        os.utime(f"{made.path}.json", (time.time() - 100 + number,) * 2)
    names = {path.name for path in (tmp_path / "audio").iterdir()}
    assert names == {"n2.mp3", "n2.mp3.json", "n3.mp3", "n3.mp3.json"}
    old = shelf.get("n2", "mp3")
    assert old
    os.utime(f"{old.path}.json", (time.time() - 10 * 86_400,) * 2)
    shelf.put("n5", "mp3", b"x", 1.0, [])
    assert shelf.get("n2", "mp3") is None
    assert shelf.get("n3", "mp3")


def test_half_a_file_is_none(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "audio", most=10**6, days=9)
    made = shelf.put("n", "opus", b"x" * 1000, 1.0, [])
    made.path.write_bytes(b"x")
    assert shelf.get("n", "opus") is None


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "audio").write_text("a file")
    with pytest.raises(SpeechError, match="cannot keep audio"):
        Shelf(tmp_path / "audio", most=1000, days=1).put("n", "mp3", b"x", 1.0, [])


def test_recordings_stand_beside_the_store(tmp_path: Path) -> None:
    own = folder_of(Config(), f"sqlite:///{tmp_path}/wire.sqlite3")
    assert own == tmp_path / "wire.audio"
    assert folder_of(replace(Config(), audio_folder=str(tmp_path)), "x") == tmp_path
