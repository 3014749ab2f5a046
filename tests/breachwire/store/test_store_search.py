"""Text and vector search: what people type, and identifiers in it."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachwire.errors import SlowSearchError
from breachwire.store import Terms, matching
from breachwire.store.words import MAX_TERMS, grouped, identifiers, parse_query


@pytest.fixture
def shelf(store, make):
    """Articles to look for, by a letter."""
    texts = {
        "a": ("Acme hit by ransomware", "Files were locked at Acme. The gang is Night Owl."),
        "b": ("Patch for NetGate", "CVE-2026-3055 is exploited. CVE-2026-30551 is not. v1.82.7."),
        "c": ("Weekly notes", "Acme was mentioned once, after the breach. Version 1.82.70 too."),
        "d": ("Café Zürich leaks", "A zero-day in node-relay at files.depot.example did it."),
        "e": ("Night shift", "An owl was seen at night; nothing was breached."),
    }
    drafts = [
        make.draft(n, title=title, text=text, lead="")
        for n, (title, text) in enumerate(texts.values())
    ]
    return dict(zip([article.id for article in make.take(store, *drafts)], texts, strict=True))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("acme", "ac"),  # title before text
        ("ACME ransomware", "ac"),  # those with any word come after those with all
        ("breach", "ec"),  # at a sentence's end, and inflected
        ('"night owl"', "a"),
        ("night owl -gang", "e"),
        ("acme -weekly", "a"),
        ('acme -"weekly notes"', "a"),
        ("CVE-2026-3055", "b"),
        ("cve-2026-3055.", "b"),
        ("CVE-2026-305", ""),
        ("1.82.7", "b"),
        ("v1.82.70", "c"),
        ("cafe zurich", "d"),
        ("zero day", "d"),
        ("zero-day", "d"),
        ("node-relay", "d"),
        ("depot.example", "d"),
        ("what was the ransomware at acme", "ac"),
        ("ransomware unheard", "a"),  # any of them, where none has all
        ("the", "ac"),
        ("-acme", ""),
        ('""', ""),
        ("", ""),
        ("unheard", ""),
    ],
)
def test_queries_find(store, shelf, query, found):
    hits = store.search_text(query, limit=10)
    names = [shelf[id] for id, _ in hits]
    assert sorted(names) == sorted(found)
    if "acme" in query.lower():
        assert names == list(found)
    scores = [score for _, score in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_times_bound_a_search(store, shelf, make):
    def found(**bounds):
        return sorted(shelf[id] for id, _ in store.search_text("acme night", limit=9, **bounds))

    assert found() == ["a", "c", "e"]
    hour = timedelta(hours=1)
    assert found(since=make.now + hour) == ["c", "e"]
    assert found(since=make.now + 2 * hour, until=make.now + 4 * hour) == ["c"]
    assert found(until=make.now) == []


def test_a_limit_is_kept(store, shelf):
    assert len(store.search_text("acme night owl -gang", limit=1)) == 1


@pytest.mark.parametrize(
    "query",
    ["NEAR(a b)", "a AND", "OR", "NOT NOT", "title:acme", "^acme", "acme*", "{title} : x", "(", '"',
     "a\x00b", "\ud800", "'; --", "-", "--", '-"', "+", "\n\t", "ा", "🎉", "terms : x",
     "a" * 10_000, " ".join(map(str, range(5_000))), '"' * 999],
)  # fmt: skip
def test_nothing_a_user_types_is_an_error(store, shelf, query):
    assert isinstance(store.search_text(query, limit=5), list)


def test_a_slow_search_is_stopped_and_the_store_goes_on(store, shelf, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(matching, "_STEPS", 1)
        with pytest.raises(SlowSearchError, match="use rarer words"):
            store.search_text("acme", limit=5, seconds=-1.0)
    assert len(store.search_text("acme", limit=5)) == 2


def test_of_many_beginnings_three_are_asked_for():
    groups, without = grouped(parse_query("alpha* beta* gamma* delta* -eta*"))
    assert [group.count(" *") for group in groups] == [1, 1, 1, 0]
    assert groups[3] == '("delta")'
    assert without == '("eta")'


@given(st.text(max_size=60))
def test_every_query_is_bounded(query):
    groups, _ = grouped(parse_query(query))
    assert len(groups) <= MAX_TERMS
    assert all(groups)


def test_of_many_words_sixteen_are_asked_for():
    words = [f"w{n}" for n in range(200)]
    for terms in (parse_query(" ".join(words)), Terms(tuple((word,) for word in words))):
        assert len(grouped(terms)[0]) == 16


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it is only read
@given(st.lists(st.lists(st.text(max_size=30), max_size=5), max_size=30), st.text(max_size=20))
def test_no_terms_are_an_error(store, groups, unwanted):
    terms = Terms(tuple(map(tuple, groups)), (unwanted,))
    assert isinstance(store.search_text(terms, limit=5), list)
    assert isinstance(store.search_threads(terms, limit=5), list)


def test_alternatives_and_beginnings(store, shelf):
    def found(*wanted, unwanted=()):
        hits = store.search_text(Terms(wanted, unwanted), limit=9)
        return "".join(shelf[id] for id, _ in hits)

    assert found(("gang", "netgate"), ("acme", "patch"))[:2] in ("ab", "ba")
    assert found(("ransomw*",)) == "a"
    assert found(("ra*",)) == ""  # too short to be a beginning: a word like any other
    assert sorted(found(("acme",), unwanted=("weekly notes",))) == ["a"]


def test_rare_words_are_known(store, shelf):
    assert store.rare(["acme", "netgate", "unheard", ""], 0) == {"unheard"}
    assert store.rare(["acme", "netgate", "unheard"], 1) == {"netgate", "unheard"}


def test_identifiers_are_found_whole():
    text = (
        "CVE-2026-3055, cve-2026-3055; v1.82.7. 10.0.0.1/24 GHSA-abcd-1234-wxyz 2.5 1.2rc1 and 3."
    )
    whole = [
        token.replace("\ue001", "-").replace("\ue002", ".") for token in identifiers(text).split()
    ]
    assert whole == ["cve-2026-3055", "1.82.7", "10.0.0.1", "ghsa-abcd-1234-wxyz", "2.5"]


class Flat:
    """A VectorIndex by the book: every cosine computed."""

    def __init__(self):
        self.vectors = {}

    def __len__(self):
        return len(self.vectors)

    def add(self, ids, vectors):
        assert vectors.dtype == np.float32
        self.vectors.update(zip(ids, vectors, strict=True))

    def remove(self, ids):
        for id in ids:
            self.vectors.pop(id, None)

    def search(self, vector, limit, *, low=None, high=None):
        scores = [
            (id, float(vector @ other))
            for id, other in self.vectors.items()
            if (low is None or id >= low) and (high is None or id < high)
        ]
        return sorted(scores, key=lambda pair: -pair[1])[:limit]


def test_an_index_is_filled_and_kept_up(store, opened, make):
    articles = make.take(store, *(make.draft(n) for n in range(4)))
    make.place(store, *articles[:2])
    index = Flat()
    assert store.search_vectors(make.vector(1), limit=3) == []
    assert store.use_index(index, make.model) == 2
    make.place(store, articles[2])
    assert len(index) == 3 or store.url.startswith("postgresql:")  # searches the rows themselves
    make.place(opened(), articles[3])  # as another process would
    (best, cosine), *_ = store.search_vectors(make.vector(articles[3].id), limit=2)
    assert best == articles[3].id
    assert math.isclose(cosine, 1, abs_tol=0.001)
    late = store.search_vectors(make.vector(1), limit=9, since=articles[1].at, until=articles[3].at)
    assert sorted(id for id, _ in late) == [articles[1].id, articles[2].id]


def test_an_index_of_another_model_gets_nothing(store, make):
    make.place(store, *make.take(store, make.draft(0)))
    assert store.use_index(Flat(), "another-model") == 0


def test_titles_are_found_by_names_and_articles_by_cve(store, make):
    articles = make.take(
        store,
        make.draft(0, title="Quellmark Clinics: files stolen", text="Nothing else."),
        make.draft(1, title="A clinic in Borvane", text="Quellmark was not hit. CVE-2026-3055."),
        make.draft(2, title="Quellmark's clinics reopen", text="All is well."),
        make.draft(3, title="CVE-2026-3055 exploited", text="Patch now."),
    )
    a, b, c, d = (article.id for article in articles)
    phrases = [
        "quellmark",
        "clinic",
        "CVE-2026-3055",
        "quellmark clinics",
        "files stolen",
        '"*',
        "",
    ]
    late = articles[3].at + timedelta(hours=1)
    assert store.titled(phrases, until=late, limit=9) == {
        "quellmark": [c, a],
        "clinic": [c, b, a],
        "CVE-2026-3055": [d, b],
        "quellmark clinics": [a],
        "files stolen": [a],
    }
    assert store.titled(["clinic"], until=articles[2].at, limit=1) == {"clinic": [b]}
    assert store.titled(["nowhere"], until=late, limit=9) == {}


def test_what_is_read_in_one_moment_is_of_that_moment(store, make):
    before = store.counts().articles
    with store.reading():
        assert store.counts().articles == before
        with store.reading():
            store.take([(make.draft(1), None)], make.now)
        assert store.counts().articles == before
    assert store.counts().articles == before + 1
