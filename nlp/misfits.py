"""A party → whether it plays no such part after all: what neither votes nor the tagger see.

In: a party, the whole cast, the passages. Out: true for a tool or a flaw taken for a victim or a
supplier, a system that anybody runs, who warns of an incident, a forum, a plaintiff or a responder
taken for the actor, the maker of what is merely flawed, the outlet that reports.
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
        return _system(party)
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


def _system(party: Party) -> bool:
    """Whether it is what anybody runs: "Windows systems", "Android"."""
    words = re.findall(r"[\w.]+", fold(party.value))
    return bool(words) and all(word in lexicon.words("misfits", "systems") for word in words)


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
