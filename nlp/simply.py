"""A report's sentence → what it says in a child's words, by its kind of news.

In: a sentence and which list of `lexicon/simply.toml` is asked. Out: short clauses ("take
passwords") or whole lines with the sentence's own names and figures; nothing where it says none.
The lists say no more than the sentences: what can be done stays "can", a claim stays a claim.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from nlp import lexicon
from nlp.folding import Caseless, capital
from nlp.patterns import says

_FILLED: Final = re.compile(r"<([a-z])>")
_WITHIN: Final = re.compile(r"(?<=[a-z] )(?:An?|The|Two|Three|Four)(?= [a-z])")
"""What opened a report's sentence and stands inside a line of ours."""
_ASIDE: Final = re.compile(r",(?!\d).*\Z")
_CLAUSES: Final = ("flaw", "program", "way", "campaign", "whom")
_LINES: Final = ("news", "court", "seized", "tested", "many", "offer", "struck")
"""Lists of clauses, and of whole lines."""
_INSTEAD: Final = (
    re.compile(r"(?i:\b(?:instead of|rather than|as opposed to|unlike|without)\b)[^,.;]{0,120}"),
    re.compile(r"(?i:\b(?:instead of|rather than|as opposed to|unlike)\b)[^,.;]{0,120}"),
)
"""What is set aside, up to the next comma: nobody does it. A flaw lets in "without a password"."""
_LIST: Final = "l"
"""What is a list, whose commas part no asides from a name."""
_NO_LINK: Final = (
    r"(?!(?:in|of|for|on|to|from|with|by|that|which|and|or|at|as|inside|within|behind|let\w*)\b)"
)
"""Words behind which stands another thing than the one that is named."""
_PART: Final = re.compile(r"(?<![\w-])[A-Z][a-z][\w-]{0,40} [a-z-]{1,40} \Z|\b[A-Z][a-z]{1,40} \Z")
"""Before a name what it is a part of, not what it is: "the Linux kernel FUSE"."""
_COMPARES: Final = re.compile(
    r"\b(?:typical(?:ly)?|similar|unlike|other|another|most) (?:\w+ ){0,2}"
    r"(?:malware|(?:info)?stealers?|trojans?|RATs?|backdoors?)\b"
)
"""What others of its sort do."""
_PROGRAM: Final = re.compile(
    r"\b(?:[Ii]t|malware|(?:trojan|(?:info)?stealer|backdoor|RAT|botnet|worm|wiper|loader|implant"
    r"|program|payload|module|script|app|tool|toolkit|agent|add-on|extension)s?|spyware|ransomware"
    r"|code)\b"
)
_ITSELF: Final = re.compile(r" (?:trojan|malware|tool|backdoor|stealer|implant|RAT)s?\b")
"""Behind what a program is called after: "a remote access trojan"."""
_OTHERS: Final = re.compile(
    r"\b(?:attackers?|hackers?|operators?|actors?|criminals|thieves|gang|group|campaign|installers?"
    r"|sites?|websites?|pages?|users?|victims?|researchers?|they|flaws?|vulnerabilit\w+|exploits?"
    r"|technique|server|e-?mails?|messages?|who)\b",
    re.IGNORECASE,
)
"""Subjects of a deed: a program, and what is none."""
_LONGEST: Final = 400
"""Characters of a sentence that is looked into: a longer one is a list or a table."""


@lru_cache(maxsize=8192)
def clauses(key: str, text: str) -> tuple[str, ...]:
    """The clauses of a list that a sentence bears out, in the list's order."""
    if len(text) > _LONGEST:
        return ()
    done = _INSTEAD[key == "flaw"].sub("", text)
    return tuple(clause for pattern, clause in _clauses()[key] if pattern.search(done))


@lru_cache(maxsize=8192)
def can(text: str, name: str) -> tuple[str, ...]:
    """The clauses of what a bad program does that a sentence bears out of the one called `name`,
    and not of those who use it, of another, or of the way in which it comes."""
    if len(text) > _LONGEST or _COMPARES.search(text):
        return ()
    done = _INSTEAD[0].sub("", text)
    found = ((pattern.search(done), clause) for pattern, clause in _clauses()["program"])
    return tuple(
        clause
        for at, clause in found
        if at and (_ITSELF.match(done, at.end()) or _does(done[: at.start()], name))
    )


def _does(before: str, name: str) -> bool:
    """Whether what stands before a deed has a program for its subject, as far as words tell."""
    own = max((m.end() for m in _PROGRAM.finditer(before)), default=-1)
    own = max(own, before.rfind(name) if name else -1)
    others = max((m.end() for m in _OTHERS.finditer(before)), default=-1)
    return own > others


def gravity(key: str, clause: str) -> int:
    """Where a clause stands in its list: the gravest first."""
    return [told for _, told in _clauses()[key]].index(clause)


def line(key: str, text: str) -> str | None:
    """The first line of a list that a sentence bears out, its names and figures filled in."""
    found = placed(key, text)
    return found and found[0]


@lru_cache(maxsize=8192)
def placed(key: str, text: str) -> tuple[str, int] | None:
    """The same with where in the sentence it ends that bears it out."""
    if len(text) > _LONGEST:
        return None
    for pattern, template in _lines()[key]:
        if found := pattern.search(text):
            return capital(_filled(template, found)), found.end()
    return None


def _filled(template: str, found: re.Match[str]) -> str:
    """A line with what was found in it, names without their asides."""
    own = {name: words for name, words in found.groupdict().items() if words}
    filled = _FILLED.sub(lambda m: _put(m, own), template)
    return _WITHIN.sub(lambda m: m[0].lower(), filled)


def _put(place: re.Match[str], own: Mapping[str, str]) -> str:
    words = own.get(place[1], place[0])
    return (words if place[1] == _LIST else _ASIDE.sub("", words)).strip().rstrip(".")


def holds(key: str, text: str) -> bool:
    """Whether a sentence has one of the patterns of that key."""
    return len(text) <= _LONGEST and says("simply", key, text)


def kind_of(name: str, text: str) -> str | None:
    """What the bearer of a name is, by the words right behind or before it: "X, an open-source web
    server" → "a program that sends out web pages"; None where the sentence doesn't say."""
    at = text.find(name)
    if at < 0 or len(text) > _LONGEST:
        return None
    before, after = text[max(0, at - 60) : at], text[at + len(name) : at + len(name) + 70]
    for behind, ahead, clause in _things():
        told = ahead.search(before)
        if behind.match(after) or (told and not _PART.search(before, 0, told.end())):
            return clause
    return None


@cache
def _clauses() -> dict[str, tuple[tuple[Caseless, str], ...]]:
    held = lexicon.table("simply")
    return {
        key: tuple((Caseless(pattern), clause) for pattern, clause in held[key]) for key in _CLAUSES
    }


@cache
def _lines() -> dict[str, tuple[tuple[re.Pattern[str], str], ...]]:
    held = lexicon.table("simply")
    return {
        key: tuple((re.compile(_with_macros(pattern)), line) for pattern, line in held[key])
        for key in _LINES
    }


def _with_macros(pattern: str) -> str:
    for name, macro in lexicon.table("simply")["macros"].items():
        pattern = pattern.replace(f"{{{name}}}", macro)
    return pattern


@cache
def _things() -> tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...]:
    return tuple(
        (
            re.compile(
                rf"(?: [A-Z][\w-]{{1,20}}){{0,2}}(?:,| is| are|:)? (?:an?|the)?"
                rf"(?: ?{_NO_LINK}[\w-]{{2,20}}){{0,4}}? ?\b(?i:{pattern})\b"
            ),
            re.compile(rf"\b(?i:{pattern}) \Z"),
            clause,
        )
        for pattern, clause in lexicon.table("simply")["thing"]
    )
