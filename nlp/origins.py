"""A thread's members → its origins: which articles rest on one independent source, and why.

An origin is a newsroom (or a vendor's, an agency's own desk) that found its facts itself. Articles
are of one origin where

- their outlets are of one publisher family;
- one is a copy of the other: by the threader's mark, by title, by near-identical text;
- they print or credit the same name ("(Reuters) -", "Lily Hart reports:", "originally published
  by"), whether or not that outlet is in the thread;
- they cite the same outlet for their facts and bring no source of their own.

What does not make one origin: two newsrooms that each write up the same vendor's report, company
statement or authority's advisory. Each read the document itself and answers for its reading; that
the facts are one body's word is what the ledger's asserter says, fact by fact. The vendor's own
post is an origin of its own. Two outlets that print the release are copies.

Mentions (roundups) are no reporting on the thread and stand in no origin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from breachwire.model import Article, Member, Origin, Sourced
from nlp import attribution, copies
from nlp.attribution import Attribution
from nlp.features import title_key
from nlp.outlets import plain, same

_UNKNOWN: Final = "unknown outlet"
OWN: Final = "own reporting"


@dataclass(frozen=True, slots=True)
class _Basis:
    """What an article rests on: another member, or a name; both None: itself."""

    reason: str = OWN
    member: int | None = None
    name: str = ""


def count(members: Sequence[Member]) -> int:
    """Independent origins; at least 1."""
    return max(1, len(groups(members)))


def groups(members: Sequence[Member]) -> tuple[Origin, ...]:
    """The origins with their articles, most articles first; each article says why it stands there.

    Every member but the mentions is in exactly one. Empty for a thread of mentions alone.
    """
    own = sorted(
        (m for m in members if m.role != "mention"), key=lambda m: (m.article.at, m.article.id)
    )
    bases = _bases(own)
    found: dict[str, list[Member]] = defaultdict(list)
    for member in own:
        found[_root(member.article.id, own, bases)].append(member)
    origins = [_origin(held, bases) for held in found.values()]
    return tuple(sorted(origins, key=lambda o: -len(o.articles)))


def _origin(held: Sequence[Member], bases: dict[int, _Basis]) -> Origin:
    """Named for the outlet that found it out: the one with reporting of its own, else the cited."""
    first = next((m for m in held if bases[m.article.id] == _Basis()), None)
    outside = next((bases[m.article.id].name for m in held if bases[m.article.id].name), "")
    name = _outlet(first.article) if first else outside or _outlet(held[0].article)
    articles, families = [], {_family(first.article)} if first else set[str]()
    for member in held:
        basis = bases[member.article.id]
        reason = basis.reason
        if basis == _Basis() and first and _outlet(member.article) != _outlet(first.article):
            reason = f"same publisher as {name}" if _family(member.article) in families else OWN
        articles.append(Sourced(member.article.id, reason))
    return Origin(name, tuple(articles))


# --- what each article rests on -------------------------------------------------------------------


def _bases(own: Sequence[Member]) -> dict[int, _Basis]:
    """By article."""
    by_id = {m.article.id: m.article for m in own}
    others = "|".join(sorted({_outlet(m.article) for m in own}))
    earlier = _Earlier()
    bases = {}
    for member in own:
        a = member.article
        print_ = _Print(a)
        copied = by_id.get(member.copy_of or -1) or _copied(print_, earlier.like(print_))
        earlier.add(print_)
        said = attribution.read(a.title, a.text, a.source, a.family, a.credit, others)
        bases[a.id] = _copy(copied) if copied else _basis(a, said, own)
    return bases


def _copy(of: Article) -> _Basis:
    return _Basis(f"copy of {_outlet(of)}", of.id)


def _basis(article: Article, said: Attribution, own: Sequence[Member]) -> _Basis:
    if said.release:
        return _Basis("prints a press release", name="press release")
    if said.prints:
        member = _credited(said.prints, article, own)
        name = _outlet(member) if member else said.prints
        return _Basis(f"credits {said.prints}", member.id if member else None, name)
    if not said.cites and not said.sourced and (other := _authored(article, own)):
        return _Basis(f"cites only {_outlet(other)}", other.id)
    if said.own or not said.cites:
        return _Basis()
    first = said.cites[0]
    member = _credited(first, article, own)
    return _Basis(f"cites only {first}", member.id if member else None, first)


def _credited(name: str, article: Article, own: Sequence[Member]) -> Article | None:
    """The thread's earliest article by the outlet, or most of the authors, that a credit names."""
    credit = f" {title_key(name)} "
    for other in (m.article for m in own):
        if _family(other) == _family(article) or other.id == article.id:
            continue
        outlets = {title_key(other.source), title_key(other.family)} - {""}
        if any(same(name, o) or (len(o) > 3 and f" {o} " in credit) for o in outlets):
            return other
        names = [title_key(author) for author in other.authors if " " in author.strip()]
        if names and 2 * sum(f" {author} " in credit for author in names) >= len(names):
            return other
    return None


def _authored(article: Article, own: Sequence[Member]) -> Article | None:
    """The earlier article of another outlet whose author the opening names."""
    opening = article.text[: attribution.OPENING]
    for other in (m.article for m in own):
        if other.at >= article.at:
            break  # they are in the order of time
        if not other.authors or _family(other) == _family(article):
            continue
        if any(" " in author.strip() and author in opening for author in other.authors):
            return other
    return None


class _Print:
    """What tells copies apart that the threader did not mark."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.title = title_key(article.title)
        self.shingles = copies.shingles_of(article.text)


class _Earlier:
    """The prints before one, found by what copies share: a title, or at least a run of words."""

    def __init__(self) -> None:
        self._prints: list[_Print] = []
        self._by_part: dict[str | int, list[int]] = defaultdict(list)

    def like(self, later: _Print) -> list[_Print]:
        """Those that may be what `later` copies, the earliest first."""
        parts: list[str | int] = [later.title, *later.shingles]
        places = {n for part in parts for n in self._by_part.get(part, ())}
        return [self._prints[n] for n in sorted(places)]

    def add(self, one: _Print) -> None:
        """The next in time."""
        parts: list[str | int] = [one.title, *one.shingles]
        for part in parts:
            self._by_part[part].append(len(self._prints))
        self._prints.append(one)


def _copied(later: _Print, earlier: Sequence[_Print]) -> Article | None:
    """The earliest article of another family with the same title or near-identical text."""
    for other in earlier:
        if _family(other.article) == _family(later.article):
            continue
        gap = later.article.at - other.article.at
        titled = (
            later.title == other.title and later.title.count(" ") + 1 >= copies.LEAST_TITLE_WORDS
        )
        if titled and gap <= timedelta(days=copies.TITLE_DAYS):
            return other.article
        soon = gap <= timedelta(days=copies.TEXT_DAYS)
        if soon and copies.near_identical(later.shingles, other.shingles):
            return other.article
    return None


# --- whose it is in the end -----------------------------------------------------------------------


def _root(id_: int, own: Sequence[Member], bases: dict[int, _Basis]) -> str:
    """The key of the origin: a family's, or a cited outlet's outside the thread."""
    articles = {m.article.id: m.article for m in own}
    seen: list[int] = []
    while id_ not in seen:
        seen.append(id_)
        onward = bases[id_].member
        if onward is None:
            return plain(bases[id_].name) or _family(articles[id_])
        id_ = onward
    # Two that cite each other alone: whoever came first.
    return _family(articles[next(m.article.id for m in own if m.article.id in seen)])


def _family(article: Article) -> str:
    return plain(article.family or article.source) or _UNKNOWN


def _outlet(article: Article) -> str:
    return article.source or article.family or _UNKNOWN
