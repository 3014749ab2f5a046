"""Passages: the sentence of an article that a reader would point at, with its offsets.

In: stored text and the words looked for. Out: `Passage` whose quote is text[start:end] exactly.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

LONGEST: Final = 320
"""Characters of a passage: two lines on a desktop, five on a phone."""
_SCANNED: Final = 40_000
"""Characters of an article that are looked through; news texts are shorter, dumps are not."""
_END: Final = re.compile(r"[.!?\n](?:(?<=[.!?])([\"”’)]*\s+)(?=[\"“‘(]?[A-Z0-9])|(?<=\n)\n*)")
"""What parts two sentences, with the mark before it; group 1, where there is one, is without. It
begins with one of few characters, which the engine looks for five times as fast as for all else."""
_WORD: Final = re.compile(r"[\w][\w.'’-]*[\w]|\w")
_WORDS: Final = (
    "a about after all also an and any are as at be been but by can could did do for"
    " from had has have he her his how i if in into is it its just like may more most"
    " new no not of on one or other our out over said says she so some such than that"
    " the their them then there these they this those to two up was we were what when"
    " where which who will with would you your"
)
_COMMON: Final = frozenset(_WORDS.split())


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article's stored text."""

    start: int
    end: int
    quote: str
    hits: int
    """How many of the words looked for stand in it."""


def terms(query: str) -> list[str]:
    """Words and phrases that a query looks for, folded, without -minus and common words."""
    kept = re.sub(r"(?<!\S)-(\"[^\"]*\"?|\S+)", " ", query)
    phrases = [" ".join(p.split()).casefold() for p in re.findall(r'"([^"]+)"', kept)]
    words = [w.casefold() for w in _WORD.findall(re.sub(r'"[^"]*"', " ", kept))]
    found = [p for p in phrases if p] + [w for w in words if w not in _COMMON]
    return list(dict.fromkeys(found or words))[:16]


def words(text: str) -> list[str]:
    """Words of a text that tell something, folded, in order, with repeats."""
    folded = (w.casefold() for w in _WORD.findall(text))
    return [w for w in folded if len(w) > 2 and w not in _COMMON and not w.isdecimal()]


def is_common(name: str) -> bool:
    """Whether a capitalised "name" is but a common word at the head of a sentence."""
    return name.casefold() in _COMMON


def pattern(looked_for: Sequence[str]) -> re.Pattern[str] | None:
    """What matches any of the words, also as the start of a longer word; None without words."""
    if not looked_for:
        return None
    longest_first = sorted(looked_for, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + ")", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words that are looked for in many texts."""

    words: tuple[str, ...]
    """Folded, the longest first."""
    pattern: re.Pattern[str]

    def hits(self, text: str) -> list[tuple[int, str]]:
        """Where the pattern matches, and which word, folded. Four times faster than by the pattern,
        which serves where folding moves what stands behind ("ß")."""
        folded = text.casefold()
        if len(folded) != len(text):
            return [(m.start(), m[0].casefold()) for m in self.pattern.finditer(text)]
        found = [(at, -len(word), word) for word in self.words for at in _at(folded, word)]
        kept: list[tuple[int, str]] = []
        end = 0
        for start, length, word in sorted(found):
            if start >= end:
                kept.append((start, word))
                end = start - length
        return kept


def wanted(looked_for: Sequence[str]) -> Wanted | None:
    """None without words."""
    matches = pattern(looked_for)
    if matches is None:
        return None
    words = dict.fromkeys(word.casefold() for word in looked_for)
    return Wanted(tuple(sorted(words, key=len, reverse=True)), matches)


def _at(folded: str, word: str) -> Iterator[int]:
    """Where a word begins with it."""
    at = folded.find(word)
    while at >= 0:
        before = folded[at - 1 : at]
        if not (before.isalnum() or before == "_"):
            yield at
        at = folded.find(word, at + 1)


def best(text: str, wanted: Wanted | None) -> Passage | None:
    """The earliest of the sentences with most of the words; the first where none has any."""
    text = text[:_SCANNED]
    hits = wanted.hits(text) if wanted else []
    starts, most = [at for at, _ in hits], len({word for _, word in hits})
    top: tuple[int, int, int] | None = None
    for start, end in sentences(text):
        low, high = bisect_left(starts, start), bisect_left(starts, end)
        number = len({word for _, word in hits[low:high]})
        if top is None or number > top[2]:
            top = start, end, number
        if number == most:  # no later one has more
            break
    return _cut(text, *top, wanted.pattern if wanted else None) if top else None


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Spans of sentences, white space trimmed; none is empty."""
    start = 0
    for mark in chain(_END.finditer(text), (None,)):
        end = (mark.start(1) if mark[1] else mark.start()) if mark else len(text)
        # Closing quotation marks matched with the gap belong to the sentence before it.
        gap = (mark[1] or "") if mark else ""
        closing = len(gap) - len(gap.lstrip('"”’)'))
        stretch = text[start : end + closing]
        left = len(stretch) - len(stretch.lstrip())
        if body := stretch.strip():
            yield start + left, start + left + len(body)
        start = mark.end() if mark else len(text)


def _cut(text: str, start: int, end: int, hits: int, wanted: re.Pattern[str] | None) -> Passage:
    """A long sentence is cut at blanks around its first hit."""
    if end - start > LONGEST:
        hit = wanted.search(text, start, end) if wanted else None
        begin = max(start, hit.start() - LONGEST // 3) if hit else start
        if begin > start:
            begin = text.find(" ", begin, begin + LONGEST // 3) + 1 or begin
        stop = min(end, begin + LONGEST)
        if stop < end:
            stop = max(text.rfind(" ", begin + LONGEST // 2, stop), begin + LONGEST // 2)
        start, end = begin, stop
    return Passage(start, end, text[start:end], hits)
