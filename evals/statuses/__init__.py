"""Who says so, and how surely: the project's own hard sentences, each fact with its status.

In: `sentences.jsonl`: {"id", "title", "text", "facts": [{"field", "text", "value"?, "status",
"asserter"}], "hard": what makes it hard, "half": tune|hold}. Invented victims, actors and figures
in the outlets' manner, written before their author had seen any rule, and read a second time. Rules
may be tuned by reading the half `tune`; the half `hold` is for the figure alone. Facts are those
that the status is asked of, not all that an item holds: nothing here measures precision.

Statuses are those of the labels' guide. Where it leaves room: denied, where nobody in the text
holds the fact (rumours, "reports" and "no evidence that" included); disputed, where one party holds
it and another rejects it; claimed, where an attacker, a seller or a complaint says it and the
victim is silent, cannot tell, or names another figure without a word on this one; confirmed, where
the victim takes back its denial.

Out: `outcomes(half)`, a fact each with the claim found for it, and `figures()` of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from breachwire.model import Article, Claim
from breachwire.testing import an_article
from nlp import claims

SENTENCES = Path(__file__).with_name("sentences.jsonl")
PUBLISHED = datetime(2026, 5, 6, 12, tzinfo=UTC)
WEAK = ("claimed", "denied", "disputed")
STATUSES = ("claimed", "denied", "disputed", "confirmed", "reported")
NAMES = ("victim", "actor", "third_party")
LITTLE = frozenset(["the", "a", "an", "of", "for", "and", "in", "on", "at", "by", "to", "who"])
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One fact of the set and what the extractor made of it."""

    item: Row
    fact: Row
    claim: Claim | None
    """None: not found, so that its status is not asked."""

    @property
    def right(self) -> bool:
        """Found, with the status that the set gives."""
        return self.claim is not None and self.claim.status == self.fact["status"]

    @property
    def strengthened(self) -> bool:
        """A claimed, denied or disputed fact given as confirmed."""
        given = self.claim is not None and self.claim.status == "confirmed"
        return given and self.fact["status"] in WEAK


def sentences(half: str | None = None) -> list[Row]:
    """The set, or one half of it."""
    rows = [json.loads(line) for line in SENTENCES.read_text("utf-8").splitlines()]
    return [row for row in rows if half in (None, row["half"])]


def article_of(item: Row, number: int) -> Article:
    """An item as the stored article it would be."""
    return an_article(
        number, item["title"], item["text"], source="news.example", at=PUBLISHED,
        url=f"https://news.example/{item['id']}", family="news.example",
    )  # fmt: skip


def outcomes(half: str | None = None) -> list[Outcome]:
    """Every fact of the set, or one half of it, with the claim found for it."""
    return outcomes_of(sentences(half))


def outcomes_of(items: Iterable[Row]) -> list[Outcome]:
    """Every fact of some items with the claim found for it; a claim serves one fact."""
    found: list[Outcome] = []
    for number, item in enumerate(items, 1):
        left = list(claims.extract(article_of(item, number)))
        for fact in item["facts"]:
            claim = _best(item, fact, left)
            if claim:
                left.remove(claim)
            found.append(Outcome(item, fact, claim))
    return found


def figures(found: Sequence[Outcome]) -> Row:
    """{"facts", "found", "status": share right of those found, "statuses": {status: [right, found,
    facts]}, "strengthened": [given as confirmed, found of the weak ones, share of all found],
    "asserter": F1 over the facts found}."""
    hits = [o for o in found if o.claim]
    strong = sum(o.strengthened for o in hits)
    return {
        "facts": len(found),
        "found": len(hits),
        "status": _share(sum(o.right for o in hits), len(hits)),
        "statuses": {status: _counts(found, status) for status in STATUSES},
        "strengthened": [
            strong,
            sum(o.fact["status"] in WEAK for o in hits),
            _share(strong, len(hits)),
        ],
        "asserter": _asserter(hits),
    }


def confusions(found: Iterable[Outcome]) -> dict[str, Counter[str]]:
    """Per kind of hardness: "right", and each "status given as another" with its number."""
    table: dict[str, Counter[str]] = {}
    for outcome in found:
        if outcome.claim:
            pair = f"{outcome.fact['status']} as {outcome.claim.status}"
            row = table.setdefault(outcome.item["hard"], Counter())
            row["right" if outcome.right else pair] += 1
    return table


def _counts(found: Sequence[Outcome], status: str) -> list[int]:
    own = [o for o in found if o.fact["status"] == status]
    return [sum(o.right for o in own), sum(o.claim is not None for o in own), len(own)]


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _asserter(hits: Sequence[Outcome]) -> float:
    """F1 of naming who says so, by the measure of the scoring script: half of the words."""
    pairs = [(o.fact["asserter"], o.claim.asserter if o.claim else None) for o in hits]
    named = sum(bool(gold) for gold, _ in pairs) + sum(bool(given) for _, given in pairs)
    agreed = sum(_alike(gold, given) for gold, given in pairs if gold and given)
    return _share(2 * agreed, named)


def _best(item: Row, fact: Row, left: Sequence[Claim]) -> Claim | None:
    """The claim on the fact's own words; else one of the same name or value said elsewhere."""
    same = [claim for claim in left if claim.field == fact["field"]]
    for claim in same:
        if any(_overlaps(span, claim) for span in _spans(item, fact["text"])):
            return claim
    return next((claim for claim in same if _equal(fact, claim)), None)


def _spans(item: Row, text: str) -> Iterator[tuple[str, int, int]]:
    for where in ("title", "text"):
        for match in re.finditer(re.escape(text), item[where]):
            yield where, match.start(), match.end()


def _overlaps(span: tuple[str, int, int], claim: Claim) -> bool:
    where, start, end = span
    evidence = claim.evidence
    return evidence.where == where and evidence.start < end and start < evidence.end


def _equal(fact: Row, claim: Claim) -> bool:
    if fact["field"] in NAMES:
        return _alike(fact["text"], claim.evidence.quote)
    value = claim.value
    if isinstance(value, dict):
        value = next((value[k] for k in ("number", "bytes", "amount") if k in value), None)
    return fact.get("value") is not None and bool(fact["value"] == value)


def _alike(one: str, other: str) -> bool:
    a, b = (set(re.findall(r"[\w$]+", text.lower())) - LITTLE for text in (one, other))
    return bool(a | b) and 2 * len(a & b) >= len(a | b)
