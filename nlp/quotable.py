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
from nlp import cues, lexicon, rank, sentences
from nlp.reference import Reader

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
_TELLER: Final = re.compile(r"(?:[A-Z][\w.’'-]* (?:and |, )?){1,6}reports?: (?=[A-Z])")
"""A named reporter's credit before the sentence: shown beside it anyway, as the source."""
_DATELINE: Final = re.compile(
    r"(?:[A-Z][A-Z.’'-]+,? ){1,4}(?:[A-Z][a-z]{2,8}\.? \d{1,2},? )?"
    r"(?:\([^()]{2,40}\) )?[-–—]+ (?=[A-Z])"
)
_QUOTED: Final = re.compile(r"[“\"][^”\"]*[”\"]")


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
    reader = Reader(article, victims)
    lower = article.text.lower()
    furniture = [phrase for phrase in _furniture() if phrase in lower]
    for position, (start, end) in enumerate(sentences.split(article.text)[:most]):
        if before := _DATELINE.match(article.text, start, end) or _TELLER.match(
            article.text, start, end
        ):
            start = before.end()
        text = article.text[start:end]
        evidence = Evidence(article.id, "text", start, end, text)
        if not whole(text, furniture):
            reader.skip(text, evidence)
            continue
        settled = reader.settle(text, evidence)
        if settled is None:
            continue
        shown, support = settled
        words = len(shown.split())
        if not MIN_WORDS <= words <= MAX_WORDS:
            continue
        about = cues.of(shown)
        yield Quotable(
            article.id,
            article.at,
            position,
            shown,
            "quoted" if shown == text else "stated",
            support,
            words,
            rank.terms(shown),
            about,
            cues.tone(shown) if about & {"ahead", "maybe", "said"} else 0,
        )


def whole(text: str, furniture: Sequence[str]) -> bool:
    """Whether it is one complete sentence of reporting: ended, balanced, no furniture, no "we", not
    a quotation whose speaker another sentence names."""
    if not _END.search(text[-4:]) or not _START.match(text) or any(b in text for b in _BROKEN):
        return False
    if text.count("“") != text.count("”") or text.count('"') % 2:
        return False
    if text.count("(") != text.count(")") or _DASHED.search(text) or _POINTER.search(text):
        return False
    lower = text.lower()
    if any(phrase in lower for phrase in furniture):
        return False
    outside = _QUOTED.sub("", text)
    return len(outside.split()) > 1 and not _FIRST_PERSON.search(outside)


@cache
def _furniture() -> tuple[str, ...]:
    return tuple(lexicon.table("furniture")["phrases"])
