"""What the operator's page shows: what fails, since when, what to do; and how the rest stands.

In: `Services` and the time. Out: frozen dataclasses that a template prints. Nothing here waits for
another server or looks through the whole store: `breachwire doctor` does that.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.services import Services
from api.webhooks import keeping as webhooks
from breachwire.model import Feed
from breachwire.model.newsletter import LetterState
from breachwire.store import Store
from breachwire.store.backup import MADE

LATE: Final = timedelta(minutes=15)
"""How long a poll or a letter may be overdue before somebody should look: rounds of polls take
seconds, a mail server that can't be reached is tried again within this time."""
WAITING: Final = timedelta(hours=1)
"""How long an article may wait to be threaded."""
OLD: Final = timedelta(days=7)
"""Of a backup."""
LASTING: Final = timedelta(days=1)
"""How long a feed fails before it is more than a bad hour of its server."""
_ADVICE: Final[tuple[tuple[str, str], ...]] = (
    (
        r"\b410\b",
        "It is gone for good: look for a new address (`breachwire feeds add SITE`), then"
        " `breachwire feeds remove URL`",
    ),
    (
        r"\b40[13]\b|\b451\b",
        "Its server refuses us: write to the outlet, or `breachwire feeds remove URL`",
    ),
    (
        r"\b404\b",
        "Its address has changed, as a rule: `breachwire feeds add SITE` finds the new one",
    ),
    (r"\b429\b|left alone", "Nothing: it is asked again when its server wants to be"),
    (r"\b5\d\d\b", "Nothing: a fault of its server, as a rule passing"),
    (r"not a feed|no feed", "Something else is there now: `breachwire feeds check URL` says what"),
    (r"certificate|secure connection", "Its certificate is at fault: tell the outlet"),
    (
        r"no address|name|lookup",
        "Its name leads nowhere: the outlet is gone, or this machine's DNS",
    ),
    (r"robots", "Its robots.txt forbids it"),
    (
        r"private|not public|blocked",
        "It lies in a private network: `--allow-private CIDR` opens one",
    ),
)
"""By words of the error, the first that fit."""
_OTHERWISE: Final = (
    "Nothing for now; `breachwire feeds check URL` asks it once and says what it gives"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that needs a person."""

    what: str
    do: str
    since: datetime | None = None
    """None: not known, or not to be told."""


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed that does not answer."""

    feed: Feed
    said: str
    """Its last error, without the address."""
    do: str


@dataclass(frozen=True, slots=True)
class Fact:
    """How one part stands."""

    what: str
    how: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """The whole page."""

    troubles: tuple[Trouble, ...]
    states: tuple[tuple[str, int], ...]
    failing: tuple[FeedLine, ...]
    facts: tuple[Fact, ...]


def standing(services: Services, now: datetime) -> Standing:
    """As it is at this moment. Raises StoreError."""
    feeds = services.store.feeds()
    states = Counter(feed.state for feed in feeds)
    found = (
        *_stalled(services),
        *_examined(services),
        *_polls(feeds, now),
        *_threading(services.store, now),
        *_mail(services, now),
        *_webhooks(services.store, now),
        *_backup(services.store, now),
    )
    return Standing(
        troubles=found,
        states=tuple((state, states[state]) for state in ("ok", "new", "failing", "gone")),
        failing=tuple(_failing(feeds)),
        facts=tuple(_facts(services, feeds, now)),
    )


def advice(feed: Feed) -> str:
    """What to do about a feed that does not answer."""
    error = "410" if feed.state == "gone" else feed.error or ""
    # The address at the end of the line says nothing of the fault.
    words = re.sub(r"\(?https?://\S+", "", error)
    return next((do for sign, do in _ADVICE if re.search(sign, words)), _OTHERWISE)


def _failing(feeds: Sequence[Feed]) -> Iterator[FeedLine]:
    """Those that failed longest first."""
    bad = [feed for feed in feeds if feed.state in ("failing", "gone")]
    for feed in sorted(bad, key=lambda feed: (feed.state, -feed.failures)):
        said = (feed.error or "no reason on record").removesuffix(f" ({feed.spec.url})")
        yield FeedLine(feed, said, advice(feed))


# --- troubles


def _stalled(services: Services) -> Iterator[Trouble]:
    for loop in services.loops():
        if loop.stalled:
            silent = f"{loop.silent / 60:.0f} minutes"
            yield Trouble(
                f"This process has done no {loop.name} for {silent}",
                "Restart it; the log says what it was at",
            )
        elif loop.waits_for and "being loaded" not in loop.waits_for:
            yield Trouble(
                f"{loop.name.capitalize()} waits for {loop.waits_for}",
                "`breachwire doctor` says more",
            )


def _examined(services: Services) -> Iterator[Trouble]:
    for finding in services.examine():
        if not finding.ok:
            yield Trouble(f"{finding.what.capitalize()}: {finding.found}", finding.mend)


def _polls(feeds: Sequence[Feed], now: datetime) -> Iterator[Trouble]:
    due = [feed.next_fetch_at for feed in feeds if feed.next_fetch_at and feed.state != "gone"]
    late = [at for at in due if now - at > LATE]
    if late:
        yield Trouble(
            f"{_count(len(late), 'feed')} should have been asked by now and {_were(late)} not",
            "See that `breachwire up` or `breachwire fetch --watch` runs on this store; where it"
            " does, raise `fetch_threads`",
            min(late),
        )
    live = [feed for feed in feeds if feed.state != "gone"]
    failing = [feed for feed in live if feed.state == "failing"]
    if len(failing) * 2 > len(live):
        yield Trouble(
            f"{len(failing)} of {_count(len(live), 'feed')} fail",
            "See to this machine's network and DNS first; the feeds below say what each gave",
            max((f.last_success_at for f in failing if f.last_success_at), default=None),
        )
    lasting = [f for f in failing if f.last_success_at and now - f.last_success_at > LASTING]
    if lasting and len(failing) * 2 <= len(live):
        yield Trouble(
            f"{_count(len(lasting), 'feed')} {'has' if len(lasting) == 1 else 'have'} failed for"
            " more than a day",
            "Below is what to do about each",
            min(f.last_success_at for f in lasting if f.last_success_at),
        )


def _threading(store: Store, now: datetime) -> Iterator[Trouble]:
    oldest = store.articles_in("stored", 1)
    # An old article that was revised just now is not one that waits since it was seen first.
    if oldest and oldest[0].revision == 1 and now - oldest[0].first_seen_at > WAITING:
        yield Trouble(
            f"{_count(store.counts().unplaced, 'article')} not threaded yet",
            "See that `breachwire up` or `breachwire work --watch` runs on this store",
            oldest[0].first_seen_at,
        )


def _mail(services: Services, now: datetime) -> Iterator[Trouble]:
    if not services.mails:
        return
    since = services.store.letters_since()
    if since and now - since > LATE:
        yield Trouble(
            f"{_count(services.store.posted().get('waiting', 0), 'letter')} not sent yet",
            "`breachwire doctor` asks the mail server; `breachwire up` or `work --watch` sends",
            since,
        )


def _webhooks(store: Store, now: datetime) -> Iterator[Trouble]:
    """Those that ended, and those that have taken nothing for long."""
    for hook in store.webhooks():
        if why := webhooks.ended(hook, now):
            yield Trouble(f"Webhook {hook.id} {why}", webhooks.ADVICE, hook.taken_at)


def _backup(store: Store, now: datetime) -> Iterator[Trouble]:
    made = store.meta(MADE)
    if made is None:
        if store.counts().articles:
            yield Trouble("There is no backup of this store", "`breachwire backup FILE` makes one")
    elif now - (at := datetime.fromisoformat(made)) > OLD:
        yield Trouble(
            f"The last backup is {(now - at).days} days old",
            "`breachwire backup FILE` makes one",
            at,
        )


# --- how the rest stands


def _facts(services: Services, feeds: Sequence[Feed], now: datetime) -> Iterator[Fact]:
    store, config = services.store, services.config
    counts = store.counts()
    asked = max((feed.last_fetch_at for feed in feeds if feed.last_fetch_at), default=None)
    following = min((f.next_fetch_at for f in feeds if f.next_fetch_at), default=None)
    yield Fact("Last poll", "" if asked else "none yet", asked)
    yield Fact("Next poll", "" if following else "none planned", following)
    delay = store.delays(now - timedelta(days=1))
    yield Fact("Delay of a day's articles", _delay(delay))
    yield Fact("To be threaded", _count(counts.unplaced, "article"))
    yield Fact("To be written", _count(counts.stale, "brief"))
    yield Fact("Search by meaning", "at work" if services.embedder() else "not loaded; words alone")
    yield Fact(
        "Newsletter", _letters(store.posted()) if services.mails else "no mail server is set"
    )
    if hooks := store.webhooks():
        every = store.deliveries_counted().values()
        waiting = sum(own.get("waiting", 0) for own in every)
        dead = sum(own.get("dead", 0) for own in every)
        told = f"{_count(len(hooks), 'webhook')}, {waiting:,} waiting, {dead:,} given up"
        yield Fact("Webhooks", told)
    used = store.model_used(now.date().isoformat()) if config.model_endpoint else None
    yield Fact(
        "Language model", "none is set" if used is None else _used(used, config.model_budget)
    )
    made = store.meta(MADE)
    yield Fact("Backup", "" if made else "none", datetime.fromisoformat(made) if made else None)
    for finding in services.examine():
        if finding.ok:
            yield Fact(finding.what.capitalize(), finding.found)


def _delay(seconds: Sequence[float]) -> str:
    if not seconds:
        return "no article with a date"
    middle = sorted(seconds)[len(seconds) // 2] / 60
    return f"half of {len(seconds)} were here within {middle:.0f} minutes of publication"


def _letters(posted: Mapping[LetterState, int]) -> str:
    names: tuple[LetterState, ...] = ("waiting", "sent", "failed")
    return ", ".join(f"{posted.get(name, 0):,} {name}" for name in names)


def _used(used: Mapping[str, int], budget: int) -> str:
    tokens = sum(n for key, n in used.items() if key.startswith("tokens:"))
    dropped = sum(n for key, n in used.items() if key.startswith("dropped:"))
    failed = sum(n for key, n in used.items() if key.startswith("failed:"))
    return (
        f"today {tokens:,} of {budget:,} tokens, {used.get('kept', 0)} sentences kept,"
        f" {dropped} refused, {failed} requests failed"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _were(some: Sequence[object]) -> str:
    return "was" if len(some) == 1 else "were"
