"""Whether those who do and say things in a sentence do and say them in its passages.

In: a sentence and the passages it cites. Out: what is wrong, a line each. A name before a verb is
its doer ("Night Heron stole"), after "was … by" as well; a passage must put the same name on the
same side of the same verb.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from nlp import lexicon, rank
from nlp.llm.clauses import clauses, common
from nlp.llm.passages import Passage

_WORD: Final = r"[A-Z][\w&.'’-]{0,60}"
_NAME: Final = rf"{_WORD}(?: (?:of |the |and |for )?{_WORD}){{0,7}}+"
_AUX: Final = (
    r"(?:has|have|had|also|then|later|now|is|are|was|were|been|being|be|will|would|may|might|could|"
    r"did|does|do|not|since|already|itself|group|gang|team|crew)"
)
_ACT: Final = re.compile(
    rf"(?<![A-Z])(?<![A-Z] )(?<!\w-)(?P<name>{_NAME}),? (?P<aux>(?:{_AUX} )*)"
    r"(?P<verb>[a-z]{3,})\b"
)
_TO_BE: Final = re.compile(r"\b(?:is|are|was|were|been|being|be|gets?|got)\b")
_PASSIVE_BEFORE: Final = re.compile(
    r"\b(?:is|are|was|were|been|being|be|gets?|got)(?: [a-z]+ly| also| then)? \Z"
)
_LINK: Final = re.compile(
    rf"\b(?P<word>[a-z]{{3,}}) (?:(?P<by>by)|from|at|of|in|against|into|on|to|with|for)?(?(by) | ?)"
    rf"(?:the |its |a |an )?(?P<name>{_NAME})"
)
"""A name behind a word: what is done to it, or with "by", what it does."""
_ACCORDING: Final = re.compile(rf"\b[Aa]ccording to (?:the )?(?P<name>{_NAME})")
_INVERTED: Final = re.compile(
    rf"\b(?:said|says|told|wrote|writes|added|adds|warned|warns) (?:the )?(?P<name>{_NAME})"
)
_SPEECH: Final = re.compile(
    r"\b(?:said|says?|told|claim\w*|confirm\w*|den(?:y|ies|ied)|report\w*|announc\w*|disclos\w*"
    r"|according|warn\w*|stat(?:ed|es)|wrote|writes|note[sd]|add(?:ed|s))\b"
)

_ENDS: Final = re.compile(r"(?<!['’.,-])(?:['’]s?|[.,-]){1,8}+\Z")
_NEAR: Final = 60
"""Characters before a verb of speech within which its speaker stands."""


def problems(text: str, cited: Sequence[Passage]) -> list[str]:
    """Doers and speakers that no passage has so."""
    pieces = [c.text for p in cited for c in clauses(p.text)]
    outlets = {p.outlet for p in cited}
    found = []
    for name, passive, verb in _acts(text):
        if name in outlets and _SPEECH.fullmatch(verb):
            continue
        about = _about(text, name, pieces) if _SPEECH.fullmatch(verb) else pieces
        if not any(_does(piece, name, passive, verb) for piece in about):
            found.append(f'no cited passage has "{name}" and "{verb}" so')
    for match in _LINK.finditer(text):
        word, name = match["word"], _bare(match["name"])
        if not rank.terms(word) or name in outlets:
            continue
        if not any(_linked(piece, word, name, by=match["by"] is not None) for piece in pieces):
            found.append(f'no cited passage has "{word}" and "{name}" so')
    for match in (*_ACCORDING.finditer(text), *_INVERTED.finditer(text)):
        name = _bare(match["name"])
        if name not in outlets and not any(
            _speaks(piece, name, said)
            for piece in _about(text, name, pieces)
            for said in _SPEECH.finditer(piece)
        ):
            found.append(f'no cited passage gives the word of "{name}"')
    return found


def _bare(name: str) -> str:
    """Without what ends a sentence or makes it an owner's."""
    return _ENDS.sub("", name)


def _about(text: str, name: str, pieces: Sequence[str]) -> list[str]:
    """The clauses that hold half of what a sentence has its speaker say."""
    said = rank.terms(text) - rank.terms(name)
    return [p for p in pieces if 2 * len(common(said, rank.terms(p))) >= len(said)]


def _acts(text: str) -> Iterator[tuple[str, bool, str]]:
    """(name, whether the verb is passive, verb) of each name with a verb behind it."""
    for match in _ACT.finditer(text):
        name = _bare(match["name"]).removeprefix("The ")
        if name.lower() in _no_names():
            continue
        if rank.terms(match["verb"]) or _SPEECH.fullmatch(match["verb"]):
            yield name, bool(_TO_BE.search(match["aux"])), match["verb"]


def _does(piece: str, name: str, passive: bool, verb: str) -> bool:
    """Whether a clause has the name on that side of the verb."""
    places = [m.start() for m in re.finditer(rf"\b{re.escape(name)}", piece, re.I)]
    if _SPEECH.fullmatch(verb):
        return bool(places) and any(_speaks(piece, name, m) for m in _SPEECH.finditer(piece))
    for match in re.finditer(r"[A-Za-z][a-z'’-]+", piece):
        if not _alike(match.group(), verb):
            continue
        before = bool(_PASSIVE_BEFORE.search(piece[: match.start()])) == passive
        if any((at < match.start()) == before for at in places):
            return True
    return False


def _linked(piece: str, word: str, name: str, *, by: bool) -> bool:
    """Whether a clause has the name as what the word is done to or said of; with `by`, as who does
    it: the nearest name on the right side."""
    for match in re.finditer(r"[A-Za-z][a-z'’-]+", piece):
        if not _alike(match.group(), word):
            continue
        after = re.search(_NAME, piece[match.end() :])
        before = [m.group() for m in re.finditer(_NAME, piece[: match.start()])]
        passive = bool(_PASSIVE_BEFORE.search(piece[: match.start()]))
        told_by = piece[match.end() :].startswith(" by ")
        behind = told_by == by and after is not None and name in after.group()
        if behind or (passive != by and bool(before) and name in before[-1]):
            return True
    return False


def _speaks(piece: str, name: str, verb: re.Match[str]) -> bool:
    """Whether the name is the nearest before a verb of speech, or right behind it."""
    before = piece[max(0, verb.start() - _NEAR) : verb.start()]
    names = [m.group() for m in re.finditer(_NAME, before)]
    after = re.match(r" (?:by |to |the )*", piece[verb.end() :])
    behind = piece[verb.end() + (after.end() if after else 0) :]
    return bool(names and name in names[-1]) or behind.startswith(name)


@cache
def _no_names() -> frozenset[str]:
    """Words that stand capitalised for opening a sentence, and do nothing."""
    return lexicon.words("function", "stop") | {
        "a",
        "an",
        "as",
        "at",
        "by",
        "if",
        "in",
        "it",
        "no",
        "on",
    }


def _alike(one: str, other: str) -> bool:
    """Two forms of a word, by their first letters."""
    a, b = one.lower(), other.lower()
    return a == b or (len(a) > 3 and len(b) > 3 and a[:4] == b[:4])
