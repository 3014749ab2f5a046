"""Search and passages over a real store, without the model."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api import passages
from api.params import thread_filter
from api.search import cursor as cursors
from api.search import search
from api.search.candidates import Found
from api.search.late import Late, Ranked
from api.search.query import Query
from api.search.when import periods
from breachwire.errors import SlowSearchError, UsageError
from breachwire.model import Evidence, Indicator, KnownActor
from breachwire.store import Terms, ThreadFilter
from nlp import galaxy

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


def test_a_next_page_is_made_from_what_the_first_one_found(
    material: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(cursor: str | None) -> dict[str, Any]:
        return search(material.store, None, "said", ALL, limit=1, cursor=cursor)

    first = page(None)
    anew = page(first["next"])
    with monkeypatch.context() as patch:
        patch.setattr("api.search.read", None)  # no second search is possible
        assert page(first["next"]) == anew
        patch.setattr("api.search.late.FRESH", -1.0)
        with pytest.raises(TypeError):
            page(first["next"])
    monkeypatch.setattr("api.search.late.FRESH", -1.0)
    assert page(first["next"]) == anew


def test_of_many_orders_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.search.late._KEPT", 20)
    late = Late()
    found = {f"t{n}": Found(exact=["is it"], text=[n], score=1 / n) for n in range(1, 900)}
    ranked = Ranked(Query("q", Terms(())), ["exact"], list(found), found)
    for n in range(40):
        late.keep(("store", f"q{n}", ALL), ranked)
    kept = late.get(("store", "q39", ALL))
    assert kept is not None
    assert list(kept.ids) == list(found)[: len(kept.ids)]
    assert len(kept.ids) > cursors.DEEPEST
    assert kept.found["t7"] == Found(exact=["is it"], text=[7])
    assert late.get(("store", "q0", ALL)) is None
    assert late.get(("store", "q39", ThreadFilter(cve="CVE-2026-1"))) is None


@pytest.mark.parametrize("cursor", ["zzz", "!!!!", "W10x", "eyJhIjoxfQ", "WzFd", "é"])
def test_a_foreign_cursor_is_wrong_use(material: Any, cursor: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        search(material.store, None, "bank", ALL, cursor=cursor)


@given(st.text(max_size=200))
def test_no_query_is_an_error(material: Any, query: str) -> None:
    assert isinstance(search(material.store, None, query, ALL)["results"], list)


@given(st.text(max_size=2_000), st.text(max_size=30))
def test_a_passage_is_always_a_stretch_of_the_text(text: str, query: str) -> None:
    wanted = passages.wanted(passages.terms(query))
    if wanted:
        matched = [(m.start(), m[0].casefold()) for m in wanted.pattern.finditer(text)]
        assert wanted.hits(text) == matched or "ı" in text
    passage = passages.best(text, wanted)
    if passage is None:
        assert not text.strip()
    else:
        assert text[passage.start : passage.end] == passage.quote
        assert 0 < len(passage.quote) <= passages.LONGEST


def test_a_filter_for_another_name_than_the_query_gives_nothing_exact(material: Any) -> None:
    where = replace(ALL, victim="Millbrook General Hospital")
    assert "bank" not in found(material, "Quarrybank", where)


def answered(material: Any, query: str, where: ThreadFilter = ALL, **more: Any) -> dict[str, Any]:
    """The whole answer, with facets."""
    return search(material.store, None, query, where, with_facets=True, **more)


def test_a_misspelt_name_finds_its_threads_and_says_so(material: Any) -> None:
    answer = answered(material, "quarybank customers")
    assert answer["corrected"] == [{"typed": "quarybank", "meant": "quarrybank"}]
    assert answer["results"][0]["thread"] == material.threads["bank"].id
    assert "'quarrybank' for 'quarybank'" in answer["results"][0]["why"]


def test_the_beginning_of_a_name_will_do(material: Any) -> None:
    assert found(material, "quarryb")[0] == "bank"
    assert found(material, "millb* ambulances")[0] == "hospital"


def test_an_actor_is_found_by_its_other_names(material: Any) -> None:
    def known(slug: str) -> KnownActor | None:
        names = {"salt-heron", "brine-egret"}
        return KnownActor("Salt Heron", ("Brine Egret",)) if slug in names else None

    assert "bank" not in found(material, "brine egret")
    answer = answered(material, "brine egret", known_actor=known)
    first = answer["results"][0]
    assert first["thread"] == material.threads["bank"].id
    assert "actor is 'brine egret' (salt heron)" in first["why"]


def test_who_was_hit_through_a_supplier(material: Any) -> None:
    first, second, *_ = answered(material, "who else was hit through Tidewater Sync?")["results"]
    assert first["thread"] == material.threads["bank"].id
    assert "third party is 'Tidewater Sync'" in first["why"]
    assert second["thread"] == material.threads["supplier"].id


def test_a_thread_is_found_by_what_its_ledger_says(material: Any) -> None:
    """No article has these words: they are the ledger's."""
    answer = answered(material, "payment_card breaches")
    assert answer["results"][0]["thread"] == material.threads["bank"].id


def test_a_package_or_address_is_exact(material: Any) -> None:
    article = material.articles["orrery-patch"]
    where = Evidence(article.id, "title", 0, 6, article.title[:6])
    one = Indicator("package", "pkg:npm/orrery-gate@4.0.1", where, where)
    material.store.save_indicators([article.id], [one])
    for asked in ("pkg:npm/orrery-gate@4.0.1", "orrery-gate@4.0.1", "orrery-gate[.]example"):
        answer = answered(material, f"customers {asked}")
        if "example" in asked:
            assert all("named" not in r["why"] for r in answer["results"])
        else:
            assert answer["results"][0]["thread"] == material.threads["flaw"].id
            assert answer["results"][0]["why"].startswith(asked)


def test_a_time_in_the_query_is_a_hint(material: Any) -> None:
    newest = material.articles["quarrybank-confirms"].at
    plain = answered(material, "said")
    hinted = answered(material, f"said {newest:%B %Y}")
    assert {r["thread"] for r in plain["results"]} == {r["thread"] for r in hinted["results"]}
    first = hinted["results"][0]
    assert f"reported in {newest:%B %Y}" in first["why"]
    assert answered(material, "ransomware last 24 hours")["results"][0]["thread"] == (
        material.threads["hospital"].id
    )


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("hospital ransomware april", ["April 2026", "April 2025"]),
        ("march 2026 breaches", ["March 2026"]),
        ("hackers may march", []),
        ("stolen in May", ["May 2026", "May 2025"]),
        ("CVE-2026-1234", []),
        ("breaches 2025", ["2025"]),
        ("2026-02", ["February 2026"]),
        ("last 24 hours", ["last 24 hours"]),
        ("the past week", ["past week"]),
        ("augustine decided", []),
        ("yesterday", ["yesterday"]),
    ],
)
def test_times_are_read(text: str, labels: list[str]) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    named, spans = periods(text, now)
    assert [one.label for one in named] == labels
    assert all(one.since < one.until for one in named)
    assert bool(spans) == bool(labels)


def test_recent_prefers_and_updated_sorts(material: Any) -> None:
    newest = found(material, "said", sort="updated")
    times = [material.threads[nick].updated_at for nick in newest]
    assert times == sorted(times, reverse=True)
    assert set(found(material, "said", sort="recent")) == set(newest)


def test_facets_count_what_was_found(material: Any) -> None:
    answer = answered(material, "said")
    facets = answer["facets"]
    assert sum(one["count"] for one in facets["section"]) == answer["found"]
    assert {"value": "Quarrybank", "count": 1} in facets["victim"]
    assert {one["value"] for one in facets["source"]} >= {"Signal Post", "Harbor Ledger"}
    by_age = {one["value"]: one["count"] for one in facets["since"]}
    assert by_age["24h"] <= by_age["7d"] <= by_age["365d"]
    for name in ("section", "source", "status", "victim"):
        for one in facets[name]:
            narrowed = answered(material, "said", thread_filter({name: one["value"]}))
            assert narrowed["found"] == one["count"], (name, one)


def test_filters_alone_are_a_search(material: Any) -> None:
    answer = answered(material, " ", ThreadFilter(section="Ransomware"))
    assert [r["thread"] for r in answer["results"]] == [material.threads["hospital"].id]
    assert answered(material, "")["results"] == []


def test_filters_alone_give_the_same_page_with_and_without_counts(material: Any) -> None:
    since = ThreadFilter(since=min(a.at for a in material.articles.values()))
    counted, bare = (
        search(material.store, None, "", since, limit=1, with_facets=facets)
        for facets in (True, False)
    )
    assert counted["found"] >= 2
    assert (counted["results"], counted["next"]) == (bare["results"], bare["next"])
    assert search(material.store, None, "", since, limit=1, cursor=counted["next"])["results"]


def test_nothing_found_says_what_to_loosen(material: Any) -> None:
    answer = answered(material, "hospital ransomware", ThreadFilter(section="Breaches"))
    assert answer["results"] == []
    assert answer["loosen"][0]["drop"] == "section"
    assert answer["loosen"][0]["count"] >= 1
    assert [one["drop"] for one in answer["loosen"]] == ["section"]  # no word was in the way
    minus = answered(material, "ambulances -hospital")
    assert minus["results"] == []
    assert {"drop": "without", "value": "hospital", "count": 1} in minus["loosen"]


def test_marks_are_stretches_of_the_text(material: Any) -> None:
    by_url = {a.url: a.text for a in material.articles.values()}
    for result in answered(material, "customer records")["results"]:
        for passage in result["passages"]:
            for start, end in passage["marks"]:
                assert passage["start"] <= start < end <= passage["end"]
                words = by_url[passage["article"]][start:end].casefold()
                assert words in ("customer", "records", "record")


def test_a_cursor_stays_short_and_is_for_its_own_query(material: Any) -> None:
    cursor = search(material.store, None, "said", ALL, limit=1)["next"]
    assert cursor is not None
    with pytest.raises(UsageError, match="cursor"):
        search(material.store, None, "other words", ALL, cursor=cursor)
    marks = [cursors.mark(str(n)) for n in range(cursors.DEEPEST)]
    assert len(cursors.encode("said", marks)) < 3_000


def test_text_that_takes_too_long_leaves_the_rest(
    material: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any, **__: Any) -> Any:
        raise SlowSearchError("the search took too long")

    monkeypatch.setattr(type(material.store), "search_both", slow)
    answer = answered(material, "Quarrybank")
    assert answer["modes"] == ["exact"]
    assert answer["results"][0]["thread"] == material.threads["bank"].id


HOSTILE = st.lists(
    st.sampled_from(
        ['"', "-", "*", "NEAR(", ")", "AND", "OR NOT", "title:", "^", "\x00", "\ud800", "%", "'",
         "cve-", "cve-2026-99999999", "pkg:npm/", "[.]", "a@1.1", "1.1.1.1", "2026-13", "May 0",
         "who was hit through", "last 999 years", "last 0 days", "the", "ा", "🎉", "quarybank",
         "-" * 300, "a" * 3_000, "\u202e", "terms : x", "{", "hxxp://", "last", "20000"]
    )
    | st.text(max_size=12),
    max_size=40,
).map(" ".join)  # fmt: skip


@settings(deadline=None)
@given(HOSTILE)
def test_no_hostile_query_is_an_error(material: Any, query: str) -> None:
    answer = answered(material, query, known_actor=galaxy.known_by_slug)
    assert isinstance(answer["results"], list)
    orjson.dumps({**answer, "query": ""})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(HOSTILE, st.sampled_from(["", "24h", "nonsense"]), st.text(max_size=20))
def test_no_hostile_request_is_a_500(client: TestClient, query: str, since: str, name: str) -> None:
    asked = {"q": query.encode("utf-8", "replace").decode(), "since": since}
    asked |= {"victim": name.encode("utf-8", "replace").decode()}
    for path in ("/search", "/api/v1/search"):
        assert client.get(path, params=asked).status_code in (200, 400), asked


def test_the_page_narrows_marks_and_loosens(client: TestClient) -> None:
    page = client.get("/search", params={"q": "quarybank customers"}).text
    assert "“quarrybank” was looked for too, as “quarybank” is in hardly any article." in page
    assert 'aria-label="Narrow the result"' in client.get("/search?q=said").text
    chosen = client.get("/search?q=hospital&section=Ransomware&sector=").text
    assert "Section: Ransomware" in chosen
    empty = client.get("/search?q=ambulances&section=Breaches").text
    assert "Without the filter Section</a>: 1 thread." in empty
    assert "hospital</mark>" in client.get("/search?q=hospital").text.lower()
