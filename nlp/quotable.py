"""Articles → the sentences a brief may use: whole, self-contained, free of an outlet's furniture.

In: a thread's members and the names its ledger knows. Out: quotables, each with the text to show
(verbatim: kind quoted; or with a connective or a vague date left out, or "the company" named: kind
stated), its evidence, terms, cues and score.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Final

from breachwire.model import Article, Evidence, Member, StatementKind
from nlp import cues, lexicon, rank, sentences, speakers
from nlp.orders import gives_orders
from nlp.reference import Reader, published_of
from nlp.vague import without_vague_dates

MIN_WORDS: Final = 6
MAX_WORDS: Final = 48
"""Longer sentences are lists or run-ons; news sentences run to some 35 words."""
MAX_SENTENCES: Final = 180
"""Of all articles together, shared out evenly: news stands at the top of each, and a brief of ten
long articles stays under 50 ms."""

_POINTER: Final = re.compile(r"\b[Ff]igures? \d|\b[Uu]pdate \d")
_BROKEN: Final = (
    "…",
    "...",
    "\n",
    "!:",
    "http://",
    "https://",
    "\\(",
    "{",
    "}",
    "|",
    "&#",
    "&amp",
    "<",
    ">",
    "[.]",
    "Note:",
    "�",
)
_DASHED: Final = re.compile(r" - .* - ")
_END: Final = re.compile(r"[.!][\"”’')\]]{0,2}\Z")
_START: Final = re.compile(r"[A-Z0-9\"“‘$€£]")
_FIRST_PERSON: Final = re.compile(r"\b(?:[Ww]e|[Oo]ur|us|I|[Mm]y|[Yy]ou|[Yy]our)\b")
_OURS: Final = re.compile(r"[^,“\"]{3,90}\b(?:we|our|us)\b[^,“\"]{0,60}, (?=[A-Z][\w’'-]+ )")
"""What the outlet says of itself before the news: "Weeks after we first wrote about it, "."""
_TELLER: Final = re.compile(r"(?:[A-Z][\w.’'-]{0,40} (?:and |, )?){1,6}reports?: (?=[A-Z])")
"""A named reporter's credit before the sentence: shown beside it anyway, as the source."""
_DATELINE: Final = re.compile(
    r"(?:[A-Z][A-Z.’'-]{1,40},? ){1,4}(?:[A-Z][a-z]{2,8}\.? \d{1,2},? )?"
    r"(?:\([^()]{2,40}\) )?[-–—]+ (?=[A-Z])"
)
_BY_WHOM: Final = re.compile(r"(?:He|She) [a-z]|[“\"][^”\"]{1,400}[”\"] (?:he|she) [a-z]+\b")
_OF_WHAT: Final = re.compile(
    r"[A-Z][^“”\"]{3,90} (?:said|says|expects) (?:that )?it (?:should|would|could|will|may|to) "
)
"""A forecast of an "it" that the sentence before names."""
_SHORT: Final = 14
"""Words of a sentence that names one thing, so that the next one's "it" is that."""
MAX_JOINED: Final = 60
"""Words of two sentences shown together."""
_QUOTED: Final = re.compile(r"[“\"][^”\"]{0,400}[”\"]")


@dataclass(frozen=True, slots=True)
class Quotable:
    """A sentence fit to stand alone, and what choosing needs of it."""

    article: int
    at: datetime
    position: int
    """Its number among the article's sentences, from 0."""
    text: str
    kind: StatementKind
    evidence: tuple[Evidence, ...]
    words: int
    terms: frozenset[str]
    cues: frozenset[cues.Cue]
    tone: int
    """Above 0 it looks to the better, below 0 to the worse; 0 where it neither looks ahead nor says
    who speaks."""
    score: float = 0.0
    """How much it tells of the story, some 0 to 2: centrality, place in the article, news words."""

    @property
    def source(self) -> Evidence:
        """The sentence as it stands in the article."""
        return self.evidence[0]


def usable(members: Sequence[Member]) -> list[Member]:
    """Members to quote from: English, no copies, no roundups' mentions; all where none is left."""
    own = [m for m in members if m.copy_of is None and m.role not in ("copy", "mention")]
    own = own or list(members)
    return [m for m in own if english(m.article)]


def english(article: Article) -> bool:
    """Whether a brief may be drawn from it: marked English, or not marked."""
    return not article.language or article.language.lower().startswith("en")


def gather(members: Sequence[Member], victims: Sequence[str]) -> list[Quotable]:
    """Every usable sentence of the members, scored, in order of article and place."""
    share = MAX_SENTENCES // max(1, len(members))
    found = [q for m in members for q in _of_article(m.article, victims, max(12, share))]
    titles = rank.terms(" ".join(m.article.title for m in members))
    central = rank.centrality([q.terms for q in found])
    return [
        replace(q, score=_score(q, value, titles, victims))
        for q, value in zip(found, central, strict=True)
    ]


def _score(q: Quotable, central: float, titles: frozenset[str], victims: Sequence[str]) -> float:
    score = central + 0.6 / (1 + 0.5 * q.position) + 0.4 * rank.overlap(q.terms, titles)
    score += 0.15 * ("said" in q.cues) + 0.1 * ("new" in q.cues) - 0.5 * ("tip" in q.cues)
    score += 0.4 * any(name in q.text for name in victims)
    score -= 0.2 * (q.evidence[-1].where == "published")
    return score - 0.02 * max(0, q.words - 32)


def _of_article(article: Article, victims: Sequence[str], most: int) -> Iterator[Quotable]:
    reader, people = Reader(article, victims), speakers.Speakers(article)
    lower = article.text.lower()
    furniture = [phrase for phrase in _furniture() if phrase in lower]
    before: Quotable | None = None
    for position, (start, end) in enumerate(sentences.split(article.text)):
        # Forecasts stand at the end of a report: past the share only they are read.
        if position >= most and not cues.looks_ahead(article.text[start:end]):
            before = None
            people.name(article.text[start:end], start)
            continue
        for pattern in (_DATELINE, _TELLER, _OURS):
            if opening := pattern.match(article.text, start, end):
                start = opening.end()
                break
        found = _settled(article, start, end, position, reader, people, furniture)
        if found is not None:
            yield found
        if joined := _joined(article, before, start, end, furniture):
            yield joined
        before = found


def _settled(
    article: Article,
    start: int,
    end: int,
    position: int,
    reader: Reader,
    people: speakers.Speakers,
    furniture: Sequence[str],
) -> Quotable | None:
    """One sentence as it can stand alone; None where it can't."""
    text = article.text[start:end]
    evidence = Evidence(article.id, "text", start, end, text)
    named = people.name(text, start)
    if named is None or not whole(named[0], furniture):
        reader.skip(text, evidence)
        return None
    settled = reader.settle(named[0], evidence)
    if settled is None or not MIN_WORDS <= len(settled[0].split()) <= MAX_WORDS:
        return None
    shown, support = settled
    support += tuple(e for e in named[1] if not any(_covers(s, e) for s in support))
    return _quotable(article, position, shown, support)


def _joined(
    article: Article, before: Quotable | None, start: int, end: int, furniture: Sequence[str]
) -> Quotable | None:
    """A forecast by "he" or "she", or of an "it", together with the sentence before that says who
    or what it is: both as they stand."""
    text = article.text[start:end]
    if before is None or before.kind != "quoted":
        return None
    first = before.source
    of_what = _OF_WHAT.match(text) and before.words < _SHORT
    if not of_what and not (_BY_WHOM.match(text) and speakers.speaks(first.quote)):
        return None
    if "\n" in article.text[first.end : start] or not whole(text, furniture):
        return None
    if not cues.looks_ahead(text):
        return None
    both = article.text[first.start : end]
    stamp = published_of(article)
    dated = without_vague_dates(both) != both
    if len(both.split()) > MAX_JOINED or (dated and stamp is None):
        return None
    evidence = Evidence(article.id, "text", first.start, end, both)
    support = (evidence, stamp) if dated and stamp else (evidence,)
    return _quotable(article, before.position, both, support)


def _covers(outer: Evidence, inner: Evidence) -> bool:
    same = outer.article == inner.article and outer.where == inner.where
    return same and outer.start <= inner.start and inner.end <= outer.end


def _quotable(
    article: Article, position: int, shown: str, support: tuple[Evidence, ...]
) -> Quotable:
    about = cues.of(shown)
    return Quotable(
        article.id,
        article.at,
        position,
        shown,
        "quoted" if shown == support[0].quote else "stated",
        support,
        len(shown.split()),
        rank.terms(shown),
        about,
        cues.tone(shown) if about & {"ahead", "maybe", "said"} else 0,
    )


def whole(text: str, furniture: Sequence[str]) -> bool:
    """Whether it is one complete sentence of reporting: ended, balanced, no furniture, no "we", no
    order to a machine that reads it, not a quotation whose speaker another sentence names."""
    if not _END.search(text[-4:]) or not _START.match(text) or any(b in text for b in _BROKEN):
        return False
    if text.count("“") != text.count("”") or text.count('"') % 2:
        return False
    if text.count("(") != text.count(")") or _DASHED.search(text) or _POINTER.search(text):
        return False
    lower = text.lower()
    if any(phrase in lower for phrase in furniture) or gives_orders(text):
        return False
    outside = _QUOTED.sub("", text)
    return len(outside.split()) > 1 and not _FIRST_PERSON.search(outside)


@cache
def _furniture() -> tuple[str, ...]:
    return tuple(lexicon.table("furniture")["phrases"])
