"""Passages → the dates of the incident in them: when it began, was found, was told.

In: an article and those of its passages that bear on its incident, with their stance. Out: drafts
of dates. When somebody wrote, ruled or will do something is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from breachwire.model import Article
from nlp import dates
from nlp.drafts import Draft
from nlp.patterns import one
from nlp.reading import Passage
from nlp.status import Stance, Voice


def find(article: Article, passages: Sequence[Passage], stance: Stance) -> Iterator[Draft]:
    """The dates in passages that are the incident's, with their status."""
    published = article.published.date() if article.published else None
    for passage in passages:
        if not _bears(passage):
            continue
        for moment in dates.moments(passage.low, published):
            if published and moment.value > (published + timedelta(days=1)).isoformat():
                continue
            if _told(passage, moment) or _aside(passage, moment.start, moment.end):
                continue
            voice = stance.of(passage, moment.start, moment.end)
            if voice.status == "claimed" and _meant(passage.low, moment):
                voice = Voice("reported", None, None, "outlet", "report")
            if voice.status == "denied":
                continue  # what is denied, or when, is no date of the incident
            yield Draft("date", moment.value, None, passage, moment.start, moment.end, voice)


def _bears(passage: Passage) -> bool:
    """Whether a passage tells when something was; below the lead it must speak of an incident."""
    if passage.opens:
        return bool(one("gates", "when").search(passage.low))
    told = one("gates", "incident").search(passage.low) and one("gates", "when").search(passage.low)
    return bool(told or one("gates", "inside").search(passage.low))


def _meant(low: str, moment: dates.Moment) -> bool:
    """Whether a date only says which attack is meant: "claimed the September 12 attack"."""
    the = low[max(0, moment.start - 4) : moment.start] == "the "
    return the and bool(one("gates", "dated").match(low, moment.end))


def _told(passage: Passage, moment: dates.Moment) -> bool:
    """Whether a date is when somebody wrote or ruled, or the end of a span: not the incident's."""
    before = passage.low[max(0, moment.start - 45) : moment.start]
    after = passage.low[moment.end : moment.end + 30]
    return bool(
        one("gates", "until").search(before)
        or one("gates", "deadline").search(before)
        or one("gates", "telling").search(before)
        or (moment.form in ("weekday", "relative") and one("gates", "tells").match(after))
    )


def _aside(passage: Passage, start: int, end: int) -> bool:
    """Whether a date is a dateline's, stands in brackets, or far from words of the incident."""
    before = passage.low[max(0, start - 40) : start]
    if "(" in before and ")" not in before[before.rindex("(") :]:
        return True
    if passage.index == 1 and one("gates", "dateline").match(passage.low, end):
        return True
    if one("gates", "founded").search(before):
        return True
    near = passage.low[max(0, start - 70) : end + 70]
    return not passage.opens and not one("gates", "event").search(near)
