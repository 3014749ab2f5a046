"""JSON → the dataclasses of `types`: what a newer service adds is passed over.

In: a type of that module (or one made of such) and a parsed JSON value. Out: a value of that type.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from breachwire_client.errors import UnexpectedAnswerError

T = TypeVar("T")
_PYTHON: Final = "_"
"""Behind a name that Python has for itself: `in_` is `in` in JSON."""


def decode(kind: type[T], value: Any) -> T:
    """The value as `kind`. Raises UnexpectedAnswerError, which names the place."""
    try:
        decoded: T = _decoded(kind, value, kind.__name__)
    except (TypeError, ValueError, AttributeError) as error:
        raise UnexpectedAnswerError(f"the answer is no {kind.__name__}: {error}") from None
    return decoded


def _decoded(kind: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(kind):
        return _object(kind, value, where)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _one_of(parts, value, where)
    if origin is list:
        return [_decoded(parts[0], one, f"{where}[{n}]") for n, one in enumerate(value)]
    if origin is tuple:
        return tuple(_decoded(part, one, where) for part, one in zip(parts, value, strict=True))
    if origin is dict:
        return {key: _decoded(parts[1], one, f"{where}.{key}") for key, one in value.items()}
    if kind in (datetime, date):
        return kind.fromisoformat(value)
    if kind in (str, int, float, bool) and not isinstance(
        value, (int, float) if kind is float else kind
    ):
        raise UnexpectedAnswerError(f"{where}: {value!r} is no {kind.__name__}")
    return value


def _one_of(parts: tuple[Any, ...], value: Any, where: str) -> Any:
    """As the first that takes it. Raises UnexpectedAnswerError where none does."""
    if value is None and NoneType in parts:
        return None
    *others, last = (part for part in parts if part is not NoneType)
    for kind in others:
        try:
            return _decoded(kind, value, where)
        except (UnexpectedAnswerError, TypeError, ValueError, AttributeError):
            continue
    return _decoded(last, value, where)


def _object(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise UnexpectedAnswerError(f"{where}: {value!r} is no object")
    given = {}
    for name, of, required in _fields(kind):
        key = name.removesuffix(_PYTHON)
        if key in value:
            given[name] = _decoded(of, value[key], f"{where}.{key}")
        elif required:
            raise UnexpectedAnswerError(
                f"{where} has no `{key}`: the service is of another version than this client"
            )
    return kind(**given)


@cache
def _fields(kind: Any) -> tuple[tuple[str, Any, bool], ...]:
    """(name, type, whether it must be there)."""
    hints = get_type_hints(kind)
    missing = dataclasses.MISSING
    return tuple(
        (f.name, hints[f.name], f.default is missing and f.default_factory is missing)
        for f in dataclasses.fields(kind)
    )
