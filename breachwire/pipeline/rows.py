"""Members and details → a thread's row; many texts → what work on each of them gives.

In: values. Out: values; what fails on one item holds up no other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from breachwire.model import Detail, Kind, Member, Thread
from nlp import kind, origins

T = TypeVar("T")
R = TypeVar("R")

log = logging.getLogger(__name__)


def each(
    items: Sequence[T], work: Callable[[T], R], name: Callable[[T], str]
) -> list[tuple[T, R | None]]:
    """Each item with its result; None, and a line in the log, where the work failed on it.

    Raises the first failure where half of the items or more fail: that is no item's fault, and what
    is raised is tried again.
    """
    done: list[tuple[T, R | None]] = []
    failed: list[tuple[T, Exception]] = []
    for item in items:
        try:
            done.append((item, work(item)))
        except Exception as error:
            done.append((item, None))
            failed.append((item, error))
    if failed and 2 * len(failed) >= len(items):
        raise failed[0][1]
    for item, fault in failed:
        log.error("%s: left without: %r", name(item), fault, exc_info=fault)
    return done


def row(
    id_: str,
    members: Sequence[Member],
    thread_kind: Kind,
    ledger: Sequence[Detail],
    before: Thread | None = None,
) -> Thread:
    """A thread's row from its members and details; the headline stays until a brief gives one."""
    ordered = sorted(members, key=lambda m: (m.article.at, m.article.id))
    first, last = ordered[0].article, ordered[-1].article
    return Thread(
        id=id_,
        headline=before.headline if before else first.title,
        kind=thread_kind,
        section=kind.section_of(thread_kind, ledger),
        first_at=first.at,
        last_at=last.at,
        updated_at=last.at,
        articles=len(ordered),
        origins=origins.count(ordered),
    )
