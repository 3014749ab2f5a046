"""OPML lists in and out."""

from __future__ import annotations

from pathlib import Path

import pytest

from breachwire.errors import ParseError
from breachwire.model import FeedSpec
from ingest import opml

LIST = b"""<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>
<outline text="News"><outline text="The Ledger" xmlUrl="https://ledger.example/feed"/>
<outline text="Deeper"><outline title="Sea" text="Sea" XMLURL="feed://sea.example/rss"
 category="/CERTs/EU,x" language="de"/></outline></outline>
<outline text="again" xmlUrl="https://ledger.example/feed"/>
<outline text="no feed" xmlUrl="javascript:alert(1)"/></body></opml>"""


def test_nested_outlines_are_read_once_each() -> None:
    assert opml.read(LIST) == [
        FeedSpec("https://ledger.example/feed", title="The Ledger", section="News"),
        FeedSpec("https://sea.example/rss", title="Sea", section="CERTs/EU", language="de"),
    ]


def test_what_is_written_is_read_back_equal() -> None:
    specs = [
        FeedSpec("https://a.example/f?a=1&b=2", "A <&> B", "Sea", "House", "news", "en", "", True),
        FeedSpec("https://b.example/f", outlet="Sea"),
        FeedSpec("https://c.example/f"),
    ]  # fmt: skip
    assert opml.read(opml.write(specs, "Lists & more")) == specs


def test_bare_ampersands_and_early_ends_are_mended() -> None:
    broken = b'<opml><body><outline text="A & B" xmlUrl="https://a.example/f?a=1&b=2"/><outl'
    [spec] = opml.read(broken)
    assert (spec.url, spec.title) == ("https://a.example/f?a=1&b=2", "A & B")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain",
        b"{}",
        b"<rss/>",
        b"<!doctype html><html><body>x",
        b"<opml><body><outline",
        b"\x89PNG....",
        b"<opml><body>" + b"<outline text='a'>" * 100_000,
    ],
)
def test_what_is_no_opml_is_an_error_of_one_line(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        opml.read(body)
    assert "\n" not in str(caught.value)


def test_entities_neither_explode_nor_fetch(tmp_path: Path) -> None:
    outline = "<outline text='{}' xmlUrl='https://a.example/f'/>"
    (tmp_path / "secret.xml").write_text("<outline xmlUrl='https://inside.example/f'/>", "utf-8")
    (tmp_path / "secret.dtd").write_text("<!ENTITY s 'secret'>", "utf-8")
    files = {name: (tmp_path / f"secret.{name}").as_uri() for name in ("xml", "dtd")}
    for declared, body in (
        (f"[<!ENTITY a SYSTEM '{files['xml']}'>]", "&a;" + outline.format("")),
        (f"SYSTEM '{files['dtd']}'", outline.format("&s;")),
        (f"[<!ENTITY % a SYSTEM '{files['dtd']}'>%a;]", outline.format("&s;")),
    ):
        text = f"<!DOCTYPE opml {declared}><opml><body>{body}</body></opml>"
        assert opml.read(text.encode()) == [FeedSpec("https://a.example/f")]
    bomb = "".join(f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(12))
    doctype = f"<!DOCTYPE opml [<!ENTITY a 'aaaaaaaaaa'>{bomb}]>"
    with pytest.raises(ParseError, match="amplification"):
        opml.read(f"{doctype}<opml><body>{outline.format('&m;')}</body></opml>".encode())


def test_characters_that_do_not_exist_are_an_error_not_a_crash() -> None:
    body = b"<o&#xD800;pml><body><outline text='a&#xD800;' xmlUrl='https://a.example/f'/></body>"
    with pytest.raises(ParseError):
        opml.read(body)
