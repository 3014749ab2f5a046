"""The newsletter: that part of the store on SQLite.

Nothing but a new issue shows on readers' pages, so nothing else makes them anew (`shown`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from breachwire.model.newsletter import (
    Issue,
    LetterState,
    Link,
    LinkPurpose,
    Posted,
    Subscriber,
    SubscriberState,
    Wish,
)
from breachwire.store import outbox, subscribers
from breachwire.store.sqlite.transactions import Transactions
from breachwire.store.watches import overwriting


class Newsletter(Transactions):
    """Subscribers, issues, the outbox."""

    def ask(self, address: str, wish: Wish, now: datetime) -> bool:
        with self._write(shown=False) as connection:
            return subscribers.ask(connection, address, wish, now)

    def confirm(self, digest: str, consent: str, now: datetime) -> Subscriber | None:
        with self._write(shown=False) as connection:
            return subscribers.confirm(connection, digest, consent, now)

    def owner(self, digest: str, purpose: LinkPurpose, now: datetime) -> Subscriber | None:
        with self._read() as connection:
            return subscribers.owner(connection, digest, purpose, now)

    def add_links(self, subscriber: int, links: Sequence[Link], now: datetime) -> None:
        with self._write(shown=False) as connection:
            subscribers.add_links(connection, subscriber, list(links), now)

    def subscribers(self, state: SubscriberState | None = None) -> list[Subscriber]:
        with self._read() as connection:
            return subscribers.every(connection, state)

    def subscriber(self, address: str) -> Subscriber:
        with self._read() as connection:
            return subscribers.by_address(connection, address)

    def save_wish(self, subscriber: int, wish: Wish) -> None:
        with self._write(shown=False) as connection:
            subscribers.save_wish(connection, subscriber, wish)

    def leave(self, subscriber: int, now: datetime) -> bool:
        with self._write(shown=False) as connection:
            return subscribers.leave(connection, subscriber, now)

    def ask_for_way(self, subscriber: int, now: datetime) -> bool:
        with self._write(shown=False) as connection:
            return subscribers.post(connection, subscriber, "manage", now)

    def erase(self, subscriber: int, *, suppress: bool, now: datetime) -> None:
        with self._write(shown=False) as connection, overwriting(connection):
            subscribers.erase(connection, subscriber, suppress, now)
        self._empty_log()

    def _empty_log(self) -> None:
        """What was deleted stands in the write-ahead log until it is emptied; where a reader is at
        work just now, the next erasure or the log's own turn does it."""
        with self._writing, self._wall(), self._engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def lift(self, address: str) -> bool:
        with self._write(shown=False) as connection:
            return subscribers.lift(connection, address)

    def forget(self, asked_before: datetime, left_before: datetime, links_before: datetime) -> int:
        with self._write(shown=False) as connection:
            subscribers.forget_links(connection, links_before)
            found = subscribers.forgettable(connection, asked_before, left_before)
        for one in found:
            self.erase(one, suppress=False, now=asked_before)
        return len(found)

    def bounced(self, subscriber: int, most: int, now: datetime) -> bool:
        with self._write(shown=False) as connection:
            return subscribers.bounced(connection, subscriber, most, now)

    def add_issue(self, issue: Issue, told: Mapping[str, int], now: datetime) -> int | None:
        with self._write() as connection:
            return outbox.add_issue(connection, issue, told, now)

    def issue(self, id: str) -> Issue:
        with self._read() as connection:
            return outbox.one_issue(connection, id)

    def issues(self, limit: int = 50) -> list[Issue]:
        with self._read() as connection:
            return outbox.issues(connection, limit)

    def told(self, frequency: str) -> dict[str, int]:
        with self._read() as connection:
            return outbox.told(connection, frequency)

    def resume(self) -> int:
        with self._write(shown=False) as connection:
            return outbox.resume(connection)

    def next_letter(self, now: datetime) -> Posted | None:
        with self._write(shown=False) as connection:
            return outbox.next_letter(connection, now)

    def read_by(self, subscriber: int) -> dict[str, int]:
        with self._read() as connection:
            return outbox.read_by(connection, subscriber)

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
    ) -> None:
        with self._write(shown=False) as connection:
            outbox.settle(
                connection,
                letter,
                state,
                now,
                error=error,
                threads=threads,
                again=again,
                counted=counted,
            )

    def posted(self, issue: str | None = None) -> dict[LetterState, int]:
        with self._read() as connection:
            return outbox.posted(connection, issue)

    def letters_since(self) -> datetime | None:
        with self._read() as connection:
            return outbox.waiting_since(connection)

    def came_back(
        self, message_id: str, most: int, now: datetime
    ) -> tuple[Subscriber, bool] | None:
        with self._write(shown=False) as connection:
            return outbox.came_back(connection, message_id, most, now)
