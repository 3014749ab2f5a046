"""Rows of a table → CSV, JSON Lines or Parquet.

In: rows, their columns. Out: bytes, in parts where the format allows it. A cell of CSV can't be a
spreadsheet's formula: what would start one gets an apostrophe before it, and so does what is
already written that way, so that one apostrophe less gives the text back (`unguarded`). Parquet
needs polars (extra `parquet`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal

import orjson

from api.tables import Row, Type
from breachwire.errors import UsageError

Form = Literal["csv", "jsonl", "parquet"]
MEDIA_TYPES: Final[Mapping[Form, str]] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
_FORMULA: Final = re.compile(r"'*[\s\0]*[=+\-@＝＋－＠\t\r\n]")
"""What spreadsheets take for a formula, also behind blanks; full-width signs among them."""
_NO_PARQUET: Final = "no Parquet here: the extra `parquet` is not installed (polars)"


def written(form: Form, rows: Iterable[Row], columns: Mapping[str, Type]) -> Iterator[bytes]:
    """The table, part by part. Raises UsageError for Parquet where polars is missing."""
    if form == "parquet":
        return iter([parquet(rows, columns)])
    return csv_lines(rows, columns) if form == "csv" else json_lines(rows, columns)


def json_lines(rows: Iterable[Row], columns: Mapping[str, Type]) -> Iterator[bytes]:
    """An object a line, every column in it."""
    for row in rows:
        line = {name: row.get(name) for name in columns}
        yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def csv_lines(rows: Iterable[Row], columns: Mapping[str, Type]) -> Iterator[bytes]:
    """RFC 4180 with a head line; unknown is an empty cell."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def _cell(value: Any) -> str | int | float | None:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return orjson.dumps(value).decode()
    return guarded(value) if isinstance(value, str) else value


def guarded(text: str) -> str:
    """A text that no spreadsheet runs."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """A cell's text back."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def parquet(rows: Iterable[Row], columns: Mapping[str, Type]) -> bytes:
    """One file, compressed with zstd; times are UTC, lists are lists. Raises UsageError."""
    try:
        import polars
    except ImportError:
        raise UsageError(_NO_PARQUET) from None
    types: dict[Type, Any] = {
        "text": polars.String,
        "number": polars.Float64,
        "integer": polars.Int64,
        "time": polars.Datetime("us", "UTC"),
        "list": polars.List(polars.String),
    }
    schema = {name: types[type_] for name, type_ in columns.items()}
    frame = polars.DataFrame(
        [[_clean(row.get(name)) for name in columns] for row in rows], schema=schema, orient="row"
    )
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd")
    return out.getvalue()


def _clean(value: Any) -> Any:
    """Lone surrogates are no UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return [_clean(one) for one in value] if isinstance(value, list) else value
