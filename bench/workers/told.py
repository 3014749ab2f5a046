"""Who is told what happens, by webhook and mail; and whether each was told once.

In: a store, what the receivers got, what was killed when. Out: how much was noted, delivered, lost,
and of what came more than once whether at-least-once allows it: between two of a kind the process
that sent the first was killed before it can have noted that it did, or the database was away then.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, LiteralString

import psycopg

from api.services import Services
from api.webhooks import documents
from api.webhooks.keeping import new_secret
from bench.workers.receivers import Got, Receivers
from breachwire.config import Config
from breachwire.model import Watch
from breachwire.model.alerts import PACES
from breachwire.model.newsletter import FREQUENCIES, LetterState, Link, Wish
from breachwire.model.webhooks import Happening, Webhook
from breachwire.store import Store
from breachwire.store.engine import BUSY_SECONDS
from nlp import galaxy

EACH: Final = 5
"""Readers of a day's issue, and of a week's."""
UNDER_WAY: Final[tuple[LetterState, ...]] = ("waiting", "sending")
EVERY: Final = {"since": "2020-01-01"}
"""A search that all threads meet."""
LETTERS: Final[LiteralString] = """
    SELECT 'issue ' || coalesce(issue, kind), message_id, letter.state, error, address, NULL
    FROM outbox AS letter JOIN subscriber ON subscriber.id = subscriber
    UNION ALL SELECT 'alert ' || pace, message_id, letter.state, error, address, happenings
    FROM alert_letter AS letter JOIN alert ON alert.id = alert WHERE kind = 'alert'
"""


SEEN: Final[LiteralString] = "SELECT 'alert ' || pace, seen FROM alert"


@dataclass(frozen=True, slots=True)
class Loss:
    """A process that was killed, or the database stopped and started."""

    by: int
    """The process; 0: the database."""
    at: float
    until: float
    """Monotonic seconds, as `Got` has them."""


@dataclass(frozen=True, slots=True)
class Twice:
    """A message that came again."""

    id: str
    after: float
    """Seconds between both."""
    killed: float | None
    """Seconds from the first to the kill that explains it; None: nothing does."""
    by: str


def listen(store: Store, receivers: Receivers, name: str, now: datetime) -> None:
    """A webhook that is told all, readers of the newsletter and of alerts, who have confirmed."""
    new = Webhook(receivers.hook(name), (), now)
    store.add_webhook(new, new_secret(), most=1)
    for frequency in FREQUENCIES:
        for n in range(EACH):
            address = f"{frequency}-{n}@{name}.example"
            store.ask(address, Wish(frequency), now)
            link = Link("confirm", f"{frequency}{n}")
            store.add_links(store.subscriber(address).id, [link], now)
            store.confirm(link.digest, "yes", now)
    watch = store.add_watch(Watch("all", EVERY, (), now, now), "all", most=1, most_entries=1).id
    for pace in PACES:
        store.ask_alert(watch, f"{pace}@{name}.example", pace, now, most=len(PACES))
        (asked,) = (one for one in store.alerts(watch) if one.pace == pace)
        store.add_alert_links(asked.id, [Link("confirm", pace)], now)
        store.confirm_alert(pace, "yes", now)


def at_rest(store: Store) -> bool:
    """Whether nothing waits to be told."""
    (hook,) = store.webhooks()
    waiting = store.deliveries("waiting", limit=1)
    unposted = [
        posted.get(state)
        for posted in (store.posted(), store.alerts_posted())
        for state in UNDER_WAY
    ]
    return not waiting and not store.happenings(hook.seen, 1) and not any(unposted)


def judged(
    url: str, store: Store, receivers: Receivers, name: str, losses: Sequence[Loss]
) -> dict[str, object]:
    """Of one database: what was noted, told, told twice, lost."""
    hooked = [one for one in receivers.hooked if one.to == f"/{name}"]
    mailed = [one for one in receivers.mailed if one.to.endswith(f"@{name}.example")]
    return {
        "webhook": {**_events(store, hooked), **_again(hooked, losses)},
        "mail": {**_letters(url, store, mailed), **_again(mailed, losses)},
    }


def beside(receivers: Receivers, stores: Mapping[str, Store]) -> dict[str, object]:
    """What both databases told, and one alone: new threads by the articles that opened them, and
    issues. What stands in an issue is what was threaded by its hour, which is another in each."""
    threads = [
        {one.opened for one in receivers.hooked if one.opened and one.to == f"/{name}"}
        for name in stores
    ]
    issues = [{one.id for one in store.issues(limit=10_000)} for store in stores.values()]
    return {
        what: {"both": len(one & other), "first_alone": len(one - other),
               "second_alone": len(other - one)}
        for what, (one, other) in (("threads_opened", threads), ("issues", issues))
    }  # fmt: skip


def sound(told: dict[str, Any]) -> bool:
    """Whether nothing is lost, left, or twice without a reason."""
    bad = ("lost", "left", "passed_over", "unexplained", "told_twice", "dead")
    return not any(part.get(name) for part in told.values() for name in bad)


def _events(store: Store, got: Sequence[Got]) -> dict[str, object]:
    deliveries = store.deliveries(limit=10_000_000)
    states = Counter[str](one.state for one in deliveries)
    came = {one.id for one in got}
    known = {one.happening.id for one in deliveries}
    noted = list(_noted(store))
    services = Services(store=store, config=Config(), known_actor=galaxy.known_by_slug)
    untold = [one for one in noted if one.id not in known and documents.document(services, one)]
    missing = {one.happening.key for one in deliveries if one.state == "delivered"} - came
    return {
        "noted": len(noted), "kinds": dict(Counter(one.kind for one in noted)), **states,
        "received": len(came), "lost": len(missing) + len(untold), "untold": len(untold),
        "unknown": len(came - {one.key for one in noted}),
    }  # fmt: skip


def _noted(store: Store) -> Iterator[Happening]:
    last = 0
    while found := store.happenings(last, 1000):
        yield from found
        last = found[-1].id


def _letters(url: str, store: Store, got: Sequence[Got]) -> dict[str, object]:
    came = {one.id.partition("@")[0].lstrip("<") for one in got}
    posted = _rows(url, LETTERS)
    states = Counter(state for _, _, state, *_ in posted)
    alerts: dict[str, Counter[int]] = defaultdict(Counter)
    for what, _, _, _, _, happenings in posted:
        if what.startswith("alert"):
            alerts[what].update(json.loads(happenings))
    return {
        "posted": len(posted), **states, "received": len(came),
        "kinds": dict(Counter(what.split("-")[-1] for what, id, *_ in posted if id in came)),
        "lost": sum(state == "sent" and id not in came for _, id, state, *_ in posted),
        "passed_over": _passed_over(url, store, alerts),
        "left": states["waiting"] + states["sending"],
        "not_sent": dict(Counter(error for _, _, state, error, *_ in posted if state != "sent")),
        "happenings_in_alerts": {what: len(told) for what, told in alerts.items()},
        "told_twice": sum(n > 1 for told in alerts.values() for n in told.values()),
    }  # fmt: skip


def _passed_over(url: str, store: Store, told: Mapping[str, Counter[int]]) -> int:
    """Happenings that an alert has seen and told in no letter, though there is news in them."""
    services = Services(store=store, config=Config(), known_actor=galaxy.known_by_slug)
    news = [one for one in _noted(store) if one.kind != "thread.merged"]
    return sum(
        one.id <= seen and one.id not in told[what] and bool(documents.document(services, one))
        for what, seen in _rows(url, SEEN)
        for one in news
    )


def _rows(url: str, query: LiteralString) -> list[tuple[Any, ...]]:
    """`LETTERS`: kind and issue or pace, Message-ID, state, error, address, happenings."""
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def _again(got: Sequence[Got], losses: Sequence[Loss]) -> dict[str, object]:
    found = list(_twice(got, losses))
    bare = [asdict(one) for one in found if one.killed is None]
    return {
        "twice": len(found), "unexplained": bare,
        "explained_after": sorted(round(one.killed, 2) for one in found if one.killed is not None),
    }  # fmt: skip


def _twice(got: Iterable[Got], losses: Sequence[Loss]) -> Iterator[Twice]:
    by_id: dict[tuple[str, str], list[Got]] = defaultdict(list)
    for one in got:
        by_id[one.id, one.to].append(one)
    for (id, _), copies in by_id.items():
        for first, second in itertools.pairwise(sorted(copies, key=lambda one: one.at)):
            killed = _kill(first, second, losses)
            yield Twice(id, round(second.at - first.at, 2), killed, f"{first.by}, {second.by}")


def _kill(first: Got, second: Got, losses: Sequence[Loss]) -> float | None:
    """Seconds from a message to what kept its sender from noting it, before the next one came."""
    after = [
        max(0.0, loss.at - first.at)
        for loss in losses
        if loss.by in (0, first.by) and loss.until >= first.at and loss.at <= second.at
    ]
    return min((s for s in after if s <= BUSY_SECONDS), default=None)
