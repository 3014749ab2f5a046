"""Embeddings and the protocols by which the model and its index are handed on.

In: nothing. Out: `Vector`, `Vectors`, `Embedder`, `VectorIndex`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    # numpy costs 0.1 s to import; `--help` and the feed commands do without it.
    import numpy as np
    import numpy.typing as npt

    Vector = npt.NDArray[np.float32]
    """One normalised embedding, shape (dimension,)."""
    Vectors = npt.NDArray[np.float32]
    """Normalised embeddings, shape (n, dimension), a row a text."""
else:
    Vector = Vectors = Any


class Embedder(Protocol):
    """Texts to vectors. Loading the model is the implementation's affair, at the first call."""

    @property
    def name(self) -> str:
        """Model and settings that the vectors depend on; stored beside each."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Normalised float32 vectors, a row a text."""


class VectorIndex(Protocol):
    """Nearest stored vectors; a cache over the store's rows, never the truth."""

    def __len__(self) -> int: ...

    def add(self, ids: Sequence[int], vectors: Vectors) -> None:
        """Put vectors in; an id that is there already is replaced."""

    def remove(self, ids: Sequence[int]) -> None:
        """Take ids out; unknown ones are passed over."""

    def search(
        self, vector: Vector, limit: int, *, low: int | None = None, high: int | None = None
    ) -> list[tuple[int, float]]:
        """Ids and cosines, best first; `low` <= id < `high` bounds the time (ids grow with it)."""
