"""A party → whether it plays no such part after all: what neither votes nor the tagger see.

In: a party, the whole cast, the passages. Out: true for a tool or a flaw taken for a victim or a
supplier, a system that anybody runs, who warns of an incident, a forum, a plaintiff or a responder
taken for the actor, the maker of what is merely flawed, the outlet that reports; a piece of the
actor's name, an authority's place, another incident's victim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from nlp import lexicon
from nlp.folding import fold
from nlp.names import key_of
from nlp.patterns import one
from nlp.reading import LEAD, Passage
from nlp.roles import Mention, Party

_NEAR: Final = 70
"""Characters beside a mention that are looked at."""


def misfit(party: Party, cast: Sequence[Party], passages: Sequence[Passage]) -> bool:
    """Whether a party is none of its role."""
    if party.role == "actor":
        return _around(party, "no_actor_before", "no_actor_after")
    if party.role not in ("victim", "third_party"):
        return False
    if _tool(party) or _around(party, "no_victim_before", "no_victim_after"):
        return True
    if party.role == "victim":
        if _system(party) or _of_actor(party, cast) or all(map(_cut_off, party.mentions)):
            return True
        return _other(party) or _place(party, cast)
    return _word_only(party) or _flawed(cast, passages)


def own_outlet(party: Party, source: str) -> bool:
    """Whether a party is the outlet that reports, by its name or the beginning of it, in passing: a
    newsroom that was hit itself stands in its own title."""
    spoken, outlet = (key_of(name).split() for name in (party.value, source))
    titled = any(mention.passage.where == "title" for mention in party.mentions)
    return not titled and bool(spoken) and outlet[: len(spoken)] == spoken


def _tool(party: Party) -> bool:
    """Whether it is named as a tool: "Banana RAT", "N malware"."""
    if one("misfits", "tool").search(fold(party.value)):
        return True
    if fold(party.value) in lexicon.words("parties", "ecosystems"):
        return False  # "WhatsApp malware" is malware that comes over it
    behind = one("misfits", "tool_after")
    return any(behind.match(_after(mention)) for mention in party.mentions)


def _around(party: Party, before: str, after: str) -> bool:
    """Whether the words around any mention say so."""
    ahead, behind = one("misfits", before), one("misfits", after)
    return any(ahead.search(_before(m)) or behind.match(_after(m)) for m in party.mentions)


def _before(mention: Mention) -> str:
    return mention.passage.low[max(0, mention.name.start - _NEAR) : mention.name.start]


def _after(mention: Mention) -> str:
    return mention.passage.low[mention.name.end : mention.name.end + _NEAR]


def _of_actor(party: Party, cast: Sequence[Party]) -> bool:
    """Whether it is a piece of the actor's name: "Ferrule" where the Black Ferrule gang did it."""
    words = key_of(party.value).split()
    actors = (key_of(other.value).split() for other in cast if other.role == "actor")
    return any(
        len(words) < len(actor) and words in (actor[: len(words)], actor[-len(words) :])
        for actor in actors
    )


def _other(party: Party) -> bool:
    """Whether it plays no part outside the title: the place of an authority that is told, another
    incident's victim, a security firm, the maker of what others run."""
    if any(mention.passage.where == "title" for mention in party.mentions):
        return False
    keys = ("aside_before", "firm_before")
    if any(one("misfits", key).search(_before(m)) for key in keys for m in party.mentions):
        return True
    return any(one("misfits", "maker_after").match(_after(m)) for m in party.mentions)


def _place(party: Party, cast: Sequence[Party]) -> bool:
    """Whether it is but the place by which a named victim is called: "the Ostrava hospital", "a
    hospital in Ostrava"."""
    others = [other for other in cast if other.role == "victim" and other is not party]
    named = [mention for other in others for mention in other.mentions]
    return bool(others) and all(_placed(mention, named) for mention in party.mentions)


def _placed(mention: Mention, named: Sequence[Mention]) -> bool:
    if any(
        other.passage.index == mention.passage.index
        and mention.passage.low[other.name.end : mention.name.start] in (" in ", ", in ")
        for other in named
    ):
        return True
    before, behind = _before(mention), one("misfits", "kind_after")
    # In the text as written: "Penn County" is a name.
    called = behind.search(mention.passage.text, mention.name.start, mention.name.end + _NEAR // 4)
    called = called if called and called.start() <= mention.name.end else None
    return bool(one("misfits", "kind_in").search(before) or (called and before.endswith("the ")))


def _system(party: Party) -> bool:
    """Whether it is what anybody runs: "Windows systems", "Android"."""
    words = re.findall(r"[\w.]+", fold(party.value))
    return bool(words) and all(word in lexicon.words("misfits", "systems") for word in words)


def _cut_off(mention: Mention) -> bool:
    """Whether it is but the beginning of a list: "retail" of "retail and airline sectors"."""
    low, after = fold(mention.name.text), _after(mention)
    return not low.endswith("s") and bool(one("misfits", "goes_on").match(after))


def _word_only(party: Party) -> bool:
    """Whether it is no name but a word cut from others: "open" of "open source"."""
    return party.value.islower() and fold(party.value) in lexicon.common()


def _flawed(cast: Sequence[Party], passages: Sequence[Passage]) -> bool:
    """Whether the article tells of a flaw alone: nobody hit, nothing exploited."""
    if any(party.role == "victim" for party in cast):
        return False
    opening = [passage.low for passage in passages if passage.index <= LEAD]
    flaw = any(one("misfits", "flaw").search(low) for low in opening[:2])
    return flaw and not any(one("misfits", "exploited").search(low) for low in opening)
