"""What a store must do for alerts by mail: who is told of which watch's threads, and the letters.

In: values of `breachwire.model.alerts`. Out: the same. A part of `breachwire.store.protocol.Store`,
whose rules hold here too. A link is known by the digest of its secret alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model.alerts import Alert, AlertLetter, AlertLink, Pace
from breachwire.model.newsletter import LetterState, Link


class AlertStore(Protocol):
    """Alerts, their links, their letters."""

    def ask_alert(self, watch: int, address: str, pace: Pace, now: datetime, *, most: int) -> bool:
        """Whether a letter that asks for consent waits now; none does for an address that has it,
        is never to be written to, or was asked just now. Raises ConflictError where the watch has
        `most` addresses."""

    def confirm_alert(self, digest: str, consent: str, now: datetime) -> Alert | None:
        """By the link of a letter, once; None for a link that is none, or over."""

    def alert_owner(self, digest: str, purpose: AlertLink, now: datetime) -> Alert | None:
        """Whose link this is."""

    def add_alert_links(self, alert: int, links: Sequence[Link], now: datetime) -> None:
        """Before the letter that holds them leaves. Raises NotFoundError."""

    def alerts(self, watch: int | None = None) -> list[Alert]:
        """A watch's, whatever their state; else all that are active; by id."""

    def erase_alert(self, alert: int, *, suppress: bool, now: datetime) -> None:
        """End it, with address, links and letters; nothing where it is gone already. `suppress`:
        keep the address's fingerprint, so that nobody can enter it again."""

    def erase_alerts_of(self, address: str, now: datetime) -> int:
        """All of an address, of whichever watches; how many."""

    def alert_came_back(
        self, message_id: str, most: int, now: datetime
    ) -> tuple[Alert, bool] | None:
        """As `came_back`."""

    def forget_alerts(self, asked_before: datetime, letters_before: datetime) -> int:
        """Erase who never confirmed, and what was sent that long ago; how many of the former."""

    def post_alert(self, alert: Alert, seen: int, told: Sequence[int], now: datetime) -> bool:
        """A letter on these happenings, and how far the alert has seen, in one commit; False and
        nothing done where it has seen further than `alert` says. With nothing told it only stands
        for its day."""

    def see_alert(self, alert: Alert, seen: int) -> None:
        """It has seen that far and there was nothing to tell."""

    def alert_letters_since(self, alert: int, since: datetime) -> list[datetime]:
        """When its letters were made, newest first."""

    def resume_alerts(self) -> int:
        """As `resume`, for the letters of alerts."""

    def next_alert(self, now: datetime) -> AlertLetter | None:
        """As `next_letter`."""

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
        """As `settle`."""

    def alert_bounced(self, alert: int, most: int) -> bool:
        """As `bounced`."""

    def alerts_posted(self) -> dict[LetterState, int]:
        """How many letters of alerts are in which state."""
