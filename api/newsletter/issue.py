"""An issue: items → the document that is kept, and what one reader sees of it.

In: items (`material`), rules, a frequency. Out: a JSON-able document with every thread that may be
told, and `View`s of it: everybody's, which stands on the web, and each reader's own, by sections,
watch list and what they were sent before. A view of the same document is always the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.newsletter import choose
from api.newsletter.material import candidate, developed
from breachwire.model import Disclosure
from breachwire.model.disclosure import together
from breachwire.model.newsletter import Frequency, Issue, Wish
from breachwire.store import Store, slug

KEPT: Final = 80
"""Threads that an issue keeps for readers' own choices: some 150 kB."""
NAMES: Final[Mapping[str, str]] = {"weekly": "Weekly briefing", "daily": "Daily briefing",
                                   "selection": "A selection"}  # fmt: skip
WATCHED: Final = "On your watch list"
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """What somebody reads of an issue."""

    title: str
    """ "Weekly briefing"."""
    dates: str
    """ "21–28 November 2026"."""
    groups: tuple[tuple[str, tuple[Item, ...]], ...]
    """Headings with their items, none empty."""
    made: Disclosure
    rules: str
    """How these were chosen, in words; empty: by hand."""
    left_out: int = 0
    """Threads that developed and are not told."""
    watched: Mapping[str, str] = field(default_factory=dict)
    """Thread → the name on the reader's list that brings it."""

    @property
    def items(self) -> tuple[Item, ...]:
        """All, in their order."""
        return tuple(item for _, own in self.groups for item in own)

    @property
    def marks(self) -> dict[str, int]:
        """Its threads, each with its last change."""
        return {item["thread"]: item["mark"] for item in self.items}


def make(
    store: Store,
    id: str,
    frequency: Frequency,
    since: datetime,
    until: datetime,
    rules: choose.Rules,
    *,
    zone: str,
    now: datetime,
) -> Issue:
    """Put an issue together from what developed in that time."""
    told = store.told(frequency)
    found = developed(store, since, until, told)
    found.sort(key=lambda item: (-choose.score(candidate(item), rules), item["thread"]))
    document = {
        "frequency": frequency,
        "dates": dates(since, until, zone),
        "rules": choose.rules_document(rules),
        "told": {item["thread"]: told[item["thread"]] for item in found if item["thread"] in told},
        "developed": len(found),
        "items": found[:KEPT],
    }
    return Issue(id, frequency, since, until, now, document)


def view(
    document: Mapping[str, Any], wish: Wish | None = None, read: Mapping[str, int] | None = None
) -> View:
    """What a reader with this wish, who has read this, sees; without both: what everybody sees."""
    rules = choose.rules_from(document["rules"])
    by_id = {item["thread"]: item for item in document["items"]}
    watch = {slug(name): name for name in (wish.watch if wish else ())}
    told = dict(document["told"])
    for thread, mark in (read or {}).items():
        told[thread] = max(mark, told.get(thread, 0))
    chosen = choose.choose(
        [candidate(item) for item in by_id.values()],
        rules,
        sections=wish.sections if wish else (),
        watch=watch,
        told=told,
    )
    groups = _groups([(by_id[one.candidate.thread], one) for one in chosen])
    return View(
        NAMES[document["frequency"]],
        document["dates"],
        groups,
        _made([by_id[one.candidate.thread] for one in chosen]),
        choose.stated(rules),
        max(0, document["developed"] - len(chosen)),
        {one.candidate.thread: one.watched for one in chosen if one.watched},
    )


def selection(items: Sequence[Item], title: str, dates: str) -> View:
    """Any items, in the order given."""
    groups = ((title, tuple(items)),) if items else ()
    return View(NAMES["selection"], dates, groups, _made(items), "")


def _groups(
    chosen: Sequence[tuple[Item, choose.Chosen]],
) -> tuple[tuple[str, tuple[Item, ...]], ...]:
    """The reader's own list first, then the group with the best thread."""
    found: dict[str, list[Item]] = {WATCHED: []}
    for item, one in chosen:  # best first
        found.setdefault(WATCHED if one.watched else _heading(item), []).append(item)
    return tuple((heading, tuple(own)) for heading, own in found.items() if own)


def _heading(item: Item) -> str:
    if item["new"]:
        return "New"
    return "What changed since the last issue" if item["changed"] else "Still developing"


def shown(item: Item) -> tuple[str, list[dict[str, Any]]]:
    """What stands under a thread's summary, with its label: its changes, else its leading facts."""
    if item["changes"] and not item["new"]:
        days = [
            {"text": f"{day['day']}: {'; '.join(day['parts'])}", "links": day["links"]}
            for day in item["changes"]
        ]
        return "What changed", days
    return "Key details", item["facts"]


def left(item: Item) -> int:
    """Changes that a mail leaves to the thread's page."""
    if item["new"]:
        return 0
    return int(item["changed"]) - sum(len(day["parts"]) for day in item["changes"])


def further(item: Item) -> list[Mapping[str, str]]:
    """Links to outlets that none of its lines has."""
    lines = [*item["summary"], *shown(item)[1]]
    named = {link["outlet"] for line in lines for link in line["links"]}
    return [link for link in item["sources"] if link["outlet"] not in named]


def _made(items: Sequence[Item]) -> Disclosure:
    """The mark of all that is shown, from who wrote each sentence of it."""
    return together([item["authors"] for item in items], [item["model"] for item in items])


def dates(since: datetime, until: datetime, zone: str) -> str:
    """ "21–28 November 2026", in the configured time zone."""
    tz = ZoneInfo(zone)
    a, b = since.astimezone(tz), until.astimezone(tz)
    last = f"{b.day} {b:%B %Y}"
    if a.date() == b.date():
        return last
    if (a.year, a.month) == (b.year, b.month):
        return f"{a.day}–{last}"
    year = f" {a.year}" if a.year != b.year else ""
    return f"{a.day} {a:%B}{year} – {last}"
