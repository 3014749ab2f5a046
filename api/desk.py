"""What the editors' pages show: proposals, threads and edits → values that templates print.

In: a store's rows. Out: frozen dataclasses with threads' headlines and articles' titles looked up,
a few queries for a whole page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api.threads import headlines_of, live_thread
from breachwire.model import Article, Edit, Member, Proposal, Related, Thread
from breachwire.store import Store

_VERBS: Final[Mapping[str, str]] = {
    "merge": "Merged",
    "split": "Split off",
    "move": "Moved",
    "undo": "Undone",
    "refuse": "Refused",
    "resolve": "Resolved error report",
    "dismiss": "Dismissed error report",
    "sign": "Signed",
    "revoke": "Revoked the sign-off of",
    "leave_out": "Left an outlet out",
    "let_in": "Let an outlet in",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of two threads that are compared, or a part of one."""

    label: str
    thread: Thread
    """Its row, or that of the thread it was merged into."""
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A proposal as it is read."""

    proposal: Proposal
    question: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An edit in words."""

    edit: Edit
    words: str
    """"Merged: 3 articles from 1k8p0 into 1k8p1"."""
    threads: tuple[str, ...]
    moves: tuple[tuple[str, str | None, str | None], ...]
    """Title of an article, the thread it left, the thread it went to."""
    undoable: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A thread that may belong to this one."""

    id: str
    headline: str
    reason: str


def cards(store: Store, proposals: Sequence[Proposal]) -> list[Card]:
    """Proposals with both sides."""
    members = store.members(list(dict.fromkeys(id_ for p in proposals for id_ in p.threads)))
    return [_card(store, proposal, members) for proposal in proposals]


def _card(store: Store, p: Proposal, members: Mapping[str, tuple[Member, ...]]) -> Card:
    threads = [live_thread(store, id_) for id_ in p.threads]
    if p.what == "merge":
        labels = ["This thread", *["and this one"] * (len(threads) - 1)]
        sides = [
            Side(label, one, members.get(id_, ()))
            for label, one, id_ in zip(labels, threads, p.threads, strict=True)
        ]
        return Card(p, "One incident?", tuple(sides))
    own = members.get(p.threads[0], ())
    leaving = tuple(m for m in own if m.article.id in p.articles)
    staying = tuple(m for m in own if m.article.id not in p.articles)
    sides = [Side("Would stay", threads[0], staying), Side("Would leave", threads[0], leaving)]
    if len(threads) > 1:
        sides.append(Side("for this thread", threads[1], members.get(p.threads[1], ())))
    return Card(p, "Two incidents?", tuple(sides))


def sides(store: Store, threads: Iterable[str]) -> list[Side]:
    """Threads with their articles. Raises NotFoundError."""
    rows = [(id_, live_thread(store, id_)) for id_ in threads]
    members = store.members([live.id for _, live in rows])
    return [
        Side("" if id_ == live.id else f"{id_} is now", live, members.get(live.id, ()))
        for id_, live in rows
    ]


def near(store: Store, thread: str) -> list[Near]:
    """What is related to a thread, most useful first: candidates for a merge."""
    found: Sequence[Related] = store.related([thread]).get(thread, ())
    headlines = headlines_of(store, found)
    first = {other.thread: other for other in reversed(found) if other.thread in headlines}
    order = [id_ for id_ in dict.fromkeys(other.thread for other in found) if id_ in first]
    return [Near(id_, headlines[id_], first[id_].reason) for id_ in order]


def lines(store: Store, edits: Sequence[Edit]) -> list[Line]:
    """Edits in words, with the titles of what they moved."""
    ids = sorted({move[0] for edit in edits for move in edit.moves})
    articles = store.articles(ids)
    return [_line(store, edit, articles) for edit in edits]


def _line(store: Store, edit: Edit, articles: Mapping[int, Article]) -> Line:
    if edit.settles is not None and edit.what == "refuse":
        return _refused(edit, store.proposal(edit.settles))
    if edit.settles is not None and edit.what in ("resolve", "dismiss"):
        report = store.report(edit.settles)
        words = f"{_VERBS[edit.what]} no. {report.id}"
        return Line(edit, words, (report.thread,), (), undoable=False)
    if edit.settles is not None and edit.what in ("sign", "revoke"):
        signed = store.signoff(edit.settles)
        words = f"{_VERBS[edit.what]} version {signed.version} of {signed.thread}"
        return Line(edit, words, (signed.thread,), (), undoable=False)
    return _moved(edit, articles)


def _moved(edit: Edit, articles: Mapping[int, Article]) -> Line:
    ways = Counter((old, new) for _, old, new in edit.moves)
    words = "; ".join(_way(count, old, new) for (old, new), count in ways.items())
    threads = dict.fromkeys(id_ for way in ways for id_ in way if id_)
    moves = tuple(
        (articles[id_].title if id_ in articles else str(id_), old, new)
        for id_, old, new in edit.moves
    )
    verb = _VERBS.get(edit.what, edit.what)
    undoable = not edit.undone and edit.what not in ("undo", "leave_out", "let_in")
    return Line(edit, f"{verb}: {words}" if words else verb, tuple(threads), moves, undoable)


def _refused(edit: Edit, proposal: Proposal) -> Line:
    """It moved nothing: what was proposed says what it is on."""
    if proposal.what == "merge":
        words = f"Kept apart: {' and '.join(proposal.threads)}"
    else:
        words = f"Kept together: {proposal.threads[0]}"
    return Line(edit, words, proposal.threads, (), not edit.undone)


def _way(count: int, old: str | None, new: str | None) -> str:
    what = "1 article" if count == 1 else f"{count} articles"
    return f"{what} from {old or 'no thread'} to {new or 'no thread'}"
