"""Values read lately, kept while the version in their row vouches for them.

In: versions just read, in the reader's own transaction. Out: values that are as current as a read:
a thread's details are hundreds of rows to put together, and lists show fifty threads at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """At most `size` immutable values by key and version; the longest unused go first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[str, tuple[int, T]] = {}
        self._lock = threading.Lock()

    def get(
        self,
        versions: Mapping[str, int],
        read: Callable[[Sequence[str]], Mapping[str, T]],
    ) -> dict[str, T]:
        """The value of each key at its version; `read` gives those that are not here."""
        with self._lock:
            found = {
                key: kept[1]
                for key, version in versions.items()
                if (kept := self._kept.get(key)) is not None and kept[0] == version
            }
        if missing := [key for key in versions if key not in found]:
            found.update(read(missing))
        with self._lock:
            for key in versions:
                if key in found:
                    self._kept.pop(key, None)
                    self._kept[key] = (versions[key], found[key])
            for key in list(self._kept)[: max(0, len(self._kept) - self._size)]:
                del self._kept[key]
        return {key: found[key] for key in versions if key in found}
