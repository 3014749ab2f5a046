"""Tokens and the sessions opened with them: rows → model values.

Both are known by the digest of their secret alone (`model.tokens.digest`); no secret comes here.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from breachwire.errors import NotFoundError
from breachwire.model import Session, Token
from breachwire.store.rows import columns_of
from breachwire.store.tables import session, token

_TOKEN = columns_of(Token, token)


def add(connection: Connection, new: Token, digest: str) -> Token:
    """The token with its id."""
    values = {**asdict(new), "digest": digest}
    del values["id"]
    (id,) = connection.execute(insert(token).values(values)).inserted_primary_key or (0,)
    return replace(new, id=id)


def every(connection: Connection) -> list[Token]:
    """By id."""
    return [Token(*row) for row in connection.execute(select(*_TOKEN).order_by(token.c.id))]


def by_digest(connection: Connection, digest: str) -> Token | None:
    """Whatever its state."""
    row = connection.execute(select(*_TOKEN).where(token.c.digest == digest)).first()
    return Token(*row) if row else None


def revoke(connection: Connection, id: int, at: datetime) -> Token:
    """For good, with its sessions. Raises NotFoundError."""
    live = token.c.revoked_at.is_(None)
    connection.execute(update(token).where(token.c.id == id, live).values(revoked_at=at))
    connection.execute(delete(session).where(session.c.token == id))
    row = connection.execute(select(*_TOKEN).where(token.c.id == id)).first()
    if row is None:
        raise NotFoundError("token", str(id))
    return Token(*row)


def touch(connection: Connection, id: int, at: datetime) -> None:
    """Note a use."""
    connection.execute(update(token).where(token.c.id == id).values(last_used_at=at))


def add_session(
    connection: Connection, owner: int, digest: str, expires_at: datetime, now: datetime
) -> None:
    """A new session; those whose time is over go."""
    connection.execute(delete(session).where(session.c.expires_at <= now))
    row = {"digest": digest, "token": owner, "expires_at": expires_at}
    connection.execute(insert(session).values(row))


def session_by_digest(connection: Connection, digest: str) -> Session | None:
    """With its token as it is now."""
    query = select(*_TOKEN, session.c.expires_at).join(session, session.c.token == token.c.id)
    row = connection.execute(query.where(session.c.digest == digest)).first()
    return Session(Token(*row[:-1]), row[-1]) if row else None


def end_session(connection: Connection, digest: str) -> None:
    """Log out."""
    connection.execute(delete(session).where(session.c.digest == digest))
