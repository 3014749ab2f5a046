"""Two articles → whether the later is a syndicated copy of the earlier, and by which sign.

Signs, each enough: near-identical text, the same title within days, or a credit line that names the
other's outlet or authors. Never a copy: an article of the same outlet (serial posts and agency
boilerplate repeat themselves), or one on other CVEs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nlp.features import LEAD, Traits, clean, title_key

TITLE_DAYS: Final = 7.0
TEXT_DAYS: Final = 30.0
SHINGLE: Final = 4
"""Words a shingle. Four-word runs that two newsrooms share by chance are below a tenth."""
CONTAINED: Final = 0.6
"""Share of the shorter text's shingles that the other holds, from which it is a copy."""
LEAST_SHINGLES: Final = 16
FEW_SHINGLES: Final = 40
CONTAINED_FEW: Final = 0.85
"""Of an excerpt of one or two sentences two newsrooms write six tenths alike (three of the five
"copies" without a common title in the labelled windows were such); the same excerpt is a copy."""
LEAST_TITLE_WORDS: Final = 5
_WORDS = re.compile(r"[a-z0-9]+")
_CREDIT_LINE = re.compile(
    r"^(?P<who>[A-Z][^.:!?\n]{2,160}?)\s+(?:reports?|reported|writes?|wrote"
    r"|(?:provides|has|gives|offers) (?:an update|more|details|an overview)[^.:\n]{0,60})\s*:",
    re.M,
)
_VIA = re.compile(
    # "Via" credits where a line or bracket opens with it: "steal data via Telegram" does not.
    r"(?:(?:^|[\n(\[—–])\s?[Vv]ia|\b[Ff]irst published (?:by|in|at)"
    r"|[Oo]riginally published (?:by|in|at)|[Rr]epublished from|[Ss]ource:)\s+"
    r"(?P<who>(?:[A-Z][\w.&’'-]*\s?){1,5})"
)


@dataclass(frozen=True, slots=True)
class Source:
    """What of an article tells copies apart."""

    traits: Traits
    authors: tuple[str, ...]
    credit: str
    """Whom it credits: outlet, or authors by name; empty if no one."""
    shingles: frozenset[int]


def source_of(traits: Traits, text: str, authors: Sequence[str], credit: str) -> Source:
    """Read the signs. A credit line in the text's first words counts as the article's credit."""
    return Source(traits, tuple(authors), credit or credit_in(text), shingles_of(text))


def credit_in(text: str) -> str:
    """Whom the opening credits ("A. Writer and B. Writer report: …"), else empty."""
    match = _CREDIT_LINE.search(text[:300]) or _VIA.search(text[:200])
    return match["who"].strip() if match else ""


def shingles_of(text: str) -> frozenset[int]:
    """Hashes of the four-word runs of the text's beginning."""
    words = _WORDS.findall(clean(text).lower()[:LEAD])
    return frozenset(hash(tuple(words[i : i + SHINGLE])) for i in range(len(words) - SHINGLE + 1))


def sign_of_copy(later: Source, earlier: Source) -> str | None:
    """Why `later` is a copy of `earlier`, in words; None if it is not."""
    a, b = later.traits, earlier.traits
    days = abs(a.day - b.day)
    if a.family == b.family or a.source == b.source or days > TEXT_DAYS:
        return None
    if a.cves and b.cves and not a.cves & b.cves:
        return None
    if same_title(a, b) and days <= TITLE_DAYS:
        return "same title"
    if near_identical(later.shingles, earlier.shingles):
        return "near-identical text"
    return None


def same_title(a: Traits, b: Traits) -> bool:
    """The same words in the same order, enough of them to be no commonplace."""
    return a.title_key == b.title_key and a.title_key.count(" ") + 1 >= LEAST_TITLE_WORDS


def contained(a: frozenset[int], b: frozenset[int]) -> float:
    """Share of the smaller set in the other; 0 where one is too small to tell."""
    small = min(len(a), len(b))
    return len(a & b) / small if small >= LEAST_SHINGLES else 0.0


def near_identical(a: frozenset[int], b: frozenset[int]) -> bool:
    """Whether one text is the other's, as far as both are known."""
    few = min(len(a), len(b)) < FEW_SHINGLES
    return contained(a, b) >= (CONTAINED_FEW if few else CONTAINED)


def credits(later: Source, earlier: Source) -> bool:
    """Whether `later` names `earlier`'s outlet, or most of its authors, as where it comes from.

    True says where the words come from, not which story they tell: the caller holds both to be
    one event already.
    """
    if not later.credit or later.traits.family == earlier.traits.family:
        return False
    credit = f" {title_key(later.credit)} "
    outlets = {title_key(earlier.traits.source), title_key(earlier.traits.family)} - {""}
    if any(f" {outlet} " in credit for outlet in outlets):
        return True
    names = [title_key(author) for author in earlier.authors if " " in author.strip()]
    return bool(names) and 2 * sum(f" {name} " in credit for name in names) >= len(names)
