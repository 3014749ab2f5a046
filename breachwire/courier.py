"""Webhooks at work: what happened → deliveries → receivers, each thread's in order.

In: a store, the way out to receivers, a configuration, the time. Out: what was taken, and what is
to be tried again; all of it in the store. `deliver` is one round, for a loop or a queue's task to
call: whoever is killed in it leaves nothing half done, a delivery whose answer was not recorded
goes out again under the same `webhook-id`, and two at once are one: the role "courier" is held.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

import orjson

from api.services import Services
from api.watch.matching import matched
from api.webhooks import documents
from api.webhooks.keeping import signed
from breachwire.config import Config
from breachwire.errors import FetchError, NotFoundError, StoreBusyError, UsageError
from breachwire.model import Watch
from breachwire.model.webhooks import Delivery, Happening, Outcome, Webhook, WebhookState
from breachwire.net import Answer
from breachwire.store import Store
from nlp import galaxy

RETRIES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Pauses after a failure: the schedule that the specification gives, 75 hours in all."""
JITTER: Final = 0.2
"""A pause is longer or shorter by at most that part, so that nothing comes back all together."""
RESTS: Final = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 300))
"""How long a receiver that failed once, twice … is left alone with other threads' deliveries:
an outage costs a request each five minutes, and nothing but time."""
TIME: Final = 60.0
"""Seconds that one webhook has of a round: others wait for the slowest."""
AT_ONCE: Final = 8
"""Receivers."""
BATCH: Final = 200
"""Happenings that are looked at in one go."""
KEPT: Final = timedelta(days=30)
"""How long what was told can be told again."""
USED: Final = timedelta(days=1)
"""How often it is noted that a watch is in use."""


class Way(Protocol):
    """The way out; `net.Receivers` in earnest."""

    def post(self, url: str, headers: dict[str, str], content: bytes) -> Answer:
        """Raises FetchError."""
        ...


@dataclass(slots=True)
class Tally:
    """What a round did."""

    delivered: int = 0
    failed: int = 0
    """Attempts; what is dead included."""
    dead: int = 0
    more: bool = False
    """Whether a next round has something to do at once."""


def never() -> bool:
    """Nobody wants it to end."""
    return False


def deliver(
    store: Store,
    way: Way,
    config: Config,
    *,
    now: Callable[[], datetime],
    stopped: Callable[[], bool] = never,
    chance: Callable[[], float] = random.random,
) -> Tally:
    """One round over all webhooks; nothing where another process is at it. Raises StoreError."""
    try:
        with store.role("courier"):
            return _round(store, way, config, now, stopped, chance)
    except StoreBusyError:
        return Tally()


def _round(
    store: Store,
    way: Way,
    config: Config,
    now: Callable[[], datetime],
    stopped: Callable[[], bool],
    chance: Callable[[], float],
) -> Tally:
    services = Services(store=store, config=config, known_actor=galaxy.known_by_slug)
    hooks = [hook for hook in store.webhooks() if hook.state == "active"]
    runs = [_Run(services, way, hook, now, stopped, chance) for hook in hooks]
    if runs:
        with ThreadPoolExecutor(min(AT_ONCE, len(runs)), thread_name_prefix="webhook") as pool:
            for future in [pool.submit(run.run) for run in runs]:
                future.result()
    store.purge_happenings(now() - KEPT)
    done = [run.done for run in runs]
    return Tally(
        sum(one.delivered for one in done),
        sum(one.failed for one in done),
        sum(one.dead for one in done),
        any(one.more for one in done),
    )


class _Run:
    """One webhook's part of a round."""

    def __init__(
        self,
        services: Services,
        way: Way,
        hook: Webhook,
        now: Callable[[], datetime],
        stopped: Callable[[], bool],
        chance: Callable[[], float],
    ) -> None:
        self._services, self._store = services, services.store
        self._way, self._hook = way, hook
        self._now, self._stopped, self._chance = now, stopped, chance
        self._failures = hook.failures
        self.done = Tally()

    def run(self) -> None:
        """What has happened comes into line; then one after the other goes out, until one fails.
        Raises StoreBusyError once the role is lost: who has it now goes on."""
        with suppress(NotFoundError), self._store.acting("courier"):
            self._run()  # not found: it, or its watch, was removed meanwhile

    def _run(self) -> None:
        end = time.monotonic() + TIME
        while self._look() and not self._stopped():
            pass
        rests = self._hook.rests_until
        if rests and self._now() < rests:
            return
        while not self._stopped() and (
            one := self._store.next_delivery(self._hook.id, self._now())
        ):
            if not self._one(one):
                return
            if time.monotonic() > end:
                self.done.more = True
                return

    # into line

    def _look(self) -> bool:
        """The next happenings; whether there may be more."""
        hook = self._hook
        found = self._store.happenings(hook.seen, BATCH)
        if not found:
            return False
        homes = {one.id: documents.home(self._store, one) for one in found if self._wants(one)}
        meant = self._meant({home for home in homes.values() if home})
        told = [(id, home) for id, home in homes.items() if home in meant and home]
        joined = {
            one.thread: into
            for one in found
            if one.kind == "thread.merged" and one.thread
            and (into := documents.home(self._store, one))
        }  # fmt: skip
        seen = found[-1].id
        if not self._store.enqueue(hook, seen, told, joined, self._now()):
            return False
        self._hook = self._store.webhook(hook.id)
        return len(found) == BATCH

    def _wants(self, one: Happening) -> bool:
        return not self._hook.kinds or one.kind in self._hook.kinds

    def _meant(self, threads: set[str]) -> set[str]:
        """Of these threads, those that the webhook is told of."""
        watch = self._watch()
        if watch is None or not threads:
            return threads
        try:
            return set(matched(self._services, watch, self._now(), threads).threads)
        except UsageError:  # a search that is none any more
            return set()

    def _watch(self) -> Watch | None:
        """None: all threads."""
        hook, now = self._hook, self._now()
        if hook.watch is not None:
            watch = self._store.watch_by_id(hook.watch)
            if now - (watch.last_used_at or watch.created_at) >= USED:
                self._store.touch_watch(watch.id, now)
            return watch
        return Watch("", hook.query, (), hook.made_at, hook.made_at) if hook.query else None

    # out

    def _one(self, one: Delivery) -> bool:
        """Whether the receiver took it, or there was nothing to take."""
        told = documents.document(self._services, one.happening)
        if told is None:
            self._store.settle_delivery(one, Outcome("void"), self._now())
            return True
        outcome = self._sent(one, orjson.dumps(told))
        self._store.settle_delivery(one, outcome, self._now())
        if outcome.state == "delivered":
            self.done.delivered += 1
            self._failures = 0
            return True
        self.done.failed += 1
        self.done.dead += outcome.state == "dead"
        return False

    def _sent(self, one: Delivery, body: bytes) -> Outcome:
        now = self._now()
        keys = self._store.webhook_secrets(self._hook.id, now)
        try:
            answer = self._way.post(
                self._hook.url, signed(keys, one.happening.key, now, body), body
            )
        except FetchError as error:
            return self._failed(one, error.message, None)
        if 200 <= answer.status < 300:
            return Outcome("delivered")
        if answer.status == 410:
            return Outcome("dead", "the receiver answered 410: it is gone", webhook="gone")
        return self._failed(one, f"the receiver answered {answer.status}", answer.retry_after)

    def _failed(self, one: Delivery, why: str, asked: float | None) -> Outcome:
        """Tried again by the schedule; the receiver rests meanwhile, as long as it asks for."""
        now = self._now()
        rest = RESTS[min(self._failures, len(RESTS) - 1)]
        if asked is not None:
            rest = timedelta(seconds=asked)
        rests_until = now + rest
        if one.attempts >= len(RETRIES):
            return Outcome("dead", why, rests_until=rests_until, webhook=self._over(one))
        pause = RETRIES[one.attempts] * (1 + JITTER * (2 * self._chance() - 1))
        return Outcome("waiting", why, max(now + pause, rests_until if asked else now), rests_until)

    def _over(self, one: Delivery) -> WebhookState | None:
        """A webhook that took nothing else either, all that time, is stopped."""
        taken = self._store.webhook(self._hook.id).taken_at
        return "stopped" if taken is None or taken < one.made_at else None


def told(done: Tally) -> str:
    """A round in a line."""
    parts: Sequence[tuple[int, str]] = (
        (done.delivered, "delivered"),
        (done.failed - done.dead, "to be tried again"),
        (done.dead, "given up"),
    )
    return "webhooks: " + (", ".join(f"{n} {words}" for n, words in parts if n) or "nothing waits")
