"""What a person typed → what is looked for: terms, identifiers, names, times, misspelt names.

In: text, the store's names, a list of known actors. Out: `Query`. Nothing typed is an error.

The syntax, in one line: words, "a phrase", -without, begin*, a name, a CVE or other identifier, a
month or "last 24 hours"; "who else was hit through NAME" asks for what came through a supplier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api import passages
from api.search.spelling import corrections
from api.search.when import Period, periods
from breachwire.model import KnownActor, PartyKind
from breachwire.store import Store, Terms, parse_query, slug

LONGEST: Final = 2_000
_IDENTIFIER: Final = re.compile(
    r"(?<![\w.@/-])(?:cve-\d{4}-\d{4,9}|ghsa(?:-[0-9a-z]{4}){3}"
    r"|[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}"
    r"|pkg:[a-z]+/\S{1,120}|@[a-z0-9._-]{1,60}/[a-z0-9._-]{1,60}"
    r"|[a-z0-9._-]{2,60}@\d+(?:\.\d+)+"
    r"|\d{1,3}(?:\.\d{1,3}){3}"
    r"|(?:[a-z0-9_][a-z0-9_-]{0,62}\.)+[a-z]{2,24})(?![\w-])",
    re.IGNORECASE,
)
CVE: Final = re.compile(r"cve-\d{4}-\d{4,9}", re.IGNORECASE)
_ASKS: Final = re.compile(
    r"^\W*(?:who|whom|which|what|when|where|how|did|was|were|is|are|has|have)\b", re.IGNORECASE
)
_FILLER: Final = frozenset(
    """
    who whom which what when where how did was were is are has have been else other others hit
    affected impacted companies company organisations organizations victims customers through via
    using happened happen everyone all the a an any by to of in at list
    """.split()  # noqa: SIM905
)
"""Words of a question that say how it asks and not what for."""
_ROLES: Final[tuple[tuple[PartyKind, re.Pattern[str]], ...]] = (
    ("third_party", re.compile(r"\b(?:through|via|by way of|because of|customers? of)\b", re.I)),
    ("actor", re.compile(r"\b(?:attacks? by|claimed by|victims? of|hacked by|hit by)\b", re.I)),
    ("victim", re.compile(r"\b(?:happened (?:to|at)|breach (?:at|of)|attack on)\b", re.I)),
)
_DEFANGED: Final = ((re.compile(r"\[\.\]|\(\.\)"), "."), (re.compile(r"\bhxxp", re.I), "http"))
_LONGEST_NAME: Final = 4
"""Words of a name that is looked for inside a query."""
_WORDS: Final = 24
_ALIASES: Final = 8
RARE: Final = 2
"""Articles that have a word up to which it may be a misspelling: some outlet misspelt it too."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name of the wire that a query has in it."""

    shown: str
    """As it was typed."""
    kind: PartyKind
    slug: str
    told: bool
    """The query says that it asks for this role, or is nothing but this name."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for."""

    text: str
    terms: Terms
    identifiers: tuple[str, ...] = ()
    names: tuple[Named, ...] = ()
    periods: tuple[Period, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()
    """Pairs: as typed, as it is looked for too."""

    @property
    def marked(self) -> list[str]:
        """Words and phrases to mark in what is shown, folded."""
        texts = [text.rstrip("*").casefold() for group in self.terms.wanted for text in group]
        found = dict.fromkeys(text for text in texts if text)
        return [text for text in found if not passages.is_common(text)] or list(found)


def plain(text: str) -> str:
    """What was typed, defanged addresses as they are, at most `LONGEST`."""
    text = text[:LONGEST]
    for pattern, whole in _DEFANGED:
        text = pattern.sub(whole, text)
    return text


def read(
    store: Store, text: str, known_actor: Callable[[str], KnownActor | None], now: datetime
) -> Query:
    """The query that a text is."""
    text = plain(text)
    named_times, spans = periods(text, now)
    rest = _without(text, spans)
    terms = parse_query(rest)
    if not terms.wanted:  # nothing but a time: its words are looked for
        terms, rest = parse_query(text), text
    terms = _asked(rest, terms)
    names, groups = _names(store, rest, terms, known_actor)
    groups, corrected = _spelled(store, groups, names)
    return Query(
        text,
        Terms(tuple(groups), terms.unwanted),
        tuple(dict.fromkeys(m[0] for m in _IDENTIFIER.finditer(text)))[:8],
        tuple(names),
        tuple(named_times),
        corrected,
    )


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text


def _asked(text: str, terms: Terms) -> Terms:
    """A question's terms without the words that say how it asks."""
    if not _ASKS.match(text):
        return terms
    kept = tuple(g for g in terms.wanted if g[0].casefold() not in _FILLER)
    return Terms(kept or terms.wanted, terms.unwanted)


def _names(
    store: Store,
    text: str,
    terms: Terms,
    known_actor: Callable[[str], KnownActor | None],
) -> tuple[list[Named], list[tuple[str, ...]]]:
    """Names in the text, longest first, and the groups of terms, an actor's with its aliases."""
    shown = {s: words for words in _runs(text) if (s := slug(words))}
    aliases = {s: found for s in shown if (found := _aliases(s, known_actor))}
    asked = [*shown, *(slug(a) for names in aliases.values() for a in names)]
    known = store.names_known(asked)
    whole = slug(text)
    roles = [kind for kind, pattern in _ROLES if pattern.search(text)]
    names: list[Named] = []
    for own in shown:
        for spelled in dict.fromkeys([own, *map(slug, aliases.get(own, ()))]):
            for kind in sorted(known.get(spelled, ())):
                if not any(f"-{own}-" in f"-{slug(n.shown)}-" != f"-{own}-" for n in names):
                    told = own == whole or kind in roles
                    names.append(Named(shown[own], kind, spelled, told))
    groups = list(terms.wanted)
    for own, others in aliases.items():
        words = {word.casefold() for word in shown[own].split()}
        if words <= {term.casefold() for group in groups for term in group}:
            groups = [g for g in groups if g[0].casefold() not in words]
            groups.append((shown[own], *others))
    return names, groups


def _runs(text: str) -> Iterator[str]:
    """Runs of at most four words, the longest first; no -minus, nothing of common words alone."""
    plain = re.sub(r"(?<!\S)-(\"[^\"]*\"?|\S+)", " ", text).replace('"', " ")
    words = [w.strip(".,;:!?()[]'’`") for w in plain.split()][:_WORDS]
    words = [w for w in words if w]
    for size in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            run = words[start : start + size]
            if not passages.is_common(run[0]) and not passages.is_common(run[-1]):
                yield " ".join(run)


def _aliases(own: str, known_actor: Callable[[str], KnownActor | None]) -> tuple[str, ...]:
    actor = known_actor(own)
    if actor is None:
        return ()
    names = [actor.name, *actor.aliases]
    return tuple(n for n in dict.fromkeys(names) if slug(n) != own)[:_ALIASES]


def _spelled(
    store: Store, groups: Sequence[tuple[str, ...]], names: Sequence[Named]
) -> tuple[list[tuple[str, ...]], tuple[tuple[str, str], ...]]:
    """Groups of rare words with the names they may mean; what no article has, as a beginning."""
    known = {word.casefold() for name in names for word in name.shown.split()}
    single = [g[0] for g in groups if len(g) == 1 and g[0].isalpha()]
    unknown = [word for word in single if word.casefold() not in known]
    rare = store.rare(unknown, RARE)
    meant = corrections(store, [word for word in unknown if word in rare])
    nowhere = store.rare([word for word in rare if word not in meant], 0)
    found = [(*g, *meant.get(g[0], ()), *([f"{g[0]}*"] if g[0] in nowhere else [])) for g in groups]
    return found, tuple((word, other) for word, others in meant.items() for other in others)
