"""Log-odds, as linear models give them → the probability they stand for."""

from __future__ import annotations

import math
from typing import Final

_MOST: Final = 30.0
"""Beyond it a probability is 0 or 1 to thirteen places, and exp would overflow in the end."""
_LEAST: Final = 1e-4


def chance(value: float) -> float:
    """Log-odds → 0 to 1."""
    return 1.0 / (1.0 + math.exp(-max(-_MOST, min(_MOST, value))))


def odds(probability: float) -> float:
    """0 to 1 → log-odds, within what a score of four places can tell."""
    kept = max(_LEAST, min(1.0 - _LEAST, probability))
    return math.log(kept / (1.0 - kept))
