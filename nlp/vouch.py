"""A claim → whether a brief may tell it in its own words, and by whose word.

In: claims with their sentences. Out: yes or no. The ledger keeps every claim beside its quote,
where a reader judges it; a sentence of ours has no quote beside it, so it needs more: the fact is
told by the clause it stands in (not negated, no mere risk, no word for who did it: "an extortion
crew"), its speaker is the subject of the saying verb of that very sentence, and what is "disputed"
has two parties that say opposite things. Patterns: `lexicon/vouch.toml`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from breachwire.model import Claim, Detail
from nlp import befell, lexicon
from nlp.patterns import any_of, says, source

_ASIDE: Final = r"(?:['’]s(?: own)?(?: \w+){1,3})?(?:,? \([^()]{1,40}\))?(?:, [^,;]{2,140},)?"
_AUX: Final = r"(?: (?:also|later|first|then|now|has|have|had|on \w+|publicly|again|itself|still))*"
_LED: Final = re.compile(r"[Aa]ccording to (?:[a-z'’-]+ ){0,5}(?:[A-Z][\w’'-]+ ){0,2}\Z")
_TITLED: Final = r"(?:[\w'’&.-]+ ){0,6}"
_BY: Final = re.compile(r"\bby (?:the |an? )?(?:[a-z-]+ ){0,3}\Z")
_MARK: Final = "\ue000"
"""Stands for a name, so that patterns around names are compiled once."""
_LISTED: Final = re.compile(rf"\b(?:list(?:s|ed)|add(?:s|ed)|nam(?:es|ed)) (?:\w+ ){{0,2}}{_MARK}")
"""How a victim is named by who claims to have hit it."""
_PERSON: Final = re.compile(r"\A(?:\s|,|['’]s|\.|\Z)")
_WINDOW: Final = 130
"""Characters of a clause that are looked back over."""
_SOFT: Final = (
    "phishing", "social_engineering", "malware", "stolen_credentials", "ddos", "wiper", "extortion",
    "espionage", "theft_of_funds", "vulnerability_exploitation",
)  # fmt: skip
"""Kinds of attack that are as often warned of as reported."""
_OPEN: Final = re.compile(
    r"\b(?:expos\w+|open\w*|public\w*|accessible|leak\w*|unprotected|reach\w*|anyone)\b", re.I
)
_THEIRS: Final = re.compile(
    r"\b(?:operators?|attackers?|hackers?|actors?|gang|crew|group) (?:\w+ )?(?:left|exposed)\b",
    re.I,
)
"""What those left open who did it is no way in."""
_THINGS: Final = re.compile(r"\b(?:files|documents|photos|images|pages|videos|messages)\b")
_DONE_TO: Final = {
    "copied": re.compile(r"\b(?:copied|copying|copies of)\b"),
    "stolen": re.compile(r"\b(?:stole|stolen|stealing)\b"),
    "published": re.compile(r"\b(?:published|posted|leaked)\b"),
}
_WITHIN: Final = re.compile(
    r"\b(?:misus\w+|abus\w+|sold|stole\w*|stealing|rogue|disgruntled|insiders?|bribe\w*|fired)\b",
    re.I,
)


def stands(claim: Claim) -> bool:
    """Whether its clause tells the fact, so that a sentence of ours may."""
    at, end = _place(claim)
    text = claim.sentence.quote
    if claim.status == "denied":
        return _denied(text, at)
    if _negated(text, at, end):
        return False
    check = {
        "attack_type": _attack,
        "data_type": _data,
        "response": _response,
        "affected": _count,
    }.get(claim.field)
    return check is None or check(claim, text, at, end)


def speaks(claim: Claim, name: str = "") -> bool:
    """Whether its asserter is the subject of a saying verb in the claim's own sentence, and the
    fact is part of what is said. `name`: the asserter without what is no part of its name."""
    name = name or (claim.asserter or "").strip()
    if not name:
        return False
    at, end = _place(claim)
    text = claim.sentence.quote
    return any(
        _says(text, match, at, end) for match in re.finditer(rf"(?<!\w){re.escape(name)}", text)
    )


def opposed(detail: Detail) -> bool:
    """Whether of a disputed or denied fact somebody named denies it in so many words and, where it
    is disputed, somebody else says so."""
    denials = [c.claim for c in detail.claims if c.claim.status == "denied" and stands(c.claim)]
    if detail.status == "denied":
        return any(speaks(claim) for claim in denials)
    said = [
        c.claim for c in detail.claims if c.claim.status in ("claimed", "confirmed", "reported")
    ]
    return any(
        speaks(no) and yes.asserter and yes.asserter != no.asserter and stands(yes)
        for no in denials
        for yes in said
    )


def hedged(claim: Claim) -> bool:
    """Whether its sentence leaves open that it was so: "potentially exposed data includes"."""
    return says("vouch", "hedged", claim.sentence.quote)


def claimed(text: str) -> bool:
    """Whether a sentence that is taken for a claim is anybody's: one on what thieves have for sale
    ("prepared access for sale"), without a word of doubt, is its writer's own."""
    return not says("vouch", "wares", text) or says("vouch", "doubt", text)


def rough(claim: Claim) -> bool:
    """Whether a count is no number: "thousands of build systems"."""
    return not re.search(r"\d", claim.evidence.quote)


def lost(claim: Claim) -> bool:
    """Whether its sentence says that data was lost, laid open or taken."""
    return says("vouch", "lost", claim.sentence.quote)


def stolen(claim: Claim) -> bool:
    """Whether its sentence says that something was stolen or copied."""
    return says("vouch", "stolen", claim.sentence.quote)


def taken(claim: Claim, words: str) -> str | None:
    """What its sentence says was done to files or the like that it counts: they are not hit but
    copied, stolen or published; None for people, and where it doesn't say."""
    if not _THINGS.search(words):
        return None
    return next((verb for verb, p in _DONE_TO.items() if p.search(claim.sentence.quote)), None)


def counted(claim: Claim, words: str) -> str | None:
    """The clause for a count, by its own sentence (`nlp.befell`)."""
    return befell.clause(claim.sentence.quote, *_place(claim), words)


def done(claim: Claim) -> bool:
    """Whether people have been told, and are not being told still."""
    at, end = _place(claim)
    return befell.done(claim.sentence.quote[max(0, at - 20) : end + 10])


def intruded(text: str) -> bool:
    """Whether a sentence speaks of intruders, not of a mere leak."""
    return says("vouch", "intrusion", text)


def hit(name: str, text: str, *, claimed: bool = False) -> bool:
    """Whether a sentence says that the one of this name was breached or attacked: no breach at its
    supplier, none that it denies; one that is only claimed where that is asked for."""
    if name not in text or says("vouch", "elsewhere", text):
        return False
    if not claimed and says("vouch", "doubt", text):
        return False
    marked = text.replace(name, _MARK)
    patterns = _hits() + ((_LISTED,) if claimed else ())
    return any(_told(marked, match) for pattern in patterns for match in pattern.finditer(marked))


@cache
def _hits() -> tuple[re.Pattern[str], ...]:
    """How a sentence, the name in it marked, says that its bearer was hit."""
    said, event = source("vouch", "saying"), source("vouch", "breached")
    who = rf"{_MARK}(?:,? [A-Z][\w.&]*){{0,3}}"
    return tuple(
        re.compile(pattern)
        for pattern in (
            rf"{who}(?:['’]s?)? (?:\w+ )?{event}(?! (?:group|gang|crew|operation))",
            rf"{event}(?: \w+){{0,2}} (?:at|of|on|against|into|in|from|hit|hits) (?:the )?{who}",
            rf"(?:breach(?:ed|es)|hack(?:ed|s)|attack(?:ed|s)|hits?|struck|broke into|got into"
            rf"|entered|infiltrat\w+|compromised|penetrated|accessed|extort\w+"
            rf"|stol\w+[^.;]{{0,60}} from) (?:the )?(?:\w+ )?{who}",
            rf"{who}{_ASIDE}{_AUX} (?:{said}|suffer(?:s|ed)|experienced|detect(?:s|ed)"
            rf"|discover(?:s|ed))(?:[^.;]|\.(?=\d)){{0,90}}{event}",
            rf"{who}(?:(?! with | from )[^.;,{_MARK}]){{0,45}} after"
            rf" (?:an? |the )?(?:\S+ ){{0,3}}{event}",
            rf"{who}{_ASIDE} (?:was|were|has been|had been|is) (?:\w+ )?{event}",
            rf"{event}, {who}{_AUX} {said}",
            rf"\A{who}: [\d,.]+ [a-z]+ after (?:\S+ ){{0,3}}{event}",
        )
    )


def _told(text: str, match: re.Match[str]) -> bool:
    """Whether what was found is not said not to be so."""
    return not says("vouch", "negation", text[max(0, match.start() - 40) : match.end()])


def _place(claim: Claim) -> tuple[int, int]:
    """Where the fact's words stand in its sentence."""
    start = max(0, claim.evidence.start - claim.sentence.start)
    return start, start + len(claim.evidence.quote)


def _clause(text: str, at: int) -> str:
    """What stands before a place in its clause."""
    before = text[max(0, at - _WINDOW) : at]
    ends = [m.end() for m in any_of("vouch", "break").finditer(before)]
    return before[ends[-1] :] if ends else before


def _negated(text: str, at: int, end: int) -> bool:
    if says("vouch", "negation", _clause(text, at)):
        return True
    return says("vouch", "negated_after", text[end:])


def _denied(text: str, at: int) -> bool:
    return says("vouch", "denial", _clause(text, at))


def _attack(claim: Claim, text: str, at: int, end: int) -> bool:
    """Whether a kind of attack is what was done, not who does such things or what may follow."""
    value, words = str(claim.value), claim.evidence.quote
    if says("vouch", "who", words) or says("vouch", "who_after", text[end : end + 30]):
        return False
    if text[end : end + 1] == "-":
        return False
    if value in _SOFT and says("vouch", "supposed", _clause(text, at)):
        return False
    if value == "misconfiguration":
        return bool(_OPEN.search(text)) and not _THEIRS.search(text)
    return value != "insider" or bool(_WITHIN.search(text))


def _data(claim: Claim, text: str, at: int, end: int) -> bool:
    """Whether such data was lost, whole, and is no mere adjective ("credential-based")."""
    if text[end : end + 1] == "-" or not says("vouch", "lost", text):
        return False
    if says("vouch", "able", text[max(0, at - _WINDOW) : at]):
        return False
    if claim.status != "claimed" and says("vouch", "threatened", text):
        return False
    if claim.value in ("payment_card", "financial") and says("vouch", "partial", text):
        return False
    if claim.value == "customer_records":
        return bool(
            re.search(r"(?i)\b(?:customer|client|guest|buyer|shopper|booking)", text[at:end])
        )
    return True


def _response(claim: Claim, text: str, at: int, end: int) -> bool:  # noqa: ARG001
    needs = _needs().get(str(claim.value))
    if claim.value == "investigating" and says("vouch", "at_work", text):
        return says("overtaken", "open", text)  # it is over, and what it found is told
    if claim.value == "notified_people" and says("vouch", "supposed", _clause(text, at)):
        return False
    return needs is None or bool(needs.search(text))


def _count(claim: Claim, text: str, at: int, end: int) -> bool:  # noqa: ARG001
    return not says("vouch", "no_victims", claim.evidence.quote)


@cache
def _needs() -> dict[str, re.Pattern[str]]:
    table: dict[str, str] = lexicon.table("vouch")["response"]
    return {value: re.compile(pattern, re.IGNORECASE) for value, pattern in table.items()}


def _says(text: str, name: re.Match[str], at: int, end: int) -> bool:
    """Whether who stands here says what stands at the fact's place."""
    before, after = text[: name.start()], text[name.end() :]
    if not _PERSON.match(after):
        return False
    if _LED.search(before) or _BY.search(before):
        return True
    said = source("vouch", "saying")
    if re.search(rf"(?i:{said}) {_TITLED}\Z", before) and end <= name.start():
        return bool(re.search(rf"[,”\"] (?i:{said}) {_TITLED}\Z", before))
    for verb in re.finditer(rf"{_ASIDE}{_AUX} (?P<verb>{said})", after):
        if verb.start():
            break
        if end <= name.start():
            return bool(re.search(r"[,”\"] (?:[\w'’&.-]+ ){0,6}\Z", before))
        start = name.end() + verb.end("verb")
        return at >= start and _part_of_it(verb["verb"], text[start:at])
    return after.lstrip().startswith(":") and at >= name.end()


def _part_of_it(verb: str, between: str) -> bool:
    """Whether a fact behind a saying verb, with these words between, is what is said."""
    if re.search(r"\bthat\b", between) or not says("vouch", "object", verb):
        return True
    return not says("vouch", "object_ends", between)
