"""Publisher families of articles whose feed states none."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from ingest import catalog, compose
from ingest.families import family_of

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "outlet", "family"),
    [
        ("https://www.wired.com/story/a", "", "Condé Nast"),
        ("https://arstechnica.com/security/a", "Ars", "Condé Nast"),
        ("https://mirror.example/a", "fedscoop", "Scoop News Group"),
        ("https://blog.talosintelligence.com/a", "Talos", "Cisco"),
        ("https://isc.sans.edu/diary/1", "", "SANS"),
        ("https://notwired.com/a", "Elm Herald", ""),
        ("nonsense", "", ""),
    ],
)
def test_by_outlet_and_by_site(url: str, outlet: str, family: str) -> None:
    assert family_of(url, outlet) == family


def test_imports_take_the_family_from_the_table() -> None:
    item = {"url": "https://www.wired.com/a", "title": "T", "summary": "S", "source": "WIRED"}
    assert compose.from_import(item, NOW).family == "Condé Nast"
    item = {"url": "https://elm.example/a", "title": "T", "summary": "S", "source": "Elm Herald"}
    assert compose.from_import(item, NOW).family == "Elm Herald"


def test_the_catalogue_and_the_table_agree() -> None:
    for feed in catalog.load():
        known = family_of(feed.url, feed.outlet)
        assert feed.family in ("", known) or not known, feed.outlet
        assert not known or feed.family == known, feed.outlet


def test_no_site_or_name_stands_in_two_families() -> None:
    text = files("ingest.catalog").joinpath("families.toml").read_text("utf-8")
    for key in ("sites", "outlets"):
        listed = [name.casefold() for one in tomllib.loads(text)["family"] for name in one[key]]
        assert sorted(set(listed)) == sorted(listed)
