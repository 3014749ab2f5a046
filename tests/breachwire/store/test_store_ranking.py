"""Common words cost no more than a bound, and what is asked for is still found."""

from __future__ import annotations

import pytest

from breachwire.store import Terms, ranking


@pytest.fixture
def small(monkeypatch):
    """Bounds that a dozen articles reach."""
    for name, value in {"SCORED": 3, "COMMON": 6, "WALKED": 8, "LATE": 6}.items():
        monkeypatch.setattr(ranking, name, value)


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
    assert sorted(found("common", "words")) == sorted(ids.values())
    assert found("lighthouse", unwanted=("common",)) == []
    assert store.search_every(Terms((("common",), ("words",))), limit=5) == [
        ids[n] for n in (11, 10, 9, 8, 7)
    ]
    assert store.search_every(Terms((("common",),), ("lighthouse",)), limit=20)[:3] == [
        ids[n] for n in (11, 10, 8)
    ]
    every, some = store.search_both(Terms((("lighthouse",), ("harbor",))), limit=20)
    assert every == []
    assert {id for id, _ in some} == {ids[2], ids[9], ids[4]}
