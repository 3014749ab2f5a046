"""CASIE's roles against ours: the figures as a table or JSON. What they say: `evals/casie`."""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from evals.casie.gold import (
    DATA,
    PRONOUNS,
    ROLES,
    Mention,
    Row,
    Span,
    article,
    load,
    mentions,
    places,
    plain,
    role_of,
)
from nlp import claims

PUBLISHED: Final = {
    "BERT-base": 60.37,
    "UIE (Lu et al., ACL 2022)": 61.30,
    "USM (Lou et al., AAAI 2023)": 63.26,
    "InstructUIE, 11B (Wang et al., 2023)": 63.53,
}
"""F1 of event arguments on CASIE, in %, as arXiv 2304.08085 (table 3b) gives them."""


@dataclass(slots=True)
class Tally:
    """What was counted of one role: [right or found, all] a measure."""

    mention_p: list[int] = field(default_factory=lambda: [0, 0])
    fact_p: list[int] = field(default_factory=lambda: [0, 0])
    mentions: list[int] = field(default_factory=lambda: [0, 0])
    facts: list[int] = field(default_factory=lambda: [0, 0])
    named: list[int] = field(default_factory=lambda: [0, 0])
    slots: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, other: Tally) -> None:
        """Another role's or article's counts on top."""
        for name in ("mention_p", "fact_p", "mentions", "facts", "named", "slots"):
            mine, theirs = getattr(self, name), getattr(other, name)
            mine[0] += theirs[0]
            mine[1] += theirs[1]

    def figures(self) -> Row:
        """Precision, recall and F1 by mentions and by facts, recall by slots, and the sizes."""
        row: Row = {}
        for name, claimed, gold in (
            ("mentions", self.mention_p, self.mentions),
            ("facts", self.fact_p, self.facts),
        ):
            precision, recall = _share(claimed), _share(gold)
            row[name] = {"precision": precision, "recall": recall, "f1": _f1(precision, recall)}
        row["named"], row["slots"] = _share(self.named), _share(self.slots)
        row["sizes"] = {"claims": self.fact_p[1], "facts": self.facts[1], "named": self.named[1]}
        return row


def _share(pair: Sequence[int]) -> float:
    return round(pair[0] / pair[1], 4) if pair[1] else 0.0


def _f1(precision: float, recall: float) -> float:
    both = precision + recall
    return round(2 * precision * recall / both, 4) if both else 0.0


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


@dataclass(frozen=True, slots=True)
class Result:
    """One article and role: its counts, and what was missed and false, as words."""

    tally: Tally
    missed: tuple[str, ...]
    false: tuple[str, ...]


def compare(gold: Sequence[Mention], found: Sequence[tuple[list[Span], str]]) -> Result:
    """Gold mentions of one role and article against (places, words) of our claims."""
    spans = [span for places_, _ in found for span in places_]
    said = {words for _, words in found}
    hit = {m for m in gold if any(_overlap(m.span, span) for span in spans)}
    known = {m.words for m in gold if m.words not in PRONOUNS}
    names = {m.words for m in gold if m.named and m.role in ("Victim", "Attacker")} & known
    got = {m.words for m in hit} | (said & known)
    slots: dict[int, bool] = {}
    for m in gold:
        if m.words not in PRONOUNS:
            slots[m.event] = slots.get(m.event, False) or m in hit or m.words in got
    overlapping = [
        any(_overlap(m.span, span) for m in gold for span in places_) for places_, _ in found
    ]
    right = [o or words in known for o, (_, words) in zip(overlapping, found, strict=True)]
    unique = {(m.span, m.words) for m in gold}
    tally = Tally(
        [sum(overlapping), len(found)],
        [sum(right), len(found)],
        [len({(m.span, m.words) for m in hit}), len(unique)],
        [len(known & got), len(known)],
        [len(names & got), len(names)],
        [sum(slots.values()), len(slots)],
    )
    false = tuple(words for (_, words), ok in zip(found, right, strict=True) if not ok)
    return Result(tally, tuple(sorted(known - got)), false)


def results(row: Row, *, actual: bool = False) -> tuple[dict[str, Result], int]:
    """A row's result by role, and how many claims on title words stand nowhere in the text."""
    found: dict[str, list[tuple[list[Span], str]]] = defaultdict(list)
    unplaced = 0
    for claim in claims.extract(article(row)):
        if role := role_of(claim):
            standing = places(claim, row["text"])
            unplaced += not standing
            if standing:
                found[role].append((standing, plain(claim.evidence.quote)))
    gold = list(mentions(row, actual=actual))
    return {
        role: compare([m for m in gold if m.role == role], found[role]) for role in ROLES
    }, unplaced


def score(rows: Iterable[Row], *, actual: bool = False) -> Row:
    """Figures by role and pooled over roles ("all"), and the number of unplaced claims."""
    tallies = {role: Tally() for role in (*ROLES, "all")}
    unplaced = 0
    for row in rows:
        by_role, nowhere = results(row, actual=actual)
        unplaced += nowhere
        for role, result in by_role.items():
            tallies[role].add(result.tally)
            tallies["all"].add(result.tally)
    return {role: tally.figures() for role, tally in tallies.items()} | {"unplaced": unplaced}


def misses(rows: Iterable[Row], role: str) -> Iterator[str]:
    """A role's missed and false facts, article by article."""
    for row in rows:
        result = results(row)[0][role]
        if result.missed or result.false:
            missed, false = ", ".join(result.missed), ", ".join(result.false)
            yield f"{row['id']} {row['title']}\n   - {missed}\n   + {false}"


def table(figures: Row) -> Iterator[str]:
    """The figures as lines, the published ones below."""
    yield f"{'':17}{'facts':>18} {'mentions':>18}   named  slots  claims  facts"
    yield f"{'':18}" + f"{'p':>5}{'r':>6}{'f1':>6}  " * 2 + f"{'r':>6} {'r':>6}"
    for role in (*ROLES, "all"):
        row = figures[role]
        trios = "  ".join(
            f"{trio['precision']:5.2f} {trio['recall']:5.2f} {trio['f1']:5.2f}"
            for trio in (row["facts"], row["mentions"])
        )
        sizes = row["sizes"]
        named = f"{row['named']:6.2f}" if sizes["named"] else f"{'':6}"
        yield (
            f"{role:18}{trios}  {named} {row['slots']:6.2f} {sizes['claims']:7}{sizes['facts']:7}"
        )
    yield f"claims on title words that the text has not, left out: {figures['unplaced']}"
    yield "published, event arguments of all 26 roles, exact spans, trained on CASIE (F1):"
    for name, f1 in PUBLISHED.items():
        yield f"  {name}: {f1 / 100:.3f}"


def main(arguments: Sequence[str]) -> None:
    """Print the figures, or what one role missed."""
    parser = argparse.ArgumentParser(prog="python -m evals.casie")
    parser.add_argument("--misses", choices=ROLES)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--actual", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    if not DATA.exists():
        print(f"no {DATA.name} beside this checkout: nothing measured")
        return
    rows = load(options.limit)
    if options.misses:
        print("\n".join(misses(rows, options.misses)))
        return
    figures = score(rows, actual=options.actual)
    print(json.dumps(figures) if options.json else "\n".join(table(figures)))


if __name__ == "__main__":
    main(sys.argv[1:])
