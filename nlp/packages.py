"""Text → versions of packages that are said to be bad: `axios@1.14.1`, "litellm 1.82.7 and 1.82.8".

In: a title or text, and what the whole article says of registries. Out: name, version, ecosystem,
span. A version counts only in a sentence that says that something is wrong with it, and not where
it is the one to have; a name before a version only where the article calls it a package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from nlp import sentences
from nlp.folding import fold
from nlp.lexicon import common, table

_NAME: Final = r"(?:@[a-z0-9][\w.-]{0,60}/)?[a-z0-9][\w.-]{0,60}"
_VERSION: Final = r"\d{1,6}\.\d{1,6}\.\d{1,6}(?:[.+-]?[0-9a-z]{1,30}){0,6}"
_AT: Final = re.compile(rf"(?<![\w@./-])({_NAME})@v?({_VERSION}|\d{{1,6}}\.\d{{1,6}})(?![\w@])")
_SPACED: Final = re.compile(
    rf"(?<![\w@./-])({_NAME})[)\"'`]{{0,2}},? ?[(\[]?(?:versions? |releases? )?v?({_VERSION})(?!\w)"
)
_OF: Final = re.compile(rf"\bversions? ({_VERSION})((?:,? (?:and |or )?v?{_VERSION}){{0,9}}) of ")
_NEXT: Final = re.compile(rf"(?:,| and| or| &|, and|/) ?(?:versions? )?v?({_VERSION})(?!\w)")
_NAMED: Final = re.compile(
    r"(?:the |its )?(?:(?:popular|official|npm|pypi|python|javascript|rust) ){0,3}(?:packages? )?"
    rf"[\"'`]?({_NAME})"
)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a package, and where that is said: the span holds the name where it stands
    before the version."""

    name: str
    version: str
    ecosystem: str | None
    """As purl names it; None where the article names none or several."""
    start: int
    end: int

    @property
    def purl(self) -> str:
        """`pkg:npm/%40scope/name@1.0.0`; `name@1.0.0` without an ecosystem."""
        if self.ecosystem is None:
            return f"{self.name}@{self.version}"
        return f"pkg:{self.ecosystem}/{self.name.replace('@', '%40')}@{self.version}"


def find(text: str, whole: str) -> Iterator[Version]:
    """As they stand. `whole`: the article's title and text, folded."""
    overall = _overall(whole)
    if not overall:
        return
    low = fold(text)
    for start, end in sentences.split(text):
        sentence = low[start:end]
        if _bad().search(sentence):
            here = _ecosystems(sentence)
            yield from _versions(low, start, end, here or overall, bool(here), whole)


def _versions(
    low: str, start: int, end: int, ecosystems: frozenset[str], stated: bool, whole: str
) -> Iterator[Version]:
    for match in _AT.finditer(low, start, end):
        yield from _run(match[1], low, match, start, end, ecosystems)
    for match in _SPACED.finditer(low, start, end):
        name = match[1].rstrip(".-")
        if _is_package(name, stated, whole):
            yield from _run(name, low, match, start, end, ecosystems)
    for match in _OF.finditer(low, start, end):
        named = _NAMED.match(low, match.end(), end)
        if named and _is_package(named[1], stated, whole):
            for one in re.compile(_VERSION).finditer(low, match.start(1), match.end()):
                yield _version(named[1], one[0], ecosystems, one.start(), one.end())


def _run(
    name: str, low: str, match: re.Match[str], start: int, end: int, ecosystems: frozenset[str]
) -> Iterator[Version]:
    """The version after a name and those that follow it in a row."""
    if _good().search(low, max(start, match.start() - 80), match.start()):
        return
    if _good().search(low, match.start(), match.start(2)):
        return
    yield _version(name, match[2], ecosystems, match.start(), match.end(2))
    after: re.Match[str] | None = match
    while after and (after := _NEXT.match(low, after.end(), end)):
        yield _version(name, after[1], ecosystems, after.start(1), after.end(1))


def _version(name: str, version: str, ecosystems: frozenset[str], start: int, end: int) -> Version:
    if name.startswith("@"):
        ecosystems = frozenset({"npm"})
    only = next(iter(ecosystems)) if len(ecosystems) == 1 else None
    return Version(name.rstrip(".-"), version, only, start, end)


def _is_package(name: str, stated: bool, whole: str) -> bool:
    """Whether a name before a version is a package's: the sentence names a registry and it is no
    English word, or the article calls it a package."""
    if name in _not_names() or name[0].isdigit() or len(name) < 2:
        return False
    return (stated and name not in common()) or _called_package(name, whole)


def _called_package(name: str, whole: str) -> bool:
    kind = r"(?:npm|pypi|packages?|library|libraries|module)"
    escaped = re.escape(name)
    return bool(
        re.search(
            rf"\b{kind}\W{{1,3}}{escaped}(?![\w-])"
            rf"|(?<![\w-]){escaped}\W{{1,3}}(?:(?:npm|pypi|python|node\.js) )?{kind}\b",
            whole,
        )
    )


@lru_cache(maxsize=2)
def _overall(whole: str) -> frozenset[str]:
    """What an article names: asked of its title and its text."""
    return _ecosystems(whole)


def _ecosystems(low: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _registries() if pattern.search(low))


@cache
def _registries() -> tuple[tuple[str, re.Pattern[str]], ...]:
    listed = table("indicators")["ecosystems"]
    return tuple((name, re.compile(pattern)) for name, pattern in listed.items())


@cache
def _bad() -> re.Pattern[str]:
    return re.compile(table("indicators")["packages"]["bad"])


@cache
def _good() -> re.Pattern[str]:
    return re.compile(table("indicators")["packages"]["good"])


@cache
def _not_names() -> frozenset[str]:
    return frozenset(table("indicators")["packages"]["not_names"])
