"""What a store must do for who is told of happenings: webhooks, their secrets, their deliveries.

In: values of `breachwire.model.webhooks`. Out: the same. A part of `breachwire.store.protocol.
Store`, whose rules hold here too. Happenings are noted by the store itself, as it writes ledgers,
while there is a webhook or an alert.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model import Change
from breachwire.model.webhooks import (
    Delivery,
    DeliveryState,
    Happening,
    Outcome,
    Webhook,
    WebhookState,
)


class WebhookStore(Protocol):
    """Happenings, webhooks, deliveries."""

    def happenings(self, after: int, limit: int) -> list[Happening]:
        """The next ones, oldest first."""

    def happenings_among(self, ids: Sequence[int]) -> list[Happening]:
        """Those of these that are still kept, oldest first."""

    def purge_happenings(self, before: datetime) -> int:
        """Forget what was noted before and waits nowhere, with its deliveries; how many."""

    def changes_by(self, article: int, at: datetime) -> list[Change]:
        """What one article changed at one time, in the order in which it was written."""

    def add_webhook(self, webhook: Webhook, secret: str, *, most: int) -> Webhook:
        """Store a new one, which is told of what happens from now on; returned with its id. Raises
        ConflictError where there are `most` already (of its watch, where it belongs to one)."""

    def webhooks(self, watch: int | None = None) -> list[Webhook]:
        """All, or a watch's, by id."""

    def webhook(self, id: int) -> Webhook:
        """Raises NotFoundError."""

    def remove_webhook(self, id: int) -> None:
        """For good, with secrets and deliveries. Raises NotFoundError."""

    def set_webhook_state(self, id: int, state: WebhookState) -> None:
        """With a clean slate. Raises NotFoundError."""

    def webhook_secrets(self, id: int, now: datetime) -> list[str]:
        """Those that hold now, the newest first: for signing alone."""

    def rotate_webhook(self, id: int, secret: str, now: datetime, until: datetime) -> None:
        """A new secret beside those before it, which hold until then. Raises NotFoundError."""

    def enqueue(
        self,
        webhook: Webhook,
        seen: int,
        told: Sequence[tuple[int, str]],
        joined: Mapping[str, str],
        now: datetime,
    ) -> bool:
        """Deliveries (happening, thread) of a webhook, and how far it has seen, in one commit;
        False and nothing done where it has seen further than `webhook` says. `joined`: merged
        threads → whose lines theirs are part of from now on."""

    def next_delivery(self, webhook: int, now: datetime) -> Delivery | None:
        """The one whose turn it is: nothing of its thread waits before it."""

    def settle_delivery(self, delivery: Delivery, what: Outcome, now: datetime) -> None:
        """What became of an attempt."""

    def deliveries(
        self,
        state: DeliveryState | None = None,
        *,
        webhook: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        """Newest first."""

    def replay(
        self,
        webhook: int,
        now: datetime,
        *,
        delivery: int | None = None,
        since: datetime | None = None,
        dead: bool = False,
    ) -> int:
        """Deliveries go out once more under the same key: one, those of what was noted since, or
        the dead; how many."""

    def deliveries_counted(self) -> dict[int, dict[DeliveryState, int]]:
        """How many of each webhook are in which state."""
