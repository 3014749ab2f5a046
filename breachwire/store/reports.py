"""What readers say is wrong: ErrorReport → rows → the same; settled ones stand in the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, func, insert, select, update

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model import Edit, ErrorReport, ReportState
from breachwire.store import audit
from breachwire.store.rows import columns_of
from breachwire.store.tables import error_report
from breachwire.store.watches import overwriting

_REPORT = columns_of(ErrorReport, error_report)
_STATES: dict[Literal["resolve", "dismiss"], ReportState] = {
    "resolve": "resolved",
    "dismiss": "dismissed",
}


def add(connection: Connection, report: ErrorReport, most: int) -> ErrorReport:
    """Raises ConflictError where `most` are open already, NotFoundError for an unknown thread."""
    if count(connection) >= most:
        raise ConflictError("too many error reports wait for the editors; please try again later")
    row = {column.name: getattr(report, column.name) for column in _REPORT if column.name != "id"}
    connection.execute(insert(error_report).values(row))
    return one(connection, connection.execute(select(func.max(error_report.c.id))).scalar_one())


def one(connection: Connection, id: int) -> ErrorReport:
    """Raises NotFoundError."""
    row = connection.execute(select(*_REPORT).where(error_report.c.id == id)).first()
    if row is None:
        raise NotFoundError("error report", str(id))
    return ErrorReport(*row)


def count(connection: Connection) -> int:
    """How many are open."""
    query = select(func.count()).select_from(error_report).where(error_report.c.state == "open")
    return int(connection.execute(query).scalar_one())


def newest(
    connection: Connection, state: ReportState, before: int | None, limit: int
) -> list[ErrorReport]:
    """Newest first, those with an id below `before`."""
    query = select(*_REPORT).where(error_report.c.state == state)
    if before is not None:
        query = query.where(error_report.c.id < before)
    rows = connection.execute(query.order_by(error_report.c.id.desc()).limit(limit))
    return [ErrorReport(*row) for row in rows]


def settle(
    connection: Connection,
    id: int,
    what: Literal["resolve", "dismiss"],
    who: str,
    why: str,
    at: datetime,
) -> Edit:
    """A line of the audit log; the reader's contact goes. Raises NotFoundError, ConflictError for
    one that is settled."""
    report = one(connection, id)
    if report.state != "open":
        raise ConflictError(f"error report {id} is {report.state} already; nothing was changed")
    # Nobody needs to be reached about it any more, and who wrote is nobody's business then.
    with overwriting(connection):
        connection.execute(
            update(error_report)
            .where(error_report.c.id == id)
            .values(state=_STATES[what], contact="")
        )
    edit = audit.write(connection, (what, who, why, at), [], [], None, settles=id)
    audit.touch(connection, edit, [report.thread], None, None)
    return audit.one(connection, edit)
