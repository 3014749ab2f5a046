"""What the pages and the API are handed by the composition root: one value, read for each request.

In: nothing. Out: `Services`. The api never opens a store, loads a model or fetches by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from breachwire.config import Config
from breachwire.model import (
    AudioForm,
    Brief,
    Edit,
    Embedder,
    Episode,
    Finding,
    KnownActor,
    Member,
    Origin,
    Page,
    Playable,
    Question,
    Recording,
    Tie,
    Verdict,
)
from breachwire.store import Store


def same(text: str) -> str:
    """The address or code itself."""
    return text


def unlisted(slug: str) -> KnownActor | None:  # noqa: ARG001 (nothing is known)
    """No list of actors."""
    return None


def none_to_tell() -> Sequence[str]:
    """No notices."""
    return ()


def address_key(url: str) -> str:
    """A plain identity of an address: no scheme, `www.`, fragment or trailing slash.

    The composition root hands in the finer one that articles are stored by (`ingest.urls.key`).
    """
    rest = url.strip().split("://", 1)[-1].split("#", 1)[0].removeprefix("www.")
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def not_examined() -> Sequence[Finding]:
    """Nothing was looked at."""
    return ()


def nothing_runs() -> Sequence[Loop]:
    """This process only serves."""
    return ()


def no_embedder() -> Embedder | None:
    """No model: full text and names alone."""
    return None


class Editing(Protocol):
    """What editors do to threads; each act is one edit in the audit log.

    All raise NotFoundError, UsageError, and ConflictError where what the act rests on has changed
    since it was shown; then nothing was changed.
    """

    def merge(self, keep: str, other: str, *, who: str, why: str) -> Edit:
        """All articles of `other` go into `keep`; the other's address answers for ever."""

    def split(self, thread: str, articles: Sequence[int], *, who: str, why: str) -> Edit:
        """These articles leave for a thread of their own."""

    def move(self, article: int, thread: str, *, who: str, why: str) -> Edit:
        """The article goes into that thread."""

    def undo(self, edit: int, *, who: str, why: str) -> Edit:
        """As it was before that edit."""

    def accept(self, proposal: int, *, who: str, why: str) -> Edit:
        """Do what the threader proposes."""

    def refuse(self, proposal: int, *, who: str, why: str) -> Edit:
        """Never do it, and do not ask again."""

    def explain(self, a: str, b: str) -> Verdict:
        """Why two threads are together or apart."""


class Listening(Protocol):
    """The wire to be heard: recordings that are made when somebody asks and kept.

    Methods that make one raise SpeechError where the voice fails or is busy, NotFoundError where
    there is nothing of the kind.
    """

    def stamp(self) -> str:
        """Differs whenever what `about` says of any brief may differ."""

    def about(self, brief: Brief | None) -> Playable | None:
        """What is known of a brief's audio without making it; None: it has none."""

    def kept(self, thread: str, form: AudioForm) -> Recording | None:
        """A thread's recording, if it is made."""

    def record(self, thread: str, form: AudioForm) -> Recording:
        """A thread's recording, made now unless it is there."""

    def episodes(self, make: int) -> Sequence[Episode]:
        """Days of the wire, newest first; at most `make` recordings are made now."""

    def episode(self, day: date) -> Recording:
        """A day's recording."""


class Answered(Protocol):
    """A webhook's receiver's answer."""

    @property
    def status(self) -> int: ...


class Comparing(Protocol):
    """What has to do with a text or a thread, and how. Both raise StoreError, CalibrationError."""

    def text(self, asked: Question, limit: int = 10) -> Sequence[Tie]:
        """Threads that have to do with a text, the most useful first."""

    def thread(self, id_: str, limit: int = 10) -> Sequence[Tie]:
        """Threads that are related to one, with what both ledgers say."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Work that this process does beside serving."""

    name: str
    """As people call it: polling, threading."""
    waits_for: str = ""
    """What it can't begin without; empty: it is at work."""
    silent: float = 0.0
    """Seconds since it last showed that it lives."""
    patience: float = 0.0
    """Seconds of silence that are nothing to worry about."""

    @property
    def stalled(self) -> bool:
        """It ended, or hangs."""
        return self.silent > self.patience


@dataclass(frozen=True)
class Services:
    """Everything that answers are made from."""

    store: Store
    config: Config
    embedder: Callable[[], Embedder | None] = no_embedder
    """None until the model is loaded."""
    fetch_page: Callable[[str], Page] | None = None
    """Safe fetch and extraction of an unknown address; raises FetchError, ParseError."""
    comparing: Comparing | None = None
    """None: this server compares nothing."""
    demo: bool = False
    """Invented stories: a banner on every page, `noindex`, a header on every answer."""
    source_href: Callable[[str], str] = same
    """An article's address → the link shown (the demonstration's lead to its own pages)."""
    notices: Callable[[], Sequence[str]] = none_to_tell
    """Lines for the top of the wire, such as which feeds failed."""
    demo_site: Callable[[str, str], tuple[int, str, bytes]] | None = None
    """Host and path → status, content type, body; mounted at /demo-source/{host}/{path}."""
    origins_of: Callable[[Sequence[Member]], Sequence[Origin]] | None = None
    """A thread's members → which of them rest on one source, and why; None: the count alone."""
    key_of: Callable[[str], str] = address_key
    """An address → the key the store knows articles by."""
    known_actor: Callable[[str], KnownActor | None] = unlisted
    """An actor's slug → what a public list of actors says of it."""
    country_name: Callable[[str], str] = same
    """An ISO code → the country's English name."""
    listening: Listening | None = None
    """None: this server has no audio."""
    editing: Editing | None = None
    """None: this server has no editors' pages."""
    examine: Callable[[], Sequence[Finding]] = not_examined
    """What can be told of disk, rights and clock without making anybody wait."""
    post: Callable[[str, Mapping[str, str], bytes], Answered] | None = None
    """The safe way out to webhooks' receivers: address, headers, body; raises FetchError. None:
    this server has none."""
    loops: Callable[[], Sequence[Loop]] = nothing_runs
    """What else this process does, and whether it lives."""

    @property
    def mails(self) -> bool:
        """Whether a newsletter goes out from here; never from invented stories."""
        return bool(self.config.smtp_host) and not self.demo

    def audio_of(self, brief: Brief | None) -> Playable | None:
        """What is known of a brief's audio; None: it has none."""
        return self.listening.about(brief) if self.listening else None
