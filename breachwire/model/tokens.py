"""Who may enter where readers may not: tokens, their scopes, and the sessions opened with them.

In: nothing. Out: frozen dataclasses, a new secret, and the digest a secret is known by. The secret
itself is shown once and stored nowhere.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

Scope = Literal["read", "edit", "admin"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
"""Each may all that those before it may: look at the editors' pages, act on them, anything."""

PREFIX: Final = "bw_"
"""Lets people and secret scanners recognise a token that lies where it should not."""
BYTES: Final = 32
_SECRET: Final = re.compile(r"bw_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Token:
    """A key that the operator gave to somebody, without its secret."""

    id: int
    """0 until the store gives one."""
    name: str
    """Whose it is: stands in the audit log."""
    scope: Scope
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    """To the ten minutes: not every use is written down."""

    def valid(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def may(self, scope: Scope) -> bool:
        """Whether its scope holds the asked one."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that showed a token, until it logs out or its time is over."""

    token: Token
    """As it is now: one revoked since ends its sessions."""
    expires_at: datetime

    def valid(self, now: datetime) -> bool:
        """Neither the session's nor the token's time is over."""
        return now < self.expires_at and self.token.valid(now)


def new_secret() -> str:
    """`bw_` and 32 random bytes in 43 URL-safe characters."""
    return PREFIX + secrets.token_urlsafe(BYTES)


def looks_like_secret(text: str) -> bool:
    """Whether a text has the shape of a token: nothing else is looked up."""
    return _SECRET.fullmatch(text) is not None


def digest(secret: str) -> str:
    """SHA-256 in hex: what is stored and looked up.

    A fast hash is right here: a secret of 256 random bits can't be guessed at any speed, unlike a
    password, for which a slow one would be needed. Looking a digest up leaks nothing by its time:
    whoever could steer it would have to invert SHA-256.
    """
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
