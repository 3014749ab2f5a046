"""Which threads an export is of: the wire's filters, or ids → threads.

In: a store and a filter. Out: threads. The live thread stands for one that was merged; those of
outlets that are left out are in none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from api.threads import readable
from breachwire.model import Thread
from breachwire.store import Store, ThreadFilter

_PAGE: Final = 200


def every(store: Store, where: ThreadFilter) -> Iterator[Thread]:
    """All that pass, the newest change first; of an empty filter all, the oldest first."""
    if where == ThreadFilter():
        yield from store.all_threads()
        return
    cursor: str | None = None
    while True:
        page = store.threads(where, limit=_PAGE, cursor=cursor)
        yield from page.threads
        if (cursor := page.next) is None:
            return


def named(store: Store, ids: Sequence[str]) -> list[Thread]:
    """By id, each once. Raises NotFoundError, GoneError."""
    live = [readable(store, id_) for id_ in ids]
    return list({thread.id: thread for thread in live}.values())
