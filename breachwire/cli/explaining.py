"""`Explained` → the lines and the JSON of `thread explain`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from breachwire.model import Edit, LinkRule, Placement, Proposal
from breachwire.pipeline.explained import Explained, Side
from nlp.explain import Term, Weighed

SHOWN = 10
"""Features printed; the JSON has all that tell."""


def lines(found: Explained) -> Iterator[str]:
    """For people: where both stand, what was decided, what speaks for and against."""
    yield _verdict(found)
    for side in (found.left, found.right) if found.evidence else (found.left,):
        yield from _side(side)
    if (evidence := found.evidence) is not None:
        titles = {a.id: a.title for side in (found.left, found.right) for a in side.articles}
        if found.left.whole or found.right.whole:
            yield "Closest pair:"
            yield from (f"  {id_}  {titles[id_]}" for id_ in (evidence.left, evidence.right))
        if evidence.shared:
            yield f"In both: {', '.join(evidence.shared)}"
        if evidence.copy:
            yield f"The later is a copy: {evidence.copy}"
        for words in evidence.contradictions:
            yield f"Contradiction: {words}"
        yield f"The two articles weighed: {_sum(evidence.pair)}"
        yield from map(_term, evidence.pair.terms[:SHOWN])
        yield f"The later against the whole thread: {_sum(evidence.whole)}, joins from" + (
            f" {evidence.bar:+.1f}"
        )
        yield from map(_term, evidence.whole.terms[:SHOWN])
    yield from map(_rule, found.rules)
    yield from map(_edit, found.edits)
    yield from map(_proposal, found.proposals)


def _verdict(found: Explained) -> str:
    if found.evidence is None:
        return f"One thread: {found.left.thread}."
    if found.together:
        return f"Together, in thread {found.left.thread}."
    names = [f"thread {side.thread}" if side.thread else "no thread" for side in _sides(found)]
    return f"Apart: {names[0]} and {names[1]}."


def _sides(found: Explained) -> tuple[Side, Side]:
    return found.left, found.right


def _side(side: Side) -> Iterator[str]:
    if side.whole:
        count = len(side.articles)
        yield f"{side.thread}  {count} article{'s' if count != 1 else ''}: {side.articles[0].title}"
        return
    article = side.articles[0]
    yield f"{article.id}  {article.title} ({article.source}, {article.at:%Y-%m-%d})"
    for placement in side.placements:
        yield f"    {_decision(placement)}"
    if not side.placements:
        yield "    not placed yet"


def _decision(placement: Placement) -> str:
    return f"{placement.role}, {placement.method}, {placement.score:.2f}: {placement.reason}"


def _sum(weighed: Weighed) -> str:
    return f"{weighed.value:+.1f} (probability {weighed.probability:.2f})"


def _term(term: Term) -> str:
    return f"  {term.adds:+5.1f}  {term.words}: {term.value:.2f}"


def _rule(rule: LinkRule) -> str:
    word = "must" if rule.must else "must not"
    return f"Rule: {rule.low} and {rule.high} {word} stand together (edit {rule.edit})"


def _edit(edit: Edit) -> str:
    undone = ", undone" if edit.undone else ""
    why = f": {edit.why}" if edit.why else ""
    return f"Edit {edit.id}: {edit.what} by {edit.who} on {edit.at:%Y-%m-%d}{undone}{why}"


def _proposal(one: Proposal) -> str:
    return f"Proposal {one.id} ({one.state}): {one.what}, {one.score:.2f}: {one.reason}"


def as_json(found: Explained) -> dict[str, Any]:
    """The same, with everything that tells."""
    evidence = found.evidence
    return {
        "together": found.together,
        "left": _side_json(found.left),
        "right": _side_json(found.right),
        "closest": [evidence.left, evidence.right] if evidence else None,
        "shared": evidence.shared if evidence else [],
        "contradictions": evidence.contradictions if evidence else [],
        "copy": evidence.copy if evidence else "",
        "pair": _weighed_json(evidence.pair) if evidence else None,
        "whole": _weighed_json(evidence.whole) if evidence else None,
        "joins_from": evidence.bar if evidence else None,
        "rules": [
            {"articles": [r.low, r.high], "must": r.must, "edit": r.edit} for r in found.rules
        ],
        "edits": [
            {"id": e.id, "what": e.what, "who": e.who, "why": e.why, "at": e.at.isoformat(),
             "undone": e.undone}
            for e in found.edits
        ],
        "proposals": [
            {"id": p.id, "what": p.what, "state": p.state, "score": p.score, "reason": p.reason}
            for p in found.proposals
        ],
    }  # fmt: skip


def _side_json(side: Side) -> dict[str, Any]:
    placements = {p.article: p for p in side.placements}
    return {
        "thread": side.thread,
        "articles": [
            {
                "id": article.id,
                "url": article.url,
                "title": article.title,
                "role": placement.role if placement else None,
                "method": placement.method if placement else None,
                "score": placement.score if placement else None,
                "reason": placement.reason if placement else None,
            }
            for article in side.articles
            for placement in (placements.get(article.id),)
        ],
    }


def _weighed_json(weighed: Weighed) -> dict[str, Any]:
    return {
        "log_odds": weighed.value,
        "probability": weighed.probability,
        "terms": [
            {"name": t.name, "words": t.words, "value": t.value, "weight": t.weight, "adds": t.adds}
            for t in weighed.terms
        ],
    }
