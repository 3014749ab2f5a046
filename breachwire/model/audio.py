"""What is heard: a recording's length, the times of its parts, how it was made.

In: nothing. Out: frozen dataclasses. Times are seconds from the start, exact to the sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

AudioForm = Literal["mp3", "opus"]
MEDIA_TYPES: dict[AudioForm, str] = {"mp3": "audio/mpeg", "opus": "audio/ogg; codecs=opus"}


@dataclass(frozen=True, slots=True)
class Cue:
    """Where a part begins."""

    label: str
    start: float


@dataclass(frozen=True, slots=True)
class Playable:
    """What can be said of a brief's audio, made or not."""

    seconds: float
    exact: bool
    """False: nobody has asked for it yet, and the length is an estimate."""
    cues: tuple[Cue, ...]
    """Its sections; empty while the length is an estimate."""
    source_type: str
    """IPTC digital source type."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A file with speech."""

    path: Path
    form: AudioForm
    seconds: float
    size: int
    """Bytes."""
    digest: str
    """Names all that the file was made from."""
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A thread as an episode tells it."""

    thread: str
    headline: str
    summary: str


@dataclass(frozen=True, slots=True)
class Episode:
    """A day of the wire, spoken."""

    day: date
    closed_at: datetime
    """The end of the day: publication."""
    title: str
    disclosure: str
    source_type: str
    told: tuple[Told, ...]
    left_out: int
    """Threads of the day that are not told."""
    recording: Recording
