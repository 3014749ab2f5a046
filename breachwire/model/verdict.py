"""Why two threads are together or apart, as a page shows it: grounds in words, one after another.

In: nothing. Out: frozen dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that speaks for or against."""

    text: str
    """In words, for people."""
    together: bool | None
    """Speaks for one thread, against it, or is only good to know."""
    score: float | None = None
    """Probability of belonging together, 0 to 1, where there is one."""
    adds: float | None = None
    """Log-odds for (above 0) or against, where it is one feature of many."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known on two threads."""

    a: str
    b: str
    """Thread ids as they were asked for."""
    together: bool
    """Both are one thread now."""
    grounds: tuple[Ground, ...]
    """The weightiest first: editors' rules and edits, proposals, then what the threader weighs."""
