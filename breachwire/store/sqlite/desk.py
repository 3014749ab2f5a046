"""Edits, link rules, proposals, tokens: that part of the store on SQLite."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from breachwire.model import (
    Detail,
    Edit,
    EditKind,
    LinkRule,
    Placement,
    Proposal,
    ProposalState,
    Session,
    Thread,
    Token,
)
from breachwire.store import audit
from breachwire.store import edits as edit_rows
from breachwire.store import link_rules as rule_rows
from breachwire.store import proposals as proposal_rows
from breachwire.store import tokens as token_rows
from breachwire.store.sqlite.transactions import Transactions


class Desk(Transactions):
    """What editors do, and who may."""

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
        with self._write() as connection:
            return edit_rows.regroup(
                connection, what, who, why, at, placements, threads, details, rules,
                stood=stood, undoes=undoes, settles=settles,
            )  # fmt: skip

    def edits(
        self, *, limit: int = 50, before: int | None = None, thread: str | None = None
    ) -> list[Edit]:
        with self._read() as connection:
            return audit.newest(connection, limit, before, thread)

    def edits_after(self, id: int) -> list[Edit]:
        with self._read() as connection:
            return audit.after(connection, id)

    def edit(self, id: int) -> Edit:
        with self._read() as connection:
            return audit.one(connection, id)

    def stood_before(self, edit: int) -> tuple[Placement, ...]:
        with self._read() as connection:
            return audit.stood_before(connection, edit)

    def link_rules(self) -> list[LinkRule]:
        with self._read() as connection:
            return rule_rows.every(connection)

    def proposals(self, state: ProposalState = "open") -> list[Proposal]:
        with self._read() as connection:
            return proposal_rows.in_state(connection, state)

    def proposal(self, id: int) -> Proposal:
        with self._read() as connection:
            return proposal_rows.one(connection, id)

    def save_proposals(self, proposals: Sequence[Proposal], about: Collection[str] = ()) -> None:
        with self._write() as connection:
            proposal_rows.save(connection, proposals, about)

    def settle_proposal(self, id: int, state: ProposalState) -> None:
        with self._write() as connection:
            proposal_rows.settle(connection, id, state)

    def add_token(self, token: Token, digest: str) -> Token:
        with self._write() as connection:
            return token_rows.add(connection, token, digest)

    def tokens(self) -> list[Token]:
        with self._read() as connection:
            return token_rows.every(connection)

    def token_by_digest(self, digest: str) -> Token | None:
        with self._read() as connection:
            return token_rows.by_digest(connection, digest)

    def revoke_token(self, id: int, at: datetime) -> Token:
        with self._write() as connection:
            return token_rows.revoke(connection, id, at)

    def touch_token(self, id: int, at: datetime) -> None:
        with self._write() as connection:
            token_rows.touch(connection, id, at)

    def add_session(self, token: int, digest: str, expires_at: datetime, now: datetime) -> None:
        with self._write() as connection:
            token_rows.add_session(connection, token, digest, expires_at, now)

    def session(self, digest: str) -> Session | None:
        with self._read() as connection:
            return token_rows.session_by_digest(connection, digest)

    def end_session(self, digest: str) -> None:
        with self._write() as connection:
            token_rows.end_session(connection, digest)
