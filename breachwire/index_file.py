"""The index of vectors, kept beside the store: a start reads it instead of making it anew.

In: a store and an embedder. Out: the store searches by meaning. Two files: `STORE.vectors-N.faiss`,
and `STORE.vectors.json`, which names it and says what it holds (store, model, dimension, count, the
last row, size, checksum). Only the second's name is fixed, and it is replaced at once, so that a
crash leaves the former pair or the new one. PostgreSQL searches vectors itself: of such a store
nothing is kept. A file that does not agree with the store is no error:
the index is made from the rows, which are the truth.
"""

from __future__ import annotations

import json
import logging
import os
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from breachwire.errors import StoreError
from breachwire.model import Embedder
from breachwire.store import Store
from breachwire.store.engine import in_file, path_of
from nlp.listed import LISTS
from nlp.vectors import FaissIndex

log = logging.getLogger(__name__)
BEHIND: Final = 1_000
"""Vectors the file may lack before it is written again, or a hundredth of all: to read so many from
the rows takes 20 ms."""
FLAT: Final = 50_000
"""Vectors up to which the index is flat and exact: one look at so many takes 5 ms."""
SAMPLE: Final = 60 * LISTS
"""Vectors that the lists are made from: faiss asks for 39 each at least."""
_BLOCK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a kept index holds."""

    file: str
    store: str
    model: str
    dimension: int
    count: int
    seen: int
    """Of the store's embedding rows, the last one in it."""
    size: int
    checksum: int


def use(store: Store, embedder: Embedder) -> int:
    """Hand the store its index, kept or new; how many vectors it holds. A kept flat one that has
    become too long serves until it is made anew in lists. Raises StoreError."""
    if not in_file(store.url):
        return store.use_index(FaissIndex(embedder.dimension), embedder.name)
    path = path_of(store.url)
    kept = _kept(path, store, embedder)
    if kept is not None:
        index, stamp = kept
        held = store.use_index(index, embedder.name, seen=stamp.seen)
        agrees = held == store.embedded(embedder.name)[0]
        if agrees and (index.listed or held <= FLAT + FLAT // 2):
            if held - stamp.count > max(BEHIND, held // 100):
                keep(store, embedder, index)
            return held
        log.info("the kept index does not agree with the store; it is made anew")
    index = _new(store, embedder)
    held = store.use_index(index, embedder.name)
    if held > BEHIND:
        keep(store, embedder, index)
    return held


def forget(store: Store) -> None:
    """Delete the kept files: the next start makes the index from the rows."""
    if not in_file(store.url):
        return
    path = path_of(store.url)
    _pointer(path).unlink(missing_ok=True)
    _forget(path, path)


def fault(store: Store) -> str:
    """What is wrong with the kept files, in words; empty: nothing, or nothing is kept."""
    if not in_file(store.url) or not _pointer(path_of(store.url)).exists():
        return ""
    path = path_of(store.url)
    try:
        stamp = Stamp(**json.loads(_pointer(path).read_text("utf-8")))
        file = path.with_name(Path(stamp.file).name)
        if stamp.store != store.meta("store_id"):
            return f"{file} is another store's"
        if (size := file.stat().st_size) != stamp.size:
            return f"{file} is cut short: {size} of {stamp.size} bytes"
        return "" if _checksum(file) == stamp.checksum else f"{file} is damaged"
    except (OSError, ValueError, TypeError) as error:
        return f"{_pointer(path)} can't be read: {error}"


def _new(store: Store, embedder: Embedder) -> FaissIndex:
    """An empty one, of the kind that suits how many there are."""
    if store.embedded(embedder.name)[0] <= FLAT:
        return FaissIndex(embedder.dimension)
    return FaissIndex(embedder.dimension, store.vector_sample(embedder.name, SAMPLE))


def keep(store: Store, embedder: Embedder, index: FaissIndex) -> None:
    """Write the index; where that fails it is made anew at the next start, and a line says so."""
    path = path_of(store.url)
    seen = store.indexed()  # before writing: what is added meanwhile is added again
    file = path.with_name(f"{path.name}.vectors-{seen}.faiss")
    part = file.with_name(file.name + f".{os.getpid()}.part")
    try:
        count = index.write(part)
        stamp = Stamp(
            file.name, store.meta("store_id") or "", embedder.name, embedder.dimension, count,
            seen, part.stat().st_size, _checksum(part),
        )  # fmt: skip
        part.replace(file)
        pointer = file.with_name(file.name + f".{os.getpid()}.json")
        pointer.write_text(json.dumps(asdict(stamp)), "utf-8")
        pointer.replace(_pointer(path))
        _forget(path, file)
    except (OSError, StoreError) as error:
        part.unlink(missing_ok=True)
        log.warning("the index of vectors was not kept: %s", error)


def _kept(path: Path, store: Store, embedder: Embedder) -> tuple[FaissIndex, Stamp] | None:
    """The kept index, if it is this store's and model's and whole."""
    try:
        stamp = Stamp(**json.loads(_pointer(path).read_text("utf-8")))
        file = path.with_name(Path(stamp.file).name)
        ours = (stamp.store, stamp.model, stamp.dimension) == (
            store.meta("store_id"), embedder.name, embedder.dimension,
        )  # fmt: skip
        if not ours or stamp.seen > store.embedded(embedder.name)[1]:
            return None
        if file.stat().st_size != stamp.size or _checksum(file) != stamp.checksum:
            return None
        index = FaissIndex.read(file, embedder.dimension)
    except (OSError, ValueError, TypeError):
        return None
    return (index, stamp) if len(index) >= stamp.count else None


def _pointer(path: Path) -> Path:
    return path.with_name(f"{path.name}.vectors.json")


def _checksum(file: Path) -> int:
    found = 0
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found


def _forget(path: Path, current: Path) -> None:
    """Older files go; one that another process is reading stays readable for it."""
    for file in path.parent.glob(f"{path.name}.vectors-*.faiss"):
        if file != current:
            with suppress(OSError):
                file.unlink()
