"""What exports of a thread are made from: the store's rows, and when they last changed.

In: a store and threads. Out: `Material`s, read in batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from breachwire.errors import NotFoundError
from breachwire.model import (
    Article,
    Author,
    Brief,
    Change,
    Claim,
    Correction,
    Detail,
    Edit,
    Indicator,
    LedgerClaim,
    Member,
    Storyline,
    Thread,
)
from breachwire.model.threads import opener
from breachwire.store import Store
from breachwire.store.articles import time_of

_CHANGES: Final = 500
"""Changes and edits of a thread that are looked through, newest first."""
_VERSIONS: Final = 50
_BATCH: Final = 100


Place = tuple[int, str, str, int, int]
"""Article, field, and where in it."""
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """All that the store holds on a thread and that an export tells."""

    thread: Thread
    members: tuple[Member, ...]
    details: tuple[Detail, ...]
    claims: tuple[LedgerClaim, ...]
    """The whole ledger, also what stands below the details that are shown."""
    indicators: tuple[Indicator, ...]
    storylines: tuple[Storyline, ...]
    changes: tuple[Change, ...]
    corrections: Mapping[int, tuple[Correction, ...]]
    """By article, oldest first."""
    edits: tuple[Edit, ...]
    gone: tuple[Thread, ...]
    """Threads that were merged into this one."""
    articles: Mapping[int, Article]
    keys: Mapping[Place, Key]
    """What each claim is called by."""
    reread: Mapping[int, datetime]
    """When newer rules read an article again, by article."""
    headline: tuple[Author, datetime | None]
    """Who wrote it, and when it was first so; None: there is no brief."""

    @property
    def created(self) -> datetime:
        """As `born`."""
        return born(self.thread.id)

    @property
    def modified(self) -> datetime:
        """When we last saw anything of it change: ledger, members, headline."""
        times = [self.created, *(member.article.first_seen_at for member in self.members)]
        times += [claim.first_seen_at for claim in self.claims]
        times += [change.at for change in self.changes] + [edit.at for edit in self.edits]
        times += [one.at for some in self.corrections.values() for one in some]
        times += self.reread.values()
        times += [self.headline[1]] if self.headline[1] else []
        return max(times)


def changed(thread: Material, detail: Detail) -> datetime:
    """When we last saw a fact change, or an article come or go."""
    seen = [claim.first_seen_at for claim in detail.claims]
    seen += [change.at for change in thread.changes if change.field == detail.field]
    seen += [edit.at for edit in thread.edits]
    return max(seen)


def born(thread: str) -> datetime:
    """When a thread's first article came out: its id holds that, so that it never changes."""
    return time_of(opener(thread) or 0)


def in_batches(store: Store, threads: Iterator[Thread]) -> Iterator[Material]:
    """As `read`, of any number."""
    while some := list(islice(threads, _BATCH)):
        yield from read(store, some)


def read(store: Store, threads: Sequence[Thread]) -> Iterator[Material]:
    """One a thread, in their order; threads without any article are left out."""
    ids = [thread.id for thread in threads]
    members, details, ledger = store.members(ids), store.details(ids), store.ledger(ids)
    lines, briefs = store.storylines_of(ids), store.briefs(ids)
    own = {id_: [m.article.id for m in some] for id_, some in members.items()}
    everyone = [article for some in own.values() for article in some]
    found, corrected = store.indicators(everyone), store.corrections_of(everyone)
    again = store.reread(everyone)
    for thread in threads:
        if not (mine := own.get(thread.id)):
            continue
        edits = tuple(store.edits(thread=thread.id, limit=_CHANGES))
        yield Material(
            thread,
            members[thread.id],
            details.get(thread.id, ()),
            tuple(ledger.get(thread.id, ())),
            tuple(one for article in mine for one in found.get(article, ())),
            lines.get(thread.id, ()),
            tuple(store.changes(thread.id, limit=_CHANGES)),
            {article: corrected[article] for article in mine if article in corrected},
            tuple(edit for edit in edits if edit.moves),
            tuple(_merged(store, thread.id, edits)),
            {member.article.id: member.article for member in members[thread.id]},
            keys(ledger.get(thread.id, ()), corrected),
            {article: again[article] for article in mine if article in again},
            _headline(store, briefs.get(thread.id)),
        )


def place(claim: Claim) -> Place:
    """Where a claim stands: no two of a field stand there."""
    words = claim.evidence
    return words.article, claim.field, words.where, words.start, words.end


def keys(
    claims: Sequence[LedgerClaim], corrections: Mapping[int, Sequence[Correction]]
) -> dict[Place, Key]:
    """Article, field, the value before all corrections; the second of the same ends in 1, …"""
    found: dict[Place, Key] = {}
    count: Counter[str] = Counter()
    for claim in sorted((said.claim for said in claims), key=place):
        article = claim.evidence.article
        value = first_value(corrections.get(article, ()), claim.field, claim.value)
        told = repr((article, claim.field, value))
        if place(claim) not in found:
            again = (count[told],) if count[told] else ()
            found[place(claim)] = (article, claim.field, value, *again)
            count[told] += 1
    return found


def first_value(corrections: Sequence[Correction], field: str, value: Any) -> Any:
    """What an article said before it corrected that to `value`, perhaps in several steps."""
    for one in reversed(corrections):
        if one.field == field and one.before and one.after and one.after.value == value:
            value = one.before.value
    return value


def _merged(
    store: Store, id_: str, edits: Sequence[Edit], seen: frozenset[str] = frozenset()
) -> Iterator[Thread]:
    """The threads that edits emptied into this one, and into those, and so on."""
    others = {other for edit in edits for _, was, now in edit.moves for other in (was, now)}
    for other in sorted(one for one in others if one and one != id_ and one not in seen):
        try:
            thread = store.thread(other)
        except NotFoundError:
            continue
        if thread.merged_into == id_:
            yield thread
            earlier = store.edits(thread=other, limit=_CHANGES)
            yield from _merged(store, other, earlier, seen | {id_, other})


def _headline(store: Store, latest: Brief | None) -> tuple[Author, datetime | None]:
    """The first of the newest versions that have the latest's headline in a row."""
    if latest is None:
        return "extractive", None
    said, since = _said(latest), latest.made_at
    if latest.version > 1:
        for brief in store.brief_versions(latest.thread, limit=_VERSIONS):
            if _said(brief) != said:
                break
            since = brief.made_at
    return said[1], since


def _said(brief: Brief) -> tuple[str, Author]:
    lines = [s for s in brief.statements if s.section == "headline"]
    return (lines[0].text, lines[0].author) if lines else ("", "extractive")
