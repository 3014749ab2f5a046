"""What a language model is asked and uses: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from breachwire.model import Brief, Statement
from breachwire.store import briefs as brief_rows
from breachwire.store import models as rows
from breachwire.store.sqlite.transactions import Transactions


class Models(Transactions):
    """Tries, answers, counters."""

    def unwritten(self, writer: str, limit: int) -> list[str]:
        with self._read() as connection:
            return rows.unwritten(connection, writer, limit)

    def save_written(
        self,
        brief: Brief,
        base: Sequence[Statement],
        *,
        over: int,
        writer: str,
        outcome: str,
    ) -> bool:
        with self._write() as connection:
            if not brief_rows.is_latest(connection, brief, over):
                return False
            rows.tried(connection, brief, base, writer, outcome)
            if brief.author == "model":
                brief_rows.improve(connection, brief)
            return True

    def model_answer(self, key: str) -> tuple[str, str] | None:
        with self._read() as connection:
            return rows.answer(connection, key)

    def save_model_answer(self, key: str, text: str, model: str, at: datetime) -> None:
        with self._write() as connection:
            rows.save_answer(connection, key, text, model, at)

    def model_used(self, day: str) -> dict[str, int]:
        with self._read() as connection:
            return rows.used(connection, day)

    def model_used_ever(self) -> dict[str, int]:
        with self._read() as connection:
            return rows.used(connection, None)

    def count_model_use(self, day: str, counts: Mapping[str, int]) -> None:
        with self._write() as connection:
            rows.count(connection, day, counts)
