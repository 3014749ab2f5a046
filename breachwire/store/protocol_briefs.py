"""What a store must do with briefs: versions, and the reviews of versions.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model import Brief, Edit, SignOff


class BriefStore(Protocol):
    """Briefs by version, and who signed which."""

    def stale_threads(self, limit: int) -> list[str]:
        """Threads whose brief is missing or behind, most lately changed first."""

    def stale(self, threads: Sequence[str]) -> set[str]:
        """Those of them whose brief is missing or behind."""

    def save_briefs(self, briefs: Sequence[Brief]) -> None:
        """Store as the next version what was written from another input than the latest and says
        something else (`model.signoffs.canonical`, the version aside); the headline statement
        becomes the thread's headline; the threads are no longer stale."""

    def briefs(self, threads: Sequence[str]) -> dict[str, Brief]:
        """The latest of each."""

    def brief(self, thread: str, version: int) -> Brief:
        """Raises NotFoundError."""

    def brief_versions(
        self, thread: str, *, before: int | None = None, limit: int = 50
    ) -> list[Brief]:
        """A thread's versions, newest first: those below `before`."""

    def sign(self, signoff: SignOff, *, who: str) -> Edit:
        """Record a person's review of the latest version of a brief: a line of the audit log
        (`settles`: the sign-off's id). Texts are kept in one line each.

        Raises UsageError where a field that only a person can fill is empty, too long, or the
        contact neither a mail nor a web address; NotFoundError; ConflictError where the version is
        not the latest, its bytes have another hash than `sha256`, or it is signed already: then
        nothing was recorded."""

    def signoff(self, id: int) -> SignOff:
        """Raises NotFoundError."""

    def signoffs(self, threads: Sequence[str]) -> dict[str, tuple[SignOff, ...]]:
        """Each thread's, of all versions and revoked ones too, newest first."""

    def revoke_signoff(self, id: int, *, who: str, why: str, at: datetime) -> Edit:
        """Take a sign-off back, for good; it stays on record. Raises NotFoundError; ConflictError
        for one that is revoked already."""
