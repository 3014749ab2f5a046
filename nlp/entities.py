"""A detail's claims → the party it is about: what it is known by in other threads.

In: the claims of one victim, actor, supplier or flaw of a thread, the name it is shown by, its
status. Out: a `Party`, or None for what has no page of its own: what is only denied, plain
descriptions ("Iranian hackers", "a Minnesota county", "npm packages"), who merely investigates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Final

from breachwire.model import Article, Field, LedgerClaim, Party, Status
from nlp import lexicon, resolve, whereabouts
from nlp.names import key_of, kind_of

_PLACES: Final = 20
"""Places of a name in an article that are looked at for its full form."""
FIELDS: Final[tuple[Field, ...]] = (*resolve.FIELDS, "cve")
_PACKAGING: Final = frozenset(["npm", "pypi", "package", "packages", "library", "platform"])
"""Words behind a name that say where it is found, not who it is: "Axios npm"."""


def party(
    field: Field,
    claims: Sequence[LedgerClaim],
    name: str,
    status: Status,
    articles: Mapping[int, Article] | None = None,
) -> Party | None:
    """Who these claims are about. None: nobody who has a page."""
    if field not in FIELDS or status == "denied" or resolve.described(field, name):
        return None
    if all(resolve.broken(str(claim.claim.value)) for claim in claims):
        return None
    if field in ("victim", "third_party") and _on_the_side(claims, name):
        return None
    forms = _forms(field, claims)
    if field == "victim":
        forms = (*forms, *_in_full(forms, claims, articles or {}))
    key = _key(field, name if field in ("actor", "cve") else _fullest(forms or (name,)))
    if not key:
        return None
    said = [claim.said_at for claim in claims]
    placed = field in ("victim", "third_party")
    return Party(
        key,
        forms or (name,),
        min(said),
        max(said),
        whereabouts.sector(claims, forms, articles) if placed else None,
        whereabouts.country(claims, forms, articles) if placed else None,
    )


def _on_the_side(claims: Sequence[LedgerClaim], name: str) -> bool:
    """Whether it is a known actor, or a firm that investigates and is named in passing: who tells
    of a victim is none; such a firm that was hit stands in titles or in several articles."""
    kind = kind_of(name)
    if kind == "researcher":
        titled = any(claim.claim.evidence.where == "title" for claim in claims)
        return not titled and len({claim.claim.evidence.article for claim in claims}) < 2
    return kind == "actor"


def _forms(field: Field, claims: Sequence[LedgerClaim]) -> tuple[str, ...]:
    """Spellings that can stand for the party elsewhere, commonest first, of equals the longer."""
    values = (str(claim.claim.value) for claim in claims)
    count = Counter(value if field == "cve" else resolve.bare(value) for value in values)
    usable = [f for f in count if not resolve.described(field, f) and _telling(field, f)]
    return tuple(sorted(usable, key=lambda form: (-count[form], -len(form), form)))


def _in_full(
    forms: Sequence[str], claims: Sequence[LedgerClaim], articles: Mapping[int, Article]
) -> list[str]:
    """The name as the articles' running text has it in full, with what the claims' words leave out:
    "AHMC Healthcare" where they say "AHMC"."""
    found: Counter[str] = Counter()
    for article in sorted({claim.claim.evidence.article for claim in claims} & articles.keys()):
        for form in forms:
            whole = re.compile(rf"(?<![\w-]){re.escape(form)}((?: [A-Z][a-z]+){{1,3}})(?! [A-Z])")
            for match in islice(whole.finditer(articles[article].text), _PLACES):
                words = match[1].lower().split()
                if set(words) <= lexicon.words("nouns", "organisation") - resolve.product_nouns():
                    found[match.group()] += 1
    return [name for name, _ in found.most_common(1) if name not in forms]


def _telling(field: Field, form: str) -> bool:
    """Whether a spelling is more than plain words: "National" of "National Water Board" is not."""
    words = set(key_of(form).split())
    return field in ("actor", "cve") or bool(words and not words <= _little())


def _fullest(forms: Sequence[str]) -> str:
    """The longest spelling that the commonest is the beginning of; else the commonest."""
    first = key_of(forms[0])
    longer = [form for form in forms if key_of(form).startswith(f"{first} ")]
    return max(longer, key=len, default=forms[0])


def _key(field: Field, name: str) -> str:
    if field == "cve":
        return name.upper()
    if field == "actor":
        return resolve.actor_key(name)
    words = key_of(name).split()
    while len(words) > 1 and words[-1] in _PACKAGING:
        words.pop()
    return " ".join(words)


@cache
def _little() -> frozenset[str]:
    return lexicon.words("nouns", "inside") | lexicon.words("nouns", "connectors")
