"""Dates as the world writes them; nothing raises, nothing absurd is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import dates

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-05T09:00:00Z",
        "2026-10-05T11:00:00+02:00",
        "2026-10-05T09:00:00.123Z",
        "2026-10-05 09:00:00",
        "Mon, 05 Oct 2026 09:00:00 GMT",
        "Mon, 5 Oct 2026 05:00:00 EDT",
        "05 Oct 26 09:00 UT",
        "October 5, 2026 9:00 am",
        "October 5, 2026 5:00 AM EDT",
    ],
)
def test_the_same_instant_in_many_spellings(text: str) -> None:
    found = dates.parse_date(text)
    assert found is not None
    assert found.replace(microsecond=0) == datetime(2026, 10, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", None, "yesterday", "5 pm", "12", "2026-02-31", "x" * 200])
def test_what_is_no_date_is_none(text: str | None) -> None:
    assert dates.parse_date(text) is None


def test_clamp_believes_what_can_be() -> None:
    assert dates.clamp(None, NOW) is None
    assert dates.clamp(datetime(1, 1, 1, tzinfo=UTC), NOW) is None
    assert dates.clamp(datetime(1970, 1, 1, tzinfo=UTC), NOW) is None
    assert dates.clamp(datetime(2999, 1, 1, tzinfo=UTC), NOW) == NOW
    soon = NOW + timedelta(hours=14)
    assert dates.clamp(soon, NOW) == soon


@given(st.text(max_size=60) | st.from_regex(r"[\d:/ T+Z.,-]{1,40}", fullmatch=True))
def test_no_text_raises(text: str) -> None:
    when = dates.parse_date(text)
    assert when is None or when.utcoffset() == timedelta(0)
    clamped = dates.clamp(when, NOW)
    assert clamped is None or dates.EARLIEST <= clamped <= NOW + dates.AHEAD


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_we_write_we_read(when: datetime) -> None:
    when = when.replace(microsecond=0, year=max(when.year, 1000))
    assert dates.parse_date(when.isoformat()) == when
