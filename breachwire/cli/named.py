"""Words typed on the command line → the articles and threads that they name.

In: a store, an id or an address. Out: ids. Raises UsageError, NotFoundError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from breachwire.store import Store


def article(store: Store, name: str) -> int:
    """An article's id. Raises UsageError for what is neither id nor address, NotFoundError."""
    from breachwire.errors import NotFoundError, UsageError
    from ingest.urls import key

    if name.isascii() and name.isdigit():
        return store.article(int(name)).id
    if "://" not in name:
        raise UsageError(f"{name!r} names no article; give its id or its address (https://…)")
    if (found := store.article_by_key(key(name))) is None:
        raise NotFoundError("article", name)
    return found.id


def subject(store: Store, name: str) -> int | str:
    """An article's id, or a thread's: a number that is no article's is a thread's."""
    if "://" in name:
        return article(store, name)
    if name.isascii() and name.isdigit() and (found := store.articles([int(name)])):
        return next(iter(found))
    return store.thread(name).id
