"""When a feed is asked again: pure values."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from breachwire.model import Feed, FeedSpec
from ingest.schedule import is_due, next_fetch

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def minutes(**given: float | None) -> float:
    """Minutes until the next poll, 30 a poll unless told."""
    asked = {"minutes": 30, "ttl_minutes": None, "failures": 0, "retry_after": None} | given
    return (next_fetch(NOW, rng=random.Random(1), **asked) - NOW).total_seconds() / 60  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes_set", "ttl", "expected"),
    [(30, None, 30), (30, 60, 60),
     (30, 10, 30), (1, None, 5), (5000, None, 1440), (30, 99999, 1440),
     (30, 0, 30), (30, -5, 30)],
)  # fmt: skip
def test_the_interval_and_the_feeds_own_ttl(
    minutes_set: int, ttl: int | None, expected: int
) -> None:
    assert minutes(minutes=minutes_set, ttl_minutes=ttl) == expected


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [minutes(failures=n) for n in (1, 2, 3, 4, 5, 6, 20, 10_000)]
    for n, wait in enumerate(waits[:6]):
        assert 30 * 2**n <= wait <= min(30 * 2**n * 1.25, 1440)
    assert waits[-2:] == [1440, 1440]


def test_chance_spreads_feeds_that_failed_together() -> None:
    rng = random.Random(7)
    spread = {
        next_fetch(NOW, minutes=30, ttl_minutes=None, failures=1, retry_after=None, rng=rng)
        for _ in range(20)
    }
    assert len(spread) == 20


def test_retry_after_is_obeyed_up_to_a_day() -> None:
    assert minutes(failures=1, retry_after=7200.0) == 120
    assert minutes(failures=1, retry_after=9e9) == 1440
    assert minutes(failures=1, retry_after=1.0) >= 30


def test_what_is_due() -> None:
    feed = Feed(1, FeedSpec("https://outlet.example/feed"))
    assert is_due(feed, NOW)
    for at, due in (
        (NOW, True),
        (NOW - timedelta(days=9), True),
        (NOW + timedelta(minutes=1), False),
        (NOW + timedelta(hours=24), False),
        # No wait is longer than a day: the clock was ahead when this was written.
        (NOW + timedelta(days=400), True),
    ):
        assert is_due(Feed(1, feed.spec, next_fetch_at=at), NOW) is due
    assert not is_due(Feed(1, feed.spec, state="gone"), NOW)
