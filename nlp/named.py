"""An article's parties → drafts of its victims, actors and third parties.

In: passages, the cast that `parties` has found, the article's stance. Out: one draft a party, by
the weightiest of what is said of it. Who only tells of an incident was not hit by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from breachwire.model import Field
from nlp import lexicon, misfits, resolve, roles
from nlp.drafts import Draft
from nlp.folding import fold
from nlp.reading import Passage
from nlp.roles import Party
from nlp.status import Stance, Voice

_SAYS: Final = r"(?:said|says|told|wrote|added|warned|answered|expects|noted)"
_OFFICE: Final = (
    r"(?:manager|director|executive|administrator|analyst|spokes(?:man|woman|person)|officer|mayor|"
    r"commissioner|chair(?:man|woman)?|professor|president|founder|sheriff|superintendent)"
)
"""Offices whose holders tell of an incident."""
_IN: Final = re.compile(r"[a-z] in (?:the )?(?P<place>[A-Z][\w ]{2,30})\Z")
_INITIALS: Final = re.compile(r"(?:[a-z]\.){1,3}[a-z]")
_BODIES: Final = re.compile(r"\.? (?:[\w-]{2,16} )?[A-Za-z][\w-]{2,20}s\b")
"""Whose they are stands before them: "U.S. companies", "Brazilian ISPs"."""
_PLACES: Final = re.compile(
    r"(?:, (?:the )?[A-Z]\w{2,14}(?: [A-Z]\w{2,14})?){0,6},? and (?:the )?[A-Z]\w{2,14}"
    r"(?: [A-Z]\w{2,14})?"
)


def find(passages: Sequence[Passage], cast: Sequence[Party], stance: Stance) -> Iterator[Draft]:
    """Victims, actors and third parties, each where it is first or best named."""
    spoken = " ".join(passage.text for passage in passages)
    for party in cast:
        if party.role in ("teller", "product", "nominal") or _speaks(party, spoken):
            continue
        if misfits.misfit(party, cast, passages) or _boasts(party, stance):
            continue
        draft = _attributed(party, stance) if party.role == "actor" else _hit(party, stance)
        if draft:
            yield draft


def _boasts(party: Party, stance: Stance) -> bool:
    """Whether it says that it stole something: who does was not hit."""
    return party.role != "actor" and any(
        stance.boasts(m.passage, m.name.start, m.name.end) for m in party.mentions
    )


def _attributed(party: Party, stance: Stance) -> Draft:
    """An actor where it claims the deed itself, else where it is first named."""
    voices = [(m, stance.of_actor(m.passage, m.name.start, m.name.end)) for m in party.mentions]
    mention, voice = next((pair for pair in voices if pair[1].status == "claimed"), voices[0])
    return _draft(party, party.value, mention, voice)


def _hit(party: Party, stance: Stance) -> Draft | None:
    """A victim, or a third party. None for an authority that tells of an attack on others, and for
    what was not the way in."""
    voices = [(m, stance.of(m.passage, m.name.start, m.name.end)) for m in party.mentions]
    mention, voice = voices[0]
    if party.role == "third_party":
        back = stance.taken_back(mention.passage)
        return None if back else _draft(party, party.value, mention, voice)
    if party.role != "victim":
        return _draft(party, party.value, mention, voice)
    if voice.kind == "authority" and _is(voice.asserter, party.value):
        return None
    # It was hit for certain where any sentence has victim or authority say so.
    mention = _in_full(party)
    return _draft(party, roles.value_of(mention.name.text), mention, _weightiest(voices, voice))


def _draft(party: Party, value: str, mention: roles.Mention, voice: Voice) -> Draft:
    field: Field = party.role  # type: ignore[assignment]
    name, end = mention.name, mention.name.end
    if field == "victim" and (more := _further(mention)):
        end, value = more, roles.value_of(mention.passage.text[name.start : more])
    return Draft(field, value, None, mention.passage, name.start, end, voice)


def _further(mention: roles.Mention) -> int:
    """Where a description ends that was cut off: "organizations in Hungary, Belgium, and Italy",
    "U.S. companies"; 0 for none."""
    low = fold(mention.name.text)
    if low in lexicon.words("places", "adjectives") or _INITIALS.fullmatch(low):
        bodies = _BODIES.match(mention.passage.text, mention.name.end)
        return bodies.end() if bodies else 0
    told = _IN.search(mention.name.text)
    rest = _PLACES.match(mention.passage.text, mention.name.end)
    if not told or not rest:
        return 0
    known = lexicon.words("places", "names")
    places = [told["place"], *re.split(r",? and (?:the )?|, (?:the )?", rest[0].lstrip(", "))]
    return rest.end() if all(fold(place) in known for place in places if place) else 0


def _in_full(party: Party) -> roles.Mention:
    """Where the opening names a victim in full: "Orbiqon Health Services" beside "Orbiqon"."""
    first = party.mentions[0]
    short = first.name.key.split()
    kinds = lexicon.words("nouns", "organisation") - resolve.product_nouns()
    longer = [
        m for m in party.mentions
        if m.passage.opens and (words := m.name.key.split())[: len(short)] == short
        and len(words) > len(short) and words[-1] in kinds
    ]  # fmt: skip
    return max(longer, key=lambda m: len(m.name.key), default=first)


def _speaks(party: Party, text: str) -> bool:
    """Whether a name of two words is a person's who tells of it: whose last word alone speaks
    ("Pemberwick said"), or before whom an office stands ("County manager Leota Pruitt said")."""
    first, _, last = party.value.partition(" ")
    if resolve.bare(party.value) != party.value:
        return False  # "Insurer Vellum" is no person
    if not last:  # a surname: "County manager Leota Pruitt said …. Pruitt said …"
        return bool(
            re.search(rf"(?i:\b{_OFFICE}) [A-Z][a-z]+ {re.escape(first)},? {_SAYS}\b", text)
        )
    if not last.isalpha() or not last.istitle():
        return False
    if any(mention.passage.where == "title" for mention in party.mentions):
        return False  # who is hit may speak as well, and stands in the title then
    return bool(_teller(party.value).search(text))


def _teller(name: str) -> re.Pattern[str]:
    """A person of two names who speaks, or holds an office and speaks."""
    first, _, last = name.partition(" ")
    full = re.escape(name)
    plain = last.lower() in lexicon.common()
    alone = r"(?!)" if plain else rf"(?<!{re.escape(first)} )\b{last}"
    office = rf"(?i:\b{_OFFICE}) {full}"
    told = (
        rf"{alone} {_SAYS}\b|{office},? {_SAYS}\b|"
        rf"\b{_SAYS} (?:{alone}\b|(?:[\w-]{{1,30}} ){{0,4}}{office})"
    )
    return re.compile(rf"{told}|{full}, who (?:leads|runs|heads|advises)\b")


def _is(asserter: str | None, name: str) -> bool:
    return asserter is not None and roles.key(asserter) == roles.key(name)


def _weightiest(voices: Sequence[tuple[roles.Mention, Voice]], first: Voice) -> Voice:
    """The weightiest of what is said of a victim; denied here and claimed there is disputed."""
    said = {voice.status: voice for _, voice in reversed(voices)}
    if "confirmed" in said:
        return said["confirmed"]
    if "denied" in said:
        return replace(said["denied"], status="disputed") if "claimed" in said else said["denied"]
    return first
