"""Vectors in memory → the nearest of them.

In: ids and normalised vectors. Out: ids and cosines, best first. `FaissIndex` is the store's index
for search (`breachwire.model.VectorIndex`): exact, or in lists where there are many. `WeekVectors`
is the threader's: plain numpy, a block a week, so that the cost is that of the weeks looked at.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from nlp.listed import MAGIC, Listed

if TYPE_CHECKING:
    from breachwire.model import Vector, Vectors

WEEK: Final = 7.0
KEPT: Final = 12
"""Weeks read again that stay: one backdated article looks at ten. At 300 articles a day 3 MB
each."""
SEARCHES: Final = 1_024
"""Late searches kept where nothing is let go of: a batch of 64 and what it stirs are 200."""


class FaissIndex:
    """Inner product, safe from any thread; loads faiss when made.

    Flat over float16 and exact; made with a sample, in lists (`nlp.listed`): from some 50,000 on,
    where a flat look at all takes too long. One OpenMP thread: two make a single query five times
    slower, and each thread of the process has a number of its own.
    """

    def __init__(self, dimension: int, sample: Vectors | None = None) -> None:
        """`sample`: vectors like those that will come, 50 for each list or more."""
        import faiss

        self._faiss = faiss
        faiss.omp_set_num_threads(1)
        self._dimension = dimension
        self._lock = threading.Lock()
        self._index: Any = None
        self._lists: Listed | None = None
        self._own = np.zeros(0, dtype=np.int64)
        """Of a flat one, sorted."""
        if sample is None:
            self._index = self._flat()
        else:
            self._lists = Listed(faiss, dimension, sample)

    def _flat(self) -> Any:
        kind = self._faiss.ScalarQuantizer.QT_fp16
        flat = self._faiss.IndexScalarQuantizer(
            self._dimension, kind, self._faiss.METRIC_INNER_PRODUCT
        )
        return self._faiss.IndexIDMap2(flat)

    @property
    def _ids(self) -> Any:
        """Sorted."""
        return self._own if self._lists is None else self._lists.ids

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def listed(self) -> bool:
        """Whether it is in lists, not flat."""
        return self._lists is not None

    def write(self, path: Path) -> int:
        """To a file; how many vectors it holds. Raises OSError."""
        with self._lock:
            try:
                if self._lists is None:
                    self._faiss.write_index(self._index, str(path))
                else:
                    self._lists.write(path)
            except RuntimeError as error:  # what faiss makes of a full disk
                raise OSError(f"{path}: {str(error).splitlines()[-1]}") from error
            return len(self._ids)

    @classmethod
    def read(cls, path: Path, dimension: int) -> FaissIndex:
        """From a file that `write` made. Raises OSError, ValueError for another's."""
        made = cls(dimension)
        try:
            with path.open("rb") as file:
                in_lists = file.read(len(MAGIC)) == MAGIC
            if in_lists:
                made._lists = Listed.read(made._faiss, path, dimension)
                return made
            index = made._faiss.read_index(str(path))
        except RuntimeError as error:
            raise OSError(f"{path}: {str(error).splitlines()[-1]}") from error
        if not isinstance(index, made._faiss.IndexIDMap2) or index.d != dimension:
            raise ValueError(f"{path}: not an index of {dimension} dimensions")
        made._index = index
        made._own = np.sort(made._faiss.vector_to_array(index.id_map))
        return made

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Put vectors in; an id that is there already is replaced, the last of equal ids counts."""
        if len(ids) == 0:
            return
        last = {int(id_): row for row, id_ in enumerate(ids)}
        keys = np.fromiter(last, dtype=np.int64, count=len(last))
        block = np.ascontiguousarray(
            np.asarray(vectors, dtype=np.float32).reshape(-1, self._dimension)[list(last.values())]
        )
        with self._lock:
            self._faiss.omp_set_num_threads(1)
            self._remove(keys)
            if self._lists is not None:
                self._lists.add(keys, block)
                return
            self._index.add_with_ids(block, keys)
            keys.sort()
            self._own = np.insert(self._own, self._own.searchsorted(keys), keys)

    def remove(self, ids: Sequence[int]) -> None:
        """Take ids out; unknown ones are passed over."""
        with self._lock:
            self._remove(np.fromiter(ids, dtype=np.int64, count=len(ids)))

    def _remove(self, ids: Any) -> None:
        places = self._ids.searchsorted(ids)
        inside = places < len(self._ids)
        places = np.unique(places[inside][self._ids[places[inside]] == ids[inside]])
        if len(places) and self._lists is not None:
            self._lists.remove(places)
        elif len(places):
            self._index.remove_ids(self._faiss.IDSelectorBatch(self._own[places]))
            self._own = np.delete(self._own, places)

    def search(
        self, vector: Vector, limit: int, *, low: int | None = None, high: int | None = None
    ) -> list[tuple[int, float]]:
        """Ids and cosines, best first; `low` <= id < `high`."""
        query = np.ascontiguousarray(np.asarray(vector, dtype=np.float32).reshape(-1))
        with self._lock:
            self._faiss.omp_set_num_threads(1)
            first = 0 if low is None else int(self._ids.searchsorted(low))
            end = len(self._ids) if high is None else int(self._ids.searchsorted(high))
            limit = min(limit, end - first)
            if limit <= 0:
                return []
            if self._lists is not None:
                ids, scores = self._lists.search(query, limit, first, end)
            else:
                ids, scores = self._all(query, limit, first, end)
        return list(zip(ids.tolist(), scores.tolist(), strict=True))

    def _all(self, query: Vector, limit: int, first: int, end: int) -> tuple[Any, Any]:
        """By a look at every vector."""
        parameters = self._faiss.SearchParameters()
        if end - first < len(self._own):
            low, high = int(self._own[first]), int(self._own[end - 1]) + 1
            parameters.sel = self._faiss.IDSelectorRange(low, high)
        scores, ids = self._index.search(query.reshape(1, -1), limit, params=parameters)
        held = ids[0] != -1
        return ids[0][held], scores[0][held]


class _Block:
    """Vectors of one week; grows by doubling."""

    def __init__(self, dimension: int) -> None:
        self.rows: Vectors = np.zeros((16, dimension), dtype=np.float32)
        self.ids: list[int] = []

    def add(self, id_: int, vector: Vector) -> None:
        if len(self.ids) == len(self.rows):
            self.rows = np.concatenate([self.rows, np.zeros_like(self.rows)])
        self.rows[len(self.ids)] = vector
        self.ids.append(id_)


@dataclass(slots=True)
class _Search:
    """What a vector was last found near."""

    vector: Vector
    weeks: range
    limit: int
    near: dict[int, float]
    seen: int
    """How many additions of late it knows."""


class WeekVectors:
    """Vectors by week; not thread-safe (one threader owns it).

    A look at five weeks reads 16 MB where 300 articles come a day. Of late searches the answers
    stay, so that the same vector is compared with what was added since and nothing else, and many
    vectors at once (`expect`) are compared in one product, which reads every week once.
    """

    def __init__(self, read: Callable[[int], tuple[Sequence[int], Vectors]] | None = None) -> None:
        """`read` gives the ids and vectors of a week that was let go of."""
        self._blocks: dict[int, _Block] = {}
        self._at: dict[int, tuple[int, int]] = {}
        self._read = read
        self._floor = -math.inf
        self._old: dict[int, tuple[Sequence[int], Vectors]] = {}
        self._searched: dict[int, _Search] = {}
        """By the vector's identity: articles keep theirs for as long as they are in memory."""
        self._late: list[tuple[int, int, Vector]] = []
        """Week, id and vector of what was added since the first of them."""

    def __len__(self) -> int:
        return len(self._at)

    def add(self, id_: int, day: float, vector: Vector) -> None:
        """Put one in; an id that is there already is replaced."""
        week = int(day // WEEK)
        if id_ in self._at:
            before, row = self._at[id_]
            block = self._blocks[before]
            if before == week and np.array_equal(block.rows[row], vector):
                return
            block.rows[row] = 0.0
            block.ids[row] = -1
            self._forget()
        block = self._blocks.setdefault(week, _Block(len(vector)))
        self._at[id_] = (week, len(block.ids))
        block.add(id_, vector)
        if self._searched:
            self._late.append((week, id_, vector))

    def let_go(self, day: float) -> None:
        """Drop the weeks before `day`: they are read when they are looked at."""
        self._floor = max(self._floor, day // WEEK)
        for week in [week for week in self._blocks if week < self._floor]:
            for id_ in self._blocks.pop(week).ids:
                self._at.pop(id_, None)
        self._old = {}
        self._forget()

    def _forget(self) -> None:
        self._searched, self._late = {}, []

    def search(self, vector: Vector, limit: int, low: float, high: float) -> dict[int, float]:
        """Cosines by id of the nearest whose week meets the days from `low` to `high`."""
        weeks = range(int(low // WEEK), int(high // WEEK) + 1)
        known = self._searched.get(id(vector))
        if known is None or (known.weeks, known.limit) != (weeks, limit):
            self._look([vector], limit, weeks)
            known = self._searched[id(vector)]
        late = [(i, v) for week, i, v in self._late[known.seen :] if week in weeks]
        if late:
            cosines = np.stack([v for _, v in late]) @ vector
            known.near |= {i: float(c) for (i, _), c in zip(late, cosines, strict=True)}
            known.near = _first(known.near, limit)
        known.seen = len(self._late)
        return dict(known.near)

    def expect(self, vectors: Iterable[tuple[Vector, float, float]], limit: int) -> None:
        """Look for many at once, each in its days: what `search` will be asked for next."""
        together: dict[range, list[Vector]] = defaultdict(list)
        for vector, low, high in vectors:
            weeks = range(int(low // WEEK), int(high // WEEK) + 1)
            known = self._searched.get(id(vector))
            if known is None or (known.weeks, known.limit) != (weeks, limit):
                together[weeks].append(vector)
        for weeks, some in together.items():
            self._look(some, limit, weeks)

    def _look(self, vectors: Sequence[Vector], limit: int, weeks: range) -> None:
        found: list[dict[int, float]] = [{} for _ in vectors]
        queries = np.stack(vectors)
        for ids, rows in self._of(weeks):
            for near, more in zip(found, _nearest(ids, rows, queries, limit), strict=True):
                near |= more
        if len(self._searched) >= SEARCHES:
            self._forget()
        for vector, near in zip(vectors, found, strict=True):
            self._searched[id(vector)] = _Search(
                vector, weeks, limit, _first(near, limit), len(self._late)
            )

    def _of(self, weeks: range) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Ids and vectors, week by week."""
        for week in weeks:
            if week < self._floor and self._read is not None:
                yield self._week(week, self._read)
            block = self._blocks.get(week)
            if block is not None:
                yield block.ids, block.rows[: len(block.ids)]

    def _week(
        self, week: int, read: Callable[[int], tuple[Sequence[int], Vectors]]
    ) -> tuple[Sequence[int], Vectors]:
        """A week's ids and vectors; the last that were read are kept."""
        kept = self._old.pop(week, None) or read(week)
        self._old[week] = kept
        for oldest in list(self._old)[: len(self._old) - KEPT]:
            del self._old[oldest]
        return kept


def _nearest(
    ids: Sequence[int], rows: Vectors, queries: Vectors, limit: int
) -> Iterator[dict[int, float]]:
    """Of each query the nearest rows, in no order."""
    products: Any = queries @ rows.T if len(ids) else [()] * len(queries)
    for cosines in products:
        many = len(cosines) > limit
        best = cosines.argpartition(-limit)[-limit:] if many else range(len(cosines))
        yield {ids[i]: float(cosines[i]) for i in best if ids[i] >= 0}


def _first(near: Mapping[int, float], limit: int) -> dict[int, float]:
    return dict(sorted(near.items(), key=lambda pair: -pair[1])[:limit])
