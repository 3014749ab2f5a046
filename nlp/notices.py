"""An article's text → where its outlet says that an earlier version of it was wrong.

In: title and text. Out: spans of the text, each a paragraph or sentence in the outlet's own words
("Correction: An earlier version of this article said …", "Update: this story has been corrected
…"). Plainly stated ones alone: an update that adds news is no correction. What a notice says was
wrong is no claim: `outside` leaves claims out that rest on one.

Every pattern runs over one line of at most LONGEST characters and has no nested repeat, so that
hostile text costs no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from breachwire.model import Article, Claim, Evidence
from nlp import sentences

LONGEST: Final = 2_000
"""Characters of a line that may be a notice: the longest seen in print have some 600."""
MOST: Final = 5
"""Notices of one article."""
_HEAD: Final = re.compile(
    r"(?<!\s)\s{0,20}[\[(*_]{0,3}(correction|corrected|clarification|retraction|erratum|"
    r"editor['’]s note|update|updated)\b[^:\n]{0,60}:",
    re.IGNORECASE,
)
_PLAIN: Final = ("correction", "corrected", "retraction", "erratum")
"""Heads that say it all; an update or a note has to say that something was wrong."""
_WRONG: Final = re.compile(
    r"\b(?:earlier|previous|prior|original|initial) version"
    r"|\b(?:was|were|has been|have been) (?:corrected|amended|retracted|removed|misstated)\b"
    r"|\b(?:incorrectly|erroneously|mistakenly|wrongly)\b|\bwe (?:regret|retract)\b"
    r"|\bpreviously (?:said|stated|reported|named|listed)\b",
    re.IGNORECASE,
)
_ALONE: Final = re.compile(
    r"\b(?:an?|the) (?:earlier|previous|prior|original) version of this (?:article|story|post"
    r"|report|headline|page)\b|\bthis (?:article|story|post|report|headline) (?:was|has been)"
    r" (?:corrected|amended|retracted)\b",
    re.IGNORECASE,
)


def find(article: Article) -> list[Evidence]:
    """The notices in an article's text, in order, at most MOST."""
    return [
        Evidence(article.id, "text", start, end, article.text[start:end])
        for start, end in list(_spans(article.text))[:MOST]
    ]


def outside(claims: Sequence[Claim], found: Sequence[Evidence]) -> list[Claim]:
    """The claims that rest on no notice."""
    return [claim for claim in claims if not any(_within(claim.evidence, n) for n in found)]


def _within(words: Evidence, notice: Evidence) -> bool:
    return words.where == "text" and notice.start <= words.start < notice.end


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """A line that begins as a notice does, whole; else the sentences that say so."""
    for line in re.finditer(r"[^\n]+", text):
        said = line[0].strip()
        if not said or len(said) > LONGEST:
            continue
        start = line.start() + line[0].index(said[0])
        head = _HEAD.match(said)
        if head and (head[1].lower() in _PLAIN or _WRONG.search(said)):
            yield start, start + len(said)
        elif _ALONE.search(said):
            yield from _sentences(said, start)


def _sentences(line: str, at: int) -> Iterator[tuple[int, int]]:
    for start, end in sentences.split(line):
        if _ALONE.search(line[start:end]):
            yield at + start, at + end
