"""Passages → who was hit, by whom, through whom.

Patterns over sentences in which each name is one character (`reading.Passage.marked`): "N confirms
breach", "attack on N", "N hit by", "hackers breached N", "via N", "claimed by the N gang". Each
match is a vote for a name's role; a name takes the role its votes weigh most for. Where no victim
is named, plain descriptions stand in (`descriptions`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from nlp import lexicon, names, patterns
from nlp.folding import fold
from nlp.names import Name
from nlp.patterns import one
from nlp.reading import Passage

Role = Literal["victim", "actor", "third_party", "teller", "product", "nominal"]
THRESHOLD: Final = 2.0
"""Votes a name needs: one strong pattern (2 to 4) or two weak ones."""

_VOTED: Final[tuple[Role, ...]] = (
    "victim", "nominal", "actor", "third_party", "teller", "product",
)  # fmt: skip


WAY: Final = 4.0
"""A vote that a name is the way in ("tied to the N attack"): from here on it is no victim's."""
_LISTED: Final = ("victim", "nominal", "actor")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name where it stands."""

    passage: Passage
    name: Name


@dataclass(frozen=True, slots=True)
class Party:
    """Who plays a part in the incident: its best mention first."""

    role: Role
    value: str
    score: float
    mentions: tuple[Mention, ...]
    nominal: bool = False
    """Victim by no more than "the N breach": where that sentence has a victim, the way to it."""


@dataclass(slots=True)
class Tally:
    """A name's votes by role, where each role was voted for, and where the name stands."""

    votes: dict[Role, float]
    mentions: dict[Role, list[Mention]]
    seen: list[Mention]


def find(passages: Sequence[Passage], counted: Mapping[str, Tally] | None = None) -> list[Party]:
    """The parties that passages name, best first within each role; `counted`: their tallies."""
    found = counted if counted is not None else tallies(passages)
    parties = [party for key, tally in found.items() if (party := _party(key, tally)) is not None]
    return sorted(_fitting(parties, passages), key=lambda party: -party.score)


def _fitting(parties: Sequence[Party], passages: Sequence[Passage]) -> list[Party]:
    """Without victims where only a flaw is told of, registries beside victims, lone suppliers."""
    opening = [passage.low for passage in passages if passage.index <= 2]
    flaw = any(one("gates", "flaw").search(low) for low in opening)
    firm = any(one("gates", "firm").search(low) for low in opening)
    technique = any(one("gates", "technique").search(low) for low in opening[:2])
    if technique and not any(one("gates", "hard").search(low) for low in opening):
        firm = False
    if (flaw or technique) and not firm:
        return [party for party in parties if party.role == "actor"]
    parties = [_through(party, parties) for party in parties]
    named = {party.role for party in parties if not _ecosystem(party)}
    if "victim" in named:
        parties = [party for party in parties if not _kind_only(party, parties)]
        parties = [party for party in parties if party.role != "victim" or not _ecosystem(party)]
    if not named & {"victim", "actor"}:
        parties = [party for party in parties if party.role != "third_party"]
    return list(parties)


def _through(party: Party, parties: Sequence[Party]) -> Party:
    """A party named as "the N breach" beside one that was hit in it: the way, not the victim."""
    if party.role != "victim" or not party.nominal:
        return party
    here = {mention.passage.index for mention in party.mentions}
    for other in parties:
        if other.role == "victim" and not other.nominal:
            there = {mention.passage.index for mention in other.mentions}
            if here & there:
                return replace(party, role="third_party")
    return party


def _kind_only(party: Party, parties: Sequence[Party]) -> bool:
    """Whether a headline's "Tennessee Hospital" stands for a victim that the text names."""
    if party.role != "victim" or any(m.passage.where == "text" for m in party.mentions):
        return False
    others = (other for other in parties if other.role == "victim" and other is not party)
    return names.generic(party.value) and any(not names.generic(o.value) for o in others)


def _ecosystem(party: Party) -> bool:
    known = lexicon.words("parties", "ecosystems")
    return party.role == "victim" and fold(party.value) in known


def tallies(passages: Sequence[Passage]) -> dict[str, Tally]:
    """Each name with its votes and where it stands, by key."""
    found: dict[str, Tally] = {}
    for passage in passages:
        weight = 1.3 if passage.where == "title" else 1.0 if passage.opens else 0.5
        for name in passage.names:
            if name.kind != "place":
                tally = found.setdefault(_same(name.key, found), Tally({}, {}, []))
                tally.seen.append(Mention(passage, name))
        for role, name, score in _votes(passage):
            tally = found[_same(name.key, found)]
            tally.votes[role] = tally.votes.get(role, 0) + score * weight
            tally.mentions.setdefault(role, []).append(Mention(passage, name))
    return found


def _same(key: str, met: dict[str, Tally]) -> str:
    """The key a name is counted under: a longer or shorter form of one already met, else itself."""
    if key in met:
        return key
    parts = key.split()
    for known in met:
        other = known.split()
        short, long = sorted((parts, other), key=len)
        if not short or len(short[0]) < 3 or _is_code(short[0]) or names.generic(" ".join(short)):
            continue
        if short == long[: len(short)] or short == long[-len(short) :]:
            return known
    return key


def _is_code(word: str) -> bool:
    return any(char.isdigit() for char in word)


def _votes(passage: Passage) -> Iterator[tuple[Role, Name, float]]:
    marked = passage.marked
    if not one("roles", "any").search(marked):
        return
    malware = {match.start() for match in patterns.one("roles", "malware").finditer(marked)}
    ways = {at for at, weight in _best(marked, "third_party").items() if weight >= WAY}
    for role in _VOTED:
        for at, weight in _best(marked, role).items():
            hit = role in ("victim", "nominal")
            if hit and (at in malware or at in ways or _supplied(passage, at)):
                continue
            yield role, passage.name_at(at), weight


def _best(marked: str, role: Role) -> dict[int, float]:
    """Where names stand that patterns of a role point at → the weight of their best vote."""
    best: dict[int, float] = {}
    for pattern, weight in patterns.votes("roles", role):
        for match in pattern.finditer(marked):
            at = match.start("v")
            best[at] = max(best.get(at, 0), weight) + (0.5 if at in best else 0)
            for other in _coordinated(marked, at) if role in _LISTED else ():
                best[other] = max(best.get(other, 0), weight)
    return best


def _supplied(passage: Passage, at: int) -> bool:
    """Whether a platform's customers are meant: "Salesforce instances"."""
    known = passage.name_at(at).key in lexicon.words("parties", "platforms")
    return known and bool(patterns.one("roles", "tenants").match(passage.marked, at + 1))


def _coordinated(marked: str, at: int) -> Iterator[int]:
    """The other names of a list: "N, N, and N"."""
    after = at
    while match := one("roles", "chain").match(marked, after + 1):
        after = match.start("v")
        yield after
    before = at
    while match := one("roles", "back").search(marked, max(0, before - 80), before):
        before = match.start("v")
        yield before


def _party(key: str, tally: Tally) -> Party | None:
    votes = weighed(key, tally)
    if not votes:
        return None
    nominal = not votes.get("victim")
    votes["victim"] = votes.get("victim", 0) + votes.pop("nominal", 0)
    votes["victim"] -= votes.pop("product", 0) if votes["victim"] else 0
    role = max(votes, key=lambda name: (votes[name], name))
    if votes[role] < THRESHOLD or role in ("teller", "product"):
        return None
    told = tally.mentions.get(role, []) + (
        tally.mentions.get("nominal", []) if role == "victim" else []
    )
    mentions = told or tally.seen
    forms = Counter(mention.name.key for mention in tally.seen)
    best = max(mentions, key=lambda m: (m.passage.opens, forms[m.name.key]))
    ordered = (best, *(mention for mention in mentions if mention is not best))
    return Party(role, value_of(best.name.text), votes[role], ordered, nominal)


def weighed(key: str, tally: Tally) -> dict[Role, float]:
    """A name's votes, weighed by what the lists know of it. Empty: it plays no part."""
    votes = dict(tally.votes)
    kinds = {mention.name.kind for mention in tally.seen}
    if "outlet" in kinds:
        return {}
    if "actor" in kinds:
        hit = votes.get("victim", 0) + votes.get("nominal", 0)
        if hit >= 2 and not votes.get("actor") and not _is_code(key):
            return votes
        return {"actor": votes.get("actor", 0) + 3}
    if kinds & {"authority", "researcher"}:
        votes["teller"] = votes.get("teller", 0) + 3
    if key in lexicon.words("parties", "platforms"):
        votes["third_party"] = votes.get("third_party", 0) * 1.3
    if votes.get("actor", 0) >= 3:
        votes.pop("third_party", None)
    return votes


def value_of(name: str) -> str:
    """A name without article and legal form, as it stands otherwise."""
    parts = name.split()
    while len(parts) > 1 and parts[-1].strip(",").lower() in lexicon.words("nouns", "legal"):
        parts.pop()
    if len(parts) > 1 and parts[0].lower() in ("the", "a", "an"):
        parts = parts[1:]
    return " ".join(parts).rstrip(",")


def key(name: str) -> str:
    """What equal names have in common."""
    return names.key_of(name)
