"""What a store must do with readers' reports of errors.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Protocol

from breachwire.model import Edit, ErrorReport, ReportState


class ReportStore(Protocol):
    """Reports, open and settled."""

    def add_report(self, report: ErrorReport, *, most: int) -> ErrorReport:
        """Store a reader's report; returned with its id. Raises ConflictError where `most` are open
        already."""

    def reports(
        self, state: ReportState = "open", *, before: int | None = None, limit: int = 50
    ) -> list[ErrorReport]:
        """Newest first: those with an id below `before`."""

    def report(self, id: int) -> ErrorReport:
        """Raises NotFoundError."""

    def open_reports(self) -> int:
        """How many wait for the editors."""

    def settle_report(
        self, id: int, what: Literal["resolve", "dismiss"], who: str, why: str, at: datetime
    ) -> Edit:
        """A line of the audit log; the reader's contact goes. Raises NotFoundError; ConflictError
        for one that is settled."""
