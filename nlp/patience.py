"""A query's vector, soon or not at all: what search asks an embedder through.

In: an embedder that batches of articles may keep busy. Out: the same protocol for one short text;
vectors of late queries are remembered, and where the model does not answer in time SlowSearchError
is raised, so that the search goes on with words. The vector that came too late is there for the
next one who asks the same.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as LateError
from typing import Final

import numpy as np

from breachwire.errors import SlowSearchError
from breachwire.model import Embedder, Vector, Vectors

SECONDS: Final = 0.4
"""That a search waits: one embedding takes 10 to 20 ms; a batch that holds the model up to 1 s."""
REMEMBERED: Final = 2_000
"""Queries whose vectors stay: 3 MB."""
_WAITING: Final = 32
"""Queries that may wait for the model; more than that would not be served in time."""


class Patient:
    """`breachwire.model.Embedder` for queries; safe from any thread."""

    def __init__(self, embedder: Embedder, seconds: float = SECONDS) -> None:
        self._embedder, self._seconds = embedder, seconds
        self._one = ThreadPoolExecutor(1, thread_name_prefix="query-vectors")
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, Future[Vector]] = OrderedDict()
        self._waiting = 0

    @property
    def name(self) -> str:
        """The embedder's."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """The embedder's."""
        return self._embedder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A row a text. Raises SlowSearchError after `seconds`, and what the embedder raises."""
        futures = [self._future(text) for text in texts]
        try:
            rows = [future.result(self._seconds) for future in futures]
        except LateError:
            raise SlowSearchError("the embedding model is busy") from None
        if not rows:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack(rows)

    def _future(self, text: str) -> Future[Vector]:
        """Of the text's vector; one that failed is asked for again."""
        with self._lock:
            known = self._asked.get(text)
            if known is not None and not (known.done() and known.exception()):
                self._asked.move_to_end(text)
                return known
            if self._waiting >= _WAITING:
                raise SlowSearchError("the embedding model is busy")
            self._waiting += 1
            future = self._one.submit(self._encode, text)
            self._asked[text] = future
            while len(self._asked) > REMEMBERED:
                self._asked.popitem(last=False)
            return future

    def _encode(self, text: str) -> Vector:
        try:
            vector: Vector = self._embedder.encode([text])[0]
            return vector
        finally:
            with self._lock:
                self._waiting -= 1
