"""Entry and page → draft; import line → draft; the credit line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from breachwire.errors import ParseError
from breachwire.model import Draft, Entry, FeedSpec, Page
from ingest.compose import compose, from_import
from ingest.credit import credit_line

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://ledger.example/2026/harbour"
SUMMARY = "Harbour Clinic said on Monday that a ransomware attack exposed 24,937 patients."
ARTICLE = (
    "Harbour Clinic said on Monday that a ransomware attack exposed the records of 24,937 "
    "patients.\nThe Grey Lantern group claims the attack on the clinic.\nInvestigators are at work."
)


FEED = FeedSpec("https://ledger.example/f", outlet="The Ledger")


def entry(**fields: Any) -> Entry:
    known = {
        "key": "1",
        "url": URL + "?utm_source=rss",
        "title": "Clinic hit by ransomware",
        "summary": f"<p>{SUMMARY}</p>",
        "published": NOW - timedelta(days=2),
    }
    return Entry(**{**known, **fields})


def draft(page: Page | None, given: Entry | None = None, **more: Any) -> Draft:
    known = {"url": URL, "page_state": "ok", "now": NOW, **more}
    return compose(given or entry(), FEED, page, **known)


def test_the_pages_text_serves_where_it_says_more() -> None:
    got = draft(Page("Clinic hit", ARTICLE, ("Ada Reed",), source="Ledger", section="Health",
                     canonical_url="https://www.ledger.example/harbour-final"))  # fmt: skip
    assert (got.text, got.text_from, got.page_state, got.page_note) == (ARTICLE, "page", "ok", "")
    assert got.lead == SUMMARY
    assert got.url == URL
    assert got.keys == ("ledger.example/2026/harbour", "ledger.example/harbour-final")
    assert (got.source, got.family, got.section) == ("The Ledger", "The Ledger", "Health")
    assert got.authors == ("Ada Reed",)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Clinic hit by ransomware.",
        "Please enable JavaScript and cookies to continue. Checking your browser before access. "
        * 2,
        "We value your privacy. We and our 812 partners store and access information on a device. "
        * 9,
    ],
    ids=["empty", "short", "robot check", "consent"],
)
def test_the_feeds_text_serves_where_the_page_does_not(text: str) -> None:
    got = draft(Page("Clinic hit", text))
    assert (got.text, got.text_from, got.page_state) == (SUMMARY, "feed", "thin")
    assert got.page_note.endswith("; the feed's text")


def test_a_refused_page_says_why() -> None:
    got = draft(None, page_state="refused", note="403 from the outlet")
    assert (got.text, got.page_state) == (SUMMARY, "refused")
    assert got.page_note == "403 from the outlet; the feed's text"


def test_dates_are_clamped_and_fall_back_to_the_pages() -> None:
    far = datetime(2999, 1, 1, tzinfo=UTC)
    assert draft(None, entry(published=far)).published == NOW
    assert draft(Page("x", ARTICLE, published=NOW), entry(published=None)).published == NOW


def test_feed_boilerplate_is_dropped_from_live_texts() -> None:
    tail = "<p>The post <a>Clinic hit</a> appeared first on <a>The Ledger</a>.</p>"
    assert draft(None, entry(summary=f"<p>{SUMMARY}</p>{tail}")).text == SUMMARY
    assert draft(None, entry(summary=f"{SUMMARY}<p>Read more</p>")).text == SUMMARY


def test_an_entry_without_an_address_is_an_error() -> None:
    with pytest.raises(ParseError, match="no web address"):
        draft(None, entry(url=""), url="")


# --- import ---------------------------------------------------------------------------------------


def item(**fields: Any) -> dict[str, Any]:
    return {"url": URL, "title": "Clinic  hit", "summary": SUMMARY, "source": "The Ledger",
            "published": "2026-10-05", **fields}  # fmt: skip


@pytest.mark.parametrize(
    "summary",
    [
        "Two  spaces stay, and version <6.3 and vers<v15.0 too.",
        "Line one\n\nLine two. The post Clinic hit appeared first on The Ledger .",
        "“Quotes”, naïve façade, 漢字 and 🔒 stay. […]",
    ],
)
def test_a_clean_summary_is_kept_to_the_letter(summary: str) -> None:
    got = from_import(item(summary=summary), NOW)
    assert got.text == got.lead == summary
    assert got.title == "Clinic hit"
    assert got.published == datetime(2026, 10, 5, tzinfo=UTC)
    assert (got.page_state, got.text_from) == ("unknown", "feed")


def test_content_goes_before_summary_and_html_becomes_text() -> None:
    got = from_import(item(content_html="<p>One.</p><p>Two.</p>", authors=["By Ada Reed"]), NOW)
    assert (got.text, got.lead, got.authors) == ("One.\nTwo.", SUMMARY, ("Ada Reed",))
    assert from_import(item(content="Full\ntext", content_html="<p>x"), NOW).text == "Full\ntext"
    assert from_import(item(summary="a\u200bb \x07c &amp; d"), NOW).text == "ab c & d"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"url": None}, "no 'url'"),
        ({"url": "ftp://a/b"}, "'url' is no http"),
        ({"url": 7}, "'url' is a int"),
        ({"title": None}, "no 'title'"),
        ({"title": " \u200b"}, "'title' is empty"),
        ({"summary": ["x"]}, "'summary' is a list"),
        ({"published": "soon"}, "'published' is no date"),
        ({"published": 5}, "'published' is a int"),
        ({"authors": [1]}, "'authors'"),
    ],
)
def test_a_bad_line_names_its_field(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(ParseError, match=says):
        from_import(item(**fields), NOW)


# --- credit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "credit"),
    [
        ("SEAWIRE reports: The clinic paid.", "SEAWIRE"),
        ("Ada Reed reports: The clinic paid.", "Ada Reed"),
        ("Ada Reed, Max Orr, and Bo Kim report: It paid.", "Ada Reed, Max Orr, and Bo Kim"),
        ("The agency (CISA) - and others - warn of AI (AI)-powered attacks.", ""),
        ("Ada Reed of The Sea Post reports: The clinic paid.", "The Sea Post"),
        ("Bank of Sea reports: The clinic paid.", "Bank of Sea"),
        ("PARIS, Oct 5 (Newswire) - The clinic paid.", "Newswire"),
        ("The clinic paid. This article was originally published by The Sea Post.", "The Sea Post"),
        ("The clinic paid.\nh/t Sea Post", "Sea Post"),
        ("The clinic paid. (Via Sea Post)", "Sea Post"),
        ("The post Clinic hit appeared first on The Ledger .", ""),
        ("The clinic reports a loss. It was first published on October 5.", ""),
        ("Hackers reached the network via Microsoft Teams and left.", ""),
        ("The group reports to no one: it acts alone.", ""),
        ("The Ledger reports: The clinic paid.", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_credit_line(text: str, credit: str) -> None:
    assert credit_line(text, outlet="The Ledger") == credit
