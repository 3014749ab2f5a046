"""Where articles stand, as edits need it: the live thread, who leaves and who stays, a free id.

In: a store whose turn is held, ids. Out: threads, members, ids; nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count

from breachwire.errors import UsageError
from breachwire.model import Article, Member, Thread, thread_id
from breachwire.pipeline.regroup import known_thread
from breachwire.store import Store


def live(store: Store, id_: str) -> Thread:
    """The thread, or the one that it is merged into. Raises NotFoundError."""
    thread = store.thread(id_)
    while thread.merged_into is not None:
        thread = store.thread(thread.merged_into)
    return thread


def members_of(store: Store, thread: Thread) -> list[Member]:
    found = list(store.members([thread.id])[thread.id])
    if not found:
        raise UsageError(f"thread {thread.id} has no articles")
    return found


def parted(
    store: Store, thread: Thread, articles: Sequence[int]
) -> tuple[list[Member], list[Member]]:
    """Members that leave and members that stay, oldest first. Raises UsageError."""
    members, wanted = members_of(store, thread), set(articles)
    if strangers := sorted(wanted - set(ids_of(members))):
        raise UsageError(f"article {strangers[0]} does not stand in thread {thread.id}")
    left = [m for m in members if m.article.id in wanted]
    stayed = [m for m in members if m.article.id not in wanted]
    if not left or not stayed:
        which = "no article leaves" if not left else "every article would leave"
        raise UsageError(f"{which} thread {thread.id}: name some of its articles, not all")
    return left, stayed


def free_id(store: Store, articles: Sequence[Article]) -> str:
    """An id that no thread ever had, from these articles (oldest first): one that was merged away
    leads on for ever, and comes back by undoing alone."""
    own = [thread_id(article.id) for article in articles]
    longer = (f"{own[0]}{n}" for n in count(2))
    return next(id_ for id_ in chain(own, longer) if known_thread(store, id_) is None)


def ids_of(members: Iterable[Member]) -> list[int]:
    return [member.article.id for member in members]
