"""Who reviewed which version of a brief: SignOff → rows → the same, each with its audit line.

What a person must say is checked here, so that no way in records a review without one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from breachwire.errors import ConflictError, NotFoundError, UsageError
from breachwire.model import Brief, Edit, SignOff
from breachwire.model.signoffs import REQUIRED, sha256
from breachwire.store import audit, briefs
from breachwire.store.columns import clean
from breachwire.store.rows import chunks, columns_of
from breachwire.store.tables import signoff

_SIGNOFF = columns_of(SignOff, signoff)
LONGEST: Final = 1_000
"""Characters of a field: some 150 words, as much as anyone reads beside a brief."""
_MAIL: Final = re.compile(r"[^\s@/:<>]+@[^\s@/:<>]+\.[^\s@/:<>]+")
_WEB: Final = re.compile(r"https?://[^\s/<>]+\.[^\s<>]+")


def sign(connection: Connection, given: SignOff, who: str) -> Edit:
    """Record a review (`BriefStore.sign`)."""
    said = _checked(given)
    _still(connection, said)
    row = {name: value for name, value in asdict(said).items() if name != "id"}
    connection.execute(insert(signoff).values(row))
    new = int(connection.execute(select(func.max(signoff.c.id))).scalar_one())
    why = f"reviewed by {said.reviewer}, {said.role}; responsible: {said.responsible}"
    edit = audit.write(connection, ("sign", who, why, said.at), [], [], None, settles=new)
    audit.touch(connection, edit, [said.thread], None, None)
    return audit.one(connection, edit)


def _checked(given: SignOff) -> SignOff:
    """One line a field. Raises UsageError."""
    names = (*REQUIRED, "changed")
    said: dict[str, Any] = {name: _line(getattr(given, name)) for name in names}
    for name, text in said.items():
        if len(text) > LONGEST:
            raise UsageError(f"{name}: longer than {LONGEST} characters")
        if name in REQUIRED and not any(char.isalnum() for char in text):
            raise UsageError(f"{name}: empty; a person who reviewed it must say")
    if not (_MAIL.fullmatch(said["contact"]) or _WEB.fullmatch(said["contact"])):
        raise UsageError(
            f"contact: {said['contact'][:60]!r} is neither a mail address nor a web address"
        )
    return replace(given, **said, revoked_at=None, revoked_by="", revoked_why="")


def _line(text: str) -> str:
    """Without control characters, and those that turn the direction of the text around them."""
    words = " ".join(clean(text).split())
    return "".join(char for char in words if char.isprintable())


def _still(connection: Connection, said: SignOff) -> None:
    """Raises NotFoundError, ConflictError where the page moved on since it was read."""
    latest = briefs.latest(connection, [said.thread]).get(said.thread)
    if latest is None:
        raise NotFoundError("brief of thread", said.thread)
    if latest.version != said.version:
        raise ConflictError(
            f"the latest version of {said.thread} is {latest.version}, not {said.version};"
            " read that one first: nothing was signed"
        )
    if sha256(latest) != said.sha256:
        raise ConflictError(f"version {said.version} has other bytes than those that were read")
    if held := _holding(connection, latest):
        raise ConflictError(
            f"version {said.version} is signed already, by {held.reviewer}; revoke that first"
        )


def _holding(connection: Connection, brief: Brief) -> SignOff | None:
    found = of(connection, [brief.thread]).get(brief.thread, ())
    return next((one for one in found if one.covers(brief)), None)


def one(connection: Connection, id: int) -> SignOff:
    """Raises NotFoundError."""
    row = connection.execute(select(*_SIGNOFF).where(signoff.c.id == id)).first()
    if row is None:
        raise NotFoundError("sign-off", str(id))
    return SignOff(*row)


def of(connection: Connection, threads: Sequence[str]) -> dict[str, tuple[SignOff, ...]]:
    """Each thread's, newest first."""
    found: dict[str, tuple[SignOff, ...]] = {}
    for ids in chunks(dict.fromkeys(threads)):
        query = select(*_SIGNOFF).where(signoff.c.thread.in_(ids)).order_by(signoff.c.id.desc())
        for row in connection.execute(query):
            read = SignOff(*row)
            found[read.thread] = (*found.get(read.thread, ()), read)
    return found


def revoke(connection: Connection, id: int, who: str, why: str, at: datetime) -> Edit:
    """For good. Raises NotFoundError, ConflictError for one that is revoked already."""
    known = one(connection, id)
    if known.revoked_at is not None:
        raise ConflictError(f"sign-off {id} is revoked already; nothing was changed")
    values = {"revoked_at": at, "revoked_by": who, "revoked_why": why}
    connection.execute(update(signoff).where(signoff.c.id == id).values(values))
    edit = audit.write(connection, ("revoke", who, why, at), [], [], None, settles=id)
    audit.touch(connection, edit, [known.thread], None, None)
    return audit.one(connection, edit)
