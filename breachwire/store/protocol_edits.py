"""What a store must do with editors' acts: edits, rules, proposals, mentions.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from breachwire.model import (
    Detail,
    Edit,
    EditKind,
    LinkRule,
    Mention,
    Placement,
    Proposal,
    ProposalState,
    Thread,
)


class EditStore(Protocol):
    """Who moved what, and what stays so."""

    def turn(self) -> AbstractContextManager[None]:
        """Hold the turn while inside: whoever changes where articles stand does, from reading them
        to writing them. Others wait, first come, first served, whichever thread or process they
        are; one that holds it may take it again. Raises StoreBusyError where nobody lets go within
        a minute; a killed holder lets go by itself."""

    def regroup(
        self,
        what: EditKind,
        who: str,
        why: str,
        at: datetime,
        placements: Sequence[Placement],
        threads: Sequence[Thread],
        details: Mapping[str, Sequence[Detail]],
        rules: Sequence[tuple[int, int, bool]] = (),
        *,
        stood: Mapping[int, str | None],
        undoes: int | None = None,
        settles: int | None = None,
    ) -> Edit:
        """One edit in one commit: memberships replaced (embeddings stay), the moved articles'
        claims follow them, `threads` and `details` saved as given (a touched thread that is not in
        `details` has none), all touched threads marked stale. A thread left empty is merged into
        where most of its articles went; one that has articles again lives again. `rules` (two
        articles; must or must not) are kept with the edit and replace others on the same pairs.
        `undoes`: this edit is marked undone, its rules go and what they replaced is back.
        `settles`: this proposal is accepted (with `what` "refuse": refused). Open proposals that
        can't be done any more are gone.

        Raises ConflictError, and changes nothing, where an article is not placed or stands in
        another thread than `stood` says, or `undoes` or `settles` is done already; NotFoundError.
        """

    def edits(
        self, *, limit: int = 50, before: int | None = None, thread: str | None = None
    ) -> list[Edit]:
        """The audit log, newest first: those with an id below `before`, those that
        touched `thread`, or settled a proposal on it."""

    def edits_after(self, id: int) -> list[Edit]:
        """Oldest first: what a threader in another process catches up with."""

    def edit(self, id: int) -> Edit:
        """Raises NotFoundError."""

    def stood_before(self, edit: int) -> tuple[Placement, ...]:
        """The memberships that an edit replaced, as they were. Raises NotFoundError."""

    def link_rules(self) -> list[LinkRule]:
        """All that hold, by pair."""

    def proposals(self, state: ProposalState = "open") -> list[Proposal]:
        """The surest first."""

    def proposal(self, id: int) -> Proposal:
        """Raises NotFoundError."""

    def save_proposals(self, proposals: Sequence[Proposal], about: Collection[str] = ()) -> None:
        """Store what is proposed. One with the same kind, threads (a merge's in any order) and
        articles is there once: an open one takes the new score and reason, a gone one is open
        again, a refused or accepted one stays so. Open ones that concern a thread of `about` (those
        that the threader has just thought about) and are not among these are gone."""

    def settle_proposal(self, id: int, state: ProposalState) -> None:
        """Raises NotFoundError; ConflictError for one that is settled otherwise."""

    def mentions(self, threads: Sequence[str]) -> dict[str, tuple[Mention, ...]]:
        """By roundup and place in it; a merged thread's are those of the one that it is in now."""

    def mentions_of(self, articles: Sequence[int]) -> dict[int, tuple[Mention, ...]]:
        """A roundup's, by place in it, each with the thread as it is called now."""

    def save_mentions(self, articles: Sequence[int], mentions: Sequence[Mention]) -> None:
        """Replace those of the articles; threads that gain or lose one are marked stale."""
