"""Word lists the extractors read: a list's name in, its words out, each file read once.

`*.toml` are written by hand: lists of words, or of [value, pattern] pairs. `common.txt` (English
words that are no names), `actors.txt` (names of threat actors and ransomware groups), `galaxy.txt`
(their aliases, countries and relations), `sectors.txt` and `countries.txt` are made by
`nlp.lexicon.gather` from public packages, whose licences stand in the files' first lines.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """A hand-written list, parsed: `table("attacks")` reads attacks.toml."""
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text("utf-8"))


@cache
def words(name: str, key: str = "words") -> frozenset[str]:
    """The words under one key of a hand-written list, lower-case."""
    return frozenset(word.lower() for word in table(name)[key])


@cache
def common() -> frozenset[str]:
    """Lower-case English words that by themselves are no names."""
    lines = (files(__name__) / "common.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#")) | words("nouns", "common")


@cache
def actors() -> dict[str, tuple[str, bool]]:
    """Lower-case name or alias → (the galaxy's own name for it, whether it is a plain word too).

    A plain word ("play", "genesis") names an actor only where its neighbours say so.
    """
    found: dict[str, tuple[str, bool]] = {}
    for line in (files(__name__) / "actors.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        canonical, weak, aliases = line.split("\t")
        for alias in aliases.split("|"):
            found.setdefault(alias.lower(), (canonical, weak == "weak"))
    return found


@cache
def rows(name: str) -> list[list[str]]:
    """The tab-separated lines of a made list."""
    lines = (files(__name__) / f"{name}.txt").read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]
