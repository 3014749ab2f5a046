"""A passage → its subjects: who might speak in it, and on whose side they stand.

A subject is a name with what belongs to it ("N's spokesperson", "the N gang"), a role ("the
company", "hackers", "county officials") or a name that a role introduces ("security firm N").
Patterns: `lexicon/voices.toml`, over text whose names are one character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from breachwire.model import AsserterKind
from nlp import lexicon
from nlp.folding import fold
from nlp.names import Name, key_of
from nlp.patterns import one
from nlp.reading import Passage

_ROLES: Final[dict[str, AsserterKind]] = {
    "attackers": "attacker", "researchers": "researcher", "victims": "victim",
    "authorities": "authority", "outlets": "outlet", "sued": "third_party",
}  # fmt: skip
_CAPITALS: Final = re.compile(
    r"(?:The )?(?P<name>[A-Z][\w&.'’-]{0,60}"
    r"(?: (?:of|for|and|&)(?= [A-Z])| [A-Z][\w&.'’-]{0,60}){0,7})"
)
_TITLE: Final = re.compile(r" (?:(?:dr|mr|mrs|ms|prof|sir|dame|rev)\.? )?")
"""Between an office and its holder's name."""
_STAFF: Final = re.compile(
    r"(?:an?|one|two|three|several|some|former|current) (?:\w+ ){0,2}?(?:employees?|workers?)"
)
REACH: Final = 130
"""Characters from a subject's start to its role at most: "the" and six words, or four and "'s"."""
_WORD: Final = re.compile(r"(?<![\w'\ue000-\uf8ff-])[\w\ue000-\uf8ff]")
"""Where a subject may begin."""
_OWNED: Final = 8
"""Characters of "-owned " or "'s " between a firm and the one it owns."""
_FAR: Final = 45
"""Characters between "by" and the name: "data breach notification service N"."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who might speak: offsets of the marked text, `speaker` of the passage's text."""

    kind: AsserterKind | None
    """None: an unknown name, whose verb tells."""
    start: int
    end: int
    speaker: tuple[int, int]
    head: int
    """Where the bare name ends, before what may belong to it."""
    held: bool = False
    """Whether a complaint or the like speaks: what it says is only claimed."""


def find(passage: Passage, roles: Mapping[str, str]) -> Iterator[Subject]:
    """The subjects of a passage, in order."""
    before: Subject | None = None
    for match in matches(passage.marked):
        subject = _subject(passage, match, roles)
        close = before and bool(_TITLE.fullmatch(passage.marked, before.end, match.start()))
        if match["name"] and before and close and passage.name_at(match.start()).text != "News":
            # "security firm N", "ransomware group N": the role tells what the name is.
            subject = replace(subject, kind=subject.kind or before.kind)
        before = subject
        yield subject


def matches(marked: str) -> Iterator[re.Match[str]]:
    """What "subject" finds, tried at words up to REACH before one that every role has: elsewhere
    it fails, and takes its time to."""
    tried = 0
    for head in one("voices", "heads").finditer(marked):
        for word in _WORD.finditer(marked, max(tried, head.start() - REACH), head.end()):
            if word.start() < tried:
                continue  # inside the one before
            tried = word.end()
            if match := one("voices", "subject").match(marked, word.start()):
                yield match
                tried = match.end()


def _subject(passage: Passage, match: re.Match[str], roles: Mapping[str, str]) -> Subject:
    places = passage.places
    if match["name"]:
        at = match.start("name")
        name = passage.name_at(at)
        kind = _kind(passage.name_at(at), match, roles)
        end = places[match.end("gang")] if match["gang"] else name.end
        if one("voices", "body_tail").search(match["tail"]):
            end = places[match.end("tail")]
        head = match.end("gang") if match["gang"] else at + 1
        start = places[at] + _possessed(name.text)
        return Subject(kind, match.start(), match.end(), (start, end), head)
    role = next(key for key in _ROLES if match[key])
    if match["called"]:
        at = match.start("called")
        span = (places[at], name_end(passage, at))
        return Subject(_ROLES[role], match.start(), match.end(), span, match.end())
    last = match.end() - 1
    end = (
        name_end(passage, last)
        if "\ue000" <= passage.marked[last] <= "\uf8ff"
        else places[last] + 1
    )
    span = (places[match.start()], end)
    held = role == "sued"
    kind = _ROLES[role]
    if _STAFF.fullmatch(passage.low[slice(*span)]):
        kind = "outlet"  # "two employees who saw it" speak for themselves
    if passage.low[slice(*span)] == "the group" and one("voices", "corporate").search(passage.low):
        kind = "victim"  # "In a notice to the stock exchange the group said": a firm
    return Subject(kind, match.start(), match.end(), span, match.end(), held)


def _kind(name: Name, match: re.Match[str], roles: Mapping[str, str]) -> AsserterKind | None:
    """What a name is: by the part it plays, by the lists, by the words around and in it."""
    role = roles.get(name.key)
    if role == "victim":
        return "victim"
    if role == "actor" or name.kind == "actor" or one("voices", "crew").search(name.key):
        return "attacker"
    if re.search(r"research|analyst", match["tail"]):
        return "researcher"
    if name.kind in ("authority", "researcher", "outlet"):
        return name.kind
    if match["gang"] and one("voices", "criminal").search(match["gang"]):
        return "attacker"
    if one("voices", "officer").search(match["tail"]):
        return "authority"
    return _by_words(name, roles) or ("attacker" if match["gang"] and not role else None)


def _by_words(name: Name, roles: Mapping[str, str]) -> AsserterKind | None:
    """What the words of a name say that no list knows."""
    if name.key and any(_alike(name.key, key) for key, role in roles.items() if role == "victim"):
        return "victim"
    if one("voices", "inside").search(name.key):
        return "victim"
    owner = re.split("['’]s ", name.text)[0]
    public = one("voices", "public").search(name.key)
    if public or owner in lexicon.table("parties")["authorities"]:
        return "authority"
    if roles.get(name.key) == "third_party":
        return "third_party"
    return "victim" if one("voices", "institution").search(name.key) else None


def _alike(one_key: str, other: str) -> bool:
    return one_key.startswith(other) or other.startswith(one_key)


def opening(passage: Passage, roles: Mapping[str, str]) -> Subject | None:
    """The capitalised words that open a passage, where the list of names has missed them."""
    match = _CAPITALS.match(passage.text)
    if match is None or match.end() not in passage.places or _plain(match["name"]):
        return None
    begin = match.start("name")
    start = passage.places.index(begin) if begin in passage.places else 0
    end = passage.places.index(match.end())
    return Subject(_opened(key_of(match["name"]), roles), start, end, match.span("name"), end)


def _plain(name: str) -> bool:
    """Whether capitalised words are no name: they open a sentence, or are one common word."""
    first = fold(name).split()[0]
    if first in lexicon.words("function", "stop") | lexicon.words("function", "openers"):
        return True
    return " " not in name and (len(first) < 3 or first in lexicon.common())


def _opened(key: str, roles: Mapping[str, str]) -> AsserterKind | None:
    known = [role for name, role in roles.items() if name and key.startswith(name)]
    if one("voices", "public").search(key) and not known:
        return "authority"
    own = one("voices", "inside").search(key) or one("voices", "institution").search(key)
    if own or "victim" in known:
        return "victim"
    return "attacker" if "actor" in known else None


def at(subjects: Sequence[Subject], position: int) -> Subject | None:
    """The subject that stands at a position of the marked text, an article aside."""
    near = [s for s in subjects if position - 1 <= s.start <= position + _FAR][:2]
    if len(near) == 2:
        # "security company N", "N-owned N": the name right behind is meant.
        first, then = near
        gap, bare = then.start - first.end, first.end == first.start + 1
        return then if gap <= 1 or (bare and gap <= _OWNED) else first
    return next(iter(near), None)


def name_end(passage: Passage, at: int) -> int:
    """Where the name marked at a position ends in the passage's text."""
    return passage.name_at(at).end


def _possessed(name: str) -> int:
    """Characters of "N's " before a name that another one owns: "Google's Mandiant"."""
    return max(name.rfind("'s "), name.rfind("’s ")) + 3 if re.search("['’]s [A-Z]", name) else 0
