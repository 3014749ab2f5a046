"""Deep intelligence analysis: what happened; who, how and what else it touches; what comes next.

In: the desk. Out: `deep_analysis` statements in three paragraphs: the sources' sentences, then
facts of the ledger that no sentence told. What happened opens as the first report does and goes on
with one sentence a report, as the news came.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from breachwire.model import Detail, Field, KnownActor, Statement
from nlp import facts, galaxy, glossary, vouch
from nlp.brief_sections import core
from nlp.brief_sections.background import background as background
from nlp.brief_sections.worth import (
    OLD,
    SPEECH,
    advised,
    ahead,
    aside,
    behind_lead,
    happened,
    how,
    left,
    off,
)
from nlp.desk import Desk, Weight
from nlp.patterns import says
from nlp.quotable import Quotable
from nlp.sheet import Place
from nlp.spans import ROLE

MOST: Final = (5, 4, 4)
"""Sentences a paragraph at most."""
_FIELDS: Final[tuple[tuple[tuple[Field, ...], int], ...]] = (
    ((), 0),
    (("actor", "cve"), 2),
    (("response",), 3),
)
"""The ledger's part of each paragraph, and how many facts at most."""
_ALIKE: Final = 0.8
"""How much of the summary the analysis' opening may hold."""
_TITLED: Final = 0.15
"""What of the headline a sentence tells, from which on it opens a story without a word of news."""
_REPEATS: Final = (0.5, 0.42, 0.42)
"""How much of what is told elsewhere a sentence of each paragraph may hold."""
_TOP: Final = 2
"""Sentences in which a report says what the flaw is."""
_FLAW: Final = re.compile(
    r"\b(?P<cve>CVE-\d{4}-\d{4,7}), (?P<what>an? (?:[a-z-]{1,20} ){0,4}(?:flaw|vulnerability|bug)"
    r" (?:that|which) [^.;“\"]{20,200})\.\Z"
)
_UNSURE: Final = re.compile(
    r"\b(?:likely|believed|suspect\w*|possibl[ey]|may|might|could|linked|ties?|tied|overlap\w*|role"
    r"|accused|charged|pleaded|arrest\w*|sentenced|assess\w*|confidence)\b",
    re.IGNORECASE,
)
"""Words by which it is not sure, or said of one person before a court."""
_FLAWS: Final = re.compile(
    r"\b(?:vulnerabilities|flaws|bugs|zero-days|CVEs|Patch Tuesday)\b", re.IGNORECASE
)
_CVE: Final = re.compile(r"\bCVE-\d{4}-\d{4,7}\b")
_LEFT: Final = 0.65
"""The same of what is left of a single report, where a paragraph would stay empty."""
_LETTERS: Final = re.compile(r"\b(?:letters?|notif(?:y|ied|ies|ying|ications?)|notices?)\b")
_ENOUGH: Final = 2
"""Sentences from which on a paragraph needs no facts in our words."""
_COMES: Final = ("lawsuit_filed", "investigating", "notified_people", "sanction")
"""Responses of which more is to come."""
_EVER: Final = timedelta(days=3650)
_WAITS: Final = re.compile(r"\b(?:[Oo]nce|[Uu]ntil|[Ww]hen|[Aa]s soon as|[Aa]fter|[Bb]y)\b")
_NEXT: Final = 2
"""The paragraph on what comes next."""
_NOTICES: Final = ("no_more", "who_and_how", "what_next")


_WEIGHTS: Final = (happened, how, ahead)
_FLOOR: Final = (0.0, 0.0, -0.4)
"""Worth below which a passage is no part of its paragraph: a random sentence is worse than none.
Read off the demonstration's briefs."""


def _place(paragraph: int) -> Place:
    return "deep_analysis", paragraph


def open(desk: Desk) -> bool:
    """How the story began: the top of the first report. False where it has none that tells."""
    first = min(desk.members, key=lambda m: (m.article.at, m.article.id)).article.id

    def weight(passage: Quotable) -> float | None:
        if passage.article != first or passage.position > 2 or SPEECH.match(passage.text):
            return None
        if off(passage) or says("asides", "profile", passage.text):
            return None
        if passage.pair:
            return None
        titled = not passage.position and desk.on_headline(passage) >= _TITLED
        if not (titled or passage.cues & {"new", "said", "harm"}):
            return None
        value = 1.2 / (1 + passage.position) + 0.9 * any(
            n in passage.text for n in desk.story.victims
        )
        value += 0.0 if desk.story.victims else desk.on_headline(passage)
        return value + 0.15 * desk.story.mentions(passage) - aside(desk, passage)

    passage = desk.best(weight, repeats=_ALIKE, place=_place(0))
    return passage is not None and desk.quote(passage, "deep_analysis")


def begin(desk: Desk) -> bool:
    """How the story began where the summary has its lead: what stands right behind that."""
    weight = happened(desk)
    passage = desk.best(weight, place=_place(0)) or desk.best(
        behind_lead(desk, weight), section=_place(0)
    )
    return passage is not None and desk.quote(passage, "deep_analysis")


def due(desk: Desk) -> bool:
    """What has its day ahead of the newest report: before the outlooks take it."""
    if len(desk.sheet.held("deep_analysis", _NEXT)) >= _ENOUGH:
        return False
    weight = ahead(desk)
    passage = desk.best(
        lambda q: weight(q) if desk.news.due(q) else None,
        least=_FLOOR[_NEXT], place=_place(_NEXT), repeats=_REPEATS[_NEXT],
    )  # fmt: skip
    return passage is not None and desk.quote(passage, "deep_analysis", _NEXT)


def flaw(desk: Desk) -> bool:
    """What a flaw is, where the sentence that says so beside its number is shown without that."""
    for passage in desk.quotables:
        found = _FLAW.search(passage.source.quote) if passage.position <= _TOP else None
        if found is None or any(found["what"] in s.text for s in desk.sheet.statements):
            continue
        text = f"{found['cve']} is {found['what']}."
        return desk.sheet.put(Statement("deep_analysis", text, "stated", (passage.source,)))
    return False


def take(desk: Desk, paragraph: int) -> bool:
    """One more sentence for a paragraph; False where it is full or none serves."""
    if len(desk.sheet.held("deep_analysis", paragraph)) >= MOST[paragraph]:
        return False
    weight, place = _WEIGHTS[paragraph](desk), _place(paragraph)
    passage = desk.best(
        weight, least=_FLOOR[paragraph], place=place, repeats=_REPEATS[paragraph], beyond=True
    )
    return passage is not None and desk.quote(passage, "deep_analysis", paragraph)


def state(desk: Desk) -> None:
    """Facts of the ledger that no sentence told, where a paragraph has room for them."""
    for paragraph, (fields, most) in enumerate(_FIELDS):
        own = [d for d in worth_telling(desk, fields) if not desk.sheet.told(d)]
        room = _ENOUGH - len(desk.sheet.held("deep_analysis", paragraph))
        _tell(desk, paragraph, own, min(most, room))


def worth_telling(desk: Desk, fields: Sequence[Field]) -> list[Detail]:
    """Details that tell a reader something: nobody blamed without need, no number of one flaw of
    several, no answer that is over; in a thread on a flaw no answer at all."""
    ledger = desk.ledger
    victims = ledger.victims()
    found = [d for d in ledger.leading(*fields) if d.field != "actor" or d.value not in victims]
    found = [d for d in found if d.field != "actor" or _blamed(desk, d)]
    if ledger.standing() in ("denied", "disputed") or _nothing_happened(desk):
        found = [d for d in found if d.field != "actor"]  # "behind the attack": there was none
    found = [
        d for d in found if d.field != "cve" or not (desk.sheet.told(d) or _several_flaws(desk))
    ]
    found = [d for d in found if d.field != "response" or _comes(desk, d)]
    found = [d for d in found if ledger.status(d) not in ("denied", "disputed")]
    if ledger.kind != "vulnerability":
        return found
    return [d for d in found if d.field != "response"]


def _several_flaws(desk: Desk) -> bool:
    """Whether the reports number more than one: then no number is that of "the flaw"."""
    if any(_FLAWS.search(article.title) for article in desk.articles.values()):
        return True
    texts = (f"{a.title} {a.text}" for a in desk.articles.values())
    return len({number for text in texts for number in _CVE.findall(text)}) > 1


def _blamed(desk: Desk, detail: Detail) -> bool:
    """Whether its sentence says without a doubt who did it, by a name that the galaxy has or as a
    crew: no campaign's or program's name, no person before a court, no second name of another."""
    words, told = facts.span(detail), desk.ledger.claim(detail).sentence.quote
    crew = ROLE.fullmatch(words.lower()) is not None or _crew(words, told)
    known = galaxy.known(str(detail.value))
    if desk.view.thread.kind == "law":
        return False  # a court hears of many attacks
    if desk.ledger.kind not in ("breach", "supply-chain"):
        return False  # what a crew does at large is no one attack
    first = next(d for d in desk.ledger.leading("actor") if d is detail or _same(d, known))
    return bool(known or crew) and first is detail and _UNSURE.search(told) is None


def _crew(name: str, text: str) -> bool:
    """Whether a sentence calls the bearer of a name a crew: "the Iron Finch ransomware group"."""
    after = r"(?:[\w-]+ ){0,2}(?:group|gang|crew|collective|hackers|operation|affiliates?)\b"
    return re.search(rf"{re.escape(name)} {after}", text) is not None


def _same(detail: Detail, known: KnownActor | None) -> bool:
    return known is not None and galaxy.known(str(detail.value)) == known


def _nothing_happened(desk: Desk) -> bool:
    """Whether the newest report opens with it that there was no attack."""
    newest = max(desk.members, key=lambda m: (m.article.at, m.article.id)).article.id
    return any(
        q.article == newest and q.position <= _TOP and says("vouch", "none_lost", q.source.quote)
        for q in desk.quotables
    )


def _comes(desk: Desk, detail: Detail) -> bool:
    """Whether a response is still to show: no inquiry that has ended, nothing done and over."""
    claim = desk.ledger.claim(detail)
    article = desk.articles[claim.evidence.article]
    at = int(article.at.timestamp())
    over = detail.value == "investigating" and (
        desk.news.inquiry("it is investigating", at)
        or desk.ledger.standing() in ("denied", "disputed")
    )
    if detail.value == "notified_people" and claim.asserter_kind != "victim":
        return False  # others tell many people many things
    if detail.value == "notified_people" and (vouch.done(claim) or _letters_told(desk)):
        return False
    return detail.value in _COMES and not over and article.at >= desk.news.last - OLD


def _letters_told(desk: Desk) -> bool:
    """Whether a sentence of the sources says here already how people are told."""
    return any(_LETTERS.search(s.text) for s in desk.sheet.statements if s.section != "timeline")


def _tell(desk: Desk, paragraph: int, details: Sequence[Detail], most: int) -> None:
    done = 0
    for group in facts.grouped(details):
        singly = [[d] for d in group] if group[0].field == "response" else [group[:5]]
        for part in singly:
            if done < most and desk.put_fact(desk.ledger.say(part), "deep_analysis", paragraph):
                done += 1


def close(desk: Desk) -> None:
    """Where a paragraph is empty: the best sentence left, however far off; else the facts it would
    hold, told elsewhere or not; else a notice."""
    _shift(desk)
    for paragraph in range(len(_NOTICES)):
        fields, most = _FIELDS[paragraph]
        if not desk.sheet.has("deep_analysis", paragraph):
            weight, place = _WEIGHTS[paragraph](desk), _place(paragraph)
            passage = desk.best(weight, place=place, beyond=True)
            if passage is None and not paragraph:
                passage = desk.best(behind_lead(desk, weight), section=_place(0))
            if passage is None and paragraph == _NEXT:
                passage = desk.best(_standing(desk), place=place)
                passage = passage or desk.best(advised(desk), place=place)
            alone = len(desk.members) == 1 or not paragraph
            if passage is None and paragraph != _NEXT and alone:
                passage = desk.best(left(desk), place=place, repeats=_LEFT)
            if passage is not None:
                desk.quote(passage, "deep_analysis", paragraph)
        sure = desk.ledger.standing() not in ("disputed", "denied")
        if not paragraph and not desk.sheet.has("deep_analysis") and sure:
            desk.put_fact(core.said(desk.ledger), "deep_analysis")
        if not desk.sheet.has("deep_analysis", paragraph):
            _tell(desk, paragraph, worth_telling(desk, fields), most)
    _even_out(desk)
    some = any(desk.sheet.has("deep_analysis", paragraph) for paragraph in range(len(_NOTICES)))
    for paragraph, key in enumerate(_NOTICES):
        if not desk.sheet.has("deep_analysis", paragraph):
            key = "no_more" if some else key
            desk.sheet.put(glossary.notice("deep_analysis", key, paragraph=paragraph), again=True)


def _standing(desk: Desk) -> Weight:
    """A plan however old, but none that waited for something: that may have come."""
    weight = ahead(desk, since=_EVER)
    return lambda q: None if _WAITS.search(q.text) else weight(q)


def _even_out(desk: Desk) -> None:
    """Sentences spread over the paragraphs in the order of reading, so that none is empty while
    another holds two that part; with fewer, the first paragraphs are filled."""
    told = _in_order(desk)
    sizes = [sum(s.paragraph == n for s in told) for n in range(len(_NOTICES))]
    if not told or (all(sizes) or (sizes[0] and not any(sizes[1:]) and len(told) == 1)):
        return
    runs: list[list[Statement]] = []
    for statement in told:
        if runs and any(desk.leans(statement, before) for before in runs[-1]):
            runs[-1].append(statement)
        else:
            runs.append([statement])
    for held in told:
        desk.sheet.statements.remove(held)
    for paragraph, run in _spread(runs, sizes, lambda run, to: _fits(desk, run, to)):
        desk.sheet.statements += [replace(s, paragraph=paragraph) for s in run]


def _in_order(desk: Desk) -> list[Statement]:
    """The section's sentences as they are read."""
    told = [
        s for n in range(len(_NOTICES)) for s in desk.sheet.held("deep_analysis", n) if s.evidence
    ]
    return sorted(told, key=lambda s: (s.paragraph, s.evidence[0].article, s.evidence[0].start))


def _fits(desk: Desk, run: Sequence[Statement], paragraph: int) -> bool:
    """Whether an editor would print a run in a paragraph."""
    return all(desk.fits.prints(s.evidence[0], _place(paragraph)) for s in run)


def _spread(
    runs: Sequence[list[Statement]],
    sizes: Sequence[int],
    fits: Callable[[Sequence[Statement], int], bool],
) -> Iterator[tuple[int, list[Statement]]]:
    """Runs with the paragraph each goes to: their own, but that one beside others goes to a
    paragraph that would stay empty and that it fits: up the next, down the last but how intruders
    came in."""
    places = [run[0].paragraph for run in runs]
    if not sizes[0]:
        places[0] = 0
    empties = [n for n in range(len(sizes)) if n not in places]
    for empty in reversed(empties):
        free = [i for i, place in enumerate(places) if places.count(place) > 1]
        free = [i for i in free if fits(runs[i], empty)]
        above = [i for i in free if places[i] < empty]
        below = [i for i in free if places[i] > empty]
        near = [i for i in above if places[i] == places[above[-1]]]
        down = [i for i in near if not _way_in(runs[i])] or near
        for i in below[:1] or down[-1:]:
            places[i] = empty
    yield from zip(places, runs, strict=True)


def _way_in(run: Sequence[Statement]) -> bool:
    return any(says("asides", "way_in", s.text) for s in run)


def _shift(desk: Desk) -> None:
    """Where who and how is empty but what happened tells it: that goes to its own paragraph, with
    what it leans on; the opening stays."""
    told = desk.sheet.held("deep_analysis")
    if desk.sheet.has("deep_analysis", 1) or len(told) < _ENOUGH:
        return
    told.sort(key=lambda s: (s.evidence[0].article, s.evidence[0].start))
    rest = told if len(told) > _ENOUGH and desk.sheet.has("signal_summary") else told[1:]
    ways = [s for s in rest if says("asides", "way_in", s.text)][:_ENOUGH]
    moved = [s for s in rest if s in ways or any(desk.leans(way, s) for way in ways)]
    for statement in moved if len(moved) < len(told) else ():
        desk.sheet.statements.remove(statement)
        desk.sheet.statements.append(replace(statement, paragraph=1))
