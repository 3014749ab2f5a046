"""A window's items into a threader, as the pipeline lets them come: in batches, thought of again.

In: a threader and a window. Out: the threader holds where each item has come to stand.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from nlp.rethink import Move, rethink
from nlp.thread import Threader
from nlp.train.labelled import Window

TOGETHER: Final = 64
"""As `breachwire.pipeline.derive` places them."""


def place(threader: Threader, window: Window, *, batch: int = TOGETHER) -> None:
    """Let the items in, `batch` at a time."""
    for start in range(0, len(window.items), batch):
        some = window.items[start : start + batch]
        threader.expect((item.article, item.vector) for item in some)
        for item in some:
            placement = threader.decide(item.article, item.vector)
            threader.accept(item.article, item.vector, placement)
        rethink(threader, [item.article.id for item in some], partial(moved, threader))


def moved(threader: Threader, move: Move) -> None:
    """Carry out what was thought again, in memory alone."""
    goes = [move.article]
    if move.whole:
        goes = [m.traits.id for m in threader.memory.thread(move.old).members]
    for article in goes:
        threader.move(article, move.thread or f"{move.old}-{article}")
