"""What a store must do with tokens and the sessions that they open.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from breachwire.model import Session, Token


class TokenStore(Protocol):
    """Who may do what."""

    def add_token(self, token: Token, digest: str) -> Token:
        """Store a new one, known by the digest of its secret; returned with its id."""

    def tokens(self) -> list[Token]:
        """All, revoked and expired ones too, by id."""

    def token_by_digest(self, digest: str) -> Token | None:
        """Whatever its state: `Token.valid` says whether it still opens anything."""

    def revoke_token(self, id: int, at: datetime) -> Token:
        """For good, with its sessions; one revoked before stays as it was. Raises
        NotFoundError."""

    def touch_token(self, id: int, at: datetime) -> None:
        """Note a use."""

    def add_session(self, token: int, digest: str, expires_at: datetime, now: datetime) -> None:
        """Remember a browser by the digest of its session's secret; forgets those that are over."""

    def session(self, digest: str) -> Session | None:
        """With its token as it is now, whatever the state of both."""

    def end_session(self, digest: str) -> None:
        """Nothing for one that is not there."""
