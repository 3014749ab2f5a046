"""The ways of a pattern ("a|b c|(?:d|e)f" has three), and one pattern of many that is quick.

In: regular expressions as text, or words of a list. Out: regular expressions that find the same.
Python's `re` tries one way after another at every place of a text, but passes over a way that
begins with another letter at once; into a group it has to go. So groups in front are opened, and
ways that begin with the same letter stand behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

_MOST: Final = 2_000
"""Characters that opening a group may add: its tail stands behind each of its ways then."""
_BEFORE: Final = re.compile(r"(?:\\b|\(\?<?[=!](?:[^()\\\[\]]|\\.)*\))*")
"""Looks around, which take no character."""
_LETTER: Final = re.compile(r"[a-z](?![?*+{])")
_EDGED: Final = re.compile(r"(?:\\b|\(\?<!\[\\w-\]\))\(\?:")


def alternatives(pattern: str) -> list[str]:
    """The ways that stand beside each other at the top: "a|(?:b|c)" has two."""
    found, depth, start = [], 0, 0
    for part in _brackets(pattern):
        if part[0] == "|" and not depth:
            found.append(pattern[start : part.start()])
            start = part.end()
        depth += (part[0] == "(") - (part[0] == ")")
    return [*found, pattern[start:]]


def _brackets(pattern: str) -> Iterator[re.Match[str]]:
    """Its round brackets and bars, but for those escaped or in a set of characters."""
    inside = False
    for part in re.finditer(r"\\.|[\[\](|)]", pattern, re.DOTALL):
        if inside or part[0] == "[":
            inside = part[0] != "]"
        elif part[0] in "(|)":
            yield part


def _group(pattern: str, start: int) -> int:
    """Where the group that opens at `start` ends: behind its bracket."""
    depth = 0
    for part in _brackets(pattern[start:]):
        depth += (part[0] == "(") - (part[0] == ")")
        if not depth:
            return start + part.end()
    return len(pattern)


def opened(pattern: str) -> list[str]:
    """A way by its first words: "(?:a|b) c" as "a c" and "b c", "(?:a )?c" as "a c" and "c"."""
    if not pattern.startswith("(?:"):
        return [pattern]
    end = _group(pattern, 0)
    inner, tail = alternatives(pattern[3 : end - 1]), pattern[end:]
    if re.match(r"\?(?![?+])", tail):
        inner, tail = [*inner, ""], tail[1:]
    elif re.match(r"[?*+{]", tail):
        return [pattern]
    if re.search(r"\((?!\?[:=!<])|\(\?<[^=!]", tail) or len(inner) * len(tail) > _MOST:
        return [pattern]
    return [way for part in inner for way in opened(part + tail)]


def either(patterns: Sequence[str]) -> str:
    """One pattern of several: those that begin at a word's edge look for that edge once."""
    edged = [p.removeprefix(r"\b") for p in patterns if p.startswith(r"\b")]
    others = [p for p in patterns if not p.startswith(r"\b")]
    return "|".join([rf"\b(?:{by_letter(edged)})", *others] if edged else others)


def by_letter(ways: Iterable[str]) -> str:
    """One pattern of ways, an earlier before a later, sorted by the letter that they begin with.

    Ways of different letters can't match at one place, so their order is free; what may begin with
    anything stays where it is.
    """
    parts: list[str] = []
    by: dict[str, list[str]] = {}
    for way in chain.from_iterable(map(opened, ways)):
        place = _BEFORE.match(way)
        letter = _LETTER.match(way, place.end() if place else 0)
        if letter:
            by.setdefault(letter[0], []).append(way)
            continue
        parts += _sorted(by)
        parts.append(way)
        by = {}
    return "|".join([*parts, *_sorted(by)])


def _sorted(by: dict[str, list[str]]) -> Iterator[str]:
    """Ways letter by letter; neighbours that begin with it and nothing before stand behind it."""
    for letter, ways in by.items():
        rests: list[str] = []
        for way in [*ways, ""]:
            if way.startswith(letter):
                rests.append(way[1:])
                continue
            if rests:
                yield letter + (rests[0] if len(rests) == 1 else f"(?:{'|'.join(rests)})")
            rests = []
            if way:
                yield way


def quick(pattern: str) -> str:
    """A pattern whose ways, where they stand in a group at a word's edge, are sorted by letter."""
    edge = _EDGED.match(pattern)
    if edge is None or re.search(r"\((?!\?)", pattern):
        return pattern
    end = _group(pattern, edge.end() - 3)
    if len(alternatives(pattern)) > 1 or re.match(r"[?*+{]", pattern[end:]):
        return pattern
    ways = alternatives(pattern[edge.end() : end - 1])
    return f"{edge[0]}{by_letter(ways)}){pattern[end:]}"


def one_of(listed: Sequence[str]) -> str:
    """One pattern of words, an earlier one before a later: by first letter, so that the words of
    another are passed over at once."""
    by: dict[str, list[str]] = {}
    for word in listed:
        by.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(own)})" for first, own in by.items())
