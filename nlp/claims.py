"""An article → its claims: who says what of the incident, on which exact words.

`extract` reads the title and the first sentences, finds the parties, and turns names (`named`),
figures (`counted`), phrases and dates (`dated`) into claims of the fields that
data/details/GUIDE.md describes, each with its span, its sentence, its status and its asserter. An
article that reports no incident with a victim yields no data, money or volumes; what is likely no
fact of its incident, `gate` leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from breachwire.model import Article, Claim, Evidence, Field
from nlp import counted, dated, incident, misfits, named, parties, phrases, reading, roles, tagger
from nlp.drafts import Draft
from nlp.folding import fold
from nlp.gate import Gate
from nlp.patterns import one
from nlp.reading import SUMMARY, Passage
from nlp.roles import Party
from nlp.status import Stance, Voice, settle

EXTRACTOR_VERSION: Final = "1"
"""Of all rules that say what an article claims. Another one makes a store's articles be read again,
so it changes with what is found (tests/nlp/test_nlp_claims_version.py) and only then."""
MOST: Final[dict[Field, int]] = {
    "victim": 8, "actor": 4, "third_party": 4, "affected": 6, "volume": 3, "data_type": 12,
    "attack_type": 5, "cve": 6, "money": 4, "date": 3, "response": 6,
}  # fmt: skip
"""Claims of a field kept of one article, in the order they stand: the incident comes first."""

VALUED: Final[tuple[Field, ...]] = ("data_type", "attack_type", "response")
"""Fields whose value is one of a few."""
Phrases = Callable[[Sequence[Passage], phrases.Fits], list[phrases.Phrase]]
OPENING: Final = 1500
"""Characters of a text looked over for any word of an incident: most other news ends here."""


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

    def row(self, draft: Draft) -> dict[str, float]:
        """What the gate weighs of a draft."""
        d = draft
        return self.gate.row(d.field, d.value, d.passage, d.start, d.end, d.voice)

    def fits(self, draft: Draft) -> bool:
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


def _key(draft: Draft) -> tuple[str, str, int, int, str | None]:
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


def _drafts(look: _Look, *, gated: bool) -> Iterator[Draft]:
    fits: Callable[[Draft], bool] = look.fits if gated else lambda _: True
    passages, stance = look.passages, look.stance
    yield from filter(fits, named.find(passages, look.cast, stance))
    victim = any(party.role == "victim" for party in look.cast)

    def phrased(field: Field, found: Phrases, among: Sequence[Passage]) -> Iterator[Draft]:
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
    yield from filter(fits, counted.find(current, stance, plain))
    if plain:
        yield from phrased("data_type", phrases.data, current)
    yield from phrased("attack_type", phrases.attacks, current)
    yield from phrased("cve", phrases.cves, recent)
    yield from filter(fits, dated.find(look.article, current, stance))
    yield from phrased("response", phrases.responses, current)


def _background(passage: Passage) -> bool:
    """Whether a later sentence tells of an older or another incident: its facts are not this
    one's. What else the same attackers did may stand in the lead, behind its first sentence."""
    if passage.opens:
        return passage.index > 1 and bool(one("gates", "elsewhere").search(passage.low))
    return any(one("gates", key).search(passage.low) for key in ("older", "elsewhere"))


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


def _phrased(field: Field, phrase: phrases.Phrase, stance: Stance) -> Draft:
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
    return Draft(field, phrase.value, None, phrase.passage, phrase.start, phrase.end, voice)


def _claims(article: Article, drafts: Sequence[Draft]) -> Iterator[Claim]:
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


def _claim(article: Article, draft: Draft) -> Claim:
    passage, voice = draft.passage, draft.voice
    sentence: Evidence = passage.quote(article.id, 0, len(passage.text))
    evidence = passage.quote(article.id, draft.start, draft.end)
    return Claim(
        draft.field, draft.value, draft.bound, voice.status, voice.asserter,
        voice.kind, voice.basis, evidence, sentence,
    )  # fmt: skip
