"""Alerts by mail: what happens in a watch's threads, for an address that its owner confirmed.

In: nothing. Out: frozen dataclasses. Who ends an alert is erased with it: nothing is kept that says
who was worried about whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

Pace = Literal["daily", "at_once"]
"""daily: one mail a day, at the newsletter's hour. at_once: as it happens, a few a day at most."""
PACES: Final[tuple[Pace, ...]] = get_args(Pace)
AlertState = Literal["asked", "active", "suspended"]
"""asked: nobody confirmed yet. suspended: mails come back."""
AlertLetterKind = Literal["confirm", "alert"]
AlertLink = Literal["confirm", "leave", "oneclick"]
"""What the secret in a mail's link is good for."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A watch and an address that is told of its threads."""

    id: int
    watch: int
    address: str
    pace: Pace
    state: AlertState
    asked_at: datetime
    seen: int
    """The last happening that was looked at for it."""
    confirmed_at: datetime | None = None
    consent: str = ""
    """The words above the button that was pressed."""


@dataclass(frozen=True, slots=True)
class AlertLetter:
    """A letter whose turn it is."""

    id: int
    kind: AlertLetterKind
    subscriber: Alert
    message_id: str
    """The same at every try, so that a second copy is known as one."""
    attempts: int
    """This one included."""
    happenings: tuple[int, ...] = ()
