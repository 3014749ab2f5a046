"""Search, passages and related coverage over a real store, without the model."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import passages
from api.related import names, related
from api.search import search
from breachwire.errors import BlockedAddressError, UsageError
from breachwire.model import Page
from breachwire.store import ThreadFilter

ALL = ThreadFilter()


def found(material: Any, query: str, where: ThreadFilter = ALL, **more: Any) -> list[str]:
    """Nicknames of the threads that a query finds, in order."""
    nicks = {thread.id: nick for nick, thread in material.threads.items()}
    answer = search(material.store, None, query, where, **more)
    return [nicks[result["thread"]] for result in answer["results"]]


def test_an_identifier_comes_first_and_says_so(material: Any) -> None:
    answer = search(material.store, None, "gateway patch cve-2026-90001", ALL)
    first = answer["results"][0]
    assert first["thread"] == material.threads["supplier"].id
    assert first["why"].startswith("CVE-2026-90001 named")
    assert answer["modes"] == ["exact", "text"]


def test_a_victims_name_comes_first(material: Any) -> None:
    assert found(material, "Tidewater Sync")[0] == "supplier"
    assert set(found(material, "Tidewater Sync")) == {"supplier", "bank"}


def test_passages_are_the_stored_characters(material: Any) -> None:
    by_url = {a.url: a.text for a in material.articles.values()}
    results = search(material.store, None, "payment cards stolen", ALL)["results"]
    (passage, *_) = results[0]["passages"]
    assert by_url[passage["article"]][passage["start"] : passage["end"]] == passage["quote"]
    assert "payment cards" in passage["quote"]


def test_filters_narrow_a_search(material: Any) -> None:
    assert found(material, "hospital ransomware", ThreadFilter(section="Breaches")) == []
    assert found(material, "hospital ransomware", ThreadFilter(section="Ransomware")) == [
        "hospital"
    ]
    since = material.articles["quarrybank-confirms"].at - timedelta(hours=1)
    assert found(material, "Quarrybank customer", ThreadFilter(since=since)) == ["bank"]
    assert found(material, "poisoned update", ThreadFilter(since=since)) == []


def test_minus_and_phrases(material: Any) -> None:
    assert "bank" not in found(material, "update -Quarrybank")
    assert found(material, '"poisoned update"') == ["supplier"]


def test_paging_repeats_nothing_and_skips_nothing(material: Any) -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = search(material.store, None, "said", ALL, limit=1, cursor=cursor)
        seen += [result["thread"] for result in page["results"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == len(found(material, "said")) >= 2


@pytest.mark.parametrize("cursor", ["zzz", "!!!!", "W10x", "eyJhIjoxfQ", "WzFd", "é"])
def test_a_foreign_cursor_is_wrong_use(material: Any, cursor: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        search(material.store, None, "bank", ALL, cursor=cursor)


@given(st.text(max_size=200))
def test_no_query_is_an_error(material: Any, query: str) -> None:
    assert isinstance(search(material.store, None, query, ALL)["results"], list)


@given(st.text(max_size=2_000), st.text(max_size=30))
def test_a_passage_is_always_a_stretch_of_the_text(text: str, query: str) -> None:
    passage = passages.best(text, passages.terms(query))
    if passage is None:
        assert not text.strip()
    else:
        assert text[passage.start : passage.end] == passage.quote
        assert 0 < len(passage.quote) <= passages.LONGEST


def test_related_of_a_thread_gives_the_stores_reasons(material: Any) -> None:
    answer = related(material.store, None, thread=material.threads["bank"].id)
    assert [(r["thread"], r["relation"]) for r in answer["results"]] == [
        (material.threads["supplier"].id, "same_supplier")
    ]
    assert answer["results"][0]["why"] == "Tidewater Sync was the way in at both"


def test_related_of_a_known_address_starts_with_its_own_thread(material: Any) -> None:
    url = material.articles["quarrybank-confirms"].url
    results = related(material.store, None, url=url)["results"]
    assert [r["relation"] for r in results] == ["same_incident", "same_supplier"]
    assert results[0]["thread"] == material.threads["bank"].id


def test_related_of_a_text_names_what_is_shared(material: Any) -> None:
    text = (
        "Our team uses Tidewater Sync. We read that Quarrybank lost customer records, and that"
        " CVE-2026-90001 is the flaw behind it."
    )
    results = related(material.store, None, text=text)["results"]
    by_thread = {r["thread"]: r for r in results}
    bank = by_thread[material.threads["bank"].id]
    assert bank["relation"] == "same_victim"
    assert "Quarrybank is a victim here" in bank["why"]
    assert "CVE-2026-90001 in both" in by_thread[material.threads["supplier"].id]["why"]


def test_an_unknown_address_is_fetched_and_compared(material: Any) -> None:
    asked: list[str] = []

    def fetch(url: str) -> Page:
        asked.append(url)
        return Page("Millbrook General Hospital still on paper", "Staff of Millbrook write notes.")

    results = related(material.store, None, url="https://new.example/a", fetch_page=fetch)[
        "results"
    ]
    assert asked == ["https://new.example/a"]
    assert results[0]["thread"] == material.threads["hospital"].id


def test_a_blocked_address_is_the_fetchers_error(material: Any) -> None:
    def fetch(url: str) -> Page:
        raise BlockedAddressError(url, "a private address")

    with pytest.raises(BlockedAddressError):
        related(material.store, None, url="http://10.0.0.1/", fetch_page=fetch)


@pytest.mark.parametrize("asked", [{}, {"text": "  "}, {"text": "x" * 100_001}, {"url": "ftp://x"}])
def test_related_says_what_it_needs(material: Any, asked: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        related(material.store, None, **asked)


def test_names_are_gathered_from_a_text() -> None:
    text = "Quarrybank’s portal fell. The bank, Quarrybank, blamed Tidewater Sync. It said so."
    assert names(text)[0] == "Quarrybank"
    assert "Tidewater Sync" in names(text)
    assert "It" not in names(text)


def test_a_filter_for_another_name_than_the_query_gives_nothing_exact(material: Any) -> None:
    where = replace(ALL, victim="Millbrook General Hospital")
    assert "bank" not in found(material, "Quarrybank", where)
