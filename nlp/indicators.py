"""An article → its indicators: CVEs, domains, addresses, URLs, hashes, packages, ATT&CK techniques.

In: an article; the sites of outlets, whose addresses never count (the article's own host never does
either). Out: `Indicator` values, each once, where it first stands, with the sentence around it.
What is of which type is told by the library ioc-finder; `hosts` and `packages` tell what is meant
as an indicator and what is a firm's name, a file, a version or the outlet's own furniture.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from breachwire.model import Article, Evidence, Indicator, IndicatorType, Where
from nlp import hosts, packages, sentences
from nlp.folding import fold
from nlp.hosts import Found
from nlp.patterns import one

MOST: Final = 300
"""Indicators kept of an article, in the order they stand: longer lists are attachments."""
CONTEXT: Final = 300
"""Characters of a sentence that are kept whole: a longer one is a table, of which AROUND serve."""
AROUND: Final = 120

_CVE: Final = re.compile(r"(?<![\w-])cve-(?:19|20)\d{2}-\d{4,7}(?![\w-]*\w)")
_ATTACK: Final = re.compile(r"(?<![\w.-])t1\d{3}(?:\.\d{3})?(?![\w-])")
_HASH: Final = re.compile(r"(?<![\w/=-])(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32})(?![\w-])")
_HASHES: Final[dict[int, IndicatorType]] = {32: "md5", 40: "sha1", 64: "sha256"}
_VARIED: Final = 8
"""Different digits at least: fewer make no hash (of random ones, one of 10^9 has fewer)."""


def find(article: Article, outlets: frozenset[str] = frozenset()) -> tuple[Indicator, ...]:
    """The title's, then the text's as they stand, at most MOST.

    `outlets`: hosts or registered domains of news outlets.
    """
    never = outlets | _own(article.url)
    whole = fold(f"{article.title}\n{article.text}")
    kept: dict[tuple[IndicatorType, str], Indicator] = {}
    fields: tuple[tuple[Where, str], ...] = (("title", article.title), ("text", article.text))
    for where, text in fields:
        new: dict[tuple[IndicatorType, str], Found] = {}
        for found in sorted(_all(text, never, whole), key=lambda f: (f.start, -f.end)):
            if (key := (found.type, found.value)) not in kept:
                new.setdefault(key, found)
        spans = sentences.split(text) if new else []
        for key, found in islice(new.items(), MOST - len(kept)):
            kept[key] = _indicator(article.id, where, text, spans, found)
    return tuple(kept.values())


def _own(url: str) -> frozenset[str]:
    """The article's own host, and the one above it where that has a dot still."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    above = host.partition(".")[2]
    return frozenset({host, above} if above.count(".") else {host}) - {""}


def _all(text: str, never: frozenset[str], whole: str) -> Iterator[Found]:
    low = fold(text)
    for match in _CVE.finditer(low):
        yield Found("cve", match[0].upper(), *match.span())
    yield from _techniques(low)
    yield from _hashes(low)
    yield from hosts.find(text, never)
    for version in packages.find(text, whole):
        yield Found("package", version.purl, version.start, version.end)


def _techniques(low: str) -> Iterator[Found]:
    """Ids that the library's list of enterprise and mobile techniques has."""
    for match in _ATTACK.finditer(low):
        id_ = match[0].upper()
        if _known(id_):
            yield Found("attack", id_, *match.span())


def _known(id_: str) -> bool:
    # Imported for the first that needs it: its grammars take a second and a half of a core.
    from ioc_finder import parse_enterprise_attack_techniques, parse_mobile_attack_techniques

    found = parse_enterprise_attack_techniques(id_) or parse_mobile_attack_techniques(id_)
    return bool(found)


def _hashes(low: str) -> Iterator[Found]:
    for match in _HASH.finditer(low):
        digits = match[0]
        before = low[max(0, match.start() - 40) : match.start()]
        named = len(digits) < 64 and one("indicators", "not_hash").search(before)
        if not named and len(set(digits)) >= _VARIED and not digits.isdigit():
            yield Found(_HASHES[len(digits)], digits, *match.span())


def _indicator(
    article: int, where: Where, text: str, spans: list[tuple[int, int]], found: Found
) -> Indicator:
    start, end = _context(text, spans, found.start, found.end)
    return Indicator(
        found.type,
        found.value,
        Evidence(article, where, found.start, found.end, text[found.start : found.end]),
        Evidence(article, where, start, end, text[start:end]),
    )


def _context(text: str, spans: list[tuple[int, int]], start: int, end: int) -> tuple[int, int]:
    """The sentence, or whole words around the indicator where that is long."""
    first, last = spans[bisect_right(spans, (start, len(text))) - 1] if spans else (start, end)
    first, last = min(first, start), max(last, end)
    if last - first <= CONTEXT:
        return first, last
    low, high = max(first, start - AROUND), min(last, end + AROUND)
    while first < low < start and not text[low - 1].isspace():
        low += 1
    while end < high < last and not text[high].isspace():
        high -= 1
    while low < start and text[low].isspace():
        low += 1
    while high > end and text[high - 1].isspace():
        high -= 1
    return low, high
