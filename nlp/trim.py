"""A sentence of reporting → a plainer one that says no more.

`shorter`: brackets, appositions and relative clauses are left out, the least telling first, until
it fits; None where it doesn't. Words are only taken away, so that what stood in the sentence stands
in what is left; an aside that holds a doubt ("which the firm denies") stays. `speaker_first`: "X,
the firm said." as "The firm said that x."; what is quoted in the source's own marks is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from nlp import lexicon
from nlp.folding import capital

_VERB: Final = (
    r"(?=(?:has|have|had|was|were|is|are|will|would|said|says|told|began|took|went|did|does|may"
    r"|also"
    r"|later|now|\w{3,}ed(?= (?:that|to|on|in|its|his|her|the|an?|it|by|with|from|for|about|\d"
    r"|[A-Z]))"
    r"|confirms?|reports?|warns?|plans?|expects?|denies|claims)\b)"
)
_BRACKET: Final = re.compile(r" \((?![A-Z]{2,6}\)|CVE)[^()\"“]{2,80}\)(?=[ ,.])")
"""Short forms stay: later sentences use them."""
_ALLEGED: Final = re.compile(r", (?:alleging|claiming|asserting) [^\"“”;]*(?=\.\Z)")
"""What is claimed beside a claim: it can go, being no doubt but more of the same."""
_MEANS: Final = re.compile(r" (?:by|while|without) [a-z]{3,}ing [^\"“”;]*(?=\.\Z)")
"""By what means, at the end."""
_HANGS: Final = re.compile(r", (?:an?|the) \w+ \w+(?:ed|en)\Z")
"""A participle that the means belong to: ", a claim verified by decrypting it"."""
_AND: Final = re.compile(
    r", and (?:that (?:it|they) |the |an? |it |its |they |their |[a-z]+ (?:firm|company) (?=[A-Z])"
    r"|(?=[A-Z]))[^\"“”;]*?"
    r"\b(?:has|have|had|is|are|was|were|said|says|will|[a-z]{2,}ed)\b[^\"“”;]*(?=\.\Z)"
)
"""A second main clause; the last resort."""
_SEEN: Final = re.compile(
    r" and (?:[a-z]{1,30} ){1,4}(?:seen|reviewed|obtained|viewed|heard) by [A-Z][^,\"“”;]*(?=\.\Z)"
)
"""What else the outlet's word rests on."""
_VOTES: Final = re.compile(r" by (?:a vote of )?\d+(?: votes)?(?: to |-)\d+(?: votes)?(?=\.\Z)")
_SPOKEN: Final = re.compile(r", (?:[^,]{2,60} )?(?:said|says)(?: [^,]{2,60})?\.\Z")
_AGAINST: Final = re.compile(
    r"\b(?:den(?:y|ies|ied)|disput\w*|not|no|never|but|although|though|however)\b", re.IGNORECASE
)
_CLAIM: Final = re.compile(r"\b(?:claim\w*|alleg\w*|responsibility)\b")
_TURN: Final = re.compile(r", (?:but|though|although|while) |\bbut (?:had|has|was|did)\b")
_FINITE: Final = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|may|might|will|would|must|said|says|took|came"
    r"|began|found|hit|stole|told|got|[a-z]{2,}(?:ed|es))\b"
)
_ITEM: Final = 4
"""Words after its last comma from which what is left is no list that was cut short."""
_SAID_WHEN: Final = re.compile(
    r"(?:(?<=said)|(?<=says)|(?<=told)) on (?:January|February|March|April|May|June|July|August"
    r"|September|October"
    r"|November|December) \d{1,2}(?=\.\Z| that )"
)
_APPOSITION: Final = re.compile(
    r"(?<=[\w.’'”)]), (?:which|who|whose|where|an?|the|one|based|maker|owner|part|known|tracked"
    r"|dubbed"
    r"|called|identified|also)"
    rf" [^\"“”;:]{{3,140}}?, {_VERB}"
)
"""After a name and before its verb: "Example, a chain with 140 houses, said"."""
_TAIL: Final = re.compile(
    r", (?:which|who|where|saying|making|becoming|bringing|marking|citing|adding|speaking"
    r"|including|among"
    r"|(?:\w+ly )?(?:affecting|exposing|forcing|impacting|allowing|leaving|causing"
    r"|raising|prompting|resulting|leading|breaking|undermining|bypassing|granting|compromising|giving|enabling|putting|warning|noting|urging|signal+ing"
    r"|suggesting|revealing|confirming|triggering|letting|with|whereby|highlighting"
    r"|underscoring|expressing|resulting|clarifying)"
    r"|an? (?:\w+ ){0,2}(?:tactic|move|practice|trend|step|sign|figure|platform|technique|approach"
    r"|network|company|firm|provider|maker|supplier|group|strategy|number)"
    r"|the (?:first|second|third|latest|largest|biggest|worst)|one of"
    r"|an? \w+ (?:of|that|with|in)|and became"
    r"|under an? (?:law|rule|act|order|directive) that"
    r"|two weeks|a (?:day|week|month))\b[^\"“”;]*(?=\.\Z)"
)
"""At the end: "…, the first official figure since the breach"."""
_WARNS: Final = re.compile(
    r", warning (?:that|of) (?:an? )?(?:attackers?|hackers|criminals|thieves|it|they)"
    r" (?:could|may)\b"
)
"""What may come of it: no doubt of what is told."""
_APPOSED: Final = re.compile(r", (?:an?|the|one of) [a-z][^\"“”;]*(?=\.\Z)")
"""At the end and behind a name: "… breached Example Net (EN), a platform relied upon by many"."""
_LATER: Final = re.compile(
    r", (?:an?|one|two|three|four|five|six|several|some|\w+) (?:days?|weeks?|months?"
    r"|years?) (?:after|before)\b"
    r"[^\"“”;]*(?=\.\Z)"
)
"""What came before or after it; a doubt in there is of that, not of what is told."""
_WHEN: Final = re.compile(r", (?:after|as|since|when|because)\b[^\"“”;]*(?=\.\Z)")
_AMONG: Final = re.compile(
    r" (?:across|in|among|within|throughout) the (?:[a-z-]{3,20} )?(?:security|cybersecurity|tech)"
    r" (?:community|industry|world)\b"
)
"""Whom a finding alarms: it can go anywhere."""
_EVEN: Final = re.compile(
    r", (?:even (?:when|though|if|through|where)|regardless of|with no)\b"
    r"[^\"“”;]*(?=\.\Z)"
)
"""How far it goes, at the end."""
_SHORT_FORM: Final = re.compile(r" \([A-Z]{2,6}s?\)(?=[ ,.])")
"""Where nothing else helps: "artificial intelligence (AI)"."""
_PRAISE: Final = re.compile(
    r"(?<!not)(?<!and)(?<!or) (?:just|popular|well-known|widely[ -]used|quickly|highly) (?=[a-z])"
)
"""A small word that tells nothing of the news."""
_BEGINS: Final = re.compile(
    r", | \(| (?:just|popular|well-known|widely|quickly|highly)"
    r"| (?:across|in|among|within|throughout) the | on [A-Z]| (?:by|while|without) [a-z\d]| and "
)
_GOES_ON: Final = re.compile(rf"(?<!\A), {_VERB}")
"""A verb behind a comma: what seemed to run to the end stands in the middle."""
_DOUBT: Final = re.compile(
    r"\b(?:claim\w*|alleg\w*|den(?:y|ies|ied)|disput\w*|not|no|never|un(?:verified|confirmed|proven|substantiated)|but|although|though"
    r"|if|unless|may|might|could|said|says|according|suspected)\b",
    re.IGNORECASE,
)
_DOUBTED: Final = re.compile(
    r"\b(?:claim\w*|alleg\w*|den(?:y|ies|ied)|disput\w*|not|never|said|says|suspected)\b",
    re.IGNORECASE,
)
"""The same behind a name, where "a sensitive but unclassified platform" doubts nothing."""
_MORE: Final = re.compile(r", (?:including|allowing|enabling|letting|giving|granting|leading)\b")
"""What adds to what is told: a "could" in there is of the addition."""
_CAN: Final = re.compile(r"\b(?:may|might|could)\b")
_LEAST: Final = 7
"""Words below which nothing is left to tell."""
_HANGING: Final = re.compile(
    r"\b(?:but|and|or|nor|because|that|which|with|by|to|of|for|from|as|not|the|an?|including)\.\Z"
    r"|(?:\b(?:said|says|reports?|reported|claims?|claimed|found|confirmed|warned|noted)|\)) that"
    r" (?:the|an?|this|its|their) (?:[\w-]+ )?[\w-]+\.\Z"
)
"""The word before what was cut off goes with it."""
_UNDER: Final = re.compile(
    r"\A(?:Because|Although|Though|While|If|When|Since|As|After|Before|Once|Unless)\b"
)
"""A first clause that stands under the main one, which follows a comma."""


@lru_cache(maxsize=1 << 12)
def shorter(text: str, most: int) -> str | None:
    """The sentence in at most `most` words; None where nothing that may go makes it fit."""
    for one in (text, *_steps(text)):
        if _LEAST <= len(one.split()) <= most:
            return one
    return None


_CALLED: Final = re.compile(
    r", (?:now |also )?(?:tracked|identified|dubbed|known|called|named|designated) [^,;:]{3,60}"
    r"(?:, ?”|,[”\"]?) (?=[a-z])"
)
"""By what name or number: "…, tracked as CVE-… and dubbed “Januscape,” exposes"."""
_ASIDES: Final = (
    (_BRACKET, ""), (_AMONG, ""), (_CALLED, " "), (_VOTES, ""), (_SEEN, ""), (_LATER, ""),
    (_TAIL, ""), (_APPOSED, ""),
    (_APPOSITION, " "), (_WHEN, ""), (_SAID_WHEN, ""), (_ALLEGED, ""), (_MEANS, ""), (_AND, ""),
    (_EVEN, ""), (_SHORT_FORM, ""), (_PRAISE, " "),
)  # fmt: skip
"""What may go and what takes its place, the least telling first."""


def _steps(text: str) -> Iterator[str]:
    """Ever shorter forms, the least telling asides gone first."""
    for pattern, by in _ASIDES:
        match = next((m for m in _places(pattern, text) if _spare(pattern, m)), None)
        if match is None:
            continue
        cut = text[: match.start()] + by + text[match.end() :]
        if _HANGING.search(cut) or (_UNDER.match(cut) and "," not in cut):
            continue
        text = cut
        yield text


def _places(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Where an aside of this kind begins, the last first."""
    for at in reversed([m.start() for m in _BEGINS.finditer(text)]):
        if match := pattern.match(text, at):
            yield match


def _spare(pattern: re.Pattern[str], match: re.Match[str]) -> bool:
    """Whether it can go: it holds no doubt, and what is told does not go on behind it."""
    if pattern in (_APPOSITION, _APPOSED):
        before = match.string[: match.start()].rpartition(" ")[2]
        if not before[:1].isupper() and not before.endswith(("”", ")")):
            return False  # behind a name alone it is an apposition
    if pattern in (_SAID_WHEN, _VOTES, _SEEN):
        return True
    if pattern is _ALLEGED:
        return _CLAIM.search(match.string[: match.start()]) is not None
    if pattern is _AND:
        return _second_clause(match)
    if pattern is _MEANS and _HANGS.search(match.string[: match.start()]):
        return False
    if pattern is _LATER and _TURN.search(match[0]):
        return False  # what came of it stands behind
    doubt = _DOUBTED if pattern is _APPOSED else _DOUBT
    aside = _CAN.sub("", match[0]) if _MORE.match(match[0]) else match[0]
    if pattern is not _LATER and doubt.search(aside) and not _WARNS.match(aside):
        return False
    return pattern is _APPOSITION or not _GOES_ON.search(match[0])


def _second_clause(match: re.Match[str]) -> bool:
    """Whether what stands before it is a whole clause that it takes nothing back from."""
    before = match.string[: match.start()]
    if _SPOKEN.search(match[0]):
        return False  # whose word the whole sentence is
    listed = "," in before and len(before.rpartition(",")[2].split()) < _ITEM
    return not listed and bool(_FINITE.search(before)) and not _AGAINST.search(match[0])


_UNNAMED: Final = re.compile(
    r", according to (?:(?:two|three|four|five|six|several|some|\d{1,2}) )?"
    r"(?:people|persons|sources"
    r"|officials|employees|a (?:person|source)|an (?:official|employee)|(?:court )?(?:papers"
    r"|documents|filings|records)|an? (?:recent |new )?(?:filing|notice|memo|note|copy|internal"
    r"|entry|post|advisory))\b[^\"“”;]*(?=\.\Z)"
)
"""Whose word it is, where nobody is named: the outlet's, which stands for them."""


def reported(text: str, outlet: str) -> str:
    """The sentence as its outlet's report, where it gives sources without a name at its end."""
    match = _UNNAMED.search(text) if outlet else None
    return f"{text[: match.start()]}, {outlet} reports." if match else text


_LAST_WORD: Final = re.compile(
    r"\A(?P<told>[A-Z][^\"“”;:]{24,220}), (?:(?P<who>(?:[A-Z]|the )[^,\"“”]{1,70}?) (?P<verb>said"
    r"|says)"
    r"|(?P<verb2>said|says) (?P<who2>[A-Z][^,\"“”]{2,70}))(?P<rest> in an? [a-z ]{4,30})?\.\Z"
)
_LINKED: Final = re.compile(
    r"\A(?:But|And|Or|So|If|When|While|As|After|Because|Although|According)\b"
)
_JOINS: Final = re.compile(r", (?:and|but|or|while|though|who|which|where)\b")


def speaker_first(text: str) -> str:
    """The sentence with whose word it is before what it says; unchanged where that is unsure."""
    match = _LAST_WORD.match(text)
    if match is None or _LINKED.match(text) or _JOINS.search(match["told"]):
        return text
    who, verb = match["who"] or match["who2"], match["verb"] or match["verb2"]
    if not re.search(r"[A-Z]", who):
        return text  # "the company" leans on the name before it
    first, _, others = match["told"].partition(" ")
    plain = first.lower().rstrip(",")
    if first != "I" and (plain in lexicon.words("function", "stop") or plain in lexicon.common()):
        first = first.lower()
    return f"{capital(who)} {verb}{match['rest'] or ''} that {first} {others}."
