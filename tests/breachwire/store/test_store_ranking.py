"""Common words cost no more than a bound, and what is asked for is still found."""

from __future__ import annotations

from itertools import combinations

import pytest

from breachwire.store import Terms, effort, frequencies, matching
from breachwire.store.matching import Index

pytestmark = pytest.mark.sqlite


@pytest.fixture
def small(monkeypatch):
    """Bounds that a dozen articles reach."""
    bounds = {"SCORED": 3, "COMMON": 6, "WALKED": 8, "LATE": 6}
    for name, value in {**bounds, "PHRASED": 4, "SOUGHT": 5, "DRIVING": 1}.items():
        monkeypatch.setattr(effort, name, value)


def test_rare_words_are_scored_and_common_ones_are_conditions(store, make, small):
    drafts = [
        make.draft(
            n,
            title=f"Report {n}" + (" about harbor" if n == 4 else ""),
            text="Common words everywhere." + (" A lighthouse." if n in (2, 9) else ""),
        )
        for n in range(12)
    ]
    taken = store.take([(draft, None) for draft in drafts], make.now)
    ids = {n: one.article.id for n, one in enumerate(taken)}

    def found(*words, unwanted=()):
        terms = Terms(tuple((word,) for word in words), unwanted)
        return [id for id, _ in store.search_text(terms, limit=20)]

    assert set(found("lighthouse", "common")[:2]) == {ids[2], ids[9]}
    assert found("lighthouse", unwanted=("harbor",)) in ([ids[2], ids[9]], [ids[9], ids[2]])
    assert found("common", "harbor")[0] == ids[4]  # alone has both, among too many to score
    assert found("common", "words") == [ids[n] for n in (11, 10, 9, 8, 7, 6)]  # the newest
    assert found("report", "common")[:2] == [ids[11], ids[10]]
    assert found("lighthouse", unwanted=("common",)) == []
    for without in ("lighthouse", "lightho*"):  # in the text alone, where the opening was looked at
        assert found("report", "common", unwanted=(without,))[:3] == [ids[11], ids[10], ids[8]]
    assert store.search_every(Terms((("common",), ("words",))), limit=5) == [
        ids[n] for n in (11, 10, 9, 8, 7)
    ]
    assert store.search_every(Terms((("common",),), ("lighthouse",)), limit=20)[:3] == [
        ids[n] for n in (11, 10, 8)
    ]
    every, some = store.search_both(Terms((("lighthouse",), ("harbor",))), limit=20)
    assert every == []
    assert {id for id, _ in some} == {ids[2], ids[9], ids[4]}


def test_a_phrase_of_common_words_is_sought_among_the_newest_that_have_them(store, make, small):
    drafts = [
        make.draft(
            n,
            title=f"Report {n}" + (" of common words" if n in (2, 9) else ""),
            text="Words and common things."
            + (" Common words." if n in (1, 8) else "")
            + (" A lighthouse keeper." if n == 1 else ""),
        )
        for n in range(12)
    ]
    taken = store.take([(draft, None) for draft in drafts], make.now)
    ids = {n: one.article.id for n, one in enumerate(taken)}

    def found(*terms, until=None):
        wanted = Terms(tuple((term,) for term in terms))
        every, _ = store.search_both(wanted, limit=20, until=until)
        return [id for id, _ in every]

    # In titles and openings over all times, elsewhere not in the older ones.
    assert found("common words") == [ids[9], ids[2], ids[8]]
    assert found("common words", until=make.draft(8).published) == [ids[2]]
    assert found("common words", until=make.draft(3).published) == [ids[2], ids[1]]
    assert found("words and") == [ids[n] for n in (11, 10, 9, 8, 7)]
    assert found("things words") == []
    # Where rarer words lead, the phrase is a condition on all that have them.
    assert found("lighthouse", "common words") == [ids[1]]
    assert found("lighthouse", "keeper", "common words") == [ids[1]]
    assert found("lighthouse", "keeper", "things words") == []


def test_of_a_group_that_many_have_those_in_titles_are_scored_where_they_are_enough(
    store, make, monkeypatch
):
    drafts = [
        make.draft(
            n,
            title=f"Report {n}" + (" on a harbor" if n in (2, 9) else ""),
            text="A harbor."
            + (" Harbor, harbor, harbor." if n == 5 else "")
            + " Pilots." * (n == 2),
        )
        for n in range(12)
    ]
    taken = store.take([(draft, None) for draft in drafts], make.now)
    ids = {n: one.article.id for n, one in enumerate(taken)}
    monkeypatch.setattr(effort, "TELLING", 3)

    def found(limit, unwanted=()):
        return {id for id, _ in store.search_text(Terms((("harbor",),), unwanted), limit=limit)}

    assert found(2) == {ids[2], ids[9]}
    assert found(2, ("pilots",)) == {ids[9]}
    assert len(found(3)) == 3  # two titles are not enough
    assert found(20) == set(ids.values())


def test_other_names_of_common_words_are_left_out_where_the_rest_is_enough(store, make, small):
    drafts = [
        make.draft(
            n,
            title=f"Report {n}" + " on common things" * (n == 7),
            text="Words and common matters, of things." + " Lynx." * (n in (1, 2)),
        )
        for n in range(12)
    ]
    taken = store.take([(draft, None) for draft in drafts], make.now)
    ids = {n: one.article.id for n, one in enumerate(taken)}

    def found(limit):
        terms = Terms((("lynx", "common things"),))
        return {id for id, _ in store.search_text(terms, limit=limit)}

    assert found(2) == {ids[1], ids[2]}
    assert found(3) == {ids[1], ids[2], ids[7]}


def test_a_beginning_that_many_have_is_looked_for_in_openings(store, make, small):
    drafts = [
        make.draft(n, title=f"Report {n} on harbors", text="Quays. " + "A harborside." * (n == 5))
        for n in range(12)
    ]
    late = make.draft(12, title="Nothing", text="A harborside.", lead="")
    taken = store.take([(draft, None) for draft in [*drafts, late]], make.now)
    ids = [one.article.id for one in taken]

    def found(*words, unwanted=()):
        terms = Terms(tuple((word,) for word in words), unwanted)
        return {id for id, _ in store.search_text(terms, limit=20)}

    assert found("harbo*") == set(ids[6:12])  # the newest of those, and not the last one's text
    assert ids[5] in found("harborsi*")  # few begin so: looked for everywhere
    assert ids[12] in found("harborsi*")
    assert found("harborside", unwanted=("report",)) == {ids[12]}


def test_a_common_word_is_counted_by_samples_a_rare_one_row_by_row(store, make, monkeypatch):
    drafts = [
        make.draft(n, title=f"Report {n}", text="Common." + (" Rare." if n % 40 == 0 else ""))
        for n in range(400)
    ]
    store.take([(draft, None) for draft in drafts], make.now)
    monkeypatch.setattr(effort, "COUNTED", 20)
    monkeypatch.setattr(frequencies, "_SHARE", 2)
    index = Index("article_search", "8.0, 3.0, 1.0, 6.0")
    with store._read() as connection:
        counts = frequencies.Counts(connection, frequencies.Frequencies())
        common, rare, none = (
            counts.of(index, group) for group in ('("common")', '("rare")', '("nowhere")')
        )
    assert (rare.number, none.number) == (10, 0)
    assert common.newest == 21
    assert 200 <= common.number <= 800


def test_what_few_have_is_the_same_sought_upwards_and_downwards(store, make):
    drafts = [
        make.draft(n, text="A harbor." + (" A lighthouse." if n in (1, 2, 7, 15) else ""))
        for n in range(16)
    ]
    rows = sorted(one.article.id for one in store.take([(d, None) for d in drafts], make.now))
    having = [rows[n] for n in (15, 7, 2, 1)]
    index, expression = matching.Index("article_search", "1.0"), '("harbor") AND ("lighthouse")'
    ends = [0, *rows, rows[-1] + 1, (1 << 63) - 1]
    with store._read() as connection:
        for low, high in combinations(ends, 2):
            bounds = matching.Bounds(low, high)
            for limit in (1, 2, 9):
                found = matching.sought(connection, index, expression, bounds, limit)
                assert found == [id for id in having if low <= id < high][:limit]
        best = matching.score(connection, index, "harbor", matching.Bounds(), 9, within=expression)
        assert {id for id, _ in best} == set(having)
        nothing = '("harbor") AND ("nowhere")'
        assert matching.sought(connection, index, nothing, matching.Bounds(), 9) == []
        assert not matching.score(connection, index, "harbor", matching.Bounds(), 9, within=nothing)
