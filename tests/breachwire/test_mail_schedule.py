"""When an issue is due: time zones, changes of the clock, a machine that was off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from breachwire.mail.schedule import due, since
from breachwire.model.newsletter import Frequency


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("frequency", "now", "zone", "id"),
    [
        ("weekly", "2026-11-27T07:59+00:00", "UTC", None),
        ("weekly", "2026-11-27T08:00+00:00", "UTC", "2026-11-27-weekly"),
        ("weekly", "2026-11-30T07:00+00:00", "UTC", "2026-11-27-weekly"),
        ("weekly", "2026-11-30T08:01+00:00", "UTC", None),  # too late to make up for
        ("weekly", "2026-11-27T07:00+00:00", "Europe/Vienna", "2026-11-27-weekly"),
        ("weekly", "2026-11-26T23:30+00:00", "Asia/Tokyo", "2026-11-27-weekly"),
        ("weekly", "2026-11-27T12:00+00:00", "America/Los_Angeles", None),
        ("daily", "2026-11-28T07:00+00:00", "UTC", None),  # yesterday's is 23 hours late
        ("daily", "2026-11-28T08:30+00:00", "UTC", "2026-11-28-daily"),
        ("daily", "2026-03-29T07:30+00:00", "Europe/Vienna", "2026-03-29-daily"),  # CEST
    ],
)  # fmt: skip
def test_an_issue_is_due_at_its_local_hour(
    frequency: Frequency, now: str, zone: str, id: str | None
) -> None:
    found = due(frequency, at(now), zone=zone, weekday=4, hour=8)
    assert (found.id if found else None) == id


def test_an_hour_that_spring_skips_is_not_lost() -> None:
    """02:30 does not exist in Vienna on 29 March 2026; an issue at 2 comes all the same."""
    found = [
        due("daily", at("2026-03-28T12:00+00:00") + timedelta(hours=h), zone="Europe/Vienna",
            weekday=4, hour=2)
        for h in range(30)
    ]  # fmt: skip
    assert "2026-03-29-daily" in {one.id for one in found if one}


def test_two_looks_at_one_time_mean_one_issue() -> None:
    ids = {
        one.id
        for minutes in range(0, 72 * 60, 17)
        if (one := due("weekly", at("2026-11-27T08:00+00:00") + timedelta(minutes=minutes),
                       zone="UTC", weekday=4, hour=8))
    }  # fmt: skip
    assert ids == {"2026-11-27-weekly"}


def test_an_issue_begins_where_the_last_one_ended_two_periods_back_at_most() -> None:
    now = datetime(2026, 11, 27, 8, tzinfo=UTC)
    assert since("weekly", None, now) == now - timedelta(days=7)
    assert since("weekly", now - timedelta(days=6), now) == now - timedelta(days=6)
    assert since("weekly", now - timedelta(days=90), now) == now - timedelta(days=14)
