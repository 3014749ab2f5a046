"""What a store must do with a language model's work: what waits, what it answered, what it used.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model import Brief, Statement


class ModelStore(Protocol):
    """Which briefs a model has not tried yet; its answers; its counters."""

    def unwritten(self, writer: str, limit: int) -> list[str]:
        """Threads whose brief is up to date and was not tried by this writer on this input; those
        lately changed first, without versions that a person signed."""

    def save_written(
        self,
        brief: Brief,
        base: Sequence[Statement],
        *,
        over: int,
        writer: str,
        outcome: str,
    ) -> bool:
        """Remember the try and its outcome; where the brief is a model's, store it as the version
        after `over`. False, and nothing stored, where the latest version is another by now, rests
        on another input, or is behind. As long as the extractive writer gives `base` for a thread,
        `save_briefs` leaves the model's version standing."""

    def model_answer(self, key: str) -> tuple[str, str] | None:
        """Text and model's name of an answer that was kept."""

    def save_model_answer(self, key: str, text: str, model: str, at: datetime) -> None:
        """Keep an answer for some months."""

    def model_used(self, day: str) -> dict[str, int]:
        """A day's counters (ISO date)."""

    def model_used_ever(self) -> dict[str, int]:
        """The counters of all days."""

    def count_model_use(self, day: str, counts: Mapping[str, int]) -> None:
        """Add to a day's counters."""
