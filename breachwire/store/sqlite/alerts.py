"""Alerts by mail: that part of the store. Nothing of it shows on readers' pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from breachwire.model.alerts import Alert, AlertLetter, AlertLink, Pace
from breachwire.model.newsletter import LetterState, Link
from breachwire.store import alerts as rows
from breachwire.store.sqlite.transactions import Transactions
from breachwire.store.watches import overwriting


class Alerts(Transactions):
    """Alerts, their links, their letters."""

    def ask_alert(self, watch: int, address: str, pace: Pace, now: datetime, *, most: int) -> bool:
        with self._write(shown=False) as connection:
            return rows.ask(connection, watch, address, pace, now, most)

    def confirm_alert(self, digest: str, consent: str, now: datetime) -> Alert | None:
        with self._write(shown=False) as connection:
            return rows.confirm(connection, digest, consent, now)

    def alert_owner(self, digest: str, purpose: AlertLink, now: datetime) -> Alert | None:
        with self._read() as connection:
            return rows.owner(connection, digest, purpose, now)

    def add_alert_links(self, alert: int, links: Sequence[Link], now: datetime) -> None:
        with self._write(shown=False) as connection:
            rows.add_links(connection, alert, links, now)

    def alerts(self, watch: int | None = None) -> list[Alert]:
        with self._read() as connection:
            return rows.active(connection) if watch is None else rows.of_watch(connection, watch)

    def erase_alert(self, alert: int, *, suppress: bool, now: datetime) -> None:
        with self._write(shown=False) as connection, overwriting(connection):
            rows.erase(connection, alert, suppress, now)

    def erase_alerts_of(self, address: str, now: datetime) -> int:
        with self._write(shown=False) as connection, overwriting(connection):
            found = rows.of_address(connection, address)
            for id in found:
                rows.erase(connection, id, suppress=False, now=now)
        return len(found)

    def alert_came_back(
        self, message_id: str, most: int, now: datetime
    ) -> tuple[Alert, bool] | None:
        with self._write(shown=False) as connection:
            return rows.came_back(connection, message_id, most, now)

    def forget_alerts(self, asked_before: datetime, letters_before: datetime) -> int:
        with self._write(shown=False) as connection, overwriting(connection):
            rows.forget_letters(connection, letters_before)
            found = rows.forgettable(connection, asked_before)
            for one in found:
                rows.erase(connection, one, suppress=False, now=asked_before)
        return len(found)

    def post_alert(self, alert: Alert, seen: int, told: Sequence[int], now: datetime) -> bool:
        with self._write(shown=False) as connection:
            return rows.post(connection, alert, seen, told, now)

    def see_alert(self, alert: Alert, seen: int) -> None:
        with self._write(shown=False) as connection:
            rows.see(connection, alert, seen)

    def alert_letters_since(self, alert: int, since: datetime) -> list[datetime]:
        with self._read() as connection:
            return rows.letters_since(connection, alert, since)

    def resume_alerts(self) -> int:
        with self._write(shown=False) as connection:
            return rows.resume(connection)

    def next_alert(self, now: datetime) -> AlertLetter | None:
        with self._write(shown=False) as connection:
            return rows.next_letter(connection, now)

    def settle_alert(
        self,
        letter: int,
        state: LetterState,
        now: datetime,
        *,
        error: str | None = None,
        again: datetime | None = None,
        counted: bool = True,
    ) -> None:
        with self._write(shown=False) as connection:
            rows.settle(connection, letter, state, now, error=error, again=again, counted=counted)

    def alert_bounced(self, alert: int, most: int) -> bool:
        with self._write(shown=False) as connection:
            return rows.bounced(connection, alert, most)

    def alerts_posted(self) -> dict[LetterState, int]:
        with self._read() as connection:
            return rows.counted(connection)
