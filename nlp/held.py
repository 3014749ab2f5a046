"""A thread's facts and a text → which of them the text holds, which it lacks, which it contradicts.

In: a thread's details and articles, the claims of the text and its words. Out: `Shared`, `Lacking`,
`Contradiction`. Whether a claim of the text and a detail are one fact, the rules that consolidate a
thread's claims decide (`nlp.details`), by putting the text's claims among the thread's. What the
extractor passes over in the text is looked for by its words, so that nothing is called new that a
reader finds there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from breachwire.model import (
    ASKED,
    Article,
    Claim,
    Contradiction,
    Detail,
    Evidence,
    Field,
    Lacking,
    LedgerClaim,
    Shared,
    SharedKind,
    Where,
)
from nlp import details, features, numbers, profile, question, rank, resolve, sentences, tally
from nlp.folding import fold
from nlp.names import key_of

LACKING: Final = 5
"""Facts that are named as new to the text."""
OF_OTHERS: Final = 2
"""The same, of an incident that only hangs together with the text's; none of one that is perhaps
like it, whose victim and count nobody misses there."""
SHARED: Final = 6
ORDER: Final[tuple[Field, ...]] = (
    "affected", "response", "actor", "data_type", "volume", "money", "third_party", "cve",
    "victim", "attack_type", "date",
)  # fmt: skip
"""What an analyst misses most comes first; of each field one before the second of any."""
_TIES: Final[Mapping[Field, SharedKind]] = {
    "victim": "victim", "cve": "cve", "third_party": "third_party", "actor": "actor",
    "affected": "affected", "volume": "volume", "money": "money",
}  # fmt: skip
"""Fields in which two texts that say the same are tied, the telling ones first."""
_MEASURES: Final = ("affected", "volume", "money")
_TELLS: Final[frozenset[str]] = frozenset(
    ["investigating", "other", "unknown_intrusion", "restored"]
)
"""Values that are said of nearly every incident: nobody misses them."""
_ROUTINE: Final[frozenset[str]] = frozenset(
    ["notified_people", "notified_authorities", "took_systems_offline"]
)
"""What nearly every victim does: told after all else."""
_FEW: Final = 3
"""Letters below which a name's key is found anywhere."""


@dataclass(frozen=True)
class Said:
    """A text (or a passage of one) and its claims; offsets are those of `article`."""

    article: Article
    claims: tuple[Claim, ...]

    @cached_property
    def _both(self) -> tuple[tuple[Where, str], ...]:
        return (("title", self.article.title), ("text", self.article.text))

    @cached_property
    def _keys(self) -> str:
        return f" {key_of(f'{self.article.title} . {self.article.text}')} "

    @cached_property
    def _terms(self) -> tuple[frozenset[str], ...]:
        return tuple(
            rank.terms(text[a:b]) for _, text in self._both for a, b in sentences.split(text)
        )

    @cached_property
    def figures(self) -> tuple[tuple[Where, int, int, float], ...]:
        """Every number, in digits or words, with where it stands."""
        return tuple(
            (where, q.start, q.end, q.number)
            for where, text in self._both
            for q in numbers.quantities(text)
        )

    def names(self, name: str) -> Evidence | None:
        """Where the text has a name."""
        key = key_of(name)
        if len(key) < _FEW or f" {key} " not in self._keys:
            return None
        for where, text in self._both:
            if span := question.spans_of(name, text):
                return self.evidence(where, *span)
        return None

    def words(self, phrase: str) -> bool:
        """Whether one sentence has all the telling words of a phrase."""
        wanted = rank.terms(phrase)
        return bool(wanted) and any(wanted <= terms for terms in self._terms)

    def figure(self, number: float) -> Evidence | None:
        """Where the text gives a figure, or a rounding of it."""
        for where, start, end, other in self.figures:
            if other >= 1 and tally.near(number, other):
                return self.evidence(where, start, end)
        return None

    def evidence(self, where: Where, start: int, end: int) -> Evidence:
        """Words of the text."""
        text = self.article.title if where == "title" else self.article.text
        return Evidence(ASKED, where, start, end, text[start:end])


@dataclass(frozen=True, slots=True)
class Facts:
    """What text and thread have in common and where they differ."""

    shared: tuple[Shared, ...]
    lacking: tuple[Lacking, ...]
    contradictions: tuple[Contradiction, ...]


def compare(
    theirs: Sequence[Detail], said: Said, *, same: bool = True, most: int = LACKING
) -> Facts:
    """The thread's details (leading first) against the text. `same`: both are of one incident;
    where not, nothing of one contradicts the other. `most`: facts that are told as lacking."""
    own = _grouped(theirs, said)
    shared, contradictions = [], []
    lacking: list[Lacking] = []
    for detail in theirs:
        mine = own.get(id(detail), ())
        held = _held(detail, mine, said)
        if held is None:
            if not (clash := _clash(detail, mine) if same else []):
                lacking += _missed(detail)
            contradictions += clash
            continue
        if detail.field in _TIES:
            shared.append(
                Shared(_TIES[detail.field], str(_shown(detail)), held, _sentence(detail, held))
            )
        if same and (denial := _denial(detail, mine)) is not None:
            lacking.append(Lacking(detail, denial, denial=True))
    ties = tuple(_TIES.values())
    shared.sort(key=lambda one: ties.index(one.kind))
    chosen = _chosen(lacking, most)
    clashes = tuple(contradictions[:3]) if same else ()
    return Facts(tuple(shared[:SHARED]), tuple(chosen), clashes)


def _grouped(theirs: Sequence[Detail], said: Said) -> dict[int, tuple[Claim, ...]]:
    """By detail, the text's claims that are of its fact."""
    if not theirs or not said.claims:
        return {}
    at = max(claim.said_at for detail in theirs for claim in detail.claims)
    thread = theirs[0].lead.thread
    fields = {detail.field for detail in theirs}
    mine = [LedgerClaim(c, thread, at, at) for c in said.claims if c.field in fields]
    marked = [replace(one, claim=_marked(one.claim)) for one in mine]
    everyone = [claim for detail in theirs for claim in detail.claims]
    found: dict[int, tuple[Claim, ...]] = {}
    for group in details.every([*everyone, *marked]):
        inside = tuple(c.claim for c in group.claims if c.claim.evidence.article == ASKED)
        for detail in theirs if inside else ():
            if detail.lead in group.claims:
                found[id(detail)] = inside
    return found


def _marked(claim: Claim) -> Claim:
    """The text's claim, told from the articles' by the id that no article has."""
    return replace(
        claim,
        evidence=replace(claim.evidence, article=ASKED),
        sentence=replace(claim.sentence, article=ASKED),
    )


def _held(detail: Detail, mine: Sequence[Claim], said: Said) -> Evidence | None:
    """The text's words for the fact; for a figure, those that give this very one."""
    if detail.field in _MEASURES:
        figure = tally.number(detail.lead)
        same = (c for c in mine if tally.near(_number(c), figure))
        claim = next(same, None)
        return claim.evidence if claim else said.figure(figure)
    if mine:
        return mine[0].evidence
    values = dict.fromkeys([str(detail.value), *(str(c.claim.value) for c in detail.claims)])
    if detail.field in (*resolve.FIELDS, "cve"):
        return next((found for name in values if (found := said.names(name))), None)
    phrases = {claim.claim.evidence.quote for claim in detail.claims}
    phrases |= {value.replace("_", " ") for value in values}
    told = any(said.words(phrase) for phrase in phrases)
    return said.evidence("title", 0, 0) if told else None


def _number(claim: Claim) -> float:
    value = claim.value
    return float(next(value[key] for key in ("number", "bytes", "amount") if key in value))


def _clash(detail: Detail, mine: Sequence[Claim]) -> list[Contradiction]:
    """The text's other figure for the same fact."""
    if detail.field not in _MEASURES or detail.status == "denied":
        return []
    given = [c for c in mine if c.status != "denied" and c.bound != "placeholder"]
    if not given:
        return []
    other = given[0]
    earlier = any(tally.near(tally.number(c), _number(other)) for c in detail.claims)
    return [Contradiction(detail, other.value, other.bound, other.evidence, earlier)]


def _missed(detail: Detail) -> list[Lacking]:
    """A fact that the text does not hold, where it is worth telling."""
    if isinstance(detail.value, str) and detail.value in _TELLS:
        return []
    if detail.lead.claim.bound == "placeholder":
        return []
    if detail.field in resolve.FIELDS and not _name(str(detail.value)):
        return []
    return [Lacking(detail, detail.lead)]


def _name(value: str) -> bool:
    """Whether a party is called by a name: "Community Bank" may be one, "other companies" and
    "Victims" are not."""
    words = value.split()
    written = len(words) > 1 and all(not word[0].islower() for word in words)
    return written or profile.named(value, features.vocabulary())


def _denial(detail: Detail, mine: Sequence[Claim]) -> LedgerClaim | None:
    """The newest denial of a fact that the text tells without one."""
    if detail.status not in ("denied", "disputed") or any(
        c.status in ("denied", "disputed") for c in mine
    ):
        return None
    return next((c for c in detail.claims if c.claim.status == "denied"), None)


def _chosen(lacking: Iterable[Lacking], most: int) -> list[Lacking]:
    """One of each field, in ORDER, before the second of any; denials first, routine last."""
    seen: dict[Field, int] = {}
    ranked: list[tuple[int, bool, int, int, Lacking]] = []
    for one in lacking:
        turn = 0 if one.denial else seen.setdefault(one.detail.field, 0)
        seen[one.detail.field] = seen.get(one.detail.field, 0) + (not one.denial)
        turn += 2 * (str(one.detail.value) in _ROUTINE)
        ranked.append((turn, not one.denial, ORDER.index(one.detail.field), len(ranked), one))
    return [one for *_, one in sorted(ranked, key=lambda row: row[:4])][:most]


def _shown(detail: Detail) -> str:
    value = detail.value
    return tally.figure(value) if isinstance(value, dict) else str(value)


def _sentence(detail: Detail, held: Evidence) -> Evidence:
    """The thread's sentence for it: that of a claim worded as the text has it, else the lead's."""
    words = fold(held.quote)
    alike = (c for c in detail.claims if fold(c.claim.evidence.quote) == words)
    return next(alike, detail.lead).claim.sentence


def between(mine: Sequence[Detail], theirs: Sequence[Detail]) -> tuple[Shared, ...]:
    """Parties, flaws and figures that the ledgers of two threads have in common."""
    ours = {id(c): c for d in mine if d.field in _TIES for c in d.claims}
    others = {id(c): c for d in theirs if d.field in _TIES for c in d.claims}
    shared = []
    for group in details.every([*ours.values(), *others.values()]) if ours and others else ():
        left = next((c for c in group.claims if id(c) in ours), None)
        right = next((c for c in group.claims if id(c) in others), None)
        if left and right and (not isinstance(group.value, dict) or _same(left, right)):
            kind = _TIES[group.field]
            shared.append(Shared(kind, _shown(group), left.claim.sentence, right.claim.sentence))
    return tuple(shared[:SHARED])


def _same(left: LedgerClaim, right: LedgerClaim) -> bool:
    return tally.near(tally.number(left), tally.number(right))


def named(article: Article, spoken: Sequence[str], said: Said) -> list[Shared]:
    """Rare names that text and article both have (`spoken`, by stem or in full), with the words of
    each side."""
    found = []
    for name in spoken:
        mine = _first(name, (("title", said.article.title), ("text", said.article.text)))
        theirs = _first(name, (("title", article.title), ("text", article.text)))
        if mine is None or theirs is None:
            continue
        where, start, _ = theirs
        text = article.title if where == "title" else article.text
        a, b = question.sentence_at(text, start, sentences.split(text))
        quoted = Evidence(article.id, where, a, b, text[a:b])
        own = said.evidence(*mine)
        kind: SharedKind = "cve" if re.fullmatch(r"CVE-\d{4}-\d+", name, re.I) else "name"
        found.append(Shared(kind, own.quote, own, quoted))
    return found


def _first(name: str, texts: Iterable[tuple[Where, str]]) -> tuple[Where, int, int] | None:
    """Where the name first stands, in the title or the text."""
    for where, text in texts:
        if span := question.spans_of(name, text):
            return where, *span
    return None
