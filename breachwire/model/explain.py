"""Why two threads are together or apart: what editors and the threader decided, in words.

In: nothing. Out: frozen dataclasses.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that speaks for or against, and whose word it is."""

    text: str
    """A sentence for people."""
    together: bool | None
    """Speaks for one thread, against it, or is only good to know."""
    score: float | None = None
    """Probability of belonging together, 0 to 1, where there is one."""
    edit: int | None = None
    """The edit that says so."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known on two threads."""

    a: str
    b: str
    """Thread ids as they were asked for."""
    together: bool
    """Both are one thread now."""
    grounds: tuple[Ground, ...]
    """The weightiest first: editors' rules, then proposals, then what the threader saw."""
