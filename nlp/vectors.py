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

if TYPE_CHECKING:
    from breachwire.model import Vector, Vectors

WEEK: Final = 7.0
LISTS: Final = 1_024
PROBES: Final = 256
"""Lists, and how many of them a search looks at: at a million vectors recall@10 is .97 of the exact
search's for queries of words and questions alike, in 13 ms (bench.search). With 32 it was .98 for
texts like those stored, but .84 for short queries, which lie apart from them."""
KEPT: Final = 12
"""Weeks read again that stay: one backdated article looks at ten. At 300 articles a day 3 MB
each."""
SEARCHES: Final = 1_024
"""Late searches kept where nothing is let go of: a batch of 64 and what it stirs are 200."""


class FaissIndex:
    """Inner product, safe from any thread; loads faiss when made.

    Flat over float16 and exact; made with a sample, in lists of 8-bit vectors (IVF, SQ8): from some
    200,000 on (DESIGN §4), where a flat look at all takes too long. Under bounds as many more lists
    are looked at as vectors fall out, so that about as many are compared as without. One OpenMP
    thread: two make a single query five times slower.
    """

    def __init__(self, dimension: int, sample: Vectors | None = None) -> None:
        """`sample`: vectors like those that will come, 50 for each list or more."""
        import faiss

        self._faiss = faiss
        faiss.omp_set_num_threads(1)
        self._dimension = dimension
        self._lock = threading.Lock()
        self._index: Any = self._flat() if sample is None else self._listed(sample)
        self._ids = np.zeros(0, dtype=np.int64)
        """Sorted."""

    def _flat(self) -> Any:
        kind = self._faiss.ScalarQuantizer.QT_fp16
        flat = self._faiss.IndexScalarQuantizer(
            self._dimension, kind, self._faiss.METRIC_INNER_PRODUCT
        )
        return self._faiss.IndexIDMap2(flat)

    def _listed(self, sample: Vectors) -> Any:
        product = self._faiss.METRIC_INNER_PRODUCT
        middles = self._faiss.IndexFlatIP(self._dimension)
        index = self._faiss.IndexIVFScalarQuantizer(
            middles, self._dimension, max(1, min(LISTS, len(sample) // 50)),
            self._faiss.ScalarQuantizer.QT_8bit, product,
        )  # fmt: skip
        index.train(np.ascontiguousarray(sample, dtype=np.float32))
        return index

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def listed(self) -> bool:
        """Whether it is in lists, not flat."""
        return isinstance(self._index, self._faiss.IndexIVFScalarQuantizer)

    def write(self, path: Path) -> int:
        """To a file; how many vectors it holds. Raises OSError."""
        with self._lock:
            try:
                self._faiss.write_index(self._index, str(path))
            except RuntimeError as error:  # what faiss makes of a full disk
                raise OSError(f"{path}: {str(error).splitlines()[-1]}") from error
            return len(self._ids)

    @classmethod
    def read(cls, path: Path, dimension: int) -> FaissIndex:
        """From a file that `write` made. Raises OSError, ValueError for another's."""
        made = cls(dimension)
        faiss = made._faiss
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise OSError(f"{path}: {str(error).splitlines()[-1]}") from error
        ours = isinstance(index, faiss.IndexIDMap2 | faiss.IndexIVFScalarQuantizer)
        if not ours or index.d != dimension:
            raise ValueError(f"{path}: not an index of {dimension} dimensions")
        made._index = index
        made._ids = np.sort(made._held())
        return made

    def _held(self) -> Any:
        """The ids in the index, in its order."""
        if not self.listed:
            return self._faiss.vector_to_array(self._index.id_map)
        lists = self._index.invlists
        sizes = [(n, lists.list_size(n)) for n in range(lists.nlist)]
        some = [
            self._faiss.rev_swig_ptr(lists.get_ids(n), size).copy() for n, size in sizes if size
        ]
        return np.concatenate([np.zeros(0, dtype=np.int64), *some])

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
            self._remove(keys)
            self._index.add_with_ids(block, keys)
            keys.sort()
            self._ids = np.insert(self._ids, self._ids.searchsorted(keys), keys)

    def remove(self, ids: Sequence[int]) -> None:
        """Take ids out; unknown ones are passed over."""
        with self._lock:
            self._remove(np.fromiter(ids, dtype=np.int64, count=len(ids)))

    def _remove(self, ids: Any) -> None:
        places = self._ids.searchsorted(ids)
        inside = places < len(self._ids)
        places = np.unique(places[inside][self._ids[places[inside]] == ids[inside]])
        if len(places):
            self._index.remove_ids(self._faiss.IDSelectorBatch(self._ids[places]))
            self._ids = np.delete(self._ids, places)

    def search(
        self, vector: Vector, limit: int, *, low: int | None = None, high: int | None = None
    ) -> list[tuple[int, float]]:
        """Ids and cosines, best first; `low` <= id < `high`."""
        query = np.ascontiguousarray(np.asarray(vector, dtype=np.float32).reshape(1, -1))
        with self._lock:
            first = 0 if low is None else int(self._ids.searchsorted(low))
            end = len(self._ids) if high is None else int(self._ids.searchsorted(high))
            limit = min(limit, end - first)
            if limit <= 0:
                return []
            parameters = self._parameters(low, high, (end - first) / len(self._ids))
            scores, ids = self._index.search(query, limit, params=parameters)
        return [
            (int(id_), float(score))
            for id_, score in zip(ids[0], scores[0], strict=True)
            if id_ != -1
        ]

    def _parameters(self, low: int | None, high: int | None, share: float) -> Any:
        """How one search looks, of which so large a share of the vectors is within the bounds."""
        faiss, selector = self._faiss, None
        if low is not None or high is not None:
            ends = np.iinfo(np.int64)
            selector = faiss.IDSelectorRange(
                ends.min if low is None else low, ends.max if high is None else high
            )
        parameters = faiss.SearchParametersIVF() if self.listed else faiss.SearchParameters()
        if self.listed:
            parameters.nprobe = min(self._index.nlist, math.ceil(PROBES / share))
        parameters.sel = selector
        return parameters


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
