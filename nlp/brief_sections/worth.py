"""What a sentence is worth to each paragraph of the analysis.

In: the desk. Out: weights (`nlp.desk.Weight`): for what happened, for who and how, for what comes
next; for what is left of a single report. None: it is no part of it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from nlp import cues, facts, speakers
from nlp.brief_sections.background import background, elsewhere
from nlp.desk import Desk, Weight
from nlp.fits import OLD as OLD
from nlp.overtaken import dated
from nlp.patterns import says
from nlp.quotable import Quotable

SPEECH: Final = re.compile(r"\A[“\"]")
_DEEPER: Final = 0.05
"""What each sentence before it takes from one that is left: news stands at the top."""
_FACT: Final = re.compile(r"\d|(?<=[a-z] )[A-Z]| (?:starts?|sends?|opens?|asks?|reads?|writes?) ")
"""A number, a name, something that is done."""
_TOP: Final = 8
"""Sentences of a report in which it tells what happened; further down stands background."""
_AGAIN: Final = 0.45
"""What a further sentence of a report that has told already loses: news comes report by report."""
_GOES_ON: Final = 0.1
"""The same where there is one report, which tells it all."""
_OLD_YEAR: Final = 0.4
"""What speech, and an earlier year, take off at most."""
_STATE: Final = 0.5
"""What an early report's "is closed" loses: by the newest report it may be open."""
_INSIDE: Final = 0.4
"""What it loses that tells how a thing works inside."""
_AGED: Final = timedelta(days=3)
_TELLS: Final = 8
"""Words from which on a first sentence tells something even without a word of news."""
_TOLD: Final = 0.1
"""Of 0.8: what of the headline a report's first sentence tells that has no word of news."""
_DONE: Final = 0.4
"""What it loses that was done on a day before the newest report."""
_MENDED: Final = ("vulnerability", "malware", "campaign", "supply-chain")
ORDER: Final = re.compile(
    r"[A-Z][a-z]+ (?:all|any|the|your|for|an?|to|on) |[^.]{3,60}: [A-Z]|Similar "
)
"""An order to the reader ("Block the domains", "Monitor for logins"), a list's label."""
_RULED: Final = ("policy", "other")
"""Kinds of story in which nobody attacks: who and how is whom it binds and by what."""
_DIGIT: Final = re.compile(r"\d")
_EXACT: Final = 0.3
"""What advice gains that names a version or a day."""
_LEADS: Final = 2
"""Sentences in which a report on a program or a flaw says what it is: that is its news."""
_NEAR: Final = 5
"""Sentences behind the lead that go on with it, where the summary has the lead."""


def aside(desk: Desk, passage: Quotable) -> float:
    """How far a passage stands off the story: speech, comment, background, nothing it is about."""
    value = min(_OLD_YEAR, background(passage.text, desk.story.year))
    return value + (0.5 if desk.story.names and not desk.story.mentions(passage) else 0.0)


def off(passage: Quotable) -> bool:
    """Whether it is advice, comment, or tells of others than the thread does."""
    return "tip" in passage.cues or elsewhere(passage.text)


def happened(desk: Desk) -> Weight:
    """For what happened: the tops of the reports, one each before a second of any."""
    told = [s.evidence[0].article for s in desk.sheet.held("deep_analysis") if s.evidence]
    again = _AGAIN if len(desk.members) > 1 else _GOES_ON
    first = desk.once("happened", lambda: _news(desk))

    def weight(passage: Quotable) -> float | None:
        value = first(passage)
        if value is None or passage.after:
            return value
        return value - again * told.count(passage.article)

    return weight


def _news(desk: Desk) -> Weight:
    """The same before anything is told."""
    calm = 0.5 if desk.ledger.standing() in ("claimed", "disputed", "denied", None) else 0.9

    def weight(passage: Quotable) -> float | None:
        news = bool(passage.cues & {"new", "said", "harm"})
        leads = not passage.position and passage.words >= _TELLS
        news = news or (leads and desk.on_headline(passage) >= _TOLD)
        if off(passage) or passage.pair or not news:
            return None
        if SPEECH.match(passage.text) or says("asides", "needs", passage.text):
            return None
        if says("outlook", "may", passage.text) and "said" not in passage.cues:
            return None
        own = passage.position < _LEADS and desk.view.thread.kind in ("malware", "vulnerability")
        if passage.position >= _TOP or (says("asides", "profile", passage.text) and not own):
            return None
        ahead = bool(passage.cues & {"ahead", "maybe"})
        value = 0.9 / (1 + passage.position) + 0.2 * ("new" in passage.cues) - 0.3 * ahead
        value += 0.15 * desk.story.mentions(passage) + 0.5 * desk.on_headline(passage)
        value += 0.2 * bool(passage.after) - calm * says("outlook", "calm", passage.text)
        value -= _INSIDE * says("asides", "inside", passage.text)
        early = passage.at < desk.news.last - _AGED and says("overtaken", "state", passage.text)
        return value - aside(desk, passage) - _STATE * early

    return weight


def how(desk: Desk) -> Weight:
    """For who and how: actors, ways in, suppliers, others touched, as the ledger names them."""
    return desk.once("how", lambda: _how(desk))


def _how(desk: Desk) -> Weight:
    flaw = desk.view.thread.kind == "vulnerability"
    ruled = desk.view.thread.kind in _RULED
    leading = desk.ledger.leading(
        "actor", "third_party", "attack_type", *(("cve",) if flaw else ())
    )
    words = {d.lead.claim.evidence.quote.lower() for d in leading}
    sentences = {c.claim.sentence for d in leading for c in d.claims}

    def weight(passage: Quotable) -> float | None:
        text = passage.text
        way_in, works = says("asides", "way_in", text), says("asides", "works", text)
        works = works or (ruled and says("asides", "scope", text))
        if says("asides", "silent", text) or says("asides", "declined", text):
            return None
        if passage.pair or off(passage) or not ("how" in passage.cues or way_in or works):
            return None
        is_flaw = flaw and "how" in passage.cues  # what it is, is how it works
        if not is_flaw and says("asides", "profile", text):
            return None
        if not (is_flaw or way_in or ruled or says("asides", "acts", text)):
            return None
        if (says("outlook", "may", text) and not ruled) or background(text, desk.story.year) >= 1.0:
            return None
        low = text.lower()
        named = any(word in low for word in words)
        named = named or any(facts.covers(passage.source, s) for s in sentences)
        if not (named or way_in or works or passage.after):
            return None
        value = 0.4 * named + 0.5 * way_in + 0.3 * works + 0.2 * bool(passage.after)
        if says("outlook", "calm", text) and not way_in:
            return None
        value -= 0.4 * (not ruled and bool(passage.cues & {"ahead", "maybe"}))
        return 0.3 + value - aside(desk, passage)

    return weight


def ahead(desk: Desk, *, since: timedelta = OLD) -> Weight:
    """For what comes next: what is under way and what is planned, the newest reports first; none
    from longer before the newest report than `since`."""
    return desk.once(f"ahead {since.days}", lambda: _ahead(desk, since))


def _ahead(desk: Desk, since: timedelta) -> Weight:
    first, last = _span(desk)
    alone = len(desk.members) == 1
    sentences = {
        c.claim.sentence
        for d in desk.ledger.leading("response")
        if d.value not in ("other", "denied")
        for c in d.claims
    }

    def weight(passage: Quotable) -> float | None:
        due = desk.news.due(passage)
        if off(passage) or not (due or says("asides", "next", passage.text)):
            return None
        if alone and passage.position <= _LEADS:
            return None  # the news itself
        if any(says("asides", key, passage.text) for key in ("profile", "declined")):
            return None
        if (
            SPEECH.match(passage.text)
            or desk.news.passed(passage)
            or passage.at < desk.news.last - since
        ):
            return None
        if not due and not says("asides", "to_come", passage.text):
            return None
        if any(says("asides", key, passage.text) for key in ("was_done", "needs")):
            return None
        if says("outlook", "loss", passage.text) or says("outlook", "calm", passage.text):
            return None
        if background(passage.text, desk.story.year) >= 1.0:
            return None
        value = 0.25 * ("ahead" in passage.cues) + 0.2 * ("response" in passage.cues)
        value += 0.3 * any(facts.covers(passage.source, s) for s in sentences)
        value += 0.7 * (passage.at.timestamp() - first) / ((last - first) or 1.0)
        value += 0.2 * bool(passage.after) - 0.2 * passage.pair + 0.5 * due
        over = not due and dated(passage.text) and not cues.looks_ahead(passage.text)
        value -= _DONE * over
        return value - aside(desk, passage)

    return weight


def advised(desk: Desk) -> Weight:
    """For what comes next where nothing is planned: what is to be done against a flaw or a tool,
    told of those who are to do it and not as an order to the reader."""

    def weight(passage: Quotable) -> float | None:
        text = passage.text
        if passage.pair or SPEECH.match(text) or desk.view.thread.kind not in _MENDED:
            return None
        if not (says("asides", "to_do", text) and says("asides", "mend", text)):
            return None
        if ORDER.match(text) or says("asides", "feeling", text):
            return None
        value = 0.2 * desk.story.names_it(text) - 0.2 * (" also " in text)
        value += _EXACT * bool(_DIGIT.search(text))
        return value - _DEEPER * min(passage.position, _TOP)

    return weight


def _span(desk: Desk) -> tuple[float, float]:
    times = [m.article.at.timestamp() for m in desk.members]
    return min(times), max(times)


def left(desk: Desk) -> Weight:
    """Of a single report: what it tells besides, by name or in somebody's words."""

    flaw = desk.view.thread.kind == "vulnerability"  # how it works is told by what may be

    def weight(passage: Quotable) -> float | None:
        text = passage.text
        if passage.pair or off(passage) or SPEECH.match(text):
            return None
        if says("asides", "profile", text) or (
            says("outlook", "may", text) and not (flaw and not says("asides", "inside", text))
        ):
            return None
        told = passage.position <= _NEAR and bool(passage.cues or _FACT.search(text))
        told = told or desk.story.names_it(passage.source.quote)
        told = told or speakers.speaks(text) or bool(passage.cues & {"said", "new"})
        if not told:
            return None
        return -aside(desk, passage) - _DEEPER * passage.position

    return weight


def behind_lead(desk: Desk, weight: Weight) -> Weight:
    """The same for what stands right behind a lead and names what the story is about."""

    def near(passage: Quotable) -> float | None:
        if passage.position > _NEAR or passage.pair:
            return None
        if len(desk.members) > 1 and not desk.story.names_it(passage.text):
            return None
        return weight(passage)

    return near
