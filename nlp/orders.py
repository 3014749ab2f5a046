"""Whether a text speaks to a machine that reads it, or bids it to write something.

In: a sentence. Out: a yes or no, by `lexicon/orders.toml`. Such a sentence tells of no incident: it
is offered to no language model, and none of a model's own may hold one.
"""

from __future__ import annotations

from functools import cache

from nlp import lexicon
from nlp.folding import Caseless
from nlp.ways import either


def gives_orders(text: str) -> bool:
    """Whether the text holds an order to its reader."""
    return bool(_orders().search(text))


@cache
def _orders() -> Caseless:
    return Caseless(either(lexicon.table("orders")["patterns"]))
