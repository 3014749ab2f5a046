"""A thread → its brief, without a model: every section of the wire format, all of it evidenced.

In: a thread with its members and ledger. Out: statements in reading order, deterministic. Sentences
of the sources are chosen (central, new, self-contained), facts of the ledger are stated where
sentences are silent, and where both are silent a notice says so. Each statement passes
`nlp.ground` or is dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, get_args

import orjson

from breachwire.model import BriefSection, Member, Related, Statement, ThreadView
from nlp import glossary, headline, opinion, outlook, timeline
from nlp.brief_sections import analysis, impact, inferred, plain, summary
from nlp.desk import Desk

WRITER_VERSION: Final = "14"
"""Raised with every change that alters briefs, so that they are written anew."""

_OUTLOOKS: Final = ("optimistic_outlook", "pessimistic_outlook")
_ORDER: Final = {section: number for number, section in enumerate(get_args(BriefSection))}


def write(view: ThreadView, related: Sequence[Related] = ()) -> tuple[Statement, ...]:  # noqa: ARG001
    """The brief of a thread, in the order of the page. `view.members` is never empty.

    `related` is part of the writers' contract; the extractive one cites only the thread's own
    sources and leaves it to the page.
    """
    desk = Desk(view)
    if not desk.members:
        return tuple(_foreign(view.members))
    if opinion.column([m.article for m in desk.members]):
        return tuple(opinion.write(desk.members))
    desk.sheet.put(headline.write(desk.members, desk.ledger))
    _allot(desk)
    outlook.share(desk)
    outlook.bring(desk)
    analysis.state(desk)
    inferred.infer(desk)
    summary.close(desk)
    for statement in timeline.write(desk):
        desk.sheet.put(statement, again=True)
    plain.write(desk)
    analysis.close(desk)
    impact.close(desk)
    outlook.close(desk)
    if not desk.sheet.has("timeline"):
        desk.sheet.put(glossary.notice("timeline"))
    return _ordered(desk)


def _allot(desk: Desk) -> None:
    """Sentences to sections, in rounds: what happened first, then one each, then more."""
    opened = summary.write(desk)
    impact.count(desk)
    impact.kinds(desk)
    if not opened:
        analysis.begin(desk)
    analysis.flaw(desk)
    while analysis.due(desk):
        pass
    if desk.ledger.kind == "law":
        _round(desk, 2)  # a court's next step is no outlook of anybody's
    outlook.write(desk, most=1)
    _round(desk, 2)
    outlook.write(desk)
    impact.effect(desk)
    _round(desk, 1, 2, 0)
    _round(desk, 1, 0, 2)
    outlook.write(desk)
    impact.state(desk)
    impact.take(desk)
    _round(desk, 0, 2, 1)
    _round(desk, 0, 2, 1)
    impact.take(desk)


def _round(desk: Desk, *paragraphs: int) -> None:
    """One more sentence for each of these paragraphs of the analysis."""
    for paragraph in paragraphs:
        analysis.take(desk, paragraph)


def _ordered(desk: Desk) -> tuple[Statement, ...]:
    """By section and paragraph; inside the analysis sentences run in the order of the reporting, in
    an outlook those of one report."""
    first: dict[tuple[str, int], int] = {}
    for number, statement in enumerate(desk.sheet.statements):
        for cited in statement.evidence[:1]:
            first.setdefault((statement.section, cited.article), number)

    def place(statement: Statement) -> tuple[Any, ...]:
        key = (_ORDER[statement.section], statement.paragraph)
        if statement.section in _OUTLOOKS and statement.evidence:
            cited = statement.evidence[0]
            return (*key, 0, first[statement.section, cited.article], cited.start)
        if statement.section != "deep_analysis" or not statement.evidence:
            return (*key, 1, 0, 0)
        own = statement.evidence[0]
        order = 0 if own.where == "text" and desk.sheet.from_source(statement.text) else 1
        return (*key, order, own.article if not order else 0, own.start if not order else 0)

    return tuple(_introduced(sorted(desk.sheet.statements, key=place), desk.roles))


def _introduced(statements: Sequence[Statement], roles: Mapping[str, str]) -> Iterator[Statement]:
    """Statements in the order of reading, what a person is told where the name comes first.

    `roles`: a name with its role, as it was put into a sentence, and the name."""
    told = ""
    for statement in statements:
        text = statement.text
        for role, name in roles.items():
            if statement.kind == "stated" and role in text and name in told:
                text = text.replace(role, name)
        told += f" {text}"
        yield replace(statement, text=text) if text != statement.text else statement


def _foreign(members: Sequence[Member]) -> Iterator[Statement]:
    """A thread whose sources are all in other languages: its title and a notice a section."""
    text, evidence = headline.clean(members[-1].article)
    yield Statement("headline", text, "quoted", (evidence,))
    for section in get_args(BriefSection)[1:]:
        for paragraph in range(3 if section == "deep_analysis" else 1):
            yield glossary.notice(section, "language", paragraph=paragraph)


def input_hash(view: ThreadView) -> str:
    """SHA-256 over all a brief is written from: members, texts, roles, details, the writer."""
    stuff = {
        "writer": WRITER_VERSION,
        "thread": [view.thread.id, view.thread.kind],
        "members": [(m.article.id, m.article.content_hash, m.role) for m in view.members],
        "details": view.details,
    }
    return hashlib.sha256(orjson.dumps(stuff, default=str)).hexdigest()
