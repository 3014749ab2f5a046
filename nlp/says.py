"""One act of speech: who does what with words, and where in a passage.

In: what `voices` has heard. Out: `Say`, and a passage's acts in order, one a verb.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from breachwire.model import AsserterKind
from nlp.acts import Act
from nlp.reading import Passage


@dataclass(frozen=True, slots=True)
class Say:
    """One act: `start` is where its words begin, `trails` whether they stand before it."""

    act: Act
    kind: AsserterKind
    passage: Passage
    """Where the speaker is named: an earlier passage for a pronoun."""
    speaker: tuple[int, int]
    start: int
    verb: int
    end: int
    """Where the verb ends."""
    trails: bool = False
    aside: bool = False
    """Whether the act stands in a relative clause: what stands before it is not its."""
    credit: bool = False
    """Whether a deed is claimed as one's own ("took credit", "claimed by"): it may be sure."""
    weak: bool = False
    """Whether it is an inversion ("said N"), which yields to a subject before the verb."""

    @property
    def firm(self) -> bool:
        """Whether victim or authority states something."""
        return self.kind in ("victim", "authority") and self.act in ("say", "confirm", "act")


def by_reporter(passage: Passage, say: Say) -> bool:
    """Whether it is the outlet's own reporter: "N reported:"."""
    return bool(re.match(r"report(?:s|ed):|provides?\b", passage.low[say.verb : say.verb + 10]))


def ordered(says: Sequence[Say]) -> list[Say]:
    """In the order of verbs, one act a verb: its first speaker, an inversion's last."""
    best: dict[int, Say] = {}
    for say in says:
        known = best.get(say.verb)
        if known is None or (say.weak, say.start) < (known.weak, known.start):
            best[say.verb] = say
    return [best[verb] for verb in sorted(best)]
