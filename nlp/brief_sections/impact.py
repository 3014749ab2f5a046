"""Impact assessment: who is affected, what data, which sectors and suppliers, what it may mean.

In: the desk. Out: `impact_assessment` statements: how many first (the ledger's count, else the
newest sentence of the sources that counts those hit), what data, what it cost, then the sources'
sentences on the harm, then hedged inferences. An inference rests on a fact that nobody disputes and
stands only where the sources hold nothing against it: precision before number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from breachwire.model import BriefSection, Claim, Detail, Evidence, Field, Statement
from nlp import facts, glossary, vouch
from nlp.brief_sections import core, reach
from nlp.brief_sections.analysis import background
from nlp.brief_sections.worth import OLD, SPEECH
from nlp.desk import Desk, Place, Weight
from nlp.patterns import says
from nlp.quotable import Quotable

FILLED: Final = 5
"""Statements from which on no further sentence of the sources is added."""
_FIELDS: Final[tuple[Field, ...]] = ("affected", "data_type", "volume", "money")
_ELSE: Final[dict[Field, tuple[BriefSection, ...]]] = {
    "affected": (),
    "data_type": (),
    "volume": ("deep_analysis", "signal_summary"),
    "money": ("deep_analysis", "signal_summary"),
}
"""Where else it may have been told, so that it is not told again."""
_AGAIN: Final[dict[Field, str]] = {
    "affected": "the count of those affected is {x}",
    "data_type": "{x} can be found in the data",
    "volume": "the data has a size of {x}",
}
_EFFECT: Final = ("vulnerability", "malware", "campaign", "policy", "supply-chain")
_TOOLS: Final = ("malware", "campaign", "supply-chain")
_HERE: Final[Place] = ("impact_assessment", 0)
_SURE: Final = ("confirmed", "reported")
"""Beside these a number that is claimed or disputed is history, which the key details show."""
_MOST_INFERRED: Final = 2
_OFF: Final = 1.0
"""Background from which on it is no harm of this story."""
_FLOOR: Final = 0.7
"""Worth below which a sentence is no harm worth telling; read off the demonstration's briefs."""
_BESIDE: Final = 40
"""Characters around a supplier's name in which it is called one."""
_AS_OF: Final = re.compile(r" as of (?:last|this) (?:week|month)(?=[.,])")
_HOLLOW: Final = ("customer_records", "employee_records", "internal_documents")
"""Kinds that say whose the data is, not what it is."""
_NOUNS: Final = re.compile(
    r"(?:[A-Za-z]{2,20} ){0,2}(?!(?:secrets|documents|files|records|details|images|videos)\Z)"
    r"[a-z]{2,20}[^\Ws]s"
)
_LEAD: Final = 2
"""Sentences with which a report opens: the analysis has them."""
_LISTED: Final = 2
"""Kinds of data that a sentence of ours names, from which on a source's list repeats it."""
_SOME: Final = re.compile(
    r",? (?P<of>(?:for|of) (?:about |some |nearly |more than |at least |up to )?\d[\d,]{1,12}"
    r"(?: [a-z]{3,20})?)(?=[,.;]| and )"
)
_SOME_BEFORE: Final = re.compile(
    r"\b(?P<of>for (?:about |some |nearly |more than |at least |up to )?\d[\d,]{1,12} [a-z]{3,20}),? \Z"
)
"""For how many alone: "names, and for about 6,000 patients numbers"."""
_DATED: Final = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.? \d{1,2}\b"
    r"|\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}"
    r"|\b20\d\d\b|\b\d{1,3}\.\d{1,3}\.\d{1,5}"
)
"""Days, years and versions: numbers that measure nothing."""
_BRINGS: Final = re.compile(
    r"\bbring(?:s|ing) the (?:number|count|total) of "
    r"(?P<whom>[a-z]{1,30} (?:[a-z]{1,30} )?(?:affected|hit|exposed))"
    r" (?:so far )?to (?P<n>\d[\d,.]{0,12}\d(?: (?:million|thousand))?)"
)
_SPARED: Final = 0.5
"""What a sentence on those exempt loses: whom a rule binds is the harm."""
_NEAR: Final = 0.3
"""What a count of those within reach loses beside one of those hit."""
_ANOTHER: Final = re.compile(r"[A-Z][\w’'-]+ (?:[A-Z][\w’'-]+ )+[a-z]")
_AFFECTED: Final = re.compile(r"\baffected\b[^.]*\d")
_NUMBER: Final = re.compile(r"\d[\d,]*")
_HARM: Final = (("asides", "harm"), ("impact", "count"))
"""Words without which a sentence tells no harm to anybody."""
_QUOTED: Final = re.compile(r"[“\"][^“”\"]{0,400}[”\"]")
_DEEP: Final = 30
"""Sentences of a report among which a count of those hit is looked for."""


def count(desk: Desk) -> bool:
    """The sources' own sentence that counts those hit, where the ledger has no exact count."""
    if _risen(desk):
        return True
    if any(not vouch.rough(desk.ledger.claim(d)) for d in desk.ledger.leading("affected")):
        return False
    newest = max(m.article.at for m in desk.members).timestamp()
    first = min(m.article.at for m in desk.members).timestamp()

    def weight(passage: Quotable) -> float | None:
        if passage.position > _DEEP or not says("impact", "count", passage.text):
            return None
        if _stray(desk, passage) or not says("impact", "toll", passage.text):
            return None
        age = (newest - passage.at.timestamp()) / ((newest - first) or 1.0)
        most = max(map(_digits, _NUMBER.findall(passage.text)), default=0)
        near = says("impact", "within_reach", passage.text)
        value = 0.7 - 0.6 * age + 0.2 * desk.mentions(passage) + 0.08 * most
        return value - _NEAR * (near and not says("impact", "broken_into", passage.text))

    passage = desk.best(weight, max_words=40, least=_FLOOR, place=_HERE)
    if passage is None:
        return False
    if (text := _AS_OF.sub("", passage.text)) != passage.text:
        passage = replace(passage, text=text, kind="stated")
    return desk.quote(passage, "impact_assessment")


def kinds(desk: Desk) -> bool:
    """The sources' own list of what data it is, where they have one: it names more than our words
    for the kinds."""
    if desk.ledger.standing() in ("claimed", "disputed", "denied"):
        return False
    lists = {
        claim.claim.sentence
        for detail in desk.ledger.leading("data_type")
        if desk.ledger.status(detail) in _SURE
        for claim in detail.claims
    }

    def weight(passage: Quotable) -> float | None:
        named = sum(facts.covers(passage.source, own) for own in lists)
        lead = passage.position < _LEAD
        if not named or lead or passage.pair or passage.text.count(",") + 1 < _LISTED:
            return None
        if not says("impact", "lists", passage.text) or _stray(desk, passage):
            return None
        return 0.3 * passage.text.count(",") - background(passage.text, desk.year)

    passage = desk.best(weight, place=_HERE)
    return passage is not None and desk.quote(passage, "impact_assessment")


def effect(desk: Desk) -> bool:
    """What a flaw, a tool or a campaign does, and to whom, where nobody has counted those hit."""
    if desk.has("impact_assessment") or desk.view.thread.kind not in _EFFECT:
        return False

    ruled = desk.view.thread.kind == "policy"

    def weight(passage: Quotable) -> float | None:
        told = says("impact", "effect", passage.text)
        bound = ruled and says("impact", "ruled", passage.text)
        if not (told or bound) or _stray(desk, passage) or (passage.pair and not bound):
            return None
        if SPEECH.match(passage.text) or says("outlook", "calm", passage.text):
            return None
        if says("impact", "harmless", passage.text) or _how_only(passage.text):
            return None
        value = 0.4 * says("impact", "outcome", passage.text)
        value -= _SPARED * says("impact", "spared", passage.text)
        value += 0.3 * desk.names_it(passage.text) + 0.2 * says("impact", "toll", passage.text)
        return value - _OFF * background(passage.text, desk.year)

    passage = desk.best(weight, max_words=40, place=_HERE)
    return passage is not None and desk.quote(passage, "impact_assessment")


def _risen(desk: Desk) -> bool:
    """The count that the newest report says the news brings those hit to: it goes before the
    ledger's, which is of one of them or of an earlier day."""
    newest = max(desk.members, key=lambda m: (m.article.at, m.article.id)).article
    for passage in desk.quotables:
        found = _BRINGS.search(passage.text) if passage.article == newest.id else None
        if found is None or not newest.source:
            continue
        text = f"The number of {found['whom']} is now {found['n']}, {newest.source} reports."
        return desk.put(Statement("impact_assessment", text, "stated", (passage.source,)))
    return False


def _digits(number: str) -> int:
    return len(re.sub(r"\D", "", number))


def _stray(desk: Desk, passage: Quotable) -> bool:
    """Advice, another's harm, background, a list's label, or what leans on the sentence before."""
    text = passage.text
    if text.startswith(tuple(str(d.value) for d in desk.ledger.leading("actor"))):
        return True  # what is told of who did it
    if "tip" in passage.cues or any(says("impact", key, text) for key in ("off", "leans")):
        return True
    if says("impact", "count", text) and says("counted", "doers", text):
        return True  # machines of those who did it
    return says("asides", "advice", text) or background(text, desk.year) >= _OFF


def harm(desk: Desk) -> Weight:
    """For a sentence on who or what is affected, by numbers and kinds."""

    def weight(passage: Quotable) -> float | None:
        if _any_harm(passage) is None or _stray(desk, passage) or passage.pair:
            return None
        if says("outlook", "calm", passage.text) or _told_number(desk, passage):
            return None
        own_words = _QUOTED.sub(" ", passage.text)
        counted = says("impact", "count", passage.text) and says("impact", "toll", passage.text)
        if not counted and not says("asides", "harm", own_words):
            return None
        if not (counted or _measured(passage.text)):
            return None
        early = passage.at < desk.news.last - OLD
        if _how_only(passage.text) or (early and _planned(passage.text)):
            return None
        if says("impact", "lists", passage.text) and _listed(desk):
            return None
        off = background(passage.text, desk.year)
        value = 0.6 - off
        value += 0.2 * desk.mentions(passage) + 0.3 * says("impact", "toll", passage.text)
        own = desk.mentions(passage) or desk.of_it(passage.text)
        if desk.victims and not own and _ANOTHER.match(passage.text):
            return None  # what befell another
        return value - (0.4 if desk.names and not own else 0.0)

    return weight


def _how_only(text: str) -> bool:
    """Whether it tells how a thing is done, and not what that comes to."""
    return says("impact", "technique", text) and not says("impact", "outcome", text)


def _planned(text: str) -> bool:
    """Whether it is a plan, that names no later day."""
    return says("outlook", "plan", text) and not says("outlook", "far", text)


def _measured(text: str) -> bool:
    """Whether it says how many or what, beside days and names with a number."""
    return says("asides", "measure", _DATED.sub(" ", text)) or says("impact", "lists", text)


def _told_number(desk: Desk, passage: Quotable) -> bool:
    """Whether it gives a count or a sum that a sentence of ours has given here."""
    held = " ".join(s.text for s in desk.held("impact_assessment"))
    own = [number for number in _NUMBER.findall(passage.text) if _digits(number) > 2]
    return any(number.rstrip(",") in held for number in own)


def _listed(desk: Desk) -> bool:
    """Whether a sentence of ours lists what the data holds already."""
    held = desk.held("impact_assessment")
    return any(s.kind == "stated" and s.text.count(",") >= _LISTED - 2 and " data" in s.text
               and " and " in s.text for s in held)  # fmt: skip


def _any_harm(passage: Quotable) -> float | None:
    """Where nothing better is left: any sentence with a word of harm."""
    if (
        "harm" not in passage.cues
        or "tip" in passage.cues
        or says("asides", "no_harm", passage.text)
    ):
        return None
    return 0.0


def _left(desk: Desk) -> Weight:
    """Where nothing better is left: any sentence with a word of harm that is no stray one, rather
    one that says what befell somebody."""

    def weight(passage: Quotable) -> float | None:
        if _any_harm(passage) is None or _stray(desk, passage):
            return None
        if _how_only(passage.text):
            return None
        toll = says("impact", "toll", passage.text)
        own = _QUOTED.sub(" ", passage.text)
        told = toll or any(says(*key, own) for key in _HARM)
        return 0.5 * toll if told else None

    return weight


def take(desk: Desk) -> bool:
    """One more sentence; False where the section is full or none serves."""
    if len(desk.held("impact_assessment")) >= FILLED:
        return False
    passage = desk.best(harm(desk), least=_FLOOR, place=_HERE)
    return passage is not None and desk.quote(passage, "impact_assessment")


def state(desk: Desk) -> None:
    """How many, what data and how much: each once, here, whatever the summary says."""
    for field in _FIELDS:
        found = [d for d in desk.ledger.leading(field) if facts.span(d)]
        if any(d.status in _SURE for d in found):
            found = [d for d in found if d.status in _SURE]
        if field in ("data_type", "volume") and desk.ledger.standing() == "confirmed":
            found = [d for d in found if desk.ledger.status(d) in _SURE]
        if field == "data_type":
            found = [d for d in found if _taken(desk, d)]
        if field == "volume":
            # The largest stands for the rest: parts of it are not told beside it.
            found = sorted(found, key=lambda d: -_bytes(d))[:1]
        if field == "money":
            found = [d for d in found if d.value["kind"] != "other"]
        if field == "affected" and _counted(desk):
            found = []  # the sources' own count stands: a rough one beside it tells less
        _tell(desk, [d for d in found if not desk.told(d, "impact_assessment", *_ELSE[field])])


def _taken(desk: Desk, detail: Detail) -> bool:
    """Whether it is data that was taken, and not data that a tool takes: that is no "the data"."""
    words = desk.ledger.claim(detail).sentence.quote
    return desk.view.thread.kind not in _TOOLS or says("impact", "took", words)


def _counted(desk: Desk) -> bool:
    """Whether a sentence here counts those hit."""
    told = (s.text for s in desk.held("impact_assessment"))
    return any(
        _AFFECTED.search(text) or (says("impact", "count", text) and says("impact", "toll", text))
        for text in told
    )


def _bytes(detail: Detail) -> int:
    return int(detail.value.get("bytes") or 0)


def _tell(desk: Desk, details: Sequence[Detail]) -> None:
    telling = [d for d in details if d.value not in _HOLLOW]
    if telling or any(says("impact", "lists", s.text) for s in desk.held("impact_assessment")):
        details = [d for d in details if d in telling or d.field != "data_type"]
    for group in facts.grouped(details)[:2]:
        listed = group[:8] if group[0].field == "data_type" else group[:1]
        if group[0].field == "affected" and vouch.counted(desk.ledger.claim(group[0]), "") == "":
            continue  # nothing befell those it counts
        clause = _holds(desk, listed) if group[0].field == "data_type" else ""
        if not desk.put_fact(desk.ledger.say(listed, clause), "impact_assessment"):
            # The summary may say so in these very words: then in others.
            again = _AGAIN.get(group[0].field, "").format(x=facts.span(group[0]))
            said = desk.ledger.say(listed[:1], again, key="impact")
            desk.put_fact(said if len(listed) == 1 and again else None, "impact_assessment")


def _holds(desk: Desk, details: Sequence[Detail]) -> str:
    """The clause for kinds of data in the source's own words, where these are short: "passport
    numbers" says more than "identity numbers". What is no kind of data is left out beside
    others."""
    telling = [d for d in details if d.value not in _HOLLOW] or list(details)
    claims = [desk.ledger.claim(d) for d in telling]
    words = [(_own(c) or facts.span(d)) + _of_some(c) for c, d in zip(claims, telling, strict=True)]
    things = facts.join(list(dict.fromkeys(filter(None, words))))
    if not things:
        return ""
    return f"the data {'may include' if any(map(vouch.hedged, claims)) else 'includes'} {things}"


def _of_some(claim: Claim) -> str:
    """Of how many, where its sentence says right beside it that it isn't of all."""
    if claim.evidence.where != "text":
        return ""
    quote, start = claim.sentence.quote, claim.evidence.start - claim.sentence.start
    behind = _SOME.match(quote, max(0, start + len(claim.evidence.quote)))
    before = _SOME_BEFORE.search(quote[: max(0, start)])
    some = behind or before
    return f" ({some['of']})" if some else ""


def _own(claim: Claim) -> str:
    """The source's noun for it: a plain plural of three words at most; else nothing."""
    words = claim.evidence.quote
    if claim.evidence.where == "title" or not _NOUNS.fullmatch(words):
        return ""
    return words if words.startswith("Social") else words[:1].lower() + words[1:]


def infer(desk: Desk) -> None:
    """What the facts may mean, hedged: at most two sentences."""
    done = 0
    for text, evidence in _inferences(desk):
        if done < _MOST_INFERRED:
            done += desk.put(Statement("impact_assessment", text, "inferred", (evidence,)))


def _inferences(desk: Desk) -> list[tuple[str, Evidence]]:
    ledger = desk.ledger
    if ledger.standing() in ("claimed", "disputed", "denied"):
        return []
    found = list(_of_data(desk))[:1]
    if core.said(ledger) is None:
        return found
    found += list(_of_sector(desk))[:1]
    if ledger.kind in ("breach", "supply-chain") and not _somewhere(desk, "others_hit"):
        supplier = glossary.inferences("third_party")["any"]
        found += [(supplier, place) for place in _suppliers(desk)][:1]
    return found + list(_of_attack(desk))


def _of_data(desk: Desk) -> Iterator[tuple[str, Evidence]]:
    """What the loss of such data means: where the data is named whole, its loss not left open, and
    no source says that it is of no use."""
    texts = glossary.inferences("data")
    held = {str(d.value): d for d in desk.ledger.leading("data_type")}
    for value, text in texts.items():
        if value not in held or desk.ledger.status(held[value]) not in _SURE:
            continue
        claim = desk.ledger.claim(held[value])
        if vouch.hedged(claim) or not says("impact", value, claim.sentence.quote):
            continue
        if not any(_somewhere(desk, key) for key in ("of_no_use", "came_true", "said_so")):
            yield text, claim.sentence


def _of_attack(desk: Desk) -> Iterator[tuple[str, Evidence]]:
    """What such an attack means: no long recovery where systems are back, no others hit through a
    flaw that is the victim's own."""
    attack = desk.ledger.attack()
    text = attack and glossary.inferences("attack").get(str(attack.value))
    if not attack or not text or desk.ledger.status(attack) not in _SURE:
        return
    if attack.value == "ransomware" and _somewhere(desk, "back"):
        return
    if attack.value == "supply_chain" and desk.ledger.kind != "supply-chain":
        return  # of the one who was hit, not of what carried it
    if attack.value == "vulnerability_exploitation" and not desk.ledger.of("cve"):
        return
    yield text, desk.ledger.claim(attack).sentence


def _suppliers(desk: Desk) -> Iterator[Evidence]:
    """Where the sources name a supplier through whom it came."""
    for detail in desk.ledger.leading("third_party"):
        claim = desk.ledger.claim(detail)
        start = max(0, claim.evidence.start - claim.sentence.start)
        end = start + len(claim.evidence.quote)
        near = claim.sentence.quote[max(0, start - _BESIDE) : end + _BESIDE]
        if desk.ledger.status(detail) in _SURE and says("impact", "supplier", near):
            yield claim.sentence


def _of_sector(desk: Desk) -> Iterator[tuple[str, Evidence]]:
    """By the victim's own name, where it tells its sector and the harm is of that kind."""
    ledger = desk.ledger
    attack = ledger.attack()
    jammed = attack is not None and attack.value in ("ransomware", "wiper", "ddos")
    jammed = jammed and not _somewhere(desk, "back")
    lost = bool(ledger.leading("data_type"))
    for detail in ledger.of("victim")[:1]:
        if ledger.name(detail) not in ledger.victims():
            return
        for pattern, (text, of) in _sectors().items():
            if re.search(rf"\b(?:{pattern})", ledger.name(detail), re.IGNORECASE):
                if jammed if of == "stop" else lost:
                    yield text, ledger.claim(detail).sentence
                return


def _sectors() -> dict[str, tuple[str, str]]:
    """Pattern of a name → the inference, and whether it is of a stop or of a loss of data."""
    stops, losses = (glossary.inferences(f"sector_{of}") for of in ("stop", "loss"))
    return {k: (v, "stop") for k, v in stops.items()} | {k: (v, "loss") for k, v in losses.items()}


def _somewhere(desk: Desk, key: str) -> bool:
    """Whether a sentence of the sources says so."""
    table = "vouch" if key == "back" else "impact"
    return any(says(table, key, q.source.quote) for q in desk.quotables)


def _cost_of_rule(desk: Desk) -> None:
    """What a rule costs how many, though an office known by its calling alone says so."""
    for q in desk.every if desk.view.thread.kind in ("policy", "other") else ():
        told = all(says("impact", key, q.text) for key in ("ruled", "count", "toll"))
        if told and not (q.pair or says("impact", "leans", q.text) or desk.has(_HERE[0])):
            desk.quote(q, "impact_assessment")


def close(desk: Desk) -> None:
    """A notice where nobody says who or what is affected."""
    for field in _FIELDS:
        if not desk.has("impact_assessment"):
            found = [
                d for d in desk.ledger.leading(field) if field != "data_type" or _taken(desk, d)
            ]
            _tell(desk, found[:1])
    if not desk.has("impact_assessment") and desk.view.thread.kind != "law":
        desk.put_fact(reach.line(desk), "impact_assessment")
    if not desk.has("impact_assessment") and (passage := desk.best(_left(desk), place=_HERE)):
        desk.quote(passage, "impact_assessment")
    if not desk.has("impact_assessment"):
        _cost_of_rule(desk)
    if not desk.has("impact_assessment"):
        desk.put(glossary.notice("impact_assessment"))
