"""Which threads an issue tells: candidates and rules → the chosen ones, best first, with reasons.

In: values. Out: values; the same in, the same out. The rules are the operator's
(`newsletter_points` and its neighbours) and stand under every issue in words (`stated`). No model
and nobody's money has a say in it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from breachwire.config import Config, points

CHANGES: Final = 3
"""Changes that earn points: a thread with thirty is not ten times the news."""
DOUBLINGS: Final = 4
"""Doublings of origins that do: sixteen outlets of their own are as much as it gets."""
TENFOLDS: Final = 6
"""Above 100 people: a hundred million are as much as it gets."""
LEAST: Final = 4.0
"""Points that a thread needs: one that is new and nothing else has not enough."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a thread is chosen by."""

    items: int = 10
    section_items: int = 4
    incident: float = 2
    new: float = 3
    change: float = 2
    origins: float = 1
    people: float = 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the rules look at in a thread that developed."""

    thread: str
    section: str
    mark: int
    """Its last change; 0: its facts never changed."""
    incident: bool
    new: bool
    """First reported since the last issue."""
    changes: int
    """Of its ledger, since the last issue."""
    origins: int
    people: int
    """The highest count of people that stands; 0: none is told."""
    claimed: bool
    """Whether that count is only an attacker's."""
    names: tuple[str, ...] = ()
    """Slugs of whom and what its ledger names."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A candidate that an issue tells."""

    candidate: Candidate
    score: float
    why: str
    """ "new; 2 changes; 4 origins; 1,900,000 people"."""
    watched: str = ""
    """The name on the reader's own list that brings it."""


def rules_of(config: Config) -> Rules:
    """As the operator set them. Raises ConfigError."""
    return Rules(config.newsletter_items, config.newsletter_section_items, **points(config))


def rules_from(document: Mapping[str, Any]) -> Rules:
    """As an issue remembers them."""
    return Rules(**document)


def rules_document(rules: Rules) -> dict[str, Any]:
    """For an issue to remember."""
    return asdict(rules)


def score(one: Candidate, rules: Rules) -> float:
    """Points, to two digits."""
    doublings = min(DOUBLINGS, math.log2(max(1, one.origins)))
    tenfolds = min(TENFOLDS, max(0.0, math.log10(max(1, one.people)) - 2))
    total = rules.incident * one.incident + rules.new * one.new
    # what is new all changed: it earns that once
    total += (
        rules.change * (0 if one.new else min(CHANGES, one.changes)) + rules.origins * doublings
    )
    total += rules.people * tenfolds * (0.5 if one.claimed else 1)
    return round(total, 2)


def choose(
    candidates: Sequence[Candidate],
    rules: Rules,
    *,
    sections: Collection[str] = (),
    watch: Mapping[str, str] | None = None,
    told: Mapping[str, int] | None = None,
) -> list[Chosen]:
    """The best, at most `rules.items`, those on the watch list first.

    `sections`: only these, and then without a limit for each; empty: all. `watch`: slugs of names
    and how the reader wrote them; these come whatever their section and points. `told`: threads
    that went out before, each with its last change by then; one without a change since stays out.
    """
    open_ = [one for one in candidates if not _known(one, told or {})]
    ranked = sorted(open_, key=lambda one: (-score(one, rules), one.thread))
    watched = [(one, _watched(one, watch or {})) for one in ranked]
    first = [_chosen(one, rules, name) for one, name in watched if name]
    rest = [one for one, name in watched if not name and _wanted(one, rules, sections)]
    per_section = rules.items if sections else rules.section_items
    return [*first, *_spread(rest, rules, per_section)][: rules.items]


def _known(one: Candidate, told: Mapping[str, int]) -> bool:
    return one.thread in told and (one.mark <= told[one.thread] or not one.changes)


def _wanted(one: Candidate, rules: Rules, sections: Collection[str]) -> bool:
    return score(one, rules) >= LEAST and (not sections or one.section in sections)


def _watched(one: Candidate, watch: Mapping[str, str]) -> str:
    return next((watch[name] for name in one.names if name in watch), "")


def _spread(ranked: Sequence[Candidate], rules: Rules, most: int) -> list[Chosen]:
    held: Counter[str] = Counter()
    found = []
    for one in ranked:
        if held[one.section] < most:
            held[one.section] += 1
            found.append(_chosen(one, rules))
    return found


def _chosen(one: Candidate, rules: Rules, watched: str = "") -> Chosen:
    return Chosen(one, score(one, rules), _why(one), watched)


def _why(one: Candidate) -> str:
    changes = f"{one.changes} change{'s' if one.changes != 1 else ''} of its key details"
    people = f"{one.people:,} people{' claimed' if one.claimed else ''}"
    parts = [
        "new" if one.new else "",
        changes if one.changes and not one.new else "",
        f"{one.origins} origin{'s' if one.origins != 1 else ''}",
        people if one.people else "",
    ]
    return "; ".join(part for part in parts if part)


def stated(rules: Rules) -> str:
    """The rules as every issue states them."""
    parts = [
        (rules.incident, "for being an incident"),
        (rules.new, "for being new"),
        (rules.change, f"for each change of its key details (at most {CHANGES} count)"),
        (rules.origins, "for each doubling of its independent origins"),
        (rules.people, "for each tenfold of people affected above 100 (half where only claimed)"),
    ]
    earned = [f"{points:g} {words}" for points, words in parts if points]
    earned[:1] = [f"{one.replace(' ', ' points ', 1)}" for one in earned[:1]]
    return (
        f"Threads are chosen by rules: at most {rules.items}, {rules.section_items} a section, by"
        f" points: {', '.join(earned)}. No thread comes twice unless its key details changed."
    )
