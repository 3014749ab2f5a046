"""Articles that come into a ledger → what they change there, and what they correct.

In: each article's claims and the text that its claims were last read from. Out: `Told`. Four ways
an article comes in, told apart by that text:

    new        its claims were never read: they are news
    edited     the page says something else than when we read it: news, and corrections
    completed  the page's text came in place of the feed's, or the feed's summary was reworded:
               news, yet what is not said any more is not withdrawn
    again      the same text, read once more by newer rules: no news

What an edited text used to say is read from the former text by today's rules, so that a difference
is one between the texts, never one between the rules.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from breachwire.model import Article, Change, Claim, Correction, Evidence, LedgerClaim, Reading
from nlp import claims, history, notices

log = logging.getLogger(__name__)

CUT_SHORT: Final = 0.5
"""A page with less than this part of its former text is cut short (a paywall, a notice in place of
the story), not corrected: what it does not say any more is not withdrawn."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article whose claims go into the ledger."""

    article: Article
    said: tuple[LedgerClaim, ...]
    reading: Reading | None
    """The text that its claims were read from before; None: never read."""
    readable: bool = True
    """Whether the rules could read it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a batch of articles changed."""

    changes: list[Change]
    corrections: list[Correction]


def extract(article: Article) -> list[Claim]:
    """An article's claims, but for what it says that it wrongly said before."""
    return notices.outside(claims.extract(article), notices.find(article))


def told(
    thread: str, ledger: Sequence[LedgerClaim], arrivals: Sequence[Arrival], at: datetime
) -> Told:
    """What `arrivals` change in one thread, whose ledger was `ledger`."""
    coming = {one.article.id for one in arrivals}
    base = [c for c in ledger if c.claim.evidence.article not in coming]
    steps: list[history.Step] = []
    corrections: list[Correction] = []
    for one in sorted(arrivals, key=lambda a: (a.article.at, a.article.id)):
        if one.reading is not None and (not one.readable or _same_text(one)):
            base += one.said
            continue
        former = _former(one, thread)
        base += former
        edited = one.reading is not None and _is_edit(one.article, one.reading)
        whole = edited and one.reading is not None and _whole(one.article, one.reading)
        steps.append(history.Step(one.article.id, one.said, edited, whole))
        corrections += _corrected(one, former, at, edited=edited, whole=whole)
    return Told(history.replay(base, steps, at), corrections)


def _same_text(one: Arrival) -> bool:
    return one.reading is not None and one.reading.content_hash == one.article.content_hash


def _is_edit(article: Article, reading: Reading) -> bool:
    """Whether both are the page's own text; a feed's summary is shortened and reworded freely."""
    return article.text_from == reading.text_from == "page"


def _whole(article: Article, reading: Reading) -> bool:
    return len(article.text) >= CUT_SHORT * len(reading.text)


def _former(one: Arrival, thread: str) -> list[LedgerClaim]:
    """What the article's former text said, as today's rules read it."""
    if one.reading is None:
        return []
    before = replace(one.article, title=one.reading.title, text=one.reading.text)
    try:
        found = extract(before)
    except Exception as error:
        log.error("%s: former text left unread: %r", one.article.url, error, exc_info=error)
        return []
    at = one.article
    return [LedgerClaim(claim, thread, at.at, at.first_seen_at) for claim in found]


def _corrected(
    one: Arrival, former: Sequence[LedgerClaim], at: datetime, *, edited: bool, whole: bool
) -> list[Correction]:
    known = one.reading.text if one.reading is not None else ""
    own: list[Evidence] = [n for n in notices.find(one.article) if n.quote not in known]
    if not edited and not own:
        return []
    before = former if edited else ()
    return history.corrections(one.article.id, before, one.said, own, at, whole=whole)
