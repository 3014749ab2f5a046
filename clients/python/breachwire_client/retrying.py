"""Whether and when to ask again: attempts so far, what went wrong → seconds to wait, or not at all.

In: a failure. Out: seconds. A request that may have been carried out is not sent twice, unless
doing it twice is the same as doing it once.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from breachwire_client.errors import ClientError, NoAnswerError, ProblemError, UnavailableError

_REFUSED: Final = 429
"""The service did nothing: whatever it was may be sent again."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """How patient the client is."""

    attempts: int = 5
    """Times that one thing is asked for at most."""
    first: float = 0.5
    """Seconds before the second attempt, where the service names none; twice as long each time."""
    longest: float = 60.0
    """Seconds of one wait at most: a service that asks for more is not waited for."""

    def wait(self, attempt: int, failure: ClientError, repeatable: bool) -> float | None:
        """Seconds before the next attempt after this one, counted from 1; None: give up."""
        if attempt >= self.attempts or not _passing(failure, repeatable):
            return None
        asked = failure.retry_after if isinstance(failure, ProblemError) else None
        if asked is not None:
            return asked if asked <= self.longest else None
        most = min(self.longest, self.first * 2.0 ** (attempt - 1))
        return random.uniform(most / 2, most)


def _passing(failure: ClientError, repeatable: bool) -> bool:
    """Whether the same request may be answered later."""
    if isinstance(failure, ProblemError) and failure.status == _REFUSED:
        return True
    if isinstance(failure, UnavailableError):
        # 502 is what /related says of somebody else's page: asking at once again won't mend it.
        return repeatable and failure.status != 502
    return repeatable and isinstance(failure, NoAnswerError)
