"""A sentence → whether it looks ahead, and the form in which it does so.

In: a sentence of a report; those before it. Out: `looks`: it tells of what is to come, by the word
or plan of somebody, a day that is set, or what may come of it; not what was, is, can be done with a
tool or is to be done by the reader. `form`: the same without advice behind it, with the sentence it
goes back to ("So a firm could …"), or what a release names last ("with more fixes due in July").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from breachwire.model import Article, Evidence
from nlp import quotable, rank, sentences
from nlp.folding import capital
from nlp.patterns import says
from nlp.quotable import Quotable

_THAT: Final = r"(?:them|it|they|those|these|this|that|such)"
_SO: Final = re.compile(r"(?:So(?! far)|Thus|Therefore|Hence|As a result|Consequently),? ")
"""What it follows from, the sentence before says."""
_LEANS: Final = re.compile(
    rf"(?:Unless|If|Until|Once|When|As long as|Without)\b[^,]{{0,60}}\b{_THAT}\b"
    r"|[“\"]?[^.;]{0,60}\b(?:[Ee]xploiting|of|by|through|with|in|from|about) "
    r"(?:that|those|these|such) [a-z]+\b(?! (?:who|which|that|of)\b)"
)
"""Begins with what only the sentence before explains."""
ONE_OF: Final = re.compile(r"The (?:second|third|fourth|fifth|other|last)\b(?! time)")
COUNTED: Final = re.compile(
    r"\b(?:two|three|four|five|six|both|several) (?:[\w-]+ ){0,3}?[a-z]+s\b"
)
"""Of which the "third" is one."""
_HE: Final = re.compile(
    r"\b(?:he|she|it|they) (?=(?:expects?|hopes|fears|thinks|will|would|could|may)\b)"
)
"""Who speaks, behind the name: "Dane said he expects"."""
LAST: Final = re.compile(
    r", (?:with|and) (?P<what>(?:additional|further|more|other|remaining|final|two|three|four|the)"
    r" (?:[a-z-]+ ){0,3}[a-z]+s) (?P<done>targeted|due|planned|expected|scheduled|slated) "
    r"(?P<when>(?:for|by|in|on) [^,;.]{4,50})\.\Z"
)
"""What a sentence on a release says last: "…, with additional fixes due in July."."""
_BEHIND: Final = re.compile(
    r", (?:(?:while|and) [^,;“”\"]{3,90} should [^;“”\"]*|an? (?:\w+ )?(?:theme|point|concern"
    r"|tactic|technique|pattern|trend|practice) (?:also |that |which |raised )[^;“”\"]*)(?=\.\Z)"
)
"""Advice and asides behind it."""

_VOICE: Final = re.compile(
    r"\b(?:said|says|told|tells|warn(?:s|ed)|argued|added|wrote|expects?|predicts?|hopes|fears|doubts?"
    r"|thinks?|believes?|plans to|intends to|pledged|promised|announced|estimates?|threaten(?:s|ed)"
    r"|[Aa]ccording to|reports?|asserts|insisted|wants|stated|confirmed)\b"
)
"""Words that give somebody the word; without them it is the outlet's."""


@lru_cache(maxsize=8192)
def looks(text: str, *, pair: bool = False) -> bool:
    """Whether it tells of what is to come; `pair`: two sentences, of which the first may say who
    "it" is."""
    if says("foresight", "past", text) or (not pair and says("foresight", "rest", text)):
        return False
    if says("foresight", "misuse", text):
        return True
    return sure(text) or (says("foresight", "may", text) and not says("foresight", "works", text))


@lru_cache(maxsize=8192)
def sure(text: str) -> bool:
    """Whether somebody expects or plans it or it is set, so that it is no mere possibility."""
    return says("foresight", "sets", text) and not says("foresight", "past", text)


def voiced(text: str) -> bool:
    """Whether somebody has the word in it; else it is the outlet's."""
    return _VOICE.search(text) is not None


def form(q: Quotable, others: Sequence[Quotable], article: Article) -> Quotable | None:
    """The passage as it stands alone in an outlook; None where it can't. `others`: its article's
    sentences."""
    if last := LAST.search(q.text):
        be = "are" if last["what"].endswith("s") else "is"
        return _told(q, f"{capital(last['what'])} {be} {last['done']} {last['when']}.")
    if q.pair:
        return q
    short = _BEHIND.sub("", q.text)
    if short != q.text:
        q = _told(q, short)
    so = _SO.match(q.source.quote)
    if so or _LEANS.match(q.text):
        if so and not _SO.match(q.text):
            q = _told(q, f"{so[0]}{q.source.quote[so.end()]}{q.text[1:]}")
        first = next(before(q, others, 1), None)
        return behind(first, q, article) if first else None
    return q


def bare(text: str) -> str:
    """A sentence without the "he" of who speaks in it."""
    return _HE.sub("", text)


def core(q: Quotable) -> str:
    """What looks ahead of a passage: of two sentences the second."""
    if not q.pair:
        return q.text
    return q.text[slice(*sentences.split(q.text)[-1])]


def _told(q: Quotable, text: str) -> Quotable:
    words = len(text.split())
    return replace(q, text=text, kind="stated", words=words, terms=rank.terms(text), pair=False)


def before(q: Quotable, others: Sequence[Quotable], most: int) -> Iterator[Quotable]:
    """The up to `most` sentences right before it that stand alone, the nearest first."""
    near = (o for o in others if o.after is None and not o.pair and o.article == q.article)
    found = [o for o in near if 0 < q.position - o.position <= most]
    yield from sorted(found, key=lambda o: -o.position)


def behind(first: Quotable, q: Quotable, article: Article) -> Quotable | None:
    """Both as one passage; None where they are too long."""
    if q.position - first.position == 1:
        return quotable.together(first, q, article)
    both = joined(first, q.text, q.evidence)
    return both and replace(both, score=q.score)


def joined(first: Quotable, text: str, cited: tuple[Evidence, ...]) -> Quotable | None:
    """A sentence and one that stands further down; None where they are too long."""
    both = f"{first.text} {text}"
    if len(both.split()) > quotable.MAX_JOINED:
        return None
    evidence = tuple(dict.fromkeys((*first.evidence, *cited)))
    return replace(_told(first, both), evidence=evidence, pair=True)
