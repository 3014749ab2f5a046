"""A thread → the passages that a model may write from, each with an id and its evidence.

In: a thread view. Out: sentences fit to stand alone (`nlp.quotable`) and those the ledger's facts
stand in, the most telling first chosen, in the order of the reporting. A passage that gives orders
to a machine is left out (`nlp.orders`): it tells of no incident.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from breachwire.model import Article, Evidence, Statement, ThreadView
from nlp import ground
from nlp.desk import Desk
from nlp.facts import covers
from nlp.orders import gives_orders
from nlp.vague import without_vague_dates

MOST: Final = 40
"""Passages of a prompt: some 1,600 tokens, what a small model's window of 4,096 leaves room for."""
MOST_WORDS: Final = 60


@dataclass(frozen=True, slots=True)
class Passage:
    """What a model may cite."""

    id: str
    outlet: str
    day: str
    """Publication, ISO; empty where unknown."""
    text: str
    evidence: tuple[Evidence, ...]
    """The words it rests on, first of all its own sentence."""


def offer(view: ThreadView) -> tuple[Passage, ...]:
    """The passages of a thread, p1 and so on; none where no article is English."""
    desk = Desk(view)
    if not desk.members:
        return ()
    articles = {m.article.id: m.article for m in desk.members}
    told = list(_of_ledger(desk, articles))
    best = sorted(desk.quotables, key=lambda q: -q.score)
    chosen = _distinct([*told, *((q.text, q.evidence) for q in best)])[:MOST]
    chosen.sort(key=lambda one: (articles[one[1][0].article].at, one[1][0].article, _place(one[1])))
    numbered = enumerate(chosen, 1)
    return tuple(_passage(n, text, evidence, articles) for n, (text, evidence) in numbered)


def _of_ledger(
    desk: Desk, articles: dict[int, Article]
) -> Iterator[tuple[str, tuple[Evidence, ...]]]:
    """The sentences that leading facts stand in, which need not stand alone; "on Tuesday", which
    names no day to a reader, is left out where it can be."""
    for detail in desk.view.details:
        sentence = detail.lead.claim.sentence
        if sentence.article in articles and len(sentence.quote.split()) <= MOST_WORDS:
            yield without_vague_dates(sentence.quote) or sentence.quote, (sentence,)


def _distinct(
    found: Iterable[tuple[str, tuple[Evidence, ...]]],
) -> list[tuple[str, tuple[Evidence, ...]]]:
    """Each sentence once, without orders; the settled form of a sentence wins over its bare one."""
    kept: list[tuple[str, tuple[Evidence, ...]]] = []
    for text, evidence in found:
        if gives_orders(text) or any(gives_orders(e.quote) for e in evidence):
            continue
        same = [n for n, (_, held) in enumerate(kept) if covers(held[0], evidence[0])]
        if not same:
            kept.append((text, evidence))
        elif len(evidence) > len(kept[same[0]][1]):
            kept[same[0]] = (text, evidence)
    return kept


def _place(evidence: Sequence[Evidence]) -> tuple[bool, int]:
    return evidence[0].where == "text", evidence[0].start


def _passage(
    number: int, text: str, evidence: tuple[Evidence, ...], articles: dict[int, Article]
) -> Passage:
    article = articles[evidence[0].article]
    day = article.published.date().isoformat() if article.published else ""
    whole = Statement("impact_assessment", text, "stated", evidence)
    if ground.problems(whole, articles):
        text = evidence[0].quote
    return Passage(f"p{number}", article.source, day, " ".join(text.split()), evidence)
