"""A thread's facts before and after → what changed; an article's two texts → what it corrected.

In: claims as the ledger had them, and those that articles brought. Out: `Change`s and
`Correction`s, in the order they came about. Pure: the same claims give the same history, and claims
that are extracted anew from a text that did not change give none, since both sides are compared as
today's rules consolidate them.

What is a change:
1. A fact that is shown now and that the ledger did not have.
2. Another status of a fact: reported → confirmed, claimed → disputed; the first denial of one that
   was disputed before.
3. Another figure of a count, volume or sum. A rounding ("about 25,000" for 24,937) is none; the
   exact figure that a filing puts in a rounding's place is one.
4. A fact that was shown and that no claim says any more: withdrawn.
Dates of events make none, unless an article replaces one: the timeline has them. Neither does
another name for the same party, one more article on the same fact, a fact without a name ("other"),
a fact that is shown because another left, or who else says that a response was made. The first
claims of a thread make no change: there was nothing to change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from breachwire.model import (
    Change,
    Correction,
    CorrectionKind,
    Detail,
    Evidence,
    Field,
    LedgerClaim,
    Stand,
)
from nlp import details, resolve, tally

_MEASURES: Final[tuple[Field, ...]] = ("affected", "volume", "money")
_ONE: Final[tuple[Field, ...]] = (*resolve.FIELDS, *_MEASURES, "cve", "date")
"""Fields in which a value that an article replaced by another is one correction, not two."""
_Pair = tuple[Detail | None, Detail | None]


@dataclass(frozen=True, slots=True)
class Step:
    """An article's claims, as they came into the ledger."""

    article: int
    claims: tuple[LedgerClaim, ...]
    edited: bool = False
    """The text was edited after we had read it."""
    whole: bool = True
    """Whether what it does not say any more is withdrawn: False where the text may be cut short."""


def replay(ledger: Sequence[LedgerClaim], steps: Sequence[Step], at: datetime) -> list[Change]:
    """The changes that articles make one by one, in the order given."""
    claims = list(ledger)
    before = details.every(details.in_order(claims))
    found: list[Change] = []
    for step in steps:
        rest = [c for c in claims if c.claim.evidence.article != step.article]
        if len(rest) == len(claims) and not step.claims:
            continue
        claims = [*rest, *step.claims]
        after = details.every(details.in_order(claims))
        if before:
            found += (
                _change(pair, step, at)
                for pair in compare(before, after)
                if step.whole or pair[1] is not None
            )
        before = after
    return found


def corrections(
    article: int,
    before: Sequence[LedgerClaim],
    after: Sequence[LedgerClaim],
    notices: Sequence[Evidence],
    at: datetime,
    *,
    whole: bool = True,
) -> list[Correction]:
    """What an edited article said and does not say any more, each with what it says instead.

    `notices` are the outlet's own words on it. One that comes with no changed fact is a correction
    by itself.
    """
    kind: CorrectionKind = "notice" if notices else "edited"
    pairs = compare(details.every(before), details.every(after))
    found = [
        Correction(
            article, at, kind, lead.field, lead.label, _stand(old), _stand(new),
            (*notices, *_evidence(new)),
        )
        for old, new in pairs
        if old is not None and (new is not None or whole) and (lead := new or old)
    ]  # fmt: skip
    alone = [Correction(article, at, "notice", None, "", None, None, (words,)) for words in notices]
    return found or alone


def compare(before: Sequence[Detail], after: Sequence[Detail]) -> list[_Pair]:
    """Facts that stand otherwise, as (before, after), those of `after` first; None: not there.

    Both are all the details there are (`details.every`), shown or not.
    """
    twins = _twins(before, after)
    then, now = _ids(details.shown(before)), _ids(details.shown(after))
    known = {_key(claim) for detail in before for claim in detail.claims}
    still = {_key(claim) for detail in after for claim in detail.claims}
    found: list[_Pair] = []
    for detail in after:
        old = twins.get(id(detail))
        if id(detail) not in now and (old is None or id(old) not in then):
            continue
        if old is not None:
            if _differs(old, detail):
                found.append((old, detail))
        elif _telling(detail) and any(_key(c) not in known for c in detail.claims):
            found.append((None, detail))
    kept = {id(old) for old in twins.values()}
    found += (
        (old, None)
        for old in before
        if id(old) in then and id(old) not in kept and _telling(old)
        if not any(_key(claim) in still for claim in old.claims)
    )
    return found


def _twins(before: Sequence[Detail], after: Sequence[Detail]) -> dict[int, Detail]:
    """By a detail's identity, what it was: by its claims, then its value, then what it replaces."""
    twins: dict[int, Detail] = {}
    said = {id(d): {_key(c) for c in d.claims} for d in (*before, *after)}
    old, new = set().union(*map(_said(said), before)), set().union(*map(_said(said), after))

    def overlap(one: Detail, other: Detail) -> int:
        return len(said[id(one)] & said[id(other)])

    def replaced(one: Detail, other: Detail) -> int:
        gone, fresh = not said[id(one)] & new, not said[id(other)] & old
        alike = one.label == other.label or one.field in resolve.FIELDS
        return int(gone and fresh and alike and one.field in _ONE)

    for alike in (overlap, _same_value, replaced):
        for detail in after:
            if id(detail) in twins:
                continue
            free = _free(before, twins, detail.field)
            if alike is replaced and (len(free) != 1 or len(_new(after, twins, detail)) != 1):
                continue
            best = max(free, key=lambda one: alike(one, detail), default=None)
            if best is not None and alike(best, detail):
                twins[id(detail)] = best
    return twins


def _said(said: dict[int, set[tuple[object, ...]]]) -> Callable[[Detail], set[tuple[object, ...]]]:
    return lambda detail: said[id(detail)]


def _free(before: Sequence[Detail], twins: dict[int, Detail], field: Field) -> list[Detail]:
    taken = {id(one) for one in twins.values()}
    return [one for one in before if one.field == field and id(one) not in taken]


def _new(after: Sequence[Detail], twins: dict[int, Detail], like: Detail) -> list[Detail]:
    return [one for one in after if one.field == like.field and id(one) not in twins]


def _same_value(one: Detail, other: Detail) -> bool:
    if one.field in resolve.FIELDS:
        return resolve.same(one.field, str(one.value), str(other.value))
    return one.label == other.label and str(one.value) == str(other.value)


def _key(claim: LedgerClaim) -> tuple[object, ...]:
    """What two claims of one article are the same by, wherever in it they stand."""
    said = claim.claim
    return (said.evidence.article, said.field, str(said.value), said.status, said.evidence.quote)


def _ids(found: Sequence[Detail]) -> set[int]:
    return {id(detail) for detail in found}


def _telling(detail: Detail) -> bool:
    """Whether a fact that comes or goes tells a reader something."""
    return detail.field != "date" and detail.value != "other"


def _differs(old: Detail, new: Detail) -> bool:
    sides = ("denied", "disputed")
    plain = old.field in ("date", "response") or new.value == "other"
    if old.status != new.status and (not plain or {old.status, new.status} & set(sides)):
        return True
    if old.status == new.status == "disputed" and _denied(new) and not _denied(old) and not plain:
        return True
    if old.field in _MEASURES:
        opening = {old.bound == "placeholder", new.bound == "placeholder"}
        return len(opening) == 2 or not _alike(old.lead, new.lead)
    if old.field in resolve.FIELDS:
        return not resolve.same(old.field, str(old.value), str(new.value)) and not _shared(old, new)
    return str(old.value) != str(new.value)


def _alike(old: LedgerClaim, new: LedgerClaim) -> bool:
    """Whether two figures are one, said more or less exactly."""
    was, is_ = tally.number(old), tally.number(new)
    exact = tally.digits(is_) > tally.digits(was) and new.claim.bound in (None, "exact")
    filed = new.claim.basis == "filing" and old.claim.basis != "filing"
    return was == is_ or (tally.near(was, is_) and not (filed and exact))


def _denied(detail: Detail) -> bool:
    return any(claim.claim.status == "denied" for claim in detail.claims)


def _shared(old: Detail, new: Detail) -> bool:
    """Whether a claim stands in both: then they are one party under two names."""
    return bool({_key(c) for c in old.claims} & {_key(c) for c in new.claims})


def _change(pair: _Pair, step: Step, at: datetime) -> Change:
    old, new = pair
    lead = new or old
    assert lead is not None
    return Change(
        step.article, at, lead.field, lead.label, _stand(old), _now(_stand(new), new, step),
        tuple(_evidence(new)), step.edited,
    )  # fmt: skip


def _now(stand: Stand | None, detail: Detail | None, step: Step) -> Stand | None:
    """A stand as of the article that brought it about, whoever spoke before."""
    claims = detail.claims if detail else ()
    own = [c.said_at for c in claims if c.claim.evidence.article == step.article]
    return replace(stand, said_at=max(own)) if stand and own else stand


def _stand(detail: Detail | None) -> Stand | None:
    if detail is None:
        return None
    word = _deciding(detail)
    # Who gave a figure that is disputed without a denial is not who denies it.
    who = None if word.claim.status == "disputed" else word.claim.asserter
    return Stand(
        detail.value, detail.bound, detail.status, who, word.claim.basis,
        word.said_at, word.claim.sentence.quote,
    )  # fmt: skip


def _deciding(detail: Detail) -> LedgerClaim:
    """Whose word makes it what it is: the latest denial of a denied or disputed fact."""
    if detail.status in ("denied", "disputed"):
        return next((c for c in detail.claims if c.claim.status == "denied"), detail.lead)
    return detail.lead


def _evidence(detail: Detail | None) -> Iterator[Evidence]:
    if detail is not None:
        yield _deciding(detail).claim.sentence
