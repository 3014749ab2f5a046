"""Who is hit or within reach, where no sentence is left to say so: lines of ours.

In: the desk. Out: a `Said` with the sentence that it rests on, told elsewhere in the brief or not;
None where no report says whom it is about in the words of `simply.toml`'s `struck`.
"""

from __future__ import annotations

import re
from typing import Final

from nlp import simply
from nlp.brief_sections.flaws import top
from nlp.desk import Desk
from nlp.facts import Said

_NOBODY: Final = re.compile(
    r"(?:Users|Developers|Companies|Customers|Organi[sz]ations) (?:are|were) "
)
"""Which ones, nothing says."""
_TOP: Final = 24
"""Sentences of a report that are read whether they can be quoted or not."""


def line(desk: Desk) -> Said | None:
    """The first line that the newest report bears out, with whose word it is."""
    newest = sorted(desk.members, key=lambda m: (m.article.at, m.article.id), reverse=True)
    by_article = {m.article.id: m.article.source for m in newest}
    for article, outlet in by_article.items():
        told = [q.source for q in desk.every if q.article == article]
        for evidence in dict.fromkeys((*top(desk, article, _TOP), *told)):
            text = _struck(evidence.quote)
            if text and outlet:
                return Said(f"{text.removesuffix('.')}, {outlet} reports.", (evidence,))
    return None


def _struck(sentence: str) -> str | None:
    """None where what bears it out is denied, or told of another case."""
    found = simply.placed("struck", sentence)
    if found is None or _NOBODY.match(found[0]) or simply.holds("other", sentence[: found[1]]):
        return None
    return found[0]
