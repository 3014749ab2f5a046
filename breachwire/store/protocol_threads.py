"""What a store must do with threads, related coverage and storylines.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from breachwire.model import Kind, Member, Related, Section, Status, Storyline, Thread

ThreadSort = Literal["updated", "first", "articles", "origins"]


@dataclass(frozen=True, slots=True)
class ThreadFilter:
    """Which threads; an empty filter is all. Names match by slug (`breachwire.store.slug`);
    a victim, actor or supplier by any spelling of the entity (`Store.entity`)."""

    kinds: tuple[Kind, ...] = ()
    section: Section | None = None
    since: datetime | None = None
    """last_at >= since: a report came in after it."""
    until: datetime | None = None
    """first_at < until."""
    source: str | None = None
    """Outlet name of any member."""
    victim: str | None = None
    actor: str | None = None
    third_party: str | None = None
    sector: str | None = None
    """Of any party that its details name."""
    attack_type: str | None = None
    data_type: str | None = None
    cve: str | None = None
    status: Status | None = None
    """Status of any of its leading details."""
    ids: tuple[str, ...] | None = None
    """Only these (a search's candidates)."""


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A page of threads and the opaque cursor of the next one."""

    threads: tuple[Thread, ...]
    next: str | None


class ThreadStore(Protocol):
    """Threads by id, by filter, by member."""

    def thread(self, id: str) -> Thread:
        """Raises NotFoundError. A merged one is returned with `merged_into`."""

    def threads(
        self,
        where: ThreadFilter,
        *,
        sort: ThreadSort = "updated",
        limit: int = 50,
        cursor: str | None = None,
    ) -> ThreadPage:
        """Newest (or most) first, keyset paged: neither skips nor repeats while articles come in.
        Raises UsageError for a cursor it did not make. Merged threads are left out."""

    def thread_ids(
        self, where: ThreadFilter, *, sort: ThreadSort = "updated", limit: int = 50
    ) -> list[str]:
        """The ids that `threads` gives, in its order: a tenth of the cost where the rest of some
        hundred threads is not asked for."""

    def all_threads(self) -> Iterator[Thread]:
        """By first_at, merged ones left out."""

    def members(self, threads: Sequence[str]) -> dict[str, tuple[Member, ...]]:
        """By publication, oldest first."""

    def threads_of(self, articles: Sequence[int]) -> dict[int, str]: ...
    def articles_of(self, threads: Sequence[str]) -> dict[str, list[int]]:
        """Ids of their members, oldest first; threads without any are left out."""

    def save_related(self, related: Mapping[str, Sequence[Related]]) -> None: ...
    def related(self, threads: Sequence[str]) -> dict[str, tuple[Related, ...]]: ...
    def save_storylines(self, storylines: Sequence[Storyline]) -> None:
        """Replace all; an id that is given again keeps its address."""

    def storylines(self) -> list[Storyline]: ...
    def storylines_of(self, threads: Sequence[str]) -> dict[str, tuple[Storyline, ...]]: ...
    def storyline(self, id: str) -> Storyline:
        """Raises NotFoundError."""
