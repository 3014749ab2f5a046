"""When a feed is asked again: pure values."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from breachwire.model import NO_WISHES, Feed, FeedSpec, Wishes
from ingest.rhythm import USUAL, rhythm
from ingest.schedule import SPREAD, is_due, next_fetch, retry

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)  # a Sunday


def minutes(
    set_: int = 30,
    wishes: Wishes = NO_WISHES,
    *,
    fresh: float = 0,
    times: list[datetime] | None = None,
) -> float:
    """Minutes until the next poll, less what chance may add."""
    at = next_fetch(
        NOW, minutes=set_, wishes=wishes, fresh=fresh, times=times or [], rng=random.Random(1)
    )
    return (at - NOW).total_seconds() / 60 / (1 + SPREAD * random.Random(1).random())


def a_day(number: float, days: int = 28) -> list[datetime]:
    """Entries that come evenly, so many a day."""
    # Not at the same hours every day.
    apart = timedelta(days=1 / number, minutes=17)
    return [NOW - n * apart for n in range(int(days * number))]


def test_a_feed_of_unknown_rhythm_is_asked_as_it_says_or_as_is_set() -> None:
    assert minutes(30) == pytest.approx(30)
    assert minutes(1) == pytest.approx(5)
    assert minutes(30, Wishes(every_minutes=60)) == pytest.approx(60)
    assert minutes(30, Wishes(every_minutes=5)) == pytest.approx(30)


def test_a_feed_of_known_rhythm_is_asked_by_it_and_not_by_what_its_software_says() -> None:
    sy = Wishes(every_minutes=60)
    waits = [minutes(30, sy, times=a_day(n)) for n in (48, 4 * USUAL, USUAL, USUAL / 7)]
    assert all(a < b for a, b in pairwise(waits))
    assert waits[2] == pytest.approx(30, abs=8)
    # A quarter of the entries, twice the wait: the inverse square root.
    assert waits[2] == pytest.approx(2 * waits[1], rel=0.4)
    assert waits[0] == pytest.approx(5, abs=10)


def test_a_feed_that_has_been_silent_for_long_is_asked_rarely_and_not_never() -> None:
    assert 120 < minutes(times=[NOW - timedelta(days=400)]) < 1440


def test_asked_more_often_in_the_hours_in_which_it_publishes() -> None:
    mornings = [
        datetime(2026, 10, 1, 9, tzinfo=UTC) + timedelta(days=day, minutes=7 * n)
        for day in range(31)
        for n in range(3)
    ]
    known = rhythm(mornings, NOW)
    assert known is not None
    assert known.rate(NOW.replace(hour=9)) > 4 * known.rate(NOW.replace(hour=20)) > 0


def test_weekends_count_after_two_weeks() -> None:
    workdays = [at for day in range(40) if (at := NOW - timedelta(days=day)).weekday() < 5]
    known = rhythm(workdays, NOW)
    assert known is not None
    assert known.rate(NOW) < known.rate(NOW + timedelta(days=1))
    short = rhythm(workdays[:5], NOW)
    assert short is not None
    assert short.days == (1.0,) * 7


def test_entries_told_twice_or_of_the_future_change_no_rhythm() -> None:
    once = a_day(2)
    twice = [at.replace(microsecond=999) for at in once]
    future = [NOW + timedelta(days=900)]
    assert rhythm([*once, *twice, *future], NOW) == rhythm(once, NOW)
    assert rhythm(future, NOW) is None


def test_a_copy_that_serves_is_not_asked_for_again() -> None:
    busy = a_day(48)
    assert minutes(times=busy) < 20
    assert minutes(30, Wishes(ttl_minutes=90), times=busy) == pytest.approx(90)
    assert minutes(30, fresh=7200, times=busy) == pytest.approx(120)
    for wish in (10, -5, 0):
        assert minutes(30, Wishes(ttl_minutes=wish)) == pytest.approx(30)


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        (Wishes(skip_hours=(12, 13, 14)), NOW.replace(hour=15)),
        (Wishes(skip_days=(6,)), NOW.replace(hour=0) + timedelta(days=1)),
        (Wishes(skip_hours=(12,), skip_days=(6,)), NOW.replace(hour=0) + timedelta(days=1)),
        # Within a day, whatever is asked.
        (Wishes(skip_days=tuple(range(7))), NOW + timedelta(days=1)),
        (Wishes(skip_hours=tuple(range(24))), NOW + timedelta(days=1)),
        (Wishes(ttl_minutes=99_999), NOW + timedelta(days=1)),
    ],
)
def test_hours_and_days_to_be_skipped(wishes: Wishes, expected: datetime) -> None:
    at = next_fetch(NOW, minutes=30, wishes=wishes, rng=random.Random(1))
    assert expected <= at <= min(expected + timedelta(hours=1), NOW + timedelta(days=1))


def test_chance_spreads_feeds_that_were_added_together() -> None:
    rng = random.Random(7)
    spread = {next_fetch(NOW, minutes=30, wishes=NO_WISHES, rng=rng) for _ in range(20)}
    assert len(spread) == 20
    assert max(spread) - min(spread) <= timedelta(minutes=3)


# --- after failures


def after(failures: int, retry_after: float | None = None, seed: int = 1) -> float:
    """Minutes until the next try."""
    rng = random.Random(seed)
    at = retry(
        NOW, minutes=30, wishes=NO_WISHES, failures=failures, retry_after=retry_after, rng=rng
    )
    return (at - NOW).total_seconds() / 60


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [after(n) for n in (1, 2, 3, 4, 5, 6, 20, 10_000)]
    for n, wait in enumerate(waits[:6]):
        assert 30 * 2**n <= wait <= min(30 * 2**n * 1.25, 1440)
    assert waits[-2:] == [1440, 1440]


def test_chance_spreads_feeds_that_failed_together() -> None:
    assert len({after(1, seed=n) for n in range(20)}) == 20


def test_retry_after_is_obeyed_up_to_a_day() -> None:
    assert after(1, 7200.0) == 120
    assert after(1, 9e9) == 1440
    assert after(1, 1.0) >= 30


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
