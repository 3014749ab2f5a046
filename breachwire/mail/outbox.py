"""The outbox → mails: each letter once, over restarts, retries and a slow server.

In: letters of a store, the mail server, `write` (a letter whose turn it is → its mail). Out: what
became of each, in the store. A letter is "sending" before it is handed over and "sent" after the
server's answer; one whose sender died between the two is handed over again, under the same
Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, Protocol, TypeVar

from breachwire.errors import MailError
from breachwire.model.newsletter import LetterState
from breachwire.net.mail import MailServer, Session

RETRIES: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 480, 1440))
"""Pauses after a temporary refusal: the usual greylisting is over after five minutes, a full
mailbox may be emptied within a day."""
A_SESSION: Final = 100
"""Mails over one connection: servers cut longer ones off."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person."""

    to: str
    data: bytes
    threads: Mapping[str, int] = field(default_factory=dict)
    """What its reader will have read."""


@dataclass(slots=True)
class Tally:
    """What a run did."""

    sent: int = 0
    skipped: int = 0
    later: int = 0
    failed: int = 0
    suspended: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.sent + other.sent,
            self.skipped + other.skipped,
            self.later + other.later,
            self.failed + other.failed,
            self.suspended + other.suspended,
        )


class Person(Protocol):
    """Whoever gets a letter."""

    @property
    def id(self) -> int: ...


class Waiting(Protocol):
    """A letter whose turn it is."""

    @property
    def id(self) -> int: ...
    @property
    def attempts(self) -> int: ...
    @property
    def subscriber(self) -> Person: ...


L = TypeVar("L", bound=Waiting)
L_co = TypeVar("L_co", bound=Waiting, covariant=True)


class Letters(Protocol[L_co]):
    """A store's letters of one sort; the newsletter's are the store's own methods."""

    def resume(self) -> int: ...
    def next_letter(self, now: datetime) -> L_co | None: ...
    def settle(
        self,
        letter: int,
        state: LetterState,
        now: datetime,
        *,
        error: str | None = None,
        threads: Mapping[str, int] | None = None,
        again: datetime | None = None,
        counted: bool = True,
    ) -> None: ...
    def bounced(self, subscriber: int, most: int, now: datetime) -> bool: ...


class Outbox(Generic[L]):
    """Sends what waits. One process at a time: whoever holds the role "mailer"."""

    def __init__(
        self,
        store: Letters[L],
        server: MailServer,
        write: Callable[[L], Mail | None],
        *,
        sender: str,
        per_minute: int,
        bounces: int,
        now: Callable[[], datetime],
        wait: Callable[[float], object],
    ) -> None:
        """`write` gives None where there is nothing for this person. `bounces`: how many suspend an
        address. `wait`: seconds; returns early when the process is to end."""
        self._store, self._server, self._write = store, server, write
        self._sender, self._bounces = sender, bounces
        self._pause = 60 / per_minute
        self._now, self._wait = now, wait
        self._session: Session | None = None
        self._used = 0

    def run(self, stopped: Callable[[], bool]) -> Tally:
        """Everything that waits now. Raises MailError (server): the rest waits on."""
        done = Tally()
        self._store.resume()
        try:
            while not stopped() and (letter := self._store.next_letter(self._now())):
                self._one(letter, done)
        finally:
            self._close()
        return done

    def _one(self, letter: L, done: Tally) -> None:
        mail = self._write(letter)
        if mail is None:
            self._store.settle(letter.id, "skipped", self._now(), error="nothing for this reader")
            done.skipped += 1
            return
        try:
            self._open().send(self._sender, mail.to, mail.data)
        except MailError as error:
            self._failed(letter, error, done)
        else:
            self._store.settle(letter.id, "sent", self._now(), threads=mail.threads)
            done.sent += 1
        self._wait(self._pause)

    def _failed(self, letter: L, error: MailError, done: Tally) -> None:
        now, line = self._now(), str(error)
        if error.kind == "server":
            self._store.settle(letter.id, "waiting", now, error=line, again=now, counted=False)
            raise error
        if error.kind == "unclear":
            self._close()
        if error.kind in ("later", "unclear") and letter.attempts <= len(RETRIES):
            again = now + RETRIES[letter.attempts - 1]
            self._store.settle(letter.id, "waiting", now, error=line, again=again)
            done.later += 1
            return
        self._store.settle(letter.id, "failed", now, error=line)
        done.failed += 1
        if error.kind == "refused":
            done.suspended += self._store.bounced(letter.subscriber.id, self._bounces, now)

    def _open(self) -> Session:
        if self._session is not None and self._used >= A_SESSION:
            self._close()
        if self._session is None:
            self._session, self._used = self._server.connect(), 0
        self._used += 1
        return self._session

    def _close(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None
