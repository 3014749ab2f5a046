"""Passages without a named victim or actor → the plain descriptions that stand for one.

"Iranian hackers", "a pro-Russian group", "Southeast Asian government networks", "a Minnesota
county": an adjective of place with a noun of attackers is an actor, with one of bodies a victim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from nlp.names import Name
from nlp.patterns import one
from nlp.reading import Passage
from nlp.roles import Mention, Party, Role


def find(passages: Sequence[Passage], parties: Sequence[Party]) -> list[Party]:
    """Described parties, where no name plays the role."""
    roles = {party.role for party in parties}
    opening = [passage for passage in passages if passage.opens]
    found: list[Party] = []
    if "actor" not in roles:
        found += list(_described(opening, "actor", one("descriptions", "actor")))[:1]
    if "victim" not in roles:
        for key in ("generic", "victim", "object"):
            described = list(_described(opening, "victim", one("descriptions", key)))[:1]
            if described:
                return found + described
    return found


def _described(
    passages: Sequence[Passage], role: Role, pattern: re.Pattern[str]
) -> Iterator[Party]:
    for passage in passages:
        if not one("descriptions", "context").search(passage.low):
            continue
        for match in pattern.finditer(passage.low):
            start, end = match.span("v")
            text = passage.text[start:end]
            name = Name(start, end, text, "name")
            yield Party(role, text, 2.0, (Mention(passage, name),))
