"""Whose word a claim is → the name that a page gives them.

In: a thread's claims on victims and actors, by party; a claim. Out: its asserter as a heading has
it: a party's own name for a short form of it ("Penn" for Penn Hotels), and for what only points at
the one victim of its article: "the county", "the letter", "an amended report". Where an article
names several victims, its words stay. A headline's bare noun gets its article: "the seller".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from breachwire.model import Field, LedgerClaim
from nlp import resolve

_PAPER: Final = re.compile(
    r"(?:(?:the|an?|its|their|that|this) )(?:[\w-]{1,16} ){0,2}"
    r"(?:letters?|notices?|notifications?|filings?|reports?|statements?|entry|posts?|e-?mails?)",
    re.IGNORECASE,
)
"""A victim's own paper speaks for it."""
_BARE: Final = re.compile(r"(?:Hackers?|Sellers?|Attackers?|Thieves|Intruders?|Gangs?|Crews?)")
_ARTICLES: Final = ("The ", "An ", "A ", "Its ", "Their ")
_SIDES: Final[Mapping[str, Field]] = {"victim": "victim", "attacker": "actor"}


@dataclass(frozen=True, slots=True)
class _Named:
    field: Field
    name: str
    articles: frozenset[int]


class Tellers:
    """The parties of one thread, by whom its asserters are named."""

    def __init__(self, groups: Mapping[Field, Sequence[Sequence[LedgerClaim]]]) -> None:
        """`groups`: the claims on victims and on actors, those of one party together."""
        self._known = [
            _Named(field, name, frozenset(claim.claim.evidence.article for claim in group))
            for field in ("victim", "actor")
            for group in groups.get(field, ())
            if not resolve.described(field, name := resolve.display(group, group[0]))
            and not resolve.broken(name)
        ]

    def name(self, claim: LedgerClaim) -> str | None:
        """Whose word a claim is; None: nobody's whom its article names."""
        words = claim.claim.asserter
        if not words:
            return None
        name = _small(resolve.bare(words))
        field = _SIDES.get(claim.claim.asserter_kind or "")
        if field is None:
            return name
        own = [
            p.name for p in self._known if p.field == field and resolve.same(field, p.name, name)
        ]
        if own or field == "actor":
            return own[0] if own else f"the {name.lower()}" if _BARE.fullmatch(name) else name
        points = resolve.described("victim", _small(words)) or _PAPER.fullmatch(words)
        return self._one(claim) or name if points else name

    def is_the_victim(self, claim: LedgerClaim) -> bool:
        """Whether a claim is on a victim's word."""
        name = self.name(claim)
        victims = [p.name for p in self._known if p.field == "victim"]
        told = name is not None and any(resolve.same("victim", v, name) for v in victims)
        return told or claim.claim.asserter_kind == "victim"

    def _one(self, claim: LedgerClaim) -> str | None:
        """The one victim that a claim's article names."""
        article = claim.claim.evidence.article
        here = [p.name for p in self._known if p.field == "victim" and article in p.articles]
        return here[0] if len(here) == 1 else None


def _small(words: str) -> str:
    """Words that open a sentence, as they stand within one: "the county"."""
    return words[:1].lower() + words[1:] if words.startswith(_ARTICLES) else words
