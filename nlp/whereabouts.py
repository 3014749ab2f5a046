"""A party's claims → its sector and country, with the words that say so.

In: the claims of one party, its names, their articles. Out: `PartyFact`s, or None. Read are the
sentences that name it, the claims' own first: a description before the name ("the Brazilian bank
Itaú"), after it ("AHMC Healthcare, a hospital operator in Ohio, said", "Orange is a French
telecom"), a place right behind it ("Wayne Hospital in Ohio"); then the name itself ("Wayne Memorial
Hospital"). Sources that differ: the majority's; where there is none, nothing. What no source says
stays absent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, islice
from typing import Final, Literal

from breachwire.model import Article, Evidence, LedgerClaim, PartyFact
from nlp import lexicon, sentences
from nlp.folding import fold
from nlp.ways import one_of

_AFTER: Final = re.compile(
    r"(?:'s)?(?: \([^()]{1,30}\))?(?:,| -| is| was| are)? (?:an?|the|one of (?:the|\w+'s))"
    r"(?: (?:largest|biggest|leading|major|second-largest|third-largest))? ([^,.;:()]{3,90})"
)
_ENDS: Final = re.compile(
    r"(?<![\w-])(?:that|which|who|whose|with|has|had|said|says|was|were|is|for|after|when|and its|"
    r"serving|operating|owned|known|used|hit|behind|to|by|from|through|as|"
    r"headquartered(?! in)|based(?! in))\b"
)
_WHERE: Final = re.compile(r" (?:in|of|based in|headquartered in|across|from) ")
_ADVERBS: Final = frozenset(
    """
    the a an its largest biggest major popular leading big professional state-owned
    giant private public regional local national global multinational world's country's second
    third non-profit online luxury state community home well-known former prominent tiny small tech
    """.split()  # noqa: SIM905
)
"""Words that may stand between what describes a name and the name."""
_REACH: Final = 8
"""Words before a name that may describe it."""
_WINDOW: Final = 160
"""Characters before and after a name that are read; longer descriptions are stories."""

_STATE: Final = "Government, Administration"
_WEAK: Final = "Technology"
_STATES: Final = (_STATE, "Police - Law enforcement", "Military", "Justice")
"""In whose names an adjective tells the country: the Dutch Police, but not Indian Motorcycle."""

_PARAGRAPH: Final = 1_000
"""Characters around a name in which the ends of its sentence are looked for."""
_MENTIONS: Final = 4
"""Places of a name in a text that are read: who it is, is said where it comes first."""

Articles = Mapping[int, Article]
What = Literal["sector", "country"]
_Found = tuple[str, str]
"""Value, words."""


def sector(
    claims: Sequence[LedgerClaim], names: Sequence[str], articles: Articles | None = None
) -> PartyFact | None:
    """The sector of the party that these claims name, by them and by their articles' texts."""
    return _told("sector", claims, names, articles or {}) or _named("sector", claims, names)


def country(
    claims: Sequence[LedgerClaim], names: Sequence[str], articles: Articles | None = None
) -> PartyFact | None:
    """Its country, ISO 3166-1 alpha-2."""
    return _told("country", claims, names, articles or {}) or _named("country", claims, names)


@lru_cache(maxsize=1 << 14)
def sector_in(text: str) -> _Found | None:
    """The sector that a description or name tells: the last noun in it that tells one.

    "Technology" only where nothing says more; a Ministry of Finance is a government's.
    """
    low = fold(text)
    found: list[tuple[bool, int, int, str, str]] = []
    for value, pattern in _sectors():
        for match in pattern.finditer(low):
            office = value == _STATE and low.startswith(" of ", match.end())
            surely = office or match.group().endswith(" of")
            # Ends last; of those that end together, the longer one.
            place = (match.end() if value != _WEAK else 0, -match.start())
            found.append((surely, *place, value, text[match.start() : match.end()]))
    return max(found)[3:] if found else None


@lru_cache(maxsize=1 << 14)
def country_in(text: str) -> _Found | None:
    """The one country that a description or name tells; None for none or several."""
    low = fold(text)
    matches = list(_countries().finditer(low))
    values = {_codes()[match["word"]] for match in matches}
    if len(values) != 1:
        return None
    match = matches[0]
    return values.pop(), text[match.start("word") : match.end("word")]


@cache
def country_name(code: str) -> str:
    """The English name of an ISO code; the code itself where there is none."""
    shown: dict[str, str] = lexicon.table("countries")["shown"]
    return shown.get(code) or dict(_listed()).get(code, code)


def _told(
    what: What, claims: Sequence[LedgerClaim], names: Sequence[str], articles: Articles
) -> PartyFact | None:
    facts: list[PartyFact] = []
    votes: Counter[str] = Counter()
    for own in _once(claims):
        article = articles.get(own[0].claim.evidence.article)
        texts = _in_text(what, article, names) if article else iter(())
        found = next(chain(*(_described(what, said) for said in own), texts), None)
        if found:
            facts.append(found)
            votes[found.value] += 1
    if not votes:
        return None
    (value, most), *_ = votes.most_common()
    if 2 * most <= votes.total():
        return None
    return next(fact for fact in facts if fact.value == value)


def _once(claims: Sequence[LedgerClaim]) -> Iterator[list[LedgerClaim]]:
    """Claims by article, earliest first: ten sentences of one article are one voice."""
    by: dict[int, list[LedgerClaim]] = {}
    for said in sorted(claims, key=lambda c: (c.said_at, c.claim.evidence.article)):
        by.setdefault(said.claim.evidence.article, []).append(said)
    yield from by.values()


def _described(what: What, said: LedgerClaim) -> Iterator[PartyFact]:
    """What the claim's sentence calls its party."""
    sentence, own = said.claim.sentence, said.claim.evidence
    start = own.start - sentence.start
    if own.where != sentence.where or not 0 <= start < len(sentence.quote):
        return
    end = start + len(own.quote)
    for words in _descriptions(sentence.quote, start, end, what):
        found = sector_in(words) if what == "sector" else country_in(words)
        if found:
            yield PartyFact(found[0], "quote", words.strip(" ,"), sentence)


def _in_text(what: What, article: Article, names: Sequence[str]) -> Iterator[PartyFact]:
    """What the article's text calls the party where it names it first."""
    for name in names:
        places = re.finditer(rf"(?<![\w-]){re.escape(name)}(?![\w-])", article.text)
        for match in islice(places, _MENTIONS):
            for words in _descriptions(article.text, *match.span(), what):
                found = sector_in(words) if what == "sector" else country_in(words)
                if found:
                    quote = _around(article, match.start(), match.end())
                    yield PartyFact(found[0], "quote", words.strip(" ,"), quote)


def _around(article: Article, start: int, end: int) -> Evidence:
    """The sentence that holds a place of the text."""
    first = max(article.text.rfind("\n", 0, start) + 1, start - _PARAGRAPH)
    for low, high in sentences.split(article.text[first : end + _PARAGRAPH]):
        if first + low <= start < first + high:
            quote = article.text[first + low : first + high]
            return Evidence(article.id, "text", first + low, first + high, quote)
    return Evidence(article.id, "text", start, end, article.text[start:end])


def _descriptions(text: str, start: int, end: int, what: What) -> Iterator[str]:
    """The words after and before a name that describe it, as they stand."""
    after = text[end : end + _WINDOW]
    low = fold(after)
    if match := _AFTER.match(low):
        first, last = match.span(1)
        if cut := _ENDS.search(low, first, last):
            last = cut.start()
        yield after[first:last].rstrip()
    if before := _before(text[max(0, start - _WINDOW) : start]):
        yield before
    if what == "country" and (match := _WHERE.match(low)):
        place = _countries().match(low, match.end())
        if place:
            yield after[: place.end()].strip()


def _before(text: str) -> str:
    """The run of words at a text's end that can describe the name behind it; empty for none."""
    places = [match.span("word") for match in _countries().finditer(fold(text))]
    first = len(text)
    for match in reversed(list(re.finditer(r"\S+", text))[-_REACH:]):
        low = fold(match.group())
        if low.endswith((",", ".", ";", ":", "'s")):
            break
        word = re.sub(r"-(?:based|headquartered|incorporated|listed)\Z", "", low).strip("'\"()")
        placed = any(s <= match.start() and match.start() + len(word) <= e for s, e in places)
        if not placed and not _describes(word):
            break
        first = match.start()
        if low in ("the", "a", "an"):
            break
    return text[first:].strip()


@lru_cache(maxsize=1 << 14)
def _describes(word: str) -> bool:
    return (
        word in _ADVERBS
        or word in lexicon.words("nouns", "descriptor")
        or word in _sector_words()
        or any(pattern.fullmatch(word) for _, pattern in _sectors())
    )


def _named(what: What, claims: Sequence[LedgerClaim], names: Sequence[str]) -> PartyFact | None:
    """What the fullest of its names says by itself."""
    for name in sorted(names, key=len, reverse=True):
        found = sector_in(name) if what == "sector" else _country_named(name)
        evidence = next((c.claim.evidence for c in claims if str(c.claim.value) == name), None)
        if found and evidence:
            return PartyFact(found[0], "name", found[1], evidence)
    return None


def _country_named(name: str) -> _Found | None:
    found, field = country_in(name), sector_in(name)
    if found and fold(found[1]) in lexicon.words("places", "adjectives"):
        return found if field and field[0] in _STATES else None
    return found


@cache
def _sectors() -> list[tuple[str, re.Pattern[str]]]:
    table: dict[str, list[str]] = lexicon.table("sectors")["sectors"]
    return [
        (value, re.compile(rf"(?<![\w-])(?:{'|'.join(patterns)})(?![\w-])"))
        for value, patterns in table.items()
    ]


@cache
def _sector_words() -> frozenset[str]:
    """Single words inside the sectors' patterns of several: "credit" of "credit unions?"."""
    table: dict[str, list[str]] = lexicon.table("sectors")["sectors"]
    return frozenset(
        word
        for patterns in table.values()
        for pattern in patterns
        for word in re.findall(r"[a-z-]{3,}", pattern.replace("(?:", " "))
    )


@cache
def _listed() -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in lexicon.rows("countries")]


@cache
def _codes() -> dict[str, str]:
    """Words of a country → its code."""
    ambiguous = set(lexicon.table("countries")["ambiguous"]["names"])
    found = {name.lower(): code for code, name in _listed() if name.lower() not in ambiguous}
    table: dict[str, list[str]] = lexicon.table("countries")["countries"]
    return found | {word: code for code, words in table.items() for word in words}


@cache
def _countries() -> re.Pattern[str]:
    listed = one_of(sorted(_codes(), key=lambda word: -len(re.escape(word))))
    return re.compile(
        rf"(?<![\w-])(?=\w)(?P<word>{listed})(?:-(?:based|headquartered|incorporated|listed))?(?![\w-])"
    )
