"""Requests at an open rate → how long each took.

In: what to ask and how. Out: milliseconds from the moment a request was due to its answer. Arrivals
are a Poisson process that does not wait for answers: a slow one makes those behind it late, and
that counts.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
THREADS: Final = 40
"""As many as the server has."""


def at_rate(ask: Callable[[T], object], requests: Sequence[T], per_second: float) -> list[float]:
    """Milliseconds of each request. Raises what `ask` raises."""
    rng = random.Random(len(requests))
    due = time.perf_counter()
    answers = []

    def one(request: T, due: float) -> float:
        ask(request)
        return 1000 * (time.perf_counter() - due)

    with ThreadPoolExecutor(THREADS) as pool:
        for request in requests:
            due += rng.expovariate(per_second)
            time.sleep(max(0.0, due - time.perf_counter()))
            answers.append(pool.submit(one, request, due))
    return [answer.result() for answer in answers]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share lies below, to a tenth."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)
