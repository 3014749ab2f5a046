"""A thread on a bad program, a campaign, a case in court, a deal or a seller's claim → plain lines.

In: the desk. Out: `Said`s, each with the report's sentences it rests on; none where the reports say
nothing that the lists of `nlp.simply` know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from breachwire.model import Article, Evidence
from nlp import facts, galaxy, lexicon, simply
from nlp.brief_sections.flaws import top
from nlp.cited import find, title_of
from nlp.desk import Desk
from nlp.facts import Said
from nlp.patterns import says

_TOP: Final = 4
"""Sentences of a report in which its news stands."""
_DEEP: Final = 24
"""Sentences in which it says what a bad program does."""
_MOST: Final = 3
"""What a program can do: as many as one short sentence holds."""
_KIND: Final = (
    r"(?:malware|trojan|spyware|(?:info)?stealer|backdoor|botnet|worm|wiper|loader|RAT"
    r"|rootkit|toolkit|implant|ransomware|(?:exploit|phishing) (?:kit|panel))"
)
_ON: Final = r"(?: (?:iOS|macOS|Android|Windows|Linux))?"
_WHAT: Final = (
    (re.compile(r"(?i:\bransomware\b)"), "a bad program that locks files"),
    (re.compile(r"(?i:\bexploit kit\b)"), "a kit to break into machines"),
    (re.compile(r"(?i:\bphishing (?:kit|panel)\b)"), "a kit to make fake pages"),
)
"""What the words beside a name say that it is; else a bad program."""
_X: Final = r"[“\"]?(?!The )(?P<x>[A-Z][\w.-]*\w(?: [A-Z][\w-]*\w)?)"
_CALLED: Final = (
    re.compile(
        rf"\b{_KIND}(?: family| strain)?,? (?:called|named|dubbed|known as|tracked as) {_X}"
    ),
    re.compile(rf"\b(?:program|code|tool) (?:that we call|called|named|dubbed) {_X}"),
    re.compile(rf"\A{_X}, an? (?:[\w-]+ ){{0,4}}{_KIND}\b"),
    re.compile(rf"\A{_X} (?:is|was|has emerged as) an? (?:[\w,-]+ ){{0,6}}{_KIND}\b"),
    re.compile(rf"\b(?:[Tt]he|[Aa]n?) (?:new )?{_X}{_ON} {_KIND}\b"),
    re.compile(rf"\A(?:New )?{_X}{_ON} (?i:{_KIND})\b"),
)
"""The name of a bad program, as a report gives it."""
_OPENS: Final = re.compile(r"(?:New )?(?P<x>[A-Z][\w-]{0,40}\w) (?!['’]s\b)")
_GOES_ON: Final = re.compile(rf"(?:\A|[.\n] ?)The {_KIND}(?: family| strain)?\b")
_LEAD: Final = 1200
"""Characters of a report in which it says what it is on."""
_OFTEN: Final = 3
"""Times that a report has the name of what it is on."""
_CAMEL: Final = re.compile(r"[a-z][A-Z]")
"""No plain word, whatever its parts are."""
_BAD: Final = "a bad program"
_DOERS: Final = re.compile(
    r" (?:attacks?|campaigns?|incidents?|groups?|gangs?|crews?|operat(?:ions?|ors?)|affiliates?"
    r"|actors?|intrusions?|victims?)\b"
)
"""Behind what is then the name of who did it, or of the day."""
_NO_NAME: Final = re.compile(
    r"\APre-|-(?:based|written|linked|powered|style|like)\b|\A(?:January|February|March|April|May|June|July"
    r"|August|September|October|November|December)\b"
)
_HOLLOW: Final = "spread bad programs"
"""Says nothing by itself."""
_ADD_ON: Final = "a bad add-on"
_FEW: Final = 2
"""Kinds of people that hackers are said to go after."""
_NAMED: Final = 2
"""Of these, the first ones say that it is a name, whatever its words."""


def program(desk: Desk) -> list[Said]:
    """A bad program: that it is one, how it comes in, what it does."""
    if desk.view.thread.kind == "supply-chain":
        return _campaign(desk)
    nobody = desk.view.thread.kind == "breach" and not desk.ledger.victims()
    if not nobody and desk.view.thread.kind not in ("malware", "campaign"):
        return []
    named = known_program(desk)
    if named is None:
        return [] if nobody else _campaign(desk)
    name, said = named
    way = _clauses(desk, "way", "{name} {x}.", 1, name)
    does = _clauses(desk, "program", "{name} can {x}.", _MOST, name)
    return [said, *(_vouched(line, name, said) for line in (way, does) if line)]


def _vouched(line: Said, name: str, said: Said) -> Said:
    """With what has the name as it is written here, where another report writes it otherwise."""
    if any(name in evidence.quote for evidence in line.evidence):
        return line
    return replace(line, evidence=(*line.evidence, *said.evidence))


def known_program(desk: Desk) -> tuple[str, Said] | None:
    """What to call a bad program, and that a report tells of it, by its name where it has one."""
    for member in _newest(desk):
        outlet = member.source
        for evidence in (*top(desk, member.id, _TOP), title_of(member)):
            if not outlet or simply.holds("other", evidence.quote):
                continue
            if simply.holds("browser", evidence.quote):
                many = simply.holds("browsers", evidence.quote)
                name, what = ("The add-ons", "bad add-ons") if many else ("The add-on", _ADD_ON)
                text = f"{outlet} tells of {what} for web browsers."
                return name, Said(text, (evidence,))
            called = _called(evidence.quote)
            if called and _on_it(desk, member, called[0]):
                name, what = called
                phones = simply.holds("phone", evidence.quote)
                where = " for phones" if what == _BAD and phones else ""
                text = f"{outlet} says {name} is {what}{where}."
                return name, Said(text, (evidence,))
    return _opened(desk)


def _on_it(desk: Desk, article: Article, name: str) -> bool:
    """Whether a report with this name in it is on its bearer."""
    titled = any(name in m.article.title for m in desk.members)
    return name in article.text and (titled or article.text.count(name) >= _OFTEN)


def _opened(desk: Desk) -> tuple[str, Said] | None:
    """The same by the word that opens a title and a report; no crew's name."""
    actors = {str(d.value) for d in desk.ledger.of("actor")}
    for article in _newest(desk) if desk.view.thread.kind == "malware" else ():
        for evidence in top(desk, article.id, 1):
            called = _by_title(article, evidence)
            crew = called and (called[0] in actors or galaxy.known(called[0]))
            if called and not crew and article.source:
                text = f"{article.source} says {called[0]} is {called[1]}."
                return called[0], Said(text, (evidence,))
    return None


def _called(text: str) -> tuple[str, str] | None:
    """The name of a bad program and what it is."""
    for number, pattern in enumerate(_CALLED):
        match = pattern.search(text)
        words = re.split(r"[ -]", match["x"].lower()) if match else []
        plain = all(word in lexicon.common() for word in words)
        plain &= match is None or _CAMEL.search(match["x"]) is None
        if match and (_DOERS.match(text, match.end()) or _NO_NAME.search(match["x"])):
            continue
        if match and (not plain or (number < _NAMED and len(words) > 1)):
            return match["x"], next((told for kind, told in _WHAT if kind.search(match[0])), _BAD)
    return None


def _by_title(article: Article, evidence: Evidence) -> tuple[str, str] | None:
    """The odd word that opens a title and a report which goes on to call it "the malware"."""
    found = _OPENS.match(article.title)
    if found is None or not evidence.quote.startswith(f"{found['x']} "):
        return None
    odd = found["x"].lower() not in lexicon.common()
    kind = _GOES_ON.search(article.text[:_LEAD]) if odd else None
    if kind is None or article.text.count(found["x"]) < _OFTEN:
        return None
    return found["x"], next((told for own, told in _WHAT if own.search(kind[0])), _BAD)


def _clauses(desk: Desk, key: str, frame: str, most: int, name: str = "") -> Said | None:
    """What the newest report that says so says of the program: clauses of its own sentences."""
    for member in _newest(desk):
        found: dict[str, Evidence] = {}
        for evidence in top(desk, member.id, _TOP if key == "whom" else _DEEP):
            own = key == "whom" or simply.holds("subject", evidence.quote)
            if not own or simply.holds("other", evidence.quote):
                continue
            for clause in _told(key, evidence.quote, name):
                if len(found) < most:
                    found.setdefault(clause, evidence)
        if found:
            text = frame.format(x=facts.join(list(found)), name=name)
            return Said(text, (*dict.fromkeys(found.values()), *_named_in(member, name, found)))
    return None


def _told(key: str, text: str, name: str) -> tuple[str, ...]:
    return simply.can(text, name) if key == "program" else simply.clauses(key, text)


def _named_in(article: Article, name: str, found: Mapping[str, Evidence]) -> Iterator[Evidence]:
    """Where the name that opens a line stands, if none of its sentences has it."""
    if name and not any(name in e.quote for e in found.values()) and (place := find(article, name)):
        yield place


def _campaign(desk: Desk) -> list[Said]:
    """What hackers do, thieves or spies, and what the program that they spread can do."""
    for member in _newest(desk):
        if any(simply.holds("shown_only", e.quote) for e in top(desk, member.id, _TOP)):
            continue
        for evidence in top(desk, member.id, _TOP):
            clauses = simply.clauses("campaign", evidence.quote)
            if clauses and not simply.holds("other", evidence.quote):
                text = f"Hackers {clauses[0]}."
                does = _clauses(desk, "program", "The programs can {x}.", _MOST)
                spread = does if "program" in clauses[0] else None
                whom = _clauses(desk, "whom", "They go after {x}.", _FEW)
                if clauses[0] == _HOLLOW and not (spread or whom):
                    continue
                return [Said(text, (evidence,)), *filter(None, (spread, whom))]
    return []


def news(desk: Desk) -> Said | None:
    """A pause, a deal, a settlement: news that a child follows in other words than a title's."""
    return _line(desk, "news")


def study(desk: Desk) -> list[Said]:
    """What experts looked at, and what many of it did."""
    found = [_line(desk, key, _DEEP) for key in ("tested", "many")]
    return [said for said in found if said] if found[0] else []


def court(desk: Desk) -> list[Said]:
    """A sentence, a plea, an arrest: the newest that a report tells."""
    said = _line(desk, "court") if desk.view.thread.kind == "law" else None
    return [said] if said else []


def seized(desk: Desk) -> list[Said]:
    """What the police took."""
    said = _line(desk, "seized") if desk.view.thread.kind == "law" else None
    return [said] if said else []


def _line(desk: Desk, key: str, most: int = _TOP) -> Said | None:
    for member in _newest(desk):
        for evidence in top(desk, member.id, most):
            if text := simply.line(key, evidence.quote):
                return Said(text, (evidence,))
    return None


def offer(desk: Desk) -> list[Said]:
    """Somebody's claim to have what is another's, and that nobody has shown it to be so."""
    ledger = desk.ledger
    victim = next(iter(ledger.victims()), "")
    if not victim or ledger.standing() != "claimed":
        return []
    for evidence in _all(desk):
        line = simply.line("offer", evidence.quote)
        if line and victim in evidence.quote:
            said = Said(line.replace("<v>", victim), (evidence,))
            return [said, *_unproven(desk)]
    return []


def _unproven(desk: Desk) -> Iterator[Said]:
    for evidence in _all(desk):
        if simply.holds("unproven", evidence.quote) and says("vouch", "claims", evidence.quote):
            yield Said("No one has shown whether the claim is true.", (evidence,))
            return


def _all(desk: Desk) -> Iterator[Evidence]:
    for member in _newest(desk):
        yield from top(desk, member.id, _TOP)


def _newest(desk: Desk) -> list[Article]:
    found = [m.article for m in desk.members]
    return sorted(found, key=lambda a: (a.at, a.id), reverse=True)[:3]
