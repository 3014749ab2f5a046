"""What an examination of the installation found. In: nothing. Out: a frozen dataclass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    found: str
    mend: str = ""
    """What to do about it, where it is not in order."""
