"""Vectors in lists, looked at twice: by 4-bit codes first, the nearest few hundred by 8-bit copies.

In: row numbers and normalised vectors. Out: rows and cosines, best first. Measured on a million
vectors of 384: codes of two dimensions each are compared at 4 ns a vector in the processor's
registers (8-bit ones at 50 ns), so that three eighths of all lists cost 3 ms; of the 400 nearest by
codes the ten nearest by 8-bit copies are .99 of the exact ten. Codes are 96 bytes a vector, copies
388.
"""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

if TYPE_CHECKING:
    from breachwire.model import Vector, Vectors

LISTS: Final = 1_024
PROBES: Final = 384
"""Lists, and how many of them a search looks at: short queries lie apart from what is stored, so
that their nearest are spread over many lists: recall@10 is .99 for words and .97 for questions."""
AGAIN: Final = 400
"""Nearest by codes that are compared again, at least; and twice as many as are asked for."""
FEW: Final = 10_000
"""Vectors within bounds that are all compared by their copies: 4 ms."""
MAGIC: Final = b"BWLISTS1"
_BITS: Final = 4
_BLOCK: Final = 65_536
_AT_ONCE: Final = 2_048
"""Copies that are made floats at a time: they stay in the processor's cache."""


class Copies:
    """Vectors of eight bits a dimension, each with its own scale; rows are never moved."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self._rows: list[Any] = []
        self._scales: list[Any] = []

    def put(self, rows: Any, vectors: Vectors) -> None:
        """Into these rows, new ones included."""
        most = int(rows.max()) if len(rows) else -1
        while len(self._rows) * _BLOCK <= most:
            self._rows.append(np.zeros((_BLOCK, self._dimension), dtype=np.int8))
            self._scales.append(np.zeros(_BLOCK, dtype=np.float32))
        scales = np.maximum(np.abs(vectors).max(axis=1), 1e-12).astype(np.float32) / 127
        small = np.rint(vectors / scales[:, None]).astype(np.int8)
        for block in np.unique(rows // _BLOCK):
            own = rows // _BLOCK == block
            self._rows[block][rows[own] % _BLOCK] = small[own]
            self._scales[block][rows[own] % _BLOCK] = scales[own]

    def cosines(self, rows: Any, query: Vector) -> Any:
        """Of these rows, in their order."""
        found = np.empty(len(rows), dtype=np.float32)
        order = np.argsort(rows, kind="stable")
        for first in range(0, len(rows), _AT_ONCE):
            some = order[first : first + _AT_ONCE]
            small, scales = self._gathered(rows[some])
            # Not by BLAS, which would spread so little over all cores.
            found[some] = np.einsum("ij,j->i", small.astype(np.float32), query) * scales
        return found

    def _gathered(self, rows: Any) -> tuple[Any, Any]:
        """Copies and scales of sorted rows."""
        small = np.empty((len(rows), self._dimension), dtype=np.int8)
        scales = np.empty(len(rows), dtype=np.float32)
        starts = np.arange(len(self._rows) + 1) * _BLOCK
        ends = rows.searchsorted(starts).tolist()
        for block, (low, high) in enumerate(pairwise(ends)):
            if low < high:
                at = rows[low:high] - starts[block]
                np.take(self._rows[block], at, axis=0, out=small[low:high])
                np.take(self._scales[block], at, out=scales[low:high])
        return small, scales

    def write(self, file: BinaryIO, rows: Any) -> None:
        """These rows, in their order."""
        for first in range(0, len(rows), _BLOCK):
            some = rows[first : first + _BLOCK]
            blocks, at = some // _BLOCK, some % _BLOCK
            small = np.empty((len(some), self._dimension), dtype=np.int8)
            scales = np.empty(len(some), dtype=np.float32)
            for block in np.unique(blocks):
                own = blocks == block
                small[own] = self._rows[block][at[own]]
                scales[own] = self._scales[block][at[own]]
            file.write(small.tobytes())
            file.write(scales.tobytes())

    def read(self, file: BinaryIO, number: int) -> None:
        """What `write` wrote of so many rows: they are the first. Raises ValueError."""
        for first in range(0, number, _BLOCK):
            many = min(_BLOCK, number - first)
            small = np.zeros((_BLOCK, self._dimension), dtype=np.int8)
            scales = np.zeros(_BLOCK, dtype=np.float32)
            for part in (small[:many], scales[:many]):
                if file.readinto(part.reshape(-1).view(np.uint8)) != part.nbytes:  # type: ignore[attr-defined]
                    raise ValueError("the file ends early")
            self._rows.append(small)
            self._scales.append(scales)


class Listed:
    """Codes in lists under ids, copies under rows; not thread-safe (`FaissIndex` is)."""

    def __init__(self, faiss: Any, dimension: int, sample: Vectors | None = None) -> None:
        """`sample`: vectors like those that will come, 50 for each list or more."""
        self._faiss, self._dimension = faiss, dimension
        self._copies = Copies(dimension)
        self._ids = np.zeros(0, dtype=np.int64)
        """Sorted."""
        self._rows = np.zeros(0, dtype=np.int64)
        """Of the ids, in their order."""
        self._free = np.zeros(0, dtype=np.int64)
        self._codes: Any = None if sample is None else self._trained(sample)

    def _trained(self, sample: Vectors) -> Any:
        product = self._faiss.METRIC_INNER_PRODUCT
        middles = self._faiss.IndexFlatIP(self._dimension)
        lists = max(1, min(LISTS, len(sample) // 50))
        pairs = self._dimension // 2 if self._dimension % 2 == 0 else self._dimension
        codes = self._faiss.IndexIVFPQFastScan(
            middles, self._dimension, lists, pairs, _BITS, product
        )
        codes.by_residual = False
        codes.train(np.ascontiguousarray(sample, dtype=np.float32))
        return codes

    @property
    def ids(self) -> Any:
        """Sorted."""
        return self._ids

    def add(self, ids: Any, vectors: Vectors) -> None:
        """Ids that are not here, each once."""
        order = np.argsort(ids)
        ids, vectors = ids[order], vectors[order]
        used = len(self._ids) + len(self._free)
        fresh = np.arange(used, used + max(0, len(ids) - len(self._free)))
        rows = np.concatenate([self._free[: len(ids)], fresh])
        self._free = self._free[len(ids) :]
        self._copies.put(rows, vectors)
        self._codes.add_with_ids(vectors, ids)
        places = self._ids.searchsorted(ids)
        self._ids = np.insert(self._ids, places, ids)
        self._rows = np.insert(self._rows, places, rows)

    def remove(self, places: Any) -> None:
        """Those at these places of `ids`."""
        self._codes.remove_ids(self._faiss.IDSelectorBatch(self._ids[places]))
        self._free = np.concatenate([self._free, self._rows[places]])
        self._ids = np.delete(self._ids, places)
        self._rows = np.delete(self._rows, places)

    def search(self, query: Vector, limit: int, first: int, end: int) -> tuple[Any, Any]:
        """Ids and cosines, best first, of those at these places of `ids`."""
        if end - first <= FEW:
            places = np.arange(first, end)
        else:
            places = self._ids.searchsorted(self._near(query, limit, first, end))
        cosines = self._copies.cosines(self._rows[places], query)
        best = np.argsort(-cosines, kind="stable")[:limit]
        return self._ids[places[best]], cosines[best]

    def _near(self, query: Vector, limit: int, first: int, end: int) -> Any:
        """Ids of the nearest by codes: under bounds as many more lists are looked at as vectors
        fall out, so that about as many are compared as without."""
        faiss, selector = self._faiss, None
        if end - first < len(self._ids):
            low, high = int(self._ids[first]), int(self._ids[end - 1]) + 1
            selector = faiss.IDSelectorRange(low, high)
        share = (end - first) / len(self._ids)
        parameters = faiss.SearchParametersIVF(
            sel=selector, nprobe=min(self._codes.nlist, math.ceil(PROBES / share))
        )
        many = min(max(AGAIN, 2 * limit), end - first)
        _, ids = self._codes.search(query.reshape(1, -1), many, params=parameters)
        return ids[0][ids[0] >= 0]

    def write(self, path: Path) -> None:
        """To a file. Raises OSError, and RuntimeError of a full disk."""
        with path.open("wb") as file:
            file.write(MAGIC)
            file.write(np.array([self._dimension, len(self._ids)], dtype="<i8").tobytes())
            file.write(self._ids.tobytes())
            self._copies.write(file, self._rows)
            self._faiss.write_index(self._codes, self._faiss.PyCallbackIOWriter(file.write))

    @classmethod
    def read(cls, faiss: Any, path: Path, dimension: int) -> Listed:
        """From a file that `write` made. Raises OSError, ValueError, RuntimeError."""
        made = cls(faiss, dimension)
        with path.open("rb") as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise ValueError(f"{path}: not an index in lists")
            wide, number = np.frombuffer(file.read(16), dtype="<i8").tolist()
            if wide != dimension:
                raise ValueError(f"{path}: not an index of {dimension} dimensions")
            made._ids = np.frombuffer(file.read(8 * number), dtype=np.int64).copy()
            made._rows = np.arange(number)
            made._copies.read(file, number)
            made._codes = faiss.read_index(faiss.PyCallbackIOReader(file.read))
        if made._codes.ntotal != number or made._codes.d != dimension:
            raise ValueError(f"{path}: its parts do not agree")
        return made
