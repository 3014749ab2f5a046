"""Feed documents of every kind, and everything that is none."""

from __future__ import annotations

import json
import re
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachwire.errors import NotAFeedError
from ingest.parse import parse_feed

URL = "https://ledger.example/feeds/all.xml"
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>The Ledger &amp;amp; Co</title><link>https://ledger.example/</link><language>en-GB</language>
<ttl>45</ttl>
<item><title>Harbour &lt;b&gt;Clinic&lt;/b&gt; hit</title><link>/2026/harbour?a=1&amp;b=2</link>
<guid isPermaLink="false">h-1</guid><pubDate>Mon, 05 Oct 2026 11:00:00 +0200</pubDate>
<dc:creator>By Ada Reed and Max Orr</dc:creator><category>Breaches</category>
<description>&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>One.</p><p>Two.</p><p>Three.</p>]]></content:encoded></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>The Ledger</title>
<link href="https://ledger.example/"/>
<entry><id>urn:x:1</id><title type="text">Why &lt;script&gt; is dangerous</title>
<link rel="enclosure" href="/a.mp3"/><link rel="alternate" href="/one"/>
<author><name>Ada Reed</name><email>ada@ledger.example</email></author>
<published>2026-10-05T09:00:00Z</published><updated>2026-10-06T09:00:00Z</updated>
<summary>5 &lt; 6 &amp; 7</summary></entry></feed>"""


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>t</title>{''.join(items)}</channel></rss>".encode()


def test_rss_is_read_into_plain_values() -> None:
    feed = parse_feed(RSS.encode(), content_type="application/rss+xml", url=URL)
    assert (feed.format, feed.title, feed.url) == (
        "rss20",
        "The Ledger & Co",
        "https://ledger.example/",
    )
    assert (feed.language, feed.wishes.ttl_minutes, feed.problems) == ("en-GB", 45, ())
    [entry] = feed.entries
    assert entry.key == "h-1"
    assert entry.url == "https://ledger.example/2026/harbour?a=1&b=2"
    assert entry.title == "Harbour Clinic hit"
    assert entry.authors == ("Ada Reed", "Max Orr")
    assert entry.published == datetime(2026, 10, 5, 9, tzinfo=UTC)
    assert entry.section == "Breaches"
    assert entry.content.endswith("<p>Three.</p>")


def test_atom_text_stays_text_and_its_alternate_is_the_link() -> None:
    [entry] = parse_feed(ATOM.encode(), url=URL).entries
    assert entry.title == "Why <script> is dangerous"
    assert entry.url == "https://ledger.example/one"
    assert entry.summary == "5 &lt; 6 &amp; 7"
    assert entry.authors == ("Ada Reed",)
    assert entry.updated == datetime(2026, 10, 6, 9, tzinfo=UTC)


def test_json_feed_is_read_and_its_bad_items_are_named() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Ledger",
        "authors": [{"name": "Ada Reed"}],
        "items": [
            {"id": 7, "url": "/one", "title": "A &amp; B", "content_html": "<p>x</p>",
             "date_published": "2026-10-05T09:00:00+02:00", "tags": ["Law"]},
            "no item",
            {},
        ],
    }  # fmt: skip
    feed = parse_feed(json.dumps(document).encode(), url=URL)
    [entry] = feed.entries
    assert feed.format == "json11"
    assert (entry.key, entry.url) == ("7", "https://ledger.example/one")
    assert (entry.title, entry.authors, entry.section) == ("A & B", ("Ada Reed",), "Law")
    assert entry.published == datetime(2026, 10, 5, 7, tzinfo=UTC)
    assert len(feed.problems) == 2


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"  \n\0", "empty"),
        (b"\x89PNG\r\n\x1a\n....", "image"),
        (b"<!doctype html><html><head><title>Sign in | Ledger</title>", "HTML page.*Sign in"),
        (b"Not Found", "plain text"),
        (b"<opml version='2.0'><body/></opml>", "OPML"),
        (b"<urlset><url/></urlset>", "sitemap"),
        (b'{"a": 1}', "version"),
        (b'{"a": ', "broken JSON"),
        (b"[" * 100_000, "nested"),
        (b"x" * 10_000_001, "larger"),
    ],
)
def test_what_is_no_feed_is_named_in_a_line(body: bytes, says: str) -> None:
    with pytest.raises(NotAFeedError, match=says) as caught:
        parse_feed(body)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_keys_fall_back_to_address_and_to_title_with_date() -> None:
    feed = parse_feed(
        rss(
            "<item><title>a</title><link>https://a.example/1</link></item>",
            "<item><title>b</title><pubDate>Mon, 05 Oct 2026 11:00:00 GMT</pubDate></item>",
            "<item><title>b</title><pubDate>Tue, 06 Oct 2026 11:00:00 GMT</pubDate></item>",
        )
    )
    keys = [entry.key for entry in feed.entries]
    assert keys[0] == "https://a.example/1"
    assert len(set(keys)) == 3


def test_a_guid_used_twice_with_other_links_keeps_both() -> None:
    item = (
        "<item><guid isPermaLink='false'>same</guid><title>{0}</title>"
        "<link>https://a.example/{0}</link></item>"
    )
    feed = parse_feed(rss(item.format("1"), item.format("2"), item.format("2")))
    assert [entry.title for entry in feed.entries] == ["1", "2"]
    assert feed.entries[0].key == "same"
    assert feed.entries[1].key != "same"


def test_a_guid_that_is_no_address_makes_no_link() -> None:
    [entry] = parse_feed(rss("<item><guid>abc 123</guid><title>t</title></item>"), url=URL).entries
    assert (entry.key, entry.url) == ("abc 123", "")


@pytest.mark.parametrize("date", ["", "yesterday", "0000-00-00", "Mon, 99 Oct 2026", "2026-13-45"])
def test_a_broken_date_is_none_and_costs_nothing_else(date: str) -> None:
    [entry] = parse_feed(rss(f"<item><title>t</title><pubDate>{date}</pubDate></item>")).entries
    assert entry.published is None
    assert entry.title == "t"


@pytest.mark.parametrize(
    "encoding",
    ["bogus", "punycode", "idna", "undefined", "rot13", "utf-7", "unicode_escape", "us-ascii"],
)
def test_made_up_encodings_give_valid_text(encoding: str) -> None:
    body = f"<?xml version='1.0' encoding='{encoding}'?>".encode() + rss(
        "<item><title>Zürich x</title><link>https://a.example/</link></item>"
    )
    [entry] = parse_feed(body).entries
    entry.title.encode("utf-8")
    assert entry.title.endswith("x")


def test_an_encoding_that_is_none_of_text_changes_no_letter() -> None:
    title = r"C:\new \x41"
    body = b"<?xml version='1.0' encoding='unicode_escape'?>" + rss(
        f"<item><title>{title}</title></item>"
    )
    assert [entry.title for entry in parse_feed(body).entries] == [title]


def test_utf_7_that_spells_a_lone_surrogate_is_read_all_the_same() -> None:
    body = b"<?xml version='1.0' encoding='utf-7'?>" + rss("<item><title>+2AA- x</title></item>")
    [entry] = parse_feed(body).entries
    entry.title.encode("utf-8")
    assert entry.title.endswith("x")


def test_lone_surrogates_and_controls_are_gone() -> None:
    title = "<title>a&#xD800;b&#55299;\x0b\u202ec\u200b</title>"
    item = f"<item>{title}<description>&#xDFFF;x</description></item>"
    [entry] = parse_feed(rss(item)).entries
    (entry.title + entry.summary).encode("utf-8")
    assert re.fullmatch("a\ufffd?b\ufffd?c", entry.title)


def test_entities_neither_explode_nor_fetch() -> None:
    bomb = b"<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
        f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>".encode() for i in range(10)
    )
    for head, body in (
        (bomb + b"]>", rss("<item><title>x&k;</title></item>")),
        (
            b"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
            rss("<item><title>x&a;</title></item>"),
        ),
    ):  # fmt: skip
        try:
            titles = [entry.title for entry in parse_feed(head + body).entries]
        except NotAFeedError:
            continue
        assert all(len(title) < 100 and "root:" not in title for title in titles)


GOOD = "<item><title>good</title><link>https://a.example/good</link></item>"
MANY = "".join(
    f"<item><title>{i}</title><link>https://a.example/{i}</link></item>" for i in range(20_000)
)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("<item><description>" + "<b>" * 200_000 + "</description></item>", "nested deeper"),
        ("<item><description>" + "<b>" * 4_000 + "</description></item>", "nested deeper"),
        ("<item><description>" + "a " * 2_500_000 + "</description></item>", "MB of text"),
        ("<item " + " ".join(f'a{i}="x"' for i in range(20_000)) + "></item>", "attributes"),
        ("<item>" + "<category>1</category>" * 2_000 + "</item>", "300 categories"),
        ("<item>" + "<b>x</b>" * 3_000 + "</item>", "6002 elements"),
        ("<item>" + "&" * 3_000_000 + "</item>", "MB of text"),
    ],
    ids=["nested", "nested a little", "5 MB", "attributes", "categories", "elements", "ampersands"],
)
def test_an_entry_made_to_hurt_is_left_out_and_the_others_stay(bad: str, why: str) -> None:
    started = time.process_time()
    feed = parse_feed(rss(bad, GOOD))
    assert time.process_time() - started < 2
    assert [entry.title for entry in feed.entries] == ["good"]
    assert "entry 1 left out" in feed.problems[0]
    assert why in feed.problems[0]


def test_the_first_500_entries_of_20000_are_read() -> None:
    started = time.process_time()
    feed = parse_feed(rss(MANY))
    assert time.process_time() - started < 2
    assert [entry.title for entry in feed.entries] == [str(i) for i in range(500)]
    assert "20000 entries" in feed.problems[0]


def test_a_document_cut_short_still_gives_its_entries() -> None:
    feed = parse_feed(RSS.encode()[:-30] + b"<item><title>cut")
    assert feed.entries[0].title == "Harbour Clinic hit"
    assert "not well-formed" in feed.problems[0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.integers(0, 1500), st.integers(0, 30), st.booleans())
def test_no_bytes_raise_anything_but_not_a_feed(
    noise: bytes, at: int, cut: int, atom: bool
) -> None:
    document = (ATOM if atom else RSS).encode()
    for body in (noise, document[:at] + noise + document[at + cut :]):
        try:
            feed = parse_feed(body, url=URL)
        except NotAFeedError:
            continue
        for entry in feed.entries:
            json.dumps([entry.title, entry.summary, entry.content, entry.key]).encode()
            assert not re.search("[\0-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", entry.title)
            assert entry.url == "" or entry.url.startswith("http")


def test_feedparsers_own_documents_are_read_as_they_expect(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All but those that `differences.toml` names, each with its reason there."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    from evals.feeds.cases import cases
    from evals.feeds.judge import differs

    assert (shared / "data" / "feeds").is_dir()
    listed = (Path(__file__).parents[2] / "evals" / "feeds" / "differences.toml").read_text("utf-8")
    taken = [case for case in cases() if case.is_ours]
    wrong = {case.name for case in taken if differs(case) is not None}
    assert len(taken) > 1200
    assert wrong == set(tomllib.loads(listed))
