"""Column types that both engines share: Python values in, the same values out.

Clean text, aware UTC times, JSON values, tuples of names, vectors. What can't be stored faithfully
(a time without a zone) is refused here; what would make an engine fail (lone surrogates, NUL) is
cleaned.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import orjson
from sqlalchemy import DateTime, Dialect, LargeBinary, Text, TypeDecorator, cast, func
from sqlalchemy.types import TypeEngine, UserDefinedType

from breachwire.store.dialects import POSTGRES

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


def _text(dialect: Dialect) -> TypeEngine[Any]:
    """Text that sorts and compares by its bytes, as SQLite's does, in a database of any locale."""
    return dialect.type_descriptor(Text(collation="C") if dialect.name == POSTGRES else Text())


class Str(TypeDecorator[str]):
    """Text, cleaned on the way in."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _text(dialect)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else clean(value)


class Key(Str):
    """Text that is looked up by its value. PostgreSQL's indexes hold none of more than some 2,700
    bytes, all columns of a key together: what is longer than `most` is, there, its beginning and a
    digest of the whole, as it is written and as it is asked for."""

    cache_ok = True

    def __init__(self, most: int = 1_200) -> None:
        super().__init__()
        self.most = most

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        value = super().process_bind_param(value, dialect)
        if value is None or dialect.name != POSTGRES or len(value) <= self.most // 4:
            return value
        whole = value.encode()
        if len(whole) <= self.most:
            return value
        start = whole[: self.most - _DIGEST - 1].decode("utf-8", "ignore")
        return f"{start}#{hashlib.sha256(whole).hexdigest()}"


_DIGEST: Final = 64


def as_kept(keys: Iterable[str], dialect: Dialect) -> dict[str, str]:
    """Keys by what stands in the column: to tell whose a row is that they were asked for."""
    kind = Key()
    return {kind.process_bind_param(key, dialect) or "": key for key in keys}


ADDRESS: Final = Key(2_600)
"""Of an index by itself: no address is longer than 2,000 ASCII characters (`ingest.urls`)."""


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
        if value is None:
            return None
        return datetime.fromisoformat(value) if dialect.name == "sqlite" else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value. Texts are read by orjson, the rest by the standard library, which keeps every
    digit of a whole number."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _text(dialect)

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

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _text(dialect)

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:  # noqa: ARG002
        return clean(_encode(list(value or ())))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:  # noqa: ARG002
        return tuple(json.loads(value)) if value and value != "[]" else ()


class Halfvec(UserDefinedType[bytes]):
    """pgvector's: written as text, read as the bytes that it sends. Of no fixed length, as models
    differ; an index gives one."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "halfvec"

    def bind_expression(self, bindvalue: Any) -> Any:
        return cast(bindvalue, Halfvec())

    def column_expression(self, colexpr: Any) -> Any:
        return func.halfvec_send(colexpr, type_=Half())


class Half(TypeDecorator[bytes]):
    """A vector as float16, little-endian (`rows.pack`): a blob; on PostgreSQL a halfvec."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Halfvec() if dialect.name == POSTGRES else LargeBinary())

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> Any:
        return written(value) if value is not None and dialect.name == POSTGRES else value

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        if value is None or dialect.name != POSTGRES:
            return value  # type: ignore[no-any-return]
        return np.frombuffer(value, dtype=">f2", offset=_HEAD).astype("<f2").tobytes()


_HEAD: Final = 4
"""Bytes before a halfvec's numbers: their count, and two that are unused."""


def written(vector: bytes) -> str:
    """A vector as pgvector reads it: each float16 in as many digits as tell it from the next."""
    values = np.frombuffer(vector, dtype="<f2").astype(np.float32)
    return orjson.dumps(values, option=orjson.OPT_SERIALIZE_NUMPY).decode()
