"""How often feeds want to be asked, from real documents and headers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from breachwire.model import NO_WISHES, Wishes
from ingest.parse import parse_feed
from ingest.wishes import fresh

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def document(channel: str, item: str = "") -> bytes:
    return (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>The Ledger</title>{channel}<item><title>One</title>"
        f"<link>https://ledger.example/1</link>{item}</item></channel></rss>"
    ).encode()


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("", NO_WISHES),
        ("<ttl> 60 </ttl>", Wishes(ttl_minutes=60)),
        ("<ttl>soon</ttl><ttl>-3</ttl>", NO_WISHES),
        (
            "<sy:updatePeriod>\n hourly\t</sy:updatePeriod>"
            "<sy:updateFrequency> 2 </sy:updateFrequency>",
            Wishes(every_minutes=30),
        ),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", Wishes(every_minutes=10_080)),
        ("<sy:updatePeriod>often</sy:updatePeriod>", NO_WISHES),
        (
            "<skipHours><hour>0</hour><hour> 23 </hour><hour>24</hour><hour>99</hour>"
            "<hour>x</hour></skipHours><skipDays><day>Sunday</day><day>saturday</day>"
            "<day>Funday</day></skipDays>",
            Wishes(skip_hours=(0, 23), skip_days=(5, 6)),
        ),
        ("<skipHours><hour>3</hour>", NO_WISHES),
    ],
)
def test_what_a_channel_says(channel: str, expected: Wishes) -> None:
    assert parse_feed(document(channel)).wishes == expected


def test_what_an_entry_says_is_not_the_feeds() -> None:
    item = (
        "<description>&lt;ttl&gt;9&lt;/ttl&gt;</description><skipHours><hour>1</hour></skipHours>"
    )
    assert parse_feed(document("", item)).wishes == NO_WISHES


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": "Max-Age=600, must-revalidate", "age": "250"}, 350),
        ({"cache-control": "max-age=60", "age": "250"}, 0),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "max-age=0", "expires": "Sun, 01 Nov 2026 13:00:00 GMT"}, 0),
        ({"expires": "Sun, 01 Nov 2026 13:00:00 GMT"}, 3600),
        (
            {
                "expires": "Sun, 01 Nov 2026 13:00:00 GMT",
                "date": "Sun, 01 Nov 2026 12:30:00 GMT",
            },
            1800,
        ),
        ({"expires": "0"}, 0),
        ({"expires": "Sun, 01 Nov 2026 11:00:00 GMT"}, 0),
    ],
)
def test_how_long_an_answer_is_fresh(headers: dict[str, str], seconds: float) -> None:
    assert fresh(headers, NOW) == seconds
