"""A passage in fewer words: within a limit, or as a page shows it.

In: a passage, the limit and its outlet; or what the brief says already. Out: the passage without
its asides, still one whole sentence, or nothing (`fitting`); its text without them, where nothing
is lost by it that no other sentence says (`shown`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from breachwire.model import Statement
from nlp import rank, trim
from nlp.quotable import Quotable
from nlp.whole import bare, whole

LONG: Final = 32
"""Words from which a sentence loses its asides: more than two lines of the page."""
MOST: Final = 40
"""Words of a sentence at most: one that stays longer without its asides is not read to its end."""
_NAMES: Final = re.compile(
    r"(?<=[a-z] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May\b|Jun|Jul"
    r"|Aug|Sep|Oct|Nov|Dec)[A-Z][\w’-]+"
)
_WHO: Final = re.compile(
    r"\A(?P<name>[A-Z][\w’'-]{1,30} [A-Z][\w’'-]{1,30}), (?P<role>who [^,“\"]{3,60}),"
)
"""A person with what says who that is."""


def fitting(q: Quotable, outlet: str, most: int) -> Quotable | None:
    """A passage in at most `most` words, without its asides if need be; None: it can't be."""
    if q.words <= most or (q.pair and most >= MOST):
        return q
    text = trim.shorter(q.text, most) or trim.shorter(trim.reported(q.text, outlet), most)
    if text is not None and outlet and bare(text):
        text = f"{outlet} reports {text[:1].lower()}{text[1:]}"
    if text is None or len(text.split()) > most or not whole(text, ()):
        return None
    terms = rank.terms(text)
    return replace(q, text=text, kind="stated", words=len(text.split()), terms=terms)


def shown(passage: Quotable, statements: Iterable[Statement]) -> str:
    """A passage as it is shown beside these statements: a long one without its asides, but for one
    that alone says who did it."""
    if passage.pair:
        return passage.text
    text = trim.speaker_first(passage.text)
    shorter = trim.shorter(text, LONG) if passage.words > LONG else None
    if not shorter or passage.words > MOST:
        return shorter or text
    return text if _loses(text, shorter, statements) else shorter


def _loses(text: str, shorter: str, statements: Iterable[Statement]) -> bool:
    """Whether a shorter form leaves out a name, or who speaks, that nothing else says."""
    told = " ".join((shorter, *(s.text for s in statements)))
    who = _WHO.search(text)
    if who and who["role"] not in shorter and told.count(who["name"]) < 2:
        return True
    return not all(name in told for name in _NAMES.findall(text))
