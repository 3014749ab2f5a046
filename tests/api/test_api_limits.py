"""How often one address may: `api.limits`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.limits import Limit, in_words
from breachwire.testing import FakeClock


def asked(host: str | None = "192.0.2.1") -> Request:
    return Request({"type": "http", "headers": [], "client": (host, 4321) if host else None})


def a_limit(clock: FakeClock, each: int = 3, every: int = 10) -> Limit:
    return Limit(clock, each=each, every=every, window=60.0, refusal="Again in {wait}.")


def test_an_address_has_its_share_and_waits_for_the_next() -> None:
    clock = FakeClock()
    limit = a_limit(clock)
    for _ in range(3):
        limit.take(asked())
        clock.pass_(10)
    with pytest.raises(HTTPException) as refused:
        limit.take(asked())
    assert refused.value.status_code == 429
    assert refused.value.headers == {"Retry-After": "30"}
    assert refused.value.detail == "Again in 30 seconds."
    limit.take(asked("192.0.2.2"))  # another address has its own
    clock.pass_(30)
    limit.take(asked())  # what was refused did not count


def test_all_addresses_share_a_limit_and_an_ipv6_network_is_one() -> None:
    limit = a_limit(FakeClock(), each=2, every=5)
    limit.take(asked("2001:db8::1"))
    limit.take(asked("2001:db8::2"))
    with pytest.raises(HTTPException):
        limit.take(asked("2001:db8::3"))
    for n in range(3):
        limit.take(asked(f"192.0.2.{n}"))
    with pytest.raises(HTTPException):
        limit.take(asked("198.51.100.1"))


def test_two_at_once_never_both_take_the_last_one() -> None:
    limit = a_limit(FakeClock(), each=50, every=1000)

    def one(_: int) -> bool:
        try:
            limit.take(asked(None))
        except HTTPException:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(400))) == 50


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 second"), (40, "40 seconds"), (90.5, "2 minutes"), (3600, "60 minutes")],
)
def test_waiting_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
