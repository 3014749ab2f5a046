"""Two versions of a brief → what was added, removed, changed, by section.

In: `Brief` values. Out: `Difference`s in the order of the page, sections that are the same left
out. A sentence that was reworded stands against its former self, word by word; one that says the
same on other evidence is named apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal, get_args

from api.briefs import Articles, statement
from breachwire.model import Brief, BriefSection, Statement
from breachwire.model.disclosure import SECTION_NAMES

ALIKE: Final = 0.5
"""Share of words in common from which two sentences are one, reworded: below it, readers of the
demonstration's versions saw two sentences."""
Op = Literal["same", "gone", "new"]
Pair = tuple[Statement, Statement]


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one section."""

    section: BriefSection
    added: tuple[Statement, ...]
    removed: tuple[Statement, ...]
    changed: tuple[Pair, ...]
    """Reworded: before and after."""
    resting: tuple[Pair, ...]
    """The same words, on other evidence, of another kind, date or writer."""


def differences(old: Brief, new: Brief) -> list[Difference]:
    """Sections that differ."""
    found = (_section(section, old, new) for section in get_args(BriefSection))
    return [one for one in found if one.added or one.removed or one.changed or one.resting]


def _section(section: BriefSection, old: Brief, new: Brief) -> Difference:
    before = [s for s in old.statements if s.section == section]
    after = [s for s in new.statements if s.section == section]
    same, before, after = _same_words(before, after)
    resting = tuple(pair for pair in same if pair[0] != pair[1])
    changed, before, after = _reworded(before, after, anything=section == "headline")
    return Difference(section, tuple(after), tuple(before), tuple(changed), resting)


def _same_words(
    before: Sequence[Statement], after: Sequence[Statement]
) -> tuple[list[Pair], list[Statement], list[Statement]]:
    """Pairs of equal text, and what is left on both sides."""
    left, pairs, fresh = list(before), [], []
    for one in after:
        twin = next((s for s in left if s.text == one.text), None)
        if twin is None:
            fresh.append(one)
        else:
            left.remove(twin)
            pairs.append((twin, one))
    return pairs, left, fresh


def _reworded(
    before: Sequence[Statement], after: Sequence[Statement], *, anything: bool
) -> tuple[list[Pair], list[Statement], list[Statement]]:
    """The most alike first; a thread has one headline, so any two are one that was reworded."""
    scored = sorted(
        ((_alike(a.text, b.text), i, j) for i, a in enumerate(before) for j, b in enumerate(after)),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    from_, to = {}, set()
    for score, i, j in scored:
        if i not in from_ and j not in to and (anything or score >= ALIKE):
            from_[i] = j
            to.add(j)
    pairs = [(before[i], after[j]) for i, j in sorted(from_.items())]
    left = [s for i, s in enumerate(before) if i not in from_]
    return pairs, left, [s for j, s in enumerate(after) if j not in to]


def _words(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a.lower().split(), b.lower().split(), autojunk=False).ratio()


def word_by_word(before: str, after: str) -> list[tuple[Op, str]]:
    """Runs of words that stayed, went, came: joined without "gone" they are `after`."""
    a, b = _words(before), _words(after)
    plain = [word.strip() for word in a], [word.strip() for word in b]
    runs: list[tuple[Op, str]] = []
    for op, a0, a1, b0, b1 in SequenceMatcher(None, *plain, autojunk=False).get_opcodes():
        if op == "equal":
            runs.append(("same", "".join(b[b0:b1])))
            continue
        if a0 < a1:
            runs.append(("gone", "".join(a[a0:a1])))
        if b0 < b1:
            runs.append(("new", "".join(b[b0:b1])))
    return runs


def counted(found: Sequence[Difference]) -> dict[str, int]:
    """How many sentences were added, removed, changed, and rest on other words."""
    return {
        "added": sum(len(one.added) for one in found),
        "removed": sum(len(one.removed) for one in found),
        "changed": sum(len(one.changed) for one in found),
        "resting": sum(len(one.resting) for one in found),
    }


def in_words(counts: dict[str, int] | None) -> str:
    """ "2 sentences added, 1 removed"."""
    if counts is None:
        return "the first version"
    verbs = {
        "added": "added", "removed": "removed", "changed": "reworded",
        "resting": "on other evidence",
    }  # fmt: skip
    parts = [f"{count} {verbs[name]}" for name, count in counts.items() if count]
    if not parts:
        return "nothing but the writer's name"
    first, _, rest = parts[0].partition(" ")
    noun = "sentence" if first == "1" else "sentences"
    return ", ".join([f"{first} {noun} {rest}", *parts[1:]])


def documents(found: Sequence[Difference], articles: Articles) -> list[dict[str, Any]]:
    """As JSON and pages have them."""

    def pair(one: Pair) -> dict[str, Any]:
        before, after = one
        return {
            "before": statement(before, articles),
            "after": statement(after, articles),
            "words": [{"op": op, "text": text} for op, text in word_by_word(*_texts(one))],
        }

    return [
        {
            "section": one.section,
            "label": SECTION_NAMES[one.section],
            "added": [statement(s, articles) for s in one.added],
            "removed": [statement(s, articles) for s in one.removed],
            "changed": [pair(p) for p in one.changed],
            "resting": [pair(p) for p in one.resting],
        }
        for one in found
    ]


def _texts(pair: Pair) -> tuple[str, str]:
    return pair[0].text, pair[1].text
