"""Column types that both engines share: Python values in, the same values out.

Clean text, aware UTC times, JSON values and tuples of names. What can't be stored faithfully (a
time without a zone) is refused here; what would make an engine fail (lone surrogates, NUL) is
cleaned.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import DateTime, Dialect, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def clean(text: str) -> str:
    """`text` as it can be stored: valid UTF-8, no NUL; the very same where it is that already."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():  # known without looking at the characters
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


class Str(TypeDecorator[str]):
    """Text, cleaned on the way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else clean(value)


class Utc(TypeDecorator[datetime]):
    """An aware time, kept in UTC to the microsecond. Raises ValueError for one without a zone.

    On SQLite as ISO text of one width, so that it sorts and the standard library reads it back in
    a fifth of a microsecond.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value  # type: ignore[no-any-return]
        return datetime.fromisoformat(value)


class Json(TypeDecorator[Any]):
    """A JSON value. Texts are read by orjson, the rest by the standard library, which keeps every
    digit of a whole number."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:  # noqa: ARG002
        return clean(_encode(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        if value is None:
            return None
        return orjson.loads(value) if value[0] == '"' else json.loads(value)


class Names(TypeDecorator[tuple[str, ...]]):
    """A tuple of texts, kept as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:  # noqa: ARG002
        return clean(_encode(list(value or ())))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002
        return tuple(json.loads(value)) if value and value != "[]" else ()
