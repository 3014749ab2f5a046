"""Both indexes against plain arithmetic."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from nlp import listed as listed_vectors
from nlp.vectors import FaissIndex, WeekVectors


def _some(n: int, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(n, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_search_is_exact_to_half_precision() -> None:
    rows = _some(200)
    index = FaissIndex(16)
    index.add(range(1000, 1200), rows)
    cosines = rows @ rows[7]
    found = index.search(rows[7], 5)
    assert [id_ for id_, _ in found] == [1000 + int(i) for i in np.argsort(-cosines)[:5]]
    assert [c for _, c in found] == pytest.approx(np.sort(cosines)[::-1][:5], abs=2e-3)


def test_bounds_are_low_inclusive_high_exclusive() -> None:
    rows = _some(50)
    index = FaissIndex(16)
    index.add(range(50), rows)
    assert {i for i, _ in index.search(rows[0], 50, low=10, high=20)} == set(range(10, 20))
    assert {i for i, _ in index.search(rows[0], 50, low=45)} == set(range(45, 50))
    assert index.search(rows[0], 5, low=60) == []


def test_large_time_ordered_ids_survive() -> None:
    index = FaissIndex(16)
    big = 2**61 + 12345
    index.add([big], _some(1))
    assert index.search(_some(1)[0], 3, low=big, high=big + 1)[0][0] == big


def test_replace_and_remove() -> None:
    rows = _some(3)
    index = FaissIndex(16)
    index.add([1, 2], rows[:2])
    index.add([1, 1], rows[[0, 2]])
    assert len(index) == 2
    assert index.search(rows[2], 1)[0] == (1, pytest.approx(1.0, abs=2e-3))
    index.remove([1, 99])
    assert [i for i, _ in index.search(rows[2], 9)] == [2]
    index.remove([2])
    assert len(index) == 0
    assert index.search(rows[0], 3) == []


def test_reads_and_writes_from_many_threads() -> None:
    rows = _some(400)
    index = FaissIndex(16)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: index.add([i], rows[i : i + 1]), range(400)))
        found = list(pool.map(lambda i: index.search(rows[i], 1)[0][0], range(400)))
    assert found == list(range(400))


def test_weeks_bound_the_search_and_replacing_moves() -> None:
    rows = _some(40)
    near = WeekVectors()
    for i in range(40):
        near.add(i, 7.0 * i, rows[i])
    assert set(near.search(rows[3], 99, 14.0, 34.0)) == {2, 3, 4}
    assert next(iter(near.search(rows[3], 1, 0.0, 280.0))) == 3
    near.add(3, 7.0 * 39, rows[3])
    assert set(near.search(rows[3], 99, 14.0, 34.0)) == {2, 4}
    assert len(near) == 40


def test_weeks_let_go_of_are_read_again_when_looked_at() -> None:
    rows = _some(40)
    asked: list[int] = []

    def read(week: int) -> tuple[list[int], np.ndarray]:
        asked.append(week)
        return [week], rows[week : week + 1]

    near = WeekVectors(read)
    for i in range(40):
        near.add(i, 7.0 * i, rows[i])
    whole = near.search(rows[3], 99, 14.0, 34.0)
    near.let_go(7.0 * 30)
    assert len(near) == 10
    assert near.search(rows[3], 99, 14.0, 34.0) == pytest.approx(whole, abs=1e-6)
    near.search(rows[3], 99, 14.0, 34.0)
    assert asked == [2, 3, 4]
    near.search(rows[33], 99, 7.0 * 31, 7.0 * 35)
    assert asked == [2, 3, 4]


def test_many_looked_for_at_once_are_found_as_one_by_one() -> None:
    rows = _some(120)
    one, many = WeekVectors(), WeekVectors()
    for near in (one, many):
        for i, row in enumerate(rows[:100]):
            near.add(i, i / 2, row)
    many.expect([(row, 10.0, 30.0) for row in rows], 8)
    for row in rows:
        assert many.search(row, 8, 10.0, 30.0) == pytest.approx(one.search(row, 8, 10.0, 30.0))


def test_what_comes_in_or_changes_after_a_search_is_found() -> None:
    rows = _some(60)
    near = WeekVectors()
    for i, row in enumerate(rows[:40]):
        near.add(i, 3.0, row)
    query = rows[50]
    before = near.search(query, 5, 0.0, 7.0)
    near.add(50, 8.0, query)
    near.add(51, 3.0, query)
    near.add(52, 30.0, query)
    found = near.search(query, 5, 0.0, 7.0)
    best = sorted(before, key=lambda i: -before[i])
    assert set(found) == {50, 51, *best[:3]}
    near.add(best[0], 3.0, -query)
    assert set(near.search(query, 5, 0.0, 7.0)) == {50, 51, *best[1:4]}
    near.let_go(14.0)
    assert near.search(query, 5, 0.0, 7.0) == {}


@pytest.mark.parametrize("block", [65_536, 1_500])
@pytest.mark.parametrize("few", [10_000, 100])
def test_lists_find_what_the_flat_index_does_and_keep_bounds(
    tmp_path, monkeypatch, block, few
) -> None:
    monkeypatch.setattr(listed_vectors, "_BLOCK", block)
    monkeypatch.setattr(listed_vectors, "FEW", few)
    rows = _some(4_000)
    ids = [2**50 + 10 * n for n in range(4_000)]
    listed, flat = FaissIndex(16, rows[:2_000]), FaissIndex(16)
    for index in (listed, flat):
        index.add(ids, rows)
    assert listed.listed
    for query in _some(20, seed=2):
        exact = {i for i, _ in flat.search(query, 10, low=ids[1_000], high=ids[1_400])}
        found = {i for i, _ in listed.search(query, 10, low=ids[1_000], high=ids[1_400])}
        assert len(found & exact) >= 9
        assert all(ids[1_000] <= i < ids[1_400] for i in found)
    listed.add([ids[5], 7], rows[[6, 8]])
    listed.remove([ids[9], 12345])
    assert len(listed) == 4_000
    listed.write(tmp_path / "index")
    again = FaissIndex.read(tmp_path / "index", 16)
    assert again.listed
    assert len(again) == 4_000
    assert {i for i, _ in again.search(rows[6], 2)} == {ids[5], ids[6]}
    again.add([7], rows[8:9])
    assert len(again) == 4_000
