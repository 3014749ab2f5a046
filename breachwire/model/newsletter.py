"""The newsletter: who gets it and how they wish it, what was sent to whom, an issue.

In: nothing. Out: frozen dataclasses, and how an address is written where it is only hinted at. An
issue's document is plain JSON (`api.newsletter.issue` makes and reads it).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, get_args

from breachwire.model.words import Section

Frequency = Literal["weekly", "daily"]
FREQUENCIES: Final[tuple[Frequency, ...]] = get_args(Frequency)
SubscriberState = Literal["asked", "active", "left", "suspended"]
"""asked: the address was put into the form, nobody confirmed yet. active: confirmed. left:
unsubscribed. suspended: the address bounces."""
SUBSCRIBER_STATES: Final[tuple[SubscriberState, ...]] = get_args(SubscriberState)
LetterKind = Literal["issue", "confirm", "known", "manage", "goodbye"]
"""issue: the briefing. confirm: somebody asked for this address. known: somebody asked, and it is
subscribed already. manage: the way to the preferences. goodbye: unsubscribed, and how to undo it.
"""
LetterState = Literal["waiting", "sending", "sent", "failed", "skipped"]
"""sending: handed to the mail server, whose answer is not on record. failed: given up. skipped:
there was nothing in it for this person, or they had left."""
LinkPurpose = Literal["confirm", "manage", "leave", "oneclick"]
"""What the secret in a mail's link is good for."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscriber wants to get."""

    frequency: Frequency = "weekly"
    sections: tuple[Section, ...] = ()
    """Empty: all."""
    watch: tuple[str, ...] = ()
    """Names and CVE ids that always come, and first."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A person's address with what they wish, and how it stands with their consent."""

    id: int
    address: str
    state: SubscriberState
    wish: Wish
    asked_at: datetime
    confirmed_at: datetime | None = None
    consent: str = ""
    """The words above the button that they pressed."""
    left_at: datetime | None = None
    bounces: int = 0
    bounced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue of the briefing, as it was put together."""

    id: str
    """Day and frequency, such as 2026-11-27-weekly: its address."""
    frequency: Frequency
    since: datetime
    until: datetime
    """The time that it covers."""
    made_at: datetime
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter in the outbox whose turn it is."""

    id: int
    kind: LetterKind
    subscriber: Subscriber
    message_id: str
    """The same at every try, so that a second copy is known as one."""
    attempts: int
    """This one included."""
    issue: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A secret in a mail, by its digest."""

    purpose: LinkPurpose
    digest: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands in a mail."""

    subject: str
    html: str
    text: str
    threads: Mapping[str, int] = field(default_factory=dict)
    """An issue's threads, each with its last change: what this person has read by then."""


def masked(address: str) -> str:
    """`i•••@e•••.example`: known to whom it belongs, told to nobody else."""
    local, _, domain = address.rpartition("@")
    name, dot, rest = domain.partition(".")
    return f"{local[:1]}•••@{name[:1]}•••{dot}{rest}"


def fingerprint(address: str) -> str:
    """What is kept of an address that must never be written to again: SHA-256 in hex."""
    return hashlib.sha256(b"breachwire address " + address.lower().encode()).hexdigest()
