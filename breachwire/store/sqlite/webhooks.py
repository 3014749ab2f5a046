"""Who is told of happenings: that part of the store. Nothing of it shows on pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from breachwire.model import Change
from breachwire.model.webhooks import (
    Delivery,
    DeliveryState,
    Happening,
    Outcome,
    Webhook,
    WebhookState,
)
from breachwire.store import happenings, history
from breachwire.store import webhooks as rows
from breachwire.store.sqlite.transactions import Transactions


class Webhooks(Transactions):
    """Happenings, webhooks, deliveries."""

    def happenings(self, after: int, limit: int) -> list[Happening]:
        with self._read() as connection:
            return happenings.after(connection, after, limit)

    def happenings_among(self, ids: Sequence[int]) -> list[Happening]:
        with self._read() as connection:
            return happenings.among(connection, ids)

    def purge_happenings(self, before: datetime) -> int:
        with self._read() as connection:
            if not happenings.any_before(connection, before):
                return 0
        with self._write(shown=False) as connection:
            return happenings.purge(connection, before)

    def changes_by(self, article: int, at: datetime) -> list[Change]:
        with self._read() as connection:
            return history.changes_by(connection, article, at)

    def add_webhook(self, webhook: Webhook, secret: str, *, most: int) -> Webhook:
        with self._write(shown=False) as connection:
            return rows.add(connection, webhook, secret, most)

    def webhooks(self, watch: int | None = None) -> list[Webhook]:
        with self._read() as connection:
            return rows.every(connection, watch)

    def webhook(self, id: int) -> Webhook:
        with self._read() as connection:
            return rows.one(connection, id)

    def remove_webhook(self, id: int) -> None:
        with self._write(shown=False) as connection:
            rows.remove(connection, id)

    def set_webhook_state(self, id: int, state: WebhookState) -> None:
        with self._write(shown=False) as connection:
            rows.set_state(connection, id, state)

    def webhook_secrets(self, id: int, now: datetime) -> list[str]:
        with self._read() as connection:
            return rows.secrets(connection, id, now)

    def rotate_webhook(self, id: int, secret: str, now: datetime, until: datetime) -> None:
        with self._write(shown=False) as connection:
            rows.rotate(connection, id, secret, now, until)

    def enqueue(
        self,
        webhook: Webhook,
        seen: int,
        told: Sequence[tuple[int, str]],
        joined: Mapping[str, str],
        now: datetime,
    ) -> bool:
        with self._write(shown=False) as connection:
            return rows.enqueue(connection, webhook, seen, told, joined, now)

    def next_delivery(self, webhook: int, now: datetime) -> Delivery | None:
        with self._read() as connection:
            return rows.following(connection, webhook, now)

    def settle_delivery(self, delivery: Delivery, what: Outcome, now: datetime) -> None:
        with self._write(shown=False) as connection:
            rows.settle(connection, delivery, what, now)

    def deliveries(
        self,
        state: DeliveryState | None = None,
        *,
        webhook: int | None = None,
        limit: int = 100,
    ) -> list[Delivery]:
        with self._read() as connection:
            return rows.listed(connection, state, webhook, limit)

    def replay(
        self,
        webhook: int,
        now: datetime,
        *,
        delivery: int | None = None,
        since: datetime | None = None,
        dead: bool = False,
    ) -> int:
        with self._write(shown=False) as connection:
            return rows.replay(connection, webhook, now, delivery_=delivery, since=since, dead=dead)

    def deliveries_counted(self) -> dict[int, dict[DeliveryState, int]]:
        with self._read() as connection:
            return rows.counted(connection)
