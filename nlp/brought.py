"""Forecasts that do not stand alone → each with what it goes back to.

In: the desk. Out: passages that look ahead and that `Desk.best` passes over: one whose nouns the
brief has told by now, as it stands; else behind the nearest sentence before it that brings up what
it speaks of ("The hospital asks for a loan. … he expects the loan to pass."), or whose "two more
makers" its "the third" is one of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from breachwire.model import Article, Evidence
from nlp import antecedents, foresight, introduced, lexicon, sentences
from nlp.desk import Desk
from nlp.folding import capital
from nlp.quotable import Quotable
from nlp.whole import whole

_NEAR: Final = 3
"""Sentences before it in which that stands."""
_REACH: Final = 400
"""Characters before it in which that stands, where sentences between them say nothing."""
_OF_OTHERS: Final = re.compile(
    r"\b(?:[Tt]hey|[Tt]hem|[Tt]hese|[Tt]hose|[Bb]oth|[Ii]t|[Tt]heir|[Ii]ts)\b"
    r"|\A(?:He|She|His|Her|This|That|Such|Others?|Another|Also|Additionally|Still|Here|There)\b"
    r"|\b(?:the|all|any|most|many|none) (?:others?|rest|latter|same)\b"
    r"|\b(?:in|of|by|from|with) that [a-z]"
)
"""What only the sentence before says who or what it is."""
_LINK: Final = re.compile(
    r"(?:However|Additionally|Also|Still|Meanwhile|But|Yet|Moreover|Separately),? "
)
"""How it goes on from the sentence before, which it can do without."""
_SURNAME: Final = re.compile(
    r"(?P<last>[A-Z][a-zà-ÿ]{2,30})(?= (?:has|had|also|later|now|[a-z]{3,}ed)\b)"
)
_NAME: Final = re.compile(
    r"(?<=[a-z,] )(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun"
    r"|I)\w*\b)[A-Z][\w’'-]+"
)
"""A name inside a sentence, which may be of another story's."""


def candidates(desk: Desk) -> Iterator[Quotable]:
    """Passages as they would be shown, that are not told yet."""
    for q in desk.every:
        if q.pair or not foresight.looks(foresight.bare(q.text), pair=True) or not desk.free(q):
            continue
        if _understood(desk, q):
            yield _unlinked(q)
        elif both := _behind(desk, q):
            yield both
    for article in desk.articles.values():
        yield from _ordinal(desk, article)


def _understood(desk: Desk, q: Quotable) -> bool:
    """Whether who has read the brief so far knows what it is about."""
    if _OF_OTHERS.search(foresight.bare(q.text)) or _open(desk, q, ()):
        return False
    return _ours(desk, q.text, q)


def _ours(desk: Desk, text: str, q: Quotable) -> bool:
    """Whether it is of this story: it names it, names nothing, or its report's title names it."""
    named = desk.story.names_it(text) or desk.story.of_it(text) or not _NAME.search(text)
    return named or desk.story.names_it(desk.articles[q.article].title)


def _unlinked(q: Quotable) -> Quotable:
    """Without the "However" of one that stands alone."""
    link = _LINK.match(q.text)
    return replace(q, text=capital(q.text[link.end() :]), kind="stated") if link else q


def _open(desk: Desk, q: Quotable, told: tuple[str, ...]) -> bool:
    """Whether it speaks of something by "the" that neither the brief nor `told` brings up."""
    text = desk.articles[q.article].text
    found = antecedents.open_nouns(q.text, text, q.source.start)
    if not found:
        return False
    said = [
        antecedents.stems(s)
        for s in (*told, *(s.text for s in desk.sheet.statements if s.evidence))
    ]
    return any(not any(antecedents.told(r, words) for words in said) for r in found)


def _behind(desk: Desk, q: Quotable) -> Quotable | None:
    """It behind the nearest sentence before it that makes it understood."""
    nouns = antecedents.open_nouns(q.text, desk.articles[q.article].text, q.source.start)
    for before in foresight.before(q, desk.every, _NEAR):
        leans = q.after is not None or _OF_OTHERS.search(foresight.bare(q.text)) is not None
        next_ = leans and q.position - before.position == 1
        brings = any(antecedents.told(r, antecedents.stems(before.text)) for r in nouns)
        if not (next_ or brings) or not desk.free(before) or _open(desk, q, (before.text,)):
            continue
        if not next_ and _OF_OTHERS.search(q.text):
            continue
        both = foresight.behind(before, q, desk.articles[q.article])
        if both and _ours(desk, both.text, q):
            return both
    return None


def _ordinal(desk: Desk, article: Article) -> Iterator[Quotable]:
    """ "The third has promised a fix" behind the sentence that counts three."""
    for start, end in sentences.split(article.text):
        text = article.text[start:end]
        if not foresight.ONE_OF.match(text) or not foresight.looks(text, pair=True):
            continue
        if not whole(text, ()):
            continue
        near = (q for q in desk.every if q.article == article.id and not q.pair and not q.after)
        counted = [
            q
            for q in near
            if 0 < start - q.source.end <= _REACH and foresight.COUNTED.search(q.text)
        ]
        if counted and desk.free(counted[-1]):
            said = Evidence(article.id, "text", start, end, text)
            first = _in_full(counted[-1], article)
            if both := foresight.joined(first, text, (said,)):
                yield both


def _in_full(q: Quotable, article: Article) -> Quotable:
    """With the whole name of who opens it, where the article gave it before."""
    opens = _SURNAME.match(q.text)
    if opens is None or opens["last"].lower() in lexicon.common():
        return q
    full = _full(opens["last"]).search(article.text, 0, q.source.start)
    if full is None:
        return q
    start, end = introduced.whole(article.text, *full.span())
    who = Evidence(article.id, "text", start, end, article.text[start:end])
    text, _ = introduced.put(f"{full[0]}{q.text[opens.end() :]}", full[0], who.quote)
    return replace(q, text=text, kind="stated", evidence=(*q.evidence, who))


def _full(last: str) -> re.Pattern[str]:
    return re.compile(rf"\b[A-Z][a-zà-ÿ’'-]{{1,40}} {re.escape(last)}\b")
