"""Every regular expression of a package → its compiled pattern, by where it stands.

In: package names. Out: `patterns()`, by "module.NAME[place]", "module:line" or "table.toml key".
Found in three ways, so that none is missed: constants of modules, whatever they are nested in; the
lists, as the functions that compile them give them; and every call of `re` in the source, its
pattern evaluated in its module. Where a pattern has a name of the article in it, a sample stands
for that. `unmeasured` names the calls that none of the ways reaches: there should be none.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from nlp import clauses, lexicon, phrases
from nlp import patterns as lists
from nlp.folding import Caseless

PACKAGES: Final = ("nlp", "ingest")
_TRAINING: Final = ("nlp.train", "nlp.lexicon.gather")
"""Run by whoever fits or gathers, on data of their own: never on an article that came in."""
_CALLS: Final = frozenset(
    "compile search match fullmatch finditer findall split sub subn".split()  # noqa: SIM905
)
_SAMPLE: Final = "Harbour Clinic"
"""Stands for a name of the article that a pattern is made with."""
_MATCHED: Final = ("quotable._OURS", "quotable._TELLER", "quotable._DATELINE")
"""Matched at a sentence's start, under another name."""
_ANY_OF: Final = ("asides", "outlook", "simply")
_ONE: Final = (
    "roles",
    "speech",
    "gates",
    "descriptions",
    "misfits",
    "voices",
    "doubts",
    "indicators",
)
"""Lists by how they are compiled: [patterns] of alternatives, [patterns] of one each."""
_BY_KEY: Final = {
    "nlp.patterns.one", "nlp.patterns.any_of", "nlp.patterns.votes", "nlp.phrases._compiled",
    "nlp.phrases._word", "nlp.phrases._compiled_at", "nlp.clauses._compiled",
}  # fmt: skip
"""Functions that compile what a key names: `_listed` calls them with every key."""


def patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern, one entry for equal ones, by where it is found first."""
    found: dict[re.Pattern[str], str] = {}
    for where, pattern in _all():
        if isinstance(pattern.pattern, str):
            found.setdefault(pattern, where)
    return {where: pattern for pattern, where in found.items()}


def unmeasured() -> list[str]:
    """Calls of `re` ("module:line") whose pattern is neither known from the source alone, nor a
    module's constant, nor made by a function whose results are measured."""
    return [
        f"{module.__name__}:{call.lineno}"
        for module in modules()
        for call, function in _calls(module)
        if function is not None
        and function not in (*_makers(module), Caseless.__name__)
        and _pattern(module, call) is None
    ]


def matched() -> set[str]:
    """Names of patterns that the code only ever matches at a place, and never searches for."""
    uses: dict[str, set[str]] = {name: {"match"} for name in _MATCHED}
    for module in modules():
        for node in ast.walk(_tree(module)):
            if isinstance(node, ast.Attribute) and node.attr in _CALLS:
                uses.setdefault(_called(module, node.value), set()).add(node.attr)
    return {name for name, how in uses.items() if how <= {"match", "fullmatch"}}


def _called(module: ModuleType, node: ast.expr) -> str:
    """A pattern as `patterns` names it: a constant, or a key of a list."""
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("one", "patterns.one"):
        return " ".join(
            str(part.value) + ".toml" * (not place) if isinstance(part, ast.Constant) else ""
            for place, part in enumerate(node.args)
        )
    return f"{module.__name__.removeprefix('nlp.')}.{ast.unparse(node)}"


def modules() -> Iterator[ModuleType]:
    """The packages' modules but those for training."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.startswith(_TRAINING) and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def _all() -> Iterator[tuple[str, re.Pattern[str]]]:
    yield from _listed()
    for module in modules():
        short = module.__name__.removeprefix("nlp.")
        for name, value in vars(module).items():
            for number, pattern in enumerate(_within(value)):
                yield f"{short}.{name}[{number}]", pattern
        for name in _makers(module):
            if f"{module.__name__}.{name}" not in _BY_KEY:
                for number, pattern in enumerate(_within(_made(getattr(module, name)))):
                    yield f"{short}.{name}()[{number}]", pattern
        for call, function in _calls(module):
            written = None if function in _makers(module) else _pattern(module, call)
            if written is not None:
                yield f"{short}:{call.lineno}", written


def _listed() -> Iterator[tuple[str, re.Pattern[str]]]:
    for table in _ONE:
        for key in lexicon.table(table).get("patterns", {}):
            yield f"{table}.toml {key}", lists.one(table, key)
        for key in lexicon.table(table).get("votes", {}):
            for number, (pattern, _) in enumerate(lists.votes(table, key)):
                yield f"{table}.toml {key} {number}", pattern
    for table in _ANY_OF:
        for key in lexicon.table(table)["patterns"]:
            yield from ((f"{table}.toml {key}", p) for p in _within(lists.any_of(table, key)))
    for table in ("attacks", "data", "responses"):
        for number, (value, pattern) in enumerate(phrases._compiled(table)):
            yield f"{table}.toml {number} {value}", pattern
    for place in ("before", "sentence"):
        for name, sign in clauses._compiled(place).items():
            yield f"clauses.toml {place} {name}", sign
    yield from ((f"data.toml {key}", phrases._word(key)) for key in ("exposure", "far", "way_in"))
    yield "data.toml not_loot", phrases._compiled_at("not_loot")


def _within(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, Caseless):
        yield value.pattern
    elif isinstance(value, Mapping):
        yield from _within(tuple(value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        for item in value:
            yield from _within(item)


def _made(function: Callable[..., Any]) -> Any:
    """What a function makes, of a sample where it takes a name."""
    return function(*[_SAMPLE] * len(signature(function).parameters))


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(module.__file__ or "").read_text("utf-8"))


@cache
def _makers(module: ModuleType) -> list[str]:
    """Its functions that compile patterns and return them."""
    return [
        node.name
        for node in _tree(module).body
        if isinstance(node, ast.FunctionDef)
        and node.returns is not None
        and re.search(r"re\.Pattern|Caseless", ast.unparse(node.returns))
        and re.search(r"(?:re\.compile|Caseless)\(", ast.unparse(node))
    ]


def _calls(module: ModuleType) -> Iterator[tuple[ast.Call, str | None]]:
    """Calls of `re` with the function at module level around each, None for a constant's."""
    for top in _tree(module).body:
        inside = top.name if isinstance(top, ast.FunctionDef | ast.ClassDef) else None
        for node in ast.walk(top):
            if isinstance(node, ast.Call) and _of_re(node.func):
                yield node, inside


def _of_re(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in _CALLS
    )


class _Names(dict[str, object]):
    """What a pattern in the source names: the module's own, else a sample."""

    def __missing__(self, key: str) -> object:
        if hasattr(builtins, key):
            raise KeyError(key)
        return _SAMPLE


def _pattern(module: ModuleType, call: ast.Call) -> re.Pattern[str] | None:
    """The pattern of a call, None where its words are data."""
    flags = [k.value for k in call.keywords if k.arg == "flags"]
    place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(call.func.attr, 2)  # type: ignore[attr-defined]
    flags += call.args[place : place + 1]
    names = _Names(vars(module))
    first = call.args[0]
    if isinstance(first, ast.Name) and first.id not in vars(module):
        return None  # a variable and nothing else
    try:
        text, *given = (
            eval(compile(ast.Expression(part), module.__name__, "eval"), names)
            for part in (first, *flags)
        )
        return re.compile(text, *given)
    except (KeyError, TypeError, AttributeError, re.error):
        return None
