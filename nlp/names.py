"""A sentence or title → the names in it, each with its span and what is known of it.

Names are runs of capitalised words. In headlines, where every word is capitalised, a word that is
plain English (`lexicon.common`) counts only where the article's running text shows it as a name or
it stands with an organisation's head noun ("Wayne Memorial Hospital").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Final, Literal, NamedTuple

from nlp import lexicon
from nlp.folding import fold, plain
from nlp.ways import one_of

NameKind = Literal["name", "place", "authority", "researcher", "outlet", "actor"]

_TOKEN: Final = re.compile(r"[^\W_][\w$&+@./'’\-‑]*|&")
WORDS: Final = 200
"""Words of a sentence that are read: one with more is a table or a dump."""
_BEFORE_FIRST: Final = (":", '"', "“", "—")
"""Behind these a word is capitalised as a sentence's first."""
_POSSESSIVE: Final = re.compile(
    r"(?:['’]s|['’]|[.,/&'’\-‑]{1,8}+|[-‑](?:linked|based|affiliated|aligned|owned|backed|made|related|"
    r"speaking|sponsored|nexus|tied|led|run|hosted|style|themed|focused))\Z",
    re.IGNORECASE,
)
_AMOUNT: Final = re.compile(
    r"(?:CVE|cve)-\d[\d-]{0,40}|\d[\d.,]{0,40}[A-Za-z]{0,2}\+?|8-K|10-[KQ]|[HQ]\d"
)
_CODE: Final = re.compile(
    r"(?:UNC|APT-?|TA|FIN|TAG-|UAT-|UTA|UAC-|Storm-|DEV-|CL-(?:STA|CRI|UNK)-|G-|TGR-\w+-|CTU-)\d{1,5}"
    r"(?:\.\d+)?"
)
_HANDLE: Final = re.compile(
    r"\b(?:(?:us(?:es?|ing)|under|go(?:es|ing)? by) (?:the|an?) "
    r"(?:name|handle|alias|moniker|nickname)"
    r"|call(?:s|ing)? (?:him|her|it|them)sel(?:f|ves)"
    r"|(?:[Tt]he|[Aa]n?) (?:seller|hacker|poster|leaker|thief|threat actor|data broker),)"
    r" [\"'“‘]?(?P<h>[a-z0-9][\w.-]{2,23}\b_*)(?=[\"'”’]|,|\.?(?: |\Z))"
)
"""Where somebody's handle stands, which seldom has a capital."""


def _words(key: str) -> frozenset[str]:
    return lexicon.words("nouns", key)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text; `text` as it stands, without possessive; offsets of the whole text."""

    start: int
    end: int
    text: str
    kind: NameKind

    @property
    def key(self) -> str:
        """What equal names have in common: case, punctuation and legal form aside."""
        return key_of(self.text)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an article's running text shows: words that are names there, words that are not."""

    names: frozenset[str]
    plain: frozenset[str]


class _Token(NamedTuple):
    start: int
    end: int
    text: str
    low: str
    mark: str
    """S: surely of a name. W: may be part of one. P: a place or its adjective. X: ends a name."""
    stops: bool
    """A possessive or comma follows: no name runs over it."""


def key_of(name: str) -> str:
    """Words and digits of a name in lower case, without article and legal form."""
    parts = re.findall(r"(?:[^\W_]|\$)+", fold(name))
    while len(parts) > 1 and (parts[-1] in _words("legal")):
        parts.pop()
    return " ".join(parts[1:] if len(parts) > 1 and parts[0] in ("the", "a", "an") else parts)


@cache
def _list(key: str) -> frozenset[str]:
    return frozenset(key_of(name) for name in lexicon.table("parties")[key])


@cache
def _places() -> frozenset[str]:
    both = lexicon.words("places", "names") | lexicon.words("places", "adjectives")
    return frozenset(both | {place.rstrip(".") for place in both})


def headline_case(text: str, share: float = 0.85) -> bool:
    """Whether most longer words of a text, a share of them, are capitalised."""
    long = re.findall(r"[^\W\d_]{4,}", text[:400])
    return len(long) >= 3 and sum(word[0].isupper() for word in long) >= share * len(long)


def gather(sentences: Iterable[str]) -> Evidence:
    """What running text shows: capitalised inside a sentence is a name, lower-case is not."""
    names: set[str] = set()
    lower: set[str] = set()
    handles: set[str] = set()
    for sentence in sentences:
        handles |= set(_handles(sentence))
        if headline_case(sentence):
            continue
        for index, match in enumerate(islice(_TOKEN.finditer(sentence), WORDS)):
            word = _bare(match.group())
            if word.islower():
                lower.add(word)
            elif index and word[:1].isupper():
                names.add(_low(word))
    field = _words("common")
    named = names - lower - field - _words("function") - _words("titles")
    return Evidence(frozenset(named | handles), frozenset(lower - handles))


def _handles(sentence: str) -> Iterator[str]:
    """Names in lower case that a sentence says somebody goes by: "who uses the name quillrat"."""
    for match in _HANDLE.finditer(sentence):
        low = _low(match["h"])
        if low not in lexicon.common() and not low.isdigit():
            yield low


def find(text: str, start: int, end: int, evidence: Evidence, *, title: bool = False) -> list[Name]:
    """The names in `text[start:end]`, one sentence or title, in order, none overlapping."""
    sentence = text[start:end]
    headline = headline_case(sentence, 0.7 if title else 0.85)
    tokens = _tokens(sentence, headline, evidence)
    found: list[Name] = []
    index = 0
    whole = {match.start(): match.end() for match in _spelled().finditer(sentence)}
    while index < len(tokens):
        end_of = whole.get(tokens[index].start)
        if end_of is not None:
            text_ = sentence[tokens[index].start : end_of]
            first = tokens[index].start
            found.append(Name(start + first, start + end_of, text_, kind_of(text_)))
            while index < len(tokens) and tokens[index].start < end_of:
                index += 1
            continue
        if tokens[index].mark == "X":
            index += 1
            continue
        last = _run(sentence, tokens, index)
        name = _named(sentence, tokens[index : last + 1], headline)
        if name:
            found.append(Name(start + name.start, start + name.end, name.text, name.kind))
        index = last + 1
    return found


@cache
def _spelled() -> re.Pattern[str]:
    """The listed bodies whose names plain words would break, as they are written."""
    plain_words = lexicon.common()
    parties = lexicon.table("parties")
    listed = [*parties["authorities"], *parties["researchers"]]
    broken = [
        name
        for name in listed
        if len(parts := name.split()) > 1 and any(fold(part) in plain_words for part in parts)
    ]
    longest = sorted(broken, key=lambda name: -len(re.escape(name)))
    return re.compile(rf"(?<![\w-])(?=\w)(?:{one_of(longest)})(?![\w-])")


def _tokens(sentence: str, headline: bool, evidence: Evidence) -> list[_Token]:
    tokens: list[_Token] = []
    for match in islice(_TOKEN.finditer(sentence), WORDS):
        whole, at = match.group(), match.start()
        word = _bare(whole) or whole
        stops = len(word) < len(whole) and whole[len(word)] in "'’,/"
        low, mark, weak = _word_class(word)
        if mark not in "XSP":
            first = not tokens or sentence[max(0, at - 3) : at].rstrip()[-1:] in _BEFORE_FIRST
            mark = _mark(low, mark, weak, first, headline, evidence)
        tokens.append(_Token(at, at + len(word), word, low, mark, stops))
    if tokens and len(tokens) > 1 and tokens[0].mark == "X" and tokens[0].text[:1].isupper():
        opener, verb = tokens[0], tokens[1]
        if verb.low in _words("subject_verbs") and opener.low not in _generic() | _words(
            "function"
        ):
            tokens[0] = _Token(opener.start, opener.end, opener.text, opener.low, "S", opener.stops)
    return tokens


@lru_cache(maxsize=1 << 16)
def _bare(token: str) -> str:
    """A word without the possessive or punctuation that it ends in."""
    return _POSSESSIVE.sub("", token)


@lru_cache(maxsize=1 << 16)
def _low(word: str) -> str:
    return fold(word)


@cache
def _generic() -> frozenset[str]:
    return _words("generic") | _words("common")


@lru_cache(maxsize=1 << 16)
def _word_class(word: str) -> tuple[str, str, bool]:
    """What a word is wherever it stands: its folded form, a class, whether it may be in names.

    Classes: X, S and P as marks; l lower-case, k lower-case but a known platform; c capitalised, b
    capitalised and a known platform; the sentence decides on these four.
    """
    low = fold(word)
    spelled = len(word) > 1 and word.isupper() and word != "IT"
    weak = low in _words("organisation") or low in _words("inside") or low == "ai"
    platform = key_of(word) in _list("platforms")
    if word == "&" or (low in _words("function") and not spelled) or low in _words("calendar"):
        return low, "X", weak
    if _CODE.fullmatch(word):
        return low, "S", weak
    if _AMOUNT.fullmatch(word) and not platform:
        return low, "X", weak
    if not any(char.isupper() for char in word):
        if low in lexicon.common() or len(low) < 3:
            return low, "X", weak
        return low, "k" if platform else "l", weak
    if low in _words("titles") or (low in _words("common") and low != "ai"):
        return low, "X", weak
    if low.removeprefix("pro-").removeprefix("anti-").rstrip(".") in _places():
        return low, "P", weak
    return low, "b" if platform else "c", weak


def _mark(low: str, kind: str, weak: bool, first: bool, headline: bool, evidence: Evidence) -> str:
    """The mark of a word that the sentence decides on."""
    named = low in evidence.names
    if kind in "lk":
        return "S" if kind == "k" or (named and not headline) else "X"
    if headline:
        if named or kind == "b":
            return "S"
        return "W" if weak else "X" if low in evidence.plain or _plain_word(low) else "S"
    if weak:
        return "W"
    return "X" if first and _plain_word(low) and not named else "S"


@lru_cache(maxsize=1 << 16)
def _plain_word(low: str) -> bool:
    """Whether a headline's word is plain English, inflected or hyphenated of such."""
    common = lexicon.common()
    if low in common or low.isdigit():
        return True
    if "-" in low:
        return all(part in common or part.isdigit() for part in low.split("-") if part)
    stems = [
        low.removeprefix(prefix) for prefix in ("un", "re", "de", "mis", "pre", "post", "cyber")
    ]
    for ending, instead in _ENDINGS:
        if low.endswith(ending):
            stems.append(low[: -len(ending)] + instead)
    return any(len(stem) > 2 and stem in common for stem in stems)


_ENDINGS: Final = (
    ("s", ""), ("es", ""), ("ies", "y"), ("ied", "y"), ("ed", ""), ("d", ""), ("ing", ""),
    ("ing", "e"), ("er", ""), ("ers", ""), ("ly", ""), ("izes", "ize"), ("ized", "ize"),
)  # fmt: skip


def _run(sentence: str, tokens: list[_Token], index: int) -> int:
    """Index of the last token of the run that starts at `index`."""
    last = index
    while last + 1 < len(tokens):
        following = tokens[last + 1]
        if _owned(sentence, tokens, index, last):
            last += 1
            continue
        if tokens[last].stops:
            break
        if sentence[tokens[last].end : following.start] not in (" ", "\u00a0", ". ", "."):
            break
        if following.mark != "X" or _before_head(tokens, last + 1, index):
            last += 1
            continue
        step = _across(sentence, tokens, index, last)
        if step is None:
            break
        last = step
    return last


def _owned(sentence: str, tokens: list[_Token], first: int, last: int) -> bool:
    """Whether a possessive stands inside a name: "Saint Orsyth's Medical Center"."""
    gap = sentence[tokens[last].end : tokens[last + 1].start]
    saint = last > first and tokens[last - 1].low.rstrip(".") in ("saint", "st")
    return saint and tokens[last + 1].mark in "SW" and gap in ("'s ", "’s ")


def _before_head(tokens: list[_Token], index: int, first: int) -> bool:
    """Whether a plain word stands between name and head noun ("Lone Peak Psychiatry")."""
    word, head = tokens[index], tokens[index + 1 : index + 2]
    return bool(
        head
        and head[0].mark == "W"
        and head[0].low in _words("organisation")
        and any(token.mark == "S" for token in tokens[first:index])
        and word.text[:1].isupper()
        and not word.stops
        and word.low
        not in _generic()
        | _words("function")
        | _words("subject_verbs")
        | _words("calendar")
        | _words("titles")
        and not word.low.endswith(("s", "ed", "ing"))
    )


def _across(sentence: str, tokens: list[_Token], index: int, last: int) -> int | None:
    """Over a connector ("Department of Justice", "Lee & Lee") to the run's next token."""
    connector = tokens[last + 1]
    if connector.low not in _words("connectors") or last + 2 >= len(tokens) or connector.stops:
        return None
    step = last + 2
    if tokens[step].low == "the" and connector.low in ("of", "for"):
        step += 1
    if step >= len(tokens) or tokens[step].mark == "X":
        return None
    gap = sentence[tokens[last].end : tokens[step].start]
    if len(gap) > 10 or any(char in gap for char in ",;:()"):
        return None
    head = {token.low for token in tokens[index : last + 1]}
    organisation = _words("organisation")
    if connector.low in ("of", "for"):
        return step if head & organisation else None
    if connector.low == "and":
        weak = _words("inside") | _words("organisation")
        return step if tokens[step].low in weak and tokens[last].low in weak else None
    if connector.low in ("at", "the"):
        return None
    return step


def _named(sentence: str, run: list[_Token], headline: bool) -> Name | None:
    """A run, trimmed, as a name; None where it is no more than plain words."""
    organisation = _words("organisation")
    codes = [t for t in run if t.text[-1].isdigit() and _CODE.fullmatch(t.text)]
    if codes:
        run = codes[:1]
    while headline and run and run[-1].mark == "W" and run[-1].low not in organisation | {"ai"}:
        run = run[:-1]
    while run and run[-1].low in _words("connectors"):
        run = run[:-1]
    strong = any(token.mark == "S" for token in run)
    if not run or (
        not strong
        and not ((len(run) > 1 and run[-1].low in organisation) or _is_place(sentence, run))
        and not _organisation_of(run)
    ):
        return None
    text = sentence[run[0].start : run[-1].end]
    return Name(run[0].start, run[-1].end, text, kind_of(text))


def _organisation_of(run: list[_Token]) -> bool:
    """ "Medical Associates of Brevard", "Department of State": a head noun and an "of"."""
    return len(run) > 2 and run[0].mark in "WP" and any(token.low == "of" for token in run)


def _is_place(sentence: str, run: list[_Token]) -> bool:
    place = fold(sentence[run[0].start : run[-1].end]).rstrip(".")
    return place.removeprefix("pro-").removeprefix("anti-") in _places()


@lru_cache(maxsize=1 << 14)
def generic(name: str) -> bool:
    """Whether a name is no more than a place and a kind of organisation ("Ohio Clinics")."""
    kinds = _words("organisation") | _words("inside") | _words("descriptor")
    parts = fold(name).replace("&", " ").split()
    return fold(name) in _places() or all(
        part in kinds or part.rstrip("s") in kinds or part in _place_words() for part in parts
    )


@cache
def _place_words() -> frozenset[str]:
    return frozenset(word for place in _places() for word in place.split())


@cache
def _weak_free() -> frozenset[str]:
    return frozenset(alias for alias, (_, weak) in lexicon.actors().items() if not weak)


@lru_cache(maxsize=1 << 14)
def kind_of(name: str) -> NameKind:
    """What the lists know of a name."""
    key = key_of(name)
    bare = plain(name).lower().strip()
    if _CODE.fullmatch(name) or bare in _weak_free() or key in _list("actors"):
        return "actor"
    if bare.removeprefix("pro-").removeprefix("anti-").rstrip(".") in _places():
        return "place"
    for place in ("us ", "u s ", "uk ", "u k "):
        key = key.removeprefix(place)
    if key in _list("authorities") or key.endswith((" police", "attorney general")):
        return "authority"
    if key in _list("outlets"):
        return "outlet"
    return "researcher" if key in _list("researchers") else "name"
