"""A desk → the timeline: what happened when, by the sources' dates; reports by publication.

In: the desk. Out: `timeline` statements with `at`, oldest first: sentences that state a date and
stand in no other section; events that other sections tell, in a few words of ours; who reported
what when, which says "reported", so that it is not taken for the event's own date.
"""

from __future__ import annotations

import re
from typing import Final

from breachwire.model import Article, Evidence, Statement
from nlp import dates, headline, rank
from nlp.dates import Moment
from nlp.desk import Desk
from nlp.quotable import Quotable
from nlp.reference import published_of

MOST_SENTENCES: Final = 4
MOST_EVENTS: Final = 6
MOST_REPORTS: Final = 4
_SAME: Final = 0.75
"""Share of a title's terms that an earlier one holds, from which it is no news."""
_YEARS_BACK: Final = 2
"""Older dates in a news story are background (a firm's founding, an earlier breach)."""
_NEAR: Final = 14
"""Characters between a date and the verb that says what happened on it."""

_CLAIMED: Final = "The claim was posted."
_EVENTS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), text)
    for pattern, text in (
        (r"\bconfirm(ed|s)\b", "{v} confirmed the incident."),
        (r"\b(disclosed|announced|acknowledged|said)\b", "{v} made it public."),
        (r"\b(took place|occurred|happened)\b", "{v} was hit."),
        (r"\b(was|were) (first )?(breached|hacked|attacked)\b", "{v} was hit."),
        (r"\b(discovered|detected|identified|noticed)\b", "The intrusion was found."),
        (r"\b(intrusion|attack|breach|access|theft) (\w+ )?(began|started)\b", "The attack began."),
        (r"\b(notified|notifying|letters|informed)\b", "Notices went out."),
        (r"\b(filed|filing)\b", "A filing was made."),
        (r"\barrested\b", "An arrest was made."),
        (r"\bsentenced\b", "A sentence was passed."),
        (r"\b(patched|released|fixed)\b", "A new release came out."),
        (r"\b(claimed|posted|listed)\b", _CLAIMED),
    )
)
_REPORTED: Final = ("{o} reported: “{t}”", "“{t}”, {o} reported.")
_ALONE: Final = "{o} published its report."
"""A thread of one report: its title is the headline already."""
_BREAK: Final = re.compile(r"[;:]| and | but |, (?:who|which|while)\b")
"""Between a verb and a date: the one does not belong to the other."""
_DOER: Final = re.compile(
    r"\b(?:gang|group|crew|sellers?|hackers?|forum|leak site|attackers?|extort\w+)\b", re.IGNORECASE
)
_MAYBE: Final = re.compile(
    r"\d|day\b|week|month|year|(?:Janua|Februa|Septem|Octo|Novem|Decem|Ma|Ap|Ju|Au)"
)
_LONG_AGO: Final = re.compile(r",? (?:of )?1\d{3}\b")
_INEXACT: Final = re.compile(
    r"\b(?:next|by|until|before|than|since|over|within)\W*\Z", re.IGNORECASE
)


def write(desk: Desk) -> list[Statement]:
    """Statements of the section, in order of `at`; empty where no source gives a date."""
    seen: dict[tuple[str, str], Statement] = {}
    for statement in [*_sentences(desk), *_events(desk)]:
        seen.setdefault((statement.at or "", statement.text), statement)
    events = list(seen.values())[:MOST_EVENTS]
    return sorted([*events, *_reports(desk)], key=lambda s: s.at or "")


def _dated(text: str, article: Article) -> Moment | None:
    """The first day or month that a sentence tells of, near the time of the report."""
    if article.published is None:
        return None
    year = article.published.year
    for moment in dates.moments(text, article.published.date()):
        if len(moment.value) < 7 or _INEXACT.search(text[: moment.start]):
            continue
        if _LONG_AGO.match(text, moment.end):
            continue
        return moment if year - _YEARS_BACK <= int(moment.value[:4]) <= year + 1 else None
    return None


def _cited(own: tuple[Evidence, ...], article: Article, moment: Moment) -> tuple[Evidence, ...]:
    """With the publication date where the text's date leans on it (no year, "on Monday")."""
    stated = moment.value[:4] in own[0].quote[moment.start : moment.end]
    stamp = None if stated else published_of(article)
    return (*own, stamp) if stamp and stamp not in own else own


def _sentences(desk: Desk) -> list[Statement]:
    """Sentences of the sources that state a date and are not used yet, the most telling first."""
    moments = {
        q.source: moment
        for q in desk.quotables
        if _MAYBE.search(q.source.quote)
        and "new" in q.cues
        and "tip" not in q.cues
        and (moment := _dated(q.source.quote, desk.articles[q.article]))
    }
    found: list[Statement] = []

    def weight(q: Quotable) -> float | None:
        return 0.0 if q.source in moments else None

    while len(found) < MOST_SENTENCES and (best := desk.best(weight, max_words=36)):
        desk.hold(best)
        moment = moments[best.source]
        evidence = _cited(best.evidence, desk.articles[best.article], moment)
        found.append(Statement("timeline", best.text, best.kind, evidence, at=moment.value))
    return found


def _events(desk: Desk) -> list[Statement]:
    """Dated events that other sections tell in full, in a few words."""
    found = []
    for statement in desk.statements:
        if statement.section == "headline" or not statement.evidence:
            continue
        own = statement.evidence[0]
        article = desk.articles[own.article]
        moment = _dated(own.quote, article) if own.where == "text" else None
        if moment and (text := _event(desk, own.quote, moment)):
            evidence = _cited((own,), article, moment)
            found.append(Statement("timeline", text, "stated", evidence, at=moment.value))
    public = {s.at for s in found if "confirmed" in s.text}
    return [s for s in found if "made it public" not in s.text or s.at not in public]


def _event(desk: Desk, text: str, moment: Moment) -> str | None:
    """What the nearest verb says happened on the date; None where it must name a victim that the
    sentence does not open with."""
    nearest: tuple[int, str] | None = None
    for pattern, words in _EVENTS:
        for match in pattern.finditer(text):
            gap = max(match.start() - moment.end, moment.start - match.end(), 0)
            ends = sorted((match.start(), match.end(), moment.start, moment.end))
            if _BREAK.search(text[ends[1] : ends[2]]):
                continue
            of_event = text[: moment.start].endswith("the ")
            if words == _CLAIMED and (of_event or not _DOER.search(text)):
                continue
            if gap <= _NEAR and (nearest is None or gap < nearest[0]):
                nearest = (gap, words)
    if nearest is None or "{v}" not in nearest[1]:
        return nearest[1] if nearest else None
    names = desk.ledger.victims()
    if not nearest[1].endswith("was hit."):
        victim = next((name for name in names if text.startswith(name)), None)
        return nearest[1].format(v=victim) if victim else None
    victim = next((name for name in names if name in text), None)
    return nearest[1].format(v=victim) if victim else "The attack took place."


def _reports(desk: Desk) -> list[Statement]:
    """Who reported what when: the first report, then those whose titles say something new."""
    used: list[frozenset[str]] = []
    found: list[Statement] = []
    start = int(desk.ledger.pick("reports", "01"))
    alone = len(desk.members) == 1
    for member in sorted(desk.members, key=lambda m: m.article.at):
        article = member.article
        stamp = published_of(article)
        if stamp is None or not article.source or len(found) >= MOST_REPORTS:
            continue
        title, evidence = headline.clean(article)
        bag = rank.terms(title)
        if any(rank.overlap(bag, other) > _SAME for other in used):
            continue
        used.append(bag)
        frame = _ALONE if alone else _REPORTED[(start + len(found)) % len(_REPORTED)]
        text = frame.format(o=article.source, t=title.rstrip("."))
        found.append(Statement("timeline", text, "stated", (evidence, stamp), at=stamp.quote[:10]))
    return found
