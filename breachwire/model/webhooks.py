"""What happened in the ledgers, and who is told of it at which address.

In: nothing. Out: frozen dataclasses. A happening is noted in the transaction of what it tells; a
delivery is one happening for one webhook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, get_args

HappeningKind = Literal["thread.created", "thread.changed", "thread.corrected", "thread.merged"]
"""created: its first report was read. changed: an article changed its ledger. corrected: an outlet
changed what an article said. merged: it is part of another from now on."""
HAPPENINGS: Final[tuple[HappeningKind, ...]] = get_args(HappeningKind)
WebhookState = Literal["unchecked", "active", "gone", "stopped"]
"""unchecked: a reader's, whose receiver has not taken a trial yet. gone: its receiver answered 410.
stopped: it took nothing for as long as all retries take."""
DeliveryState = Literal["waiting", "delivered", "dead", "void"]
"""dead: all retries were used up. void: there is nothing to tell any more (an outlet left out)."""
DELIVERY_STATES: Final[tuple[DeliveryState, ...]] = get_args(DeliveryState)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that a ledger's readers may want to be told."""

    id: int
    """Grows in the order of commits."""
    key: str
    """For ever its own, over restored stores too: what receivers know it by."""
    kind: HappeningKind
    at: datetime
    thread: str | None = None
    """The thread that was created, or is merged away."""
    article: int | None = None
    """Whose words changed a ledger, or were corrected; the thread is where it stands."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of happenings."""

    url: str = field(repr=False)
    """May hold a secret of its receiver's."""
    kinds: tuple[HappeningKind, ...]
    """Empty: all."""
    made_at: datetime
    query: Mapping[str, str] = field(default_factory=dict)
    """A search's parameters that threads have to meet; empty: none."""
    watch: int | None = None
    """The watch that it belongs to and whose threads it is told of."""
    state: WebhookState = "active"
    seen: int = 0
    """The last happening that was looked at for it."""
    failures: int = 0
    """Since it took something last."""
    rests_until: datetime | None = None
    taken_at: datetime | None = None
    """When it took something last."""
    error: str | None = None
    """What the last failure was."""
    id: int = 0
    """0 until the store gives one."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A happening on its way to a webhook."""

    id: int
    webhook: int
    happening: Happening
    thread: str
    """In whose line it stands: what came before it there goes before it."""
    state: DeliveryState
    attempts: int
    made_at: datetime
    next_at: datetime
    done_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt."""

    state: DeliveryState
    error: str | None = None
    again: datetime | None = None
    """When to try again, where it goes on waiting."""
    rests_until: datetime | None = None
    """Until when the receiver is left alone altogether."""
    webhook: WebhookState | None = None
    """What becomes of the webhook; None: it stays as it is."""
