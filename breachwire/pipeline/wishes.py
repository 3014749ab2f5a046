"""How often feeds want to be asked, kept from one document to the next: 304 says nothing of it.

In: a store, a feed's id. Out: `Wishes`, kept among the store's named values.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from breachwire.model import Wishes
from breachwire.store import Store


def known(store: Store, feed: int) -> Wishes:
    """What the feed's last document said; nothing of one that has said nothing yet."""
    kept: dict[str, Any] = json.loads(store.meta(_key(feed)) or "{}")
    lists: dict[str, Any] = {name: tuple(v) for name, v in kept.items() if isinstance(v, list)}
    return Wishes(**(kept | lists))


def remember(store: Store, feed: int, said: Wishes) -> None:
    """Until it says otherwise."""
    store.set_meta(_key(feed), json.dumps(asdict(said)))


def _key(feed: int) -> str:
    return f"wishes:{feed}"
