"""An article → its claims: who says what of the incident, on which exact words.

`extract` reads the title and the first sentences, finds the parties, and turns names, quantities,
phrases and dates into claims of the fields that data/details/GUIDE.md describes, each with its
span, its sentence, its status and its asserter. An article that reports no incident with a victim
yields no data, money or volumes; what is likely no fact of its incident, `gate` leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final

from breachwire.model import Article, Bound, Claim, Evidence, Field
from nlp import (
    dates,
    incident,
    lexicon,
    misfits,
    numbers,
    parties,
    phrases,
    reading,
    resolve,
    roles,
    tagger,
)
from nlp.folding import fold
from nlp.gate import Gate
from nlp.patterns import one
from nlp.reading import Passage
from nlp.roles import Party
from nlp.status import Stance, Voice, settle

MOST: Final[dict[Field, int]] = {
    "victim": 8, "actor": 4, "third_party": 4, "affected": 6, "volume": 3, "data_type": 12,
    "attack_type": 5, "cve": 6, "money": 4, "date": 3, "response": 6,
}  # fmt: skip
"""Claims of a field kept of one article, in the order they stand: the incident comes first."""

VALUED: Final[tuple[Field, ...]] = ("data_type", "attack_type", "response")
"""Fields whose value is one of a few."""
FACTS: Final = 12
"""Figures of one sentence that are read: one with more is a table."""
SUMMARY: Final = 8
"""Sentences of a summary: a longer text has a body, which tells of other things as well."""
NEAR: Final = 90
"""Characters before and after a count in which a body says what befell those counted."""
Phrases = Callable[[Sequence[Passage], phrases.Fits], list[phrases.Phrase]]
OPENING: Final = 1500
"""Characters of a text looked over for any word of an incident: most other news ends here."""
_SAYS: Final = r"(?:said|says|told|wrote|added|warned|answered|expects|noted)"
_OFFICE: Final = (
    r"(?:manager|director|executive|administrator|analyst|spokes(?:man|woman|person)|officer|mayor|"
    r"commissioner|chair(?:man|woman)?|professor|president|founder|sheriff|superintendent)"
)
"""Offices whose holders tell of an incident."""


@dataclass(frozen=True, slots=True)
class _Draft:
    field: Field
    value: Any
    bound: Bound | None
    passage: Passage
    start: int
    end: int
    voice: Voice


@dataclass(frozen=True, slots=True)
class _Look:
    """An article as it is read: its passages, parties, and how it stands to its incident."""

    article: Article
    passages: Sequence[Passage]
    cast: Sequence[Party]
    stance: Stance
    odds: float
    """How plainly it reports an incident."""
    gate: Gate

    def row(self, draft: _Draft) -> dict[str, float]:
        """What the gate weighs of a draft."""
        d = draft
        return self.gate.row(d.field, d.value, d.passage, d.start, d.end, d.voice)

    def fits(self, draft: _Draft) -> bool:
        """Whether the gate lets a draft through."""
        d = draft
        return self.gate.fits(d.field, d.value, d.passage, d.start, d.end, d.voice)


@lru_cache(maxsize=256)
def extract(article: Article) -> tuple[Claim, ...]:
    """The claims of an article, in the order of fields, then as they stand in it.

    The last ones are kept: the threader asks for a short article's claims before the ledger does.
    """
    if not _on_topic(article):
        return ()
    return tuple(_claims(article, list(_drafts(_look(article), gated=True))))


def rows(article: Article) -> dict[tuple[str, str, int, int, str | None], dict[str, float]]:
    """What the gate weighs of every claim, none left out, by (field, title or text, start, end,
    value); the value is None but for fields in VALUED."""
    if not _on_topic(article):
        return {}
    look = _look(article)
    return {_key(draft): look.row(draft) for draft in _drafts(look, gated=False)}


def _key(draft: _Draft) -> tuple[str, str, int, int, str | None]:
    start = draft.passage.start
    value = str(draft.value) if draft.field in VALUED else None
    return draft.field, draft.passage.where, start + draft.start, start + draft.end, value


def expect(articles: Sequence[Article]) -> None:
    """Have these articles read at once by what is quicker so, before each is extracted."""
    tagger.expect([(a.title, a.text) for a in articles if _on_topic(a)])


def _on_topic(article: Article) -> bool:
    """Whether the opening has any word of an incident."""
    opening = fold(f"{article.title}\n{article.text[:OPENING]}")
    return bool(one("gates", "topic").search(opening))


def _look(article: Article) -> _Look:
    tags = tagger.read(article.title, article.text)
    passages, cast = parties.find(article, reading.read(article), tags)
    cast = [party for party in cast if not misfits.own_outlet(party, article.source)]
    odds = incident.score(passages)
    gate = Gate(article, passages, cast, tags, odds)
    return _Look(article, passages, cast, Stance(passages, cast), odds, gate)


def _drafts(look: _Look, *, gated: bool) -> Iterator[_Draft]:
    fits: Callable[[_Draft], bool] = look.fits if gated else lambda _: True
    passages, stance = look.passages, look.stance
    yield from filter(fits, _names(passages, look.cast, stance))
    victim = any(party.role == "victim" for party in look.cast)

    def phrased(field: Field, found: Phrases, among: Sequence[Passage]) -> Iterator[_Draft]:
        def told(phrase: phrases.Phrase) -> bool:
            beside = gated and _beside_it(field, phrase, passages)
            return not beside and fits(_phrased(field, phrase, stance))

        for phrase in found(among, told):
            yield _phrased(field, phrase, stance)

    if look.odds < incident.LIKELY and not victim:
        yield from phrased("cve", phrases.cves, passages)
        return
    recent = [passage for passage in passages if not _background(passage)]
    current = _bearing(recent, look.cast)
    plain = victim or look.odds >= incident.CERTAIN
    yield from filter(fits, _quantities(current, stance, plain))
    if plain:
        yield from phrased("data_type", phrases.data, current)
    yield from phrased("attack_type", phrases.attacks, current)
    yield from phrased("cve", phrases.cves, recent)
    yield from filter(fits, _dates(look.article, current, stance))
    yield from phrased("response", phrases.responses, current)


def _background(passage: Passage) -> bool:
    """Whether a later sentence tells of an older or another incident: its facts are not this
    one's."""
    return not passage.opens and any(
        one("gates", key).search(passage.low) for key in ("older", "elsewhere")
    )


def _beside_it(field: Field, phrase: phrases.Phrase, passages: Sequence[Passage]) -> bool:
    """Whether a phrase tells nothing of the incident: compared with it ("than an extortion crew
    would"), a response that nobody will speak of, addresses of machines."""
    low, start = phrase.passage.low, phrase.start
    before = low[max(0, start - 120) : start]
    if field == "response":
        return bool(one("gates", "unsaid").search(before))
    if field == "attack_type":
        return any(one("gates", key).search(before) for key in ("than", "made_up", "unnamed"))
    if field == "data_type" and one("gates", "could").search(before):
        return not one("gates", "toll").search(low)
    if low[start : phrase.end] != "addresses":
        return False
    return any(one("gates", "machines").search(passage.low) for passage in passages)


def _bearing(passages: Sequence[Passage], cast: Sequence[Party]) -> list[Passage]:
    """Passages but for those past a summary's length that plainly tell of something else.

    There a sentence counts that names the victim, "the company", "the attackers" or the like, or
    that denies: a denial is never left out.
    """
    hit = {
        mention.name.key for party in cast if party.role == "victim" for mention in party.mentions
    }
    return [
        passage
        for passage in passages
        if passage.index <= SUMMARY
        or any(name.key in hit for name in passage.names)
        or one("gates", "anaphor").search(passage.low)
        or one("speech", "deny").search(passage.low)
    ]


def _names(passages: Sequence[Passage], cast: Sequence[Party], stance: Stance) -> Iterator[_Draft]:
    spoken = " ".join(passage.text for passage in passages)
    for party in cast:
        mention = party.mentions[0]
        passage, name, role = mention.passage, mention.name, party.role
        if role == "teller" or role == "product" or role == "nominal":
            continue
        if _speaks(party, spoken) or misfits.misfit(party, cast, passages):
            continue
        if role != "actor" and any(
            stance.boasts(m.passage, m.name.start, m.name.end) for m in party.mentions
        ):
            # Whoever says that they stole it was not hit.
            continue
        voice = stance.of(passage, name.start, name.end)
        if role == "third_party" and stance.taken_back(passage):
            continue  # it was not the way in
        if role == "victim" and voice.kind == "authority" and _is(voice.asserter, party.value):
            # The authority that tells of an attack on others.
            continue
        if party.role == "actor":
            voices = [
                (m, stance.of_actor(m.passage, m.name.start, m.name.end)) for m in party.mentions
            ]
            mention, voice = next(
                (pair for pair in voices if pair[1].status == "claimed"), voices[0]
            )
            passage, name = mention.passage, mention.name
        else:
            voices = [(m, stance.of(m.passage, m.name.start, m.name.end)) for m in party.mentions]
            voice = voices[0][1]
            if party.role == "victim":
                # It was hit for certain where any sentence has victim or authority say so.
                voice = _hit(voices, voice)
                mention = _in_full(party)
        value = roles.value_of(mention.name.text) if role == "victim" else party.value
        start, end = mention.name.start, mention.name.end
        yield _Draft(role, value, None, mention.passage, start, end, voice)


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


def _hit(voices: Sequence[tuple[roles.Mention, Voice]], first: Voice) -> Voice:
    """The weightiest of what is said of a victim; denied here and claimed there is disputed."""
    said = {voice.status: voice for _, voice in reversed(voices)}
    if "confirmed" in said:
        return said["confirmed"]
    if "denied" in said:
        return replace(said["denied"], status="disputed") if "claimed" in said else said["denied"]
    return first


def _quantities(passages: Sequence[Passage], stance: Stance, victim: bool) -> Iterator[_Draft]:
    long = bool(passages) and passages[-1].index > SUMMARY
    for passage in passages:
        if not (passage.opens or _counts(passage.low)):
            continue
        for fact in numbers.facts(passage.low)[:FACTS]:
            value = fact.value
            if fact.field == "affected" and (
                _one_of(passage, fact) or (long and _beside(passage, fact))
            ):
                continue
            if fact.field == "affected" and _other_toll(passage.low, fact):
                continue
            if _of_a_name(passage, fact.start) or _few(fact) or _size(passage, fact):
                continue
            if fact.field == "money":
                if _no_loss(passage.low, fact.start, fact.end):
                    continue
                value = {**value, "kind": _kind(passage.low, fact.start, fact.end)}
                if not victim and not _settled(passage.low, value["kind"]):
                    continue
            asked = fact.field == "money" and _asked(passage.low, fact, value["kind"])
            status = stance.of_price if asked else stance.of
            voice = status(passage, fact.start, fact.end)
            field: Field = fact.field  # type: ignore[assignment]
            bound = "placeholder" if _opening(passages, passage, fact) else fact.bound
            yield _Draft(field, value, bound, passage, fact.start, fact.end, voice)


def _counts(low: str) -> bool:
    """Whether a sentence below the lead may count those hit: it has a word of an incident, or gives
    a count anew."""
    return any(one("gates", key).search(low) for key in ("incident", "recounted", "copied"))


def _one_of(passage: Passage, fact: numbers.Fact) -> bool:
    """Whether a count is of a wider campaign's victims: "one of thousands of companies"."""
    return passage.low[max(0, fact.start - 10) : fact.start].endswith("one of ")


def _beside(passage: Passage, fact: numbers.Fact) -> bool:
    """Whether a count in a long article is of something else than what was hit.

    Outside the title a word near must say what befell those counted, who must be people, accounts,
    records, devices or bodies; below the lead there must be at least ten of them.
    """
    near = passage.low[max(0, fact.start - NEAR) : fact.end + NEAR]
    if passage.where == "title":
        return False
    tolls = one("gates", "toll").search(near) or one("gates", "recounted").search(near)
    if fact.value["unit"] == "other" or not tolls:
        return True
    return fact.value["number"] < 10 and not passage.opens


def _other_toll(low: str, fact: numbers.Fact) -> bool:
    """Whether a count is of what something else touches: a pause's projects, the addresses over
    which loot was spread."""
    before = low[max(0, fact.start - 2 * NEAR) : fact.end]
    return any(one("gates", key).search(before) for key in ("pause_toll", "spread"))


def _opening(passages: Sequence[Passage], passage: Passage, fact: numbers.Fact) -> bool:
    """Whether a count is what US health filings give until the true one is known: 500 or 501."""
    if fact.value.get("number") not in (500, 501):
        return False
    near = [passage, *(other for other in passages if other.opens)]
    return any(one("gates", "register").search(other.low) for other in near)


def _asked(low: str, fact: numbers.Fact, kind: str) -> bool:
    """Whether a sum is what somebody asks for the data, or for silence."""
    before = low[max(0, fact.start - 2 * NEAR) : fact.start]
    return kind == "ransom_demand" or bool(one("gates", "priced").search(before))


def _settled(low: str, kind: str) -> bool:
    """Whether a sum is an incident's by itself: stolen, a fine, a reward for a hacker."""
    return kind in ("stolen", "settlement", "fine") or "reward for" in low


def _no_loss(low: str, start: int, end: int) -> bool:
    """Whether a sum is what a firm is worth or was saved: "$3.1 million had been frozen"."""
    after = one("gates", "saved_after").match(low, end, end + 60)
    return bool(after or one("gates", "worth").search(low, max(0, start - 70), start))


def _size(passage: Passage, fact: numbers.Fact) -> bool:
    """Whether a count says how large a party is, not how many were hit: "runs 17 clinics"."""
    before = passage.low[max(0, fact.start - 40) : fact.start]
    if one("gates", "size").search(before):
        return True
    return not passage.opens and not one("gates", "toll").search(passage.low)


def _few(fact: numbers.Fact) -> bool:
    """Whether a count is of a few people: suspects, founders, teens, not those affected."""
    return fact.value.get("unit") in ("people", "users", "customers") and fact.value["number"] < 10


def _of_a_name(passage: Passage, start: int) -> bool:
    """Whether a number belongs to the name before it: "Microsoft 365 accounts"."""
    start += passage.low[start:].startswith(" ")
    return passage.low[start : start + 1].isdigit() and any(
        start - name.end in (0, 1) and passage.low[name.end : start] in ("", " ")
        for name in passage.names
        if name.kind != "place"
    )


def _kind(low: str, start: int, end: int) -> str:
    """What a sum is, by the words around it."""
    near = low[max(0, start - 90) : end + 70]
    close = low[max(0, start - 40) : end + 40]
    if one("gates", "settle").search(near):
        return "settlement"
    if one("gates", "fine").search(near):
        return "fine"
    if one("gates", "ransom").search(near):
        return "ransom_paid" if re.search(r"\bpa(?:id|ys?|yment)\b", near) else "ransom_demand"
    if one("gates", "demand").search(low[max(0, start - 25) : start]):
        return "ransom_demand"
    if one("gates", "reward").search(close):
        return "other"
    if one("gates", "stolen").search(close):
        return "stolen"
    return (
        "loss"
        if one("gates", "loss").search(near)
        else "stolen"
        if one("gates", "stolen").search(near)
        else "other"
    )


def _dates(article: Article, passages: Sequence[Passage], stance: Stance) -> Iterator[_Draft]:
    published = article.published.date() if article.published else None
    for passage in passages:
        if not one("gates", "when").search(passage.low) or (
            not passage.opens and not one("gates", "incident").search(passage.low)
        ):
            continue
        for moment in dates.moments(passage.low, published):
            if published and moment.value > (published + timedelta(days=1)).isoformat():
                continue
            if _told(passage, moment) or _aside(passage, moment.start, moment.end):
                continue
            voice = stance.of(passage, moment.start, moment.end)
            if voice.status == "claimed" and _meant(passage.low, moment):
                voice = Voice("reported", None, None, "outlet", "report")
            if voice.status == "denied":
                continue  # what is denied, or when, is no date of the incident
            yield _Draft("date", moment.value, None, passage, moment.start, moment.end, voice)


def _meant(low: str, moment: dates.Moment) -> bool:
    """Whether a date only says which attack is meant: "claimed the September 12 attack"."""
    the = low[max(0, moment.start - 4) : moment.start] == "the "
    return the and bool(one("gates", "dated").match(low, moment.end))


def _told(passage: Passage, moment: dates.Moment) -> bool:
    """Whether a date is when somebody wrote or ruled, or the end of a span: not the incident's."""
    before = passage.low[max(0, moment.start - 45) : moment.start]
    after = passage.low[moment.end : moment.end + 30]
    return bool(
        one("gates", "until").search(before)
        or one("gates", "deadline").search(before)
        or one("gates", "telling").search(before)
        or (moment.form in ("weekday", "relative") and one("gates", "tells").match(after))
    )


def _aside(passage: Passage, start: int, end: int) -> bool:
    """Whether a date is a dateline's, stands in brackets, or far from words of the incident."""
    before = passage.low[max(0, start - 40) : start]
    if "(" in before and ")" not in before[before.rindex("(") :]:
        return True
    if passage.index == 1 and one("gates", "dateline").match(passage.low, end):
        return True
    if one("gates", "founded").search(before):
        return True
    near = passage.low[max(0, start - 70) : end + 70]
    return not passage.opens and not one("gates", "event").search(near)


def _phrased(field: Field, phrase: phrases.Phrase, stance: Stance) -> _Draft:
    voice = stance.of(phrase.passage, phrase.start, phrase.end)
    if (
        phrase.value == "extortion"
        and "threat" in phrase.passage.low[phrase.start : phrase.end]
        and not (voice.status == "confirmed" and voice.passage is phrase.passage)
    ):
        # A threat is told by the outlet, whoever confirms or claims the rest.
        voice = Voice("reported", None, None, "outlet", "report")
    if field == "response" and voice.status == "claimed" and voice.passage is not phrase.passage:
        # What the victim does is no attacker's claim, unless the attacker says it right there.
        voice = Voice("reported", None, None, "outlet", "report")
    return _Draft(field, phrase.value, None, phrase.passage, phrase.start, phrase.end, voice)


def _claims(article: Article, drafts: Sequence[_Draft]) -> Iterator[Claim]:
    """Drafts as claims: one a field, value, status and asserter, at most MOST a field."""
    seen: set[tuple[str, str]] = set()
    precise = {str(d.value)[:4] for d in drafts if d.field == "date" and len(str(d.value)) > 4}
    count: dict[str, int] = {}
    said: dict[tuple[str, str], list[Voice]] = {}
    for draft in drafts:
        said.setdefault((draft.field, _identity(draft.value)), []).append(draft.voice)
    for draft in drafts:
        identity = (draft.field, _identity(draft.value))
        if draft.field == "date" and draft.value in precise:
            continue
        if identity in seen or count.get(draft.field, 0) >= MOST[draft.field]:
            continue
        seen.add(identity)
        count[draft.field] = count.get(draft.field, 0) + 1
        yield _claim(article, replace(draft, voice=settle(said[identity])))


def _identity(value: Any) -> str:
    if isinstance(value, dict):
        return str(next(value[key] for key in ("number", "bytes", "amount") if key in value))
    return roles.key(str(value))


def _claim(article: Article, draft: _Draft) -> Claim:
    passage, voice = draft.passage, draft.voice
    sentence: Evidence = passage.quote(article.id, 0, len(passage.text))
    evidence = passage.quote(article.id, draft.start, draft.end)
    return Claim(
        draft.field, draft.value, draft.bound, voice.status, voice.asserter,
        voice.kind, voice.basis, evidence, sentence,
    )  # fmt: skip
