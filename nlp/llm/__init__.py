"""A thread and its extractive brief → the brief a language model wrote, as far as it holds.

In: a thread view, the extractive statements, a way to ask. Out: `Written`: statements in the page's
order, each by its author, and what was dropped why. A model is a writer, never a source (DESIGN
§7.2): each sentence is checked by `checks`; what fails is rewritten once, then dropped; a field
that loses more than MOST_LOST of its sentences stays extractive, as headline and timeline do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, get_args

from breachwire.errors import ModelError
from breachwire.model import BriefSection, Statement, ThreadView
from nlp import rank
from nlp.brief_sections.summary import MOST_WORDS
from nlp.grade import MOST as MOST_GRADE
from nlp.grade import grade
from nlp.llm import answer, passages, prompt, tokens
from nlp.llm.answer import FIELDS, Draft, FieldName
from nlp.llm.chat import Answer, Chat, Meter, Post, Reply, Wait
from nlp.llm.checks import Checker, Verdict

__all__ = ["Answer", "Chat", "Meter", "Post", "Reply", "Wait", "Written", "write"]

LEAST_PASSAGES: Final = 3
"""Fewer hold nothing that a model could say better than they do."""
MOST_LOST: Final = 0.5
"""Share of a field's sentences above which the rest is not trusted either."""
REPEATS: Final = 0.8
"""Share of the shorter sentence's words above which another field has said it already."""
VERSION: Final = prompt.VERSION
Ask = Callable[[list[prompt.Message], dict[str, Any]], Answer]
_ORDER: Final = {section: number for number, section in enumerate(get_args(BriefSection))}


@dataclass(frozen=True, slots=True)
class Written:
    """A brief and how it came about."""

    statements: tuple[Statement, ...]
    model: str
    """As the endpoint names it; empty where it wrote nothing that stands."""
    counts: Counter[str]
    """kept, rewritten, dropped:CODE, sections:model, sections:extractive."""


def write(view: ThreadView, base: Sequence[Statement], ask: Ask) -> Written:
    """The brief of a thread, by a model where its sentences hold. Raises ModelError."""
    offered = passages.offer(view)
    if len(offered) < LEAST_PASSAGES:
        raise ModelError("declined", "too few passages to write from")
    messages = prompt.first(view, offered)
    first = ask(messages, answer.BRIEF)
    checker = Checker(view, offered)
    verdicts = [checker.judge(draft) for draft in answer.brief(first.text)]
    verdicts, rewritten = _mended(verdicts, messages, checker, ask)
    counts = Counter({"rewritten": rewritten})
    fields = _fields(verdicts, counts)
    statements = _joined(base, fields, counts)
    by_model = any(s.author == "model" for s in statements)
    return Written(statements, first.model if by_model else "", counts)


def _mended(
    verdicts: Sequence[Verdict], messages: list[prompt.Message], checker: Checker, ask: Ask
) -> tuple[list[Verdict], int]:
    """Failed sentences asked for once more; the verdicts as they are then."""
    failed = {n: v for n, v in enumerate(verdicts) if v.statement is None}
    if not failed:
        return list(verdicts), 0
    told = {n: (v.draft, [r.words for r in v.reasons]) for n, v in failed.items()}
    try:
        second = ask(prompt.again(messages, told), answer.REWRITE)
        drafts = answer.rewrite(second.text, {n: v.draft.field for n, v in failed.items()})
    except ModelError as error:
        if error.kind not in ("broken", "declined", "budget"):
            raise
        return list(verdicts), 0
    anew = {n: checker.judge(draft) for n, draft in drafts.items()}
    mended = [anew.get(n, verdict) for n, verdict in enumerate(verdicts)]
    return mended, sum(v.statement is not None for v in anew.values())


def _fields(verdicts: Sequence[Verdict], counts: Counter[str]) -> dict[FieldName, list[Statement]]:
    """What stands of each field: within its length, nothing twice, and enough of it."""
    kept: dict[FieldName, list[Statement]] = {name: [] for name in FIELDS}
    given = Counter(v.draft.field for v in verdicts)
    false = Counter(v.draft.field for v in verdicts if v.statement is None)
    for verdict in verdicts:
        code = verdict.reasons[0].code if verdict.reasons else _unfit(verdict.draft, kept)
        if verdict.statement is None or code:
            counts[f"dropped:{code}"] += 1
        else:
            kept[verdict.draft.field].append(verdict.statement)
    for name, statements in kept.items():
        if statements and false[name] > MOST_LOST * given[name]:
            counts["dropped:lost"] += len(statements)
            statements.clear()
    _plain(kept["eli5"], counts)
    return kept


def _plain(statements: list[Statement], counts: Counter[str]) -> None:
    """Takes the hardest sentences out until the rest is as easy to read as the section promises."""
    while statements and grade(" ".join(s.text for s in statements)) > MOST_GRADE:
        statements.remove(max(statements, key=lambda s: grade(s.text)))
        counts["dropped:grade"] += 1


def _unfit(draft: Draft, kept: dict[FieldName, list[Statement]]) -> str:
    """Why a sound sentence does not fit among those kept; empty: it does."""
    own = " ".join([*(s.text for s in kept[draft.field]), draft.text])
    if tokens.count(own) > tokens.MOST:
        return "length"
    if draft.field == "signal_summary" and len(own.split()) > MOST_WORDS:
        return "length"
    terms = rank.terms(draft.text)
    said = (rank.terms(s.text) for statements in kept.values() for s in statements)
    return "repeats" if any(rank.overlap(terms, other) > REPEATS for other in said) else ""


def _joined(
    base: Sequence[Statement], fields: dict[FieldName, list[Statement]], counts: Counter[str]
) -> tuple[Statement, ...]:
    """The model's fields in the places of the extractive ones, which stand where it has none."""
    rest = _without_repeats(base, fields, counts)
    wrote: dict[tuple[BriefSection, int], list[Statement]] = {}
    for statement in (s for own in fields.values() for s in own):
        wrote.setdefault((statement.section, statement.paragraph), []).append(statement)
    places = {(s.section, s.paragraph) for s in rest} | wrote.keys()
    found: list[Statement] = []
    for place in sorted(places, key=lambda p: (_ORDER[p[0]], p[1])):
        own = [s for s in rest if (s.section, s.paragraph) == place]
        found += _field(own, wrote.get(place, []), counts)
    return tuple(found)


def _without_repeats(
    base: Sequence[Statement], fields: dict[FieldName, list[Statement]], counts: Counter[str]
) -> list[Statement]:
    """The extractive statements less those that the model repeats in another place; where that
    would leave a place empty, the model's sentence goes instead."""
    while True:
        written = {(s.section, s.paragraph) for own in fields.values() for s in own}
        standing = [s for s in base if _told(s) and (s.section, s.paragraph) not in written]
        repeated = [s for s in standing if any(_repeats(s, m) for m in _all(fields))]
        left = {(s.section, s.paragraph) for s in standing if s not in repeated}
        last = next((s for s in repeated if (s.section, s.paragraph) not in left), None)
        if last is None:
            return [s for s in base if s not in repeated]
        for name, own in fields.items():
            fields[name] = [m for m in own if not _repeats(last, m)]
            counts["dropped:repeats"] += len(own) - len(fields[name])


def _all(fields: dict[FieldName, list[Statement]]) -> list[Statement]:
    return [statement for own in fields.values() for statement in own]


def _told(statement: Statement) -> bool:
    """Whether it tells what another section could repeat: headline and timeline may."""
    return bool(statement.evidence) and statement.section not in ("headline", "timeline")


def _repeats(one: Statement, other: Statement) -> bool:
    return rank.overlap(rank.terms(one.text), rank.terms(other.text)) > REPEATS


def _field(
    rest: Sequence[Statement], wrote: Sequence[Statement], counts: Counter[str]
) -> list[Statement]:
    """The model's sentences with the project's own comparison and warning; else the extractive."""
    if not wrote:
        counts["sections:extractive"] += bool(rest)
        return list(rest)
    counts["sections:model"] += 1
    counts["kept"] += len(wrote)
    own = [s for s in rest if s.section == "eli5" and not s.evidence and _stays(s)]
    return [*wrote, *(replace(s) for s in own)]


def _stays(statement: Statement) -> bool:
    """Glossary and the notice that a claim is unconfirmed; not "the sources give few facts"."""
    return statement.kind == "glossary" or "confirmed" in statement.text
