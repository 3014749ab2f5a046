"""Explain like I'm five: short plain sentences, one everyday comparison, one tip.

In: the desk. Out: `eli5` statements, words of one or two syllables as far as names allow: what
happened to whom, what it is like, what was taken from how many, what is new, what is done about it,
what people should know. What happened is stated from the ledger, or told by a source's own sentence
in plain words (`nlp.plainly`). A comparison or tip stands only beside a sentence that it explains.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from breachwire.model import Detail, Statement
from nlp import bearing, befell, facts, glossary, headline, plainly, vouch
from nlp.brief_sections import core, flaws, gloss, kinds
from nlp.desk import Desk
from nlp.facts import Said
from nlp.folding import Caseless
from nlp.grade import MOST as MOST_GRADE
from nlp.grade import grade
from nlp.patterns import says
from nlp.quotable import Quotable

_DATA: Final = {
    "names": "names",
    "contact": "ways to reach people",
    "ssn_or_id": "numbers that prove who a person is",
    "dob": "birth dates",
    "financial": "bank details",
    "payment_card": "bank cards",
    "medical": "health files",
    "credentials": "logins",
    "source_code": "code",
    "email_content": "mail",
    "internal_documents": "work papers",
    "biometric": "prints or faces",
    "location": "places",
    "customer_records": "files on clients",
    "employee_records": "files on staff",
    "training_data": "data that trains machines",
    "crypto_funds": "coins",
}
_FILES: Final = ("customer_records", "employee_records")
"""What is told together with whose they are: "files on 11,400 clients"."""
_BANK: Final = re.compile(
    r"\bbank|\baccount numbers?\b|\bfinancial accounts?\b|\bIBANs?\b|\brouting\b", re.I
)
_RESPONSE: Final = {
    "restored": "the machines are being brought back",
    "arrest": "the police have caught a suspect",
    "paid_ransom": "the thieves were paid",
    "refused_ransom": "the thieves were not paid",
    "took_systems_offline": "systems were shut off",
    "lawsuit_filed": "the case has gone to court",
    "takedown": "the police shut part of it down",
    "sanction": "a state has put limits on those blamed",
    "investigating": "experts are now looking into it",
    "notified_people": "the people hit are being told",
    "paused_partnership": "a partner has stopped work for now",
}
"""The most telling first."""
_BACK: Final = "the systems work again"
_PART_BACK: Final = "some systems work again"
_SAME: Final = {
    "arrest": re.compile(r"\b(?:arrest|held|caught|jail|charged)", re.IGNORECASE),
    "notified_people": re.compile(r"\bbeing told\b"),
    "restored": re.compile(r"\b(?:back|restor|reopen|resum)", re.IGNORECASE),
    "paused_partnership": re.compile(r"\b(?:paus|halt|stop)", re.IGNORECASE),
    "lawsuit_filed": re.compile(r"\b(?:su(?:es?|its?|ing)|court|class action)\b", re.IGNORECASE),
    "refused_ransom": re.compile(r"\bpa(?:id|y)", re.IGNORECASE),
}
"""How a sentence may have told of it already."""
_SHUT: Final = re.compile(
    r"\b(?:dismantl|shut|took down|taken down|disrupt|offline)", re.IGNORECASE
)
_HAVE_TOLD: Final = re.compile(
    r"\b(?:has|have|had|were|was) (?:been )?(?:notified|informed|told)\b"
)
_FRESH: Final = timedelta(days=10)
"""How old "are being told" may be beside the newest report."""
_SUSPECTS: Final = "the police have caught people they suspect"
_SEVERAL: Final = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|people|members|suspects|men)\b",
    re.IGNORECASE,
)
_AIM: Final = re.compile(
    r"(?<!used )\b(?:to|can|could|that|which) (?:\w+ly )?"
    r"(?:steal|harvest|collect|exfiltrate|grab)s?\b"
    r"(?!.*\b(?:stole|stolen|theft)\b)"
)
"""What something is for, and nobody says was done."""
_TAKEN: Final = re.compile(
    r"\b(?:stol|steal|theft|thie[fv]|taken|took|copied|copies|download|exfiltrat|grabbed|dump)",
    re.IGNORECASE,
)
_PEOPLE: Final = Caseless(
    r"\b(?:people|persons?|patients?|customers?|clients?|guests?|riders?|students?|families|members"
    r"|individuals|users?|workers?|employees|staff|pupils|residents|policyholders|contractors"
    r"|subscribers|shoppers|citizens|voters|drivers|travell?ers|teachers|parents|those|victims)\b"
)
_SYSTEMS: Final = re.compile(
    r"\b(?:systems|computers|devices|servers|machines|organi[sz]ations|companies|firms|hospitals"
    r"|schools|agencies|gateways|sites|stores|shops|clinics|banks)\b"
)
"""What may be hit, beside people."""
_STRUCK: Final = re.compile(
    r"\b(?:hit|hits|affect\w*|impact\w*|compromised|infected|breached|attacked|stolen|stole|taken"
    r"|copied|exposed|leaked|wiped|encrypted|accessed|viewed)\b",
    re.IGNORECASE,
)
_TOTAL: Final = re.compile(r"The number of [a-z ]{3,60} is now \d")
_MASS: Final = ("code", "mail")
_MOST_KINDS: Final = 3
"""Kinds of data that one plain sentence names."""
_TOP: Final = 2
"""Sentences of a report in which its news stands."""
_SHARED: Final = 0.5
"""Share of a plain sentence's runs of four words that another section may hold."""
_ABOUT: Final = 0.24
"""Of 0.8: how much of the headline a sentence tells that names nobody of the story."""
_BARE: Final = re.compile(r"[\w$€£-]+")
_SMALL: Final = frozenset({"a", "an", "the", "to", "will", "is", "was", "were", "are", "has"})
_MOST_OF_IT: Final = 0.6
_LEANS: Final = re.compile(
    r"\A(?:The (?:issue|flaw|attack|campaign|operation|incident|breach|activity|malware)|This|That"
    r"|These|Those|It|He|She|They|As of|For those|Where|When|In fact|And|But)\b"
)
_YOU: Final = re.compile(r"\byou\b(?!['’])")
_ODD: Final = re.compile(r"\b(?:days|weeks|years) ago\b|\?\Z|[:;]")


def write(desk: Desk) -> None:
    """The event, the comparison, the loss, the news, what is done, what to know."""
    ledger = desk.ledger
    teaches = all(headline.teases(m.article.title) for m in desk.members)
    # A program's own story is about the program, whomever it names as hit.
    named = desk.view.thread.kind == "malware" and kinds.known_program(desk) is not None
    told = 0 if teaches or named else int(desk.put_fact(core.said(ledger, plain=True), "eli5"))
    event = bool(told)
    more = [] if told else _kind(desk)
    told = told or _first(desk, more) or _first(desk, kinds.court(desk))
    told = told or int(_news(desk) or _title(desk, again=True))
    told = told or _first(desk, kinds.seized(desk))
    more = more if told else []
    if (
        not more
        and ledger.standing() == "claimed"
        and _claimed(desk)
        and not any(d.status == "confirmed" for d in ledger.of("victim", "attack_type"))
    ):
        desk.sheet.put(glossary.notice("eli5", "unconfirmed"))
    term = gloss.term(desk, " ".join(s.text for s in desk.sheet.held("eli5")), event=event)
    like = glossary.comparison(term, gloss.kind(desk, event=event))
    if told and like:
        desk.sheet.put(Statement("eli5", like, "glossary"))
    told += sum(desk.put_fact(said, "eli5") for said in more)
    if told and desk.view.thread.kind == "malware":
        told += _title(desk)  # what is new about this one
    if desk.view.thread.kind == "law":
        pass  # what a court hears of is no news of a loss
    elif told or desk.ledger.standing() not in ("claimed", "disputed", "denied"):
        told += _loss(desk)
    if event and len(desk.members) > 1:
        told += _title(desk)
    if told and (response := _response(desk)):
        told += _say(desk, [response[0]], response[1])
    held = " ".join(s.text for s in desk.sheet.held("eli5") if s.evidence)
    known = [value for value, words in _DATA.items() if words in held.lower()]
    if told and (advice := gloss.advice(desk, term, known)):
        desk.sheet.put(Statement("eli5", advice, "glossary"))
    _ease(desk)
    if not any(s.evidence for s in desk.sheet.held("eli5")):
        for statement in desk.sheet.held("eli5"):
            desk.sheet.statements.remove(statement)
        desk.sheet.put(glossary.notice("eli5"))


def _kind(desk: Desk) -> list[Said]:
    """Plain lines by what kind of news it is, in reading order."""
    if desk.view.thread.kind == "vulnerability" and (
        told := flaws.lines(desk) or kinds.study(desk)
    ):
        return told
    if told := kinds.program(desk) or kinds.offer(desk):
        return told
    said = kinds.news(desk)
    return [said] if said else []


def _first(desk: Desk, lines: list[Said]) -> int:
    """The first of these lines, taken from them: what stands before the comparison."""
    return int(desk.put_fact(lines.pop(0), "eli5")) if lines else 0


def _claimed(desk: Desk) -> bool:
    """Whether some source speaks of a claim at all; a rumour is none."""
    return any(says("vouch", "claims", q.source.quote) for q in desk.quotables)


def _ease(desk: Desk) -> None:
    """Leave out the hardest sentences, the first last, until a child can read the section."""
    while grade(" ".join(s.text for s in desk.sheet.held("eli5"))) > MOST_GRADE:
        told = [s for s in desk.sheet.held("eli5") if s.evidence]
        if not told:
            return
        desk.sheet.statements.remove(max(told[1:] or told, key=lambda s: grade(s.text)))


def _title(desk: Desk, *, again: bool = False) -> bool:
    """The newest report's title in plain words; `again`: the headline's too, an older one's too,
    but rather a sentence of the analysis than the headline over again."""
    head = {s.text for s in desk.sheet.held("headline")}
    newest = sorted(desk.members, key=lambda m: (m.article.at, m.article.id), reverse=True)
    for member in newest if again else newest[:1]:
        title, evidence = headline.clean(member.article)
        if not again and (title in head or not _names(desk, title)):
            continue
        # "Each time you copy a password" tells a child more than it teases.
        if headline.teases(_YOU.sub("one", title)) or headline.stronger(
            member.article, desk.ledger
        ):
            continue
        for text in plainly.of_title(title, member.article.text):
            if again and any(_same(text, told) for told in head) and _news(desk, moved=True):
                return True
            if (not again or (_easy(desk, text) and not plainly.coded(text))) and desk.sheet.put(
                Statement("eli5", text, "stated", (evidence,))
            ):
                return True
    return False


def _same(text: str, headline_: str) -> bool:
    """Whether a plain line is the headline over again, label, articles and tense aside."""
    line, whole = (set(_BARE.findall(t.lower())) - _SMALL for t in (text, headline_))
    return bool(line) and line <= whole and len(line) > _MOST_OF_IT * len(whole)


def _names(desk: Desk, title: str) -> bool:
    """Whether a title says who was hit, where the thread knows it: "A board hears of a breach"
    tells nobody of which."""
    known = desk.ledger.victims()
    return not known or any(name.split(" ")[0] in title for name in known)


def _easy(desk: Desk, text: str) -> bool:
    """Whether a child can read it together with the comparison and the tip that it calls for."""
    term = gloss.term(desk, text, event=False)
    like = glossary.comparison(term, gloss.kind(desk, event=False))
    both = " ".join(filter(None, (text, like, gloss.advice(desk, term, ()))))
    return grade(both) <= MOST_GRADE


def _news(desk: Desk, *, moved: bool = False) -> bool:
    """The sentence that best tells what the story is about, in plain words; True: it stands.
    `moved`: one that the analysis tells word for word, and can do without."""
    newest = max(desk.members, key=lambda m: (m.article.at, m.article.id)).article.id
    found: list[tuple[float, str, Quotable]] = []
    for passage in desk.quotables:
        if passage.position > _TOP or _LEANS.match(passage.text) or "tip" in passage.cues:
            continue
        text = None if desk.news.stale(passage) else plainly.simpler(passage.text)
        if text is None or _ODD.search(text) or not _easy(desk, text):
            continue
        if not moved and _held_elsewhere(desk, text):
            continue
        if desk.on_headline(passage) >= _ABOUT:
            value = passage.score + desk.on_headline(passage) + 0.5 * (passage.article == newest)
            found.append((value - 0.08 * grade(text), text, passage))
    ranked = sorted(found, key=lambda row: -row[0])
    return any(
        (not moved or _moved(desk, passage))
        and desk.sheet.put(Statement("eli5", text, "stated", passage.evidence))
        for _, text, passage in ranked
    )


def _moved(desk: Desk, passage: Quotable) -> bool:
    """Whether the analysis held the passage, beside others, and holds it no more."""
    for held in desk.sheet.held("deep_analysis", 0) + desk.sheet.held("deep_analysis", 2):
        beside = len(desk.sheet.held("deep_analysis", held.paragraph)) > 1
        if beside and held.evidence and held.evidence[0] == passage.source:
            desk.sheet.statements.remove(held)
            return True
    return False


def _held_elsewhere(desk: Desk, text: str) -> bool:
    """Whether another section says it in nearly these words."""
    own = _runs(text)
    return any(
        len(own & _runs(s.text)) > _SHARED * min(len(own), len(_runs(s.text)) or 1)
        for s in desk.sheet.statements
        if s.section not in ("headline", "timeline") and s.evidence
    )


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 4]) for i in range(len(words) - 3)}


def _loss(desk: Desk) -> int:
    """What was taken, of how many: one sentence where one speaker says both, else two. Out: how
    many sentences stand."""
    lost = [d for d in desk.ledger.leading("data_type") if d.value in _DATA and _taken(desk, d)]
    data = facts.grouped(lost)
    group = sorted(data[0], key=gloss.gravity)[:_MOST_KINDS] if data else []
    words = facts.join(list(dict.fromkeys(_kind_of_data(desk, d) for d in group)))
    are = "was" if len(group) == 1 and _kind_of_data(desk, group[0]) in _MASS else "were"
    count = next((d for d in desk.ledger.leading("affected") if facts.span(d)), None)
    if count and (count.status == "disputed" or _overtaken(desk)):
        count = None
    claims = [desk.ledger.claim(d) for d in group]
    took = all(_TAKEN.search(claim.sentence.quote) for claim in claims)
    maybe = any(map(vouch.hedged, claims))
    if words and count and not maybe and _one_voice(desk, group[0], count):
        files = all(d.value in _FILES for d in group)
        shown = "files on {n}" if files else "{x} of {n}"
        clause = f"the thieves took {shown}" if took else f"{shown} were laid open"
        if _say(desk, [*group, count], clause.format(x=words, n=facts.span(count))):
            return 1
    clause = "the thieves took {x}" if took else f"{{x}} {are} laid open"
    clause = "{x} may have been laid open" if maybe else clause
    begun = any(s.evidence for s in desk.sheet.held("eli5"))
    told = _say(desk, group, clause.format(x=words)) if words and (begun or took) else False
    told = told or begun
    if not count or not told:
        return int(told)  # a count by itself says nothing
    clause = _hit_by(desk, count)
    return told + (_say(desk, [count], clause) if clause else 0)


def _taken(desk: Desk, detail: Detail) -> bool:
    """Whether it is data that somebody lost, and not what a tool or a campaign is after, or what
    bad code was made to take."""
    words = desk.ledger.claim(detail).sentence.quote
    if desk.view.thread.kind not in ("malware", "campaign"):
        return _AIM.search(words) is None or says("vouch", "open", words)
    return says("impact", "took", words)


def _overtaken(desk: Desk) -> bool:
    """Whether the newest report gives a total that the ledger's count is below."""
    return any(_TOTAL.match(s.text) for s in desk.sheet.held("impact_assessment"))


def _kind_of_data(desk: Desk, detail: Detail) -> str:
    if detail.value == "contact":
        return bearing.contacts(desk.ledger.claim(detail).sentence.quote)
    if detail.value == "financial" and not _BANK.search(desk.ledger.claim(detail).sentence.quote):
        return "money records"  # of taxes, say, of wages
    return _DATA[str(detail.value)]


def _hit_by(desk: Desk, count: Detail) -> str:
    """A count's clause; "affected" is said once."""
    words = facts.span(count)
    words = re.sub(r"\b(?:affected|impacted) (?=\w)", "", words)
    quote = desk.ledger.claim(count).sentence.quote
    if not _PEOPLE.search(words) or re.search(r"\b(?:addresses|records|numbers)\b", words):
        hit = _STRUCK.search(quote) and _SYSTEMS.search(words) and desk.story.victims
        return f"{words} were hit" if hit else ""
    at = desk.ledger.claim(count).evidence.start - desk.ledger.claim(count).sentence.start
    if (told := befell.told(quote, max(0, at))) is not None:
        return f"{words} {'have been' if told else 'are being'} told"
    claim = desk.ledger.claim(count)
    if vouch.hedged(claim):
        return f"{words} may be hit by this"
    return f"data of {words} was laid open" if vouch.lost(claim) else f"{words} are hit by this"


def _say(desk: Desk, details: Sequence[Detail], clause: str) -> bool:
    """Without whose word it is where that party confirms it and the section has named it before."""
    ledger = desk.ledger
    who, _ = ledger.who(ledger.claim(details[0]))
    sure = all(d.status == "confirmed" for d in details)
    named = who is not None and any(who in s.text for s in desk.sheet.held("eli5"))
    flat = sure and named
    said = ledger.say(details, clause, key="plain frame", first=True, plain=True, flat=flat)
    return desk.put_fact(said, "eli5")


def _one_voice(desk: Desk, data: Detail, count: Detail) -> bool:
    """Whether both facts are one speaker's, of one standing, and the count is one of people."""
    ledger = desk.ledger
    one, other = (ledger.who(ledger.claim(d))[0] for d in (data, count))
    same = (one or "").split(" ")[0] == (other or "").split(" ")[0] and one is not None
    people = _PEOPLE.search(facts.span(count)) is not None
    return same and people and ledger.status(data) == ledger.status(count)


def _response(desk: Desk) -> tuple[Detail, str] | None:
    """The most telling thing that is done."""
    if desk.view.thread.kind == "vulnerability":
        return None
    found = {str(d.value): d for d in reversed(desk.ledger.leading("response"))}
    for value, clause in _RESPONSE.items():
        detail = found.get(value)
        if detail is None or detail.status == "denied":
            continue
        last = max(desk.articles[c.claim.evidence.article].at for c in detail.claims)
        if value in ("notified_people", "investigating") and desk.news.last - last > _FRESH:
            continue
        if any(_SAME[value].search(s.text) for s in desk.sheet.held("eli5") if value in _SAME):
            continue
        sentences = " ".join(c.claim.sentence.quote for c in detail.claims)
        if shown := _shown(sentences, value, clause):
            return detail, shown
    return None


def _shown(sentence: str, value: str, clause: str) -> str | None:
    """A response's clause, as its sentence bears it; None: it doesn't."""
    if value == "restored" and says("vouch", "back", sentence):
        return _BACK if says("vouch", "all_back", sentence) else _PART_BACK
    if value == "arrest" and _SEVERAL.search(sentence):
        return _SUSPECTS
    if value == "refused_ransom" and not says("vouch", "not_paid", sentence):
        return "the thieves will not be paid"
    if value == "takedown" and not _SHUT.search(sentence):
        return None
    if value == "notified_people" and _HAVE_TOLD.search(sentence):
        return "the people hit have been told"
    if value == "investigating" and not says("vouch", "experts", sentence):
        return None
    return clause
