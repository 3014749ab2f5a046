"""Text → the spans of its sentences, in order, white space left outside.

A new line always ends a sentence (titles, paragraphs). Abbreviations, initials and decimals don't.
Linear in the text's length.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from nlp.lexicon import words

_END: Final = re.compile(r"[.!?…](?:[\"'”’)\]]{0,3})(?=\s+[\"'“‘(\[]?[A-Z0-9À-Þ$€£@])")
_LINE: Final = re.compile(r"[^\n\r\u2028\u2029]+")
_LAST: Final = re.compile(r"(?!(?s:.{25}))[\w.&-]{1,24}+\Z")
_NEXT: Final = re.compile(r"(?<!\s)\s+[\"'“‘(\[]?(\w+)")
_REACH: Final = 24
"""Characters looked back over for the word before a full stop: longer ones abbreviate nothing."""


def split(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences; `text[start:end]` is stripped and never empty."""
    return list(_split(text))


@lru_cache(maxsize=1 << 11)
def _split(text: str) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for line in _LINE.finditer(text):
        start = line.start()
        for stop in _END.finditer(text, line.start(), line.end()):
            if _abbreviated(text, stop):
                continue
            _add(spans, text, start, stop.end())
            start = stop.end()
        _add(spans, text, start, line.end())
    return tuple(spans)


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def _abbreviated(text: str, stop: re.Match[str]) -> bool:
    """Whether the full stop belongs to the word before it: "U.S. officials", "Dr. Ada", "No. 5"."""
    if text[stop.start()] != ".":
        return False
    last = _LAST.search(text, max(0, stop.start() - _REACH), stop.start())
    if last is None:
        return False
    word = last.group().lower()
    if word.isdigit():  # "on Nov 1. The firm", but "1. The firm" in a list
        return text[: last.start()].rstrip(" ")[-1:] in ("", "\n", "\r")
    if word in words("abbreviations", "always"):
        return True
    if word in words("abbreviations", "numbered"):
        return text[stop.end() : stop.end() + 3].strip()[:1].isdigit()
    if len(word) > 1 and word not in words("abbreviations", "sometimes") and "." not in word:
        return False
    # "in the U.S. The company": such an abbreviation ends a sentence where a starter follows.
    following = _NEXT.match(text, stop.end())
    return following is None or following.group(1) not in _starters()


@cache
def _starters() -> frozenset[str]:
    """Words that, capitalised, open a sentence."""
    return frozenset(word.capitalize() for word in words("abbreviations", "starters"))
