"""How often one address may ask for what costs us something: a request → nothing, or a 429.

In: requests, a monotonic clock. Out: HTTPException 429 with `Retry-After`, once an address has had
its share within a window, or all addresses together theirs. Kept in memory (`lockout`): a restart
forgets it, each process counts for itself, and no address is stored or logged.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.lockout import Lockout


class Limit:
    """Safe from any thread; one for an application and a purpose.

    `refusal` is the line that a refused person reads, with `{wait}` where the time stands: "Many
    reports came in from here. Please send the next one in {wait}."
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        each: int,
        every: int,
        window: float,
        refusal: str,
    ) -> None:
        """`each`: from one address (an IPv6 /64 is one) within `window` seconds; `every`: all."""
        self._taken = Lockout(clock, each=each, every=every, window=window)
        self._refusal = refusal

    def take(self, request: Request) -> None:
        """Count one. Raises HTTPException 429, and counts nothing, where the share is used up."""
        if wait := self._taken.take(request.client.host if request.client else None):
            raise HTTPException(
                429,
                self._refusal.format(wait=in_words(wait)),
                {"Retry-After": str(math.ceil(wait))},
            )


def in_words(seconds: float) -> str:
    """ "40 seconds", "3 minutes": rounded up, so that nobody comes back too early."""
    number, unit = math.ceil(seconds), "second"
    if number > 90:
        number, unit = math.ceil(seconds / 60), "minute"
    return f"{number} {unit}{'' if number == 1 else 's'}"
