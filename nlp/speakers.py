"""Who speaks in a sentence: "He expects …" and "Marsh said …" given the person's full name.

In: an article's sentences, in order. Out: for each the text with its speaker named in full, and
where that name stands; None where a "he" or "she" cannot be settled. A pronoun is settled only by
the one person who spoke in the sentence right before, in the same paragraph.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from breachwire.model import Article, Evidence
from nlp import introduced, lexicon

_VERBS: Final = (
    r"(?:said|says|told|tells|added|adds|explained|noted|notes|warned|warns|wrote|writes|expects"
    r"|expected|predicts|predicted|hopes|hoped|believes|fears|doubts|thinks|plans|intends|promised"
    r"|argued|argues|estimates|estimated|called|calls|takes|finds|pointed|put|sees|wants|conceded)"
)
_FORENAME: Final = r"[A-Z][a-zà-ÿ’'-]+(?: [A-Z]\.)?"
_SURNAME: Final = r"[A-Z][\w’'-]{0,40}[a-zà-ÿ]"
_FULL: Final = rf"(?P<full>{_FORENAME} {_SURNAME}(?: {_SURNAME})?)"
_SPOKE: Final = (
    re.compile(
        r"\b(?:said|says|added|warned|wrote|noted|explained|argued|advised|according to) "
        rf"(?:(?!that|it|the|its|in|on|at|by|of|to)[a-z-]+ ){{0,4}}{_FULL}\b"
    ),
    re.compile(
        rf"\b{_FULL}(?: (?:of|at|from) [^,.“\"]{{2,45}}?)?(?:,[^,”\"]{{3,90}},)?"
        rf"(?: (?:also|later))? {_VERBS}\b"
    ),
    re.compile(rf"(?<=[a-z]), {_FULL},(?: (?:also|later))? {_VERBS}\b"),
)
_SPOKE_SHORT: Final = (
    re.compile(rf"\b(?:said|says|added|warned|wrote) (?P<last>{_SURNAME})\b(?! [A-Z(])"),
    re.compile(rf"(?<![\w.’'] )\b(?P<last>{_SURNAME}) {_VERBS}\b"),
    re.compile(
        r"\b(?:that|which|and|but|as|while|because|whom|where|when|although|though|if) "
        rf"(?P<last>{_SURNAME}) {_VERBS}\b"
    ),
    re.compile(rf"\b[Aa]ccording to (?P<last>{_SURNAME})\b(?! [A-Z(])"),
    re.compile(rf"\A(?:(?:Mr|Ms|Mrs|Dr)\.? )?(?P<last>{_SURNAME}) {_VERBS}\b"),
)
_HE_FIRST: Final = re.compile(rf"\A(?:He|She)(?= (?:also |now |later )?{_VERBS}\b)")
_HE_AFTER: Final = re.compile(
    rf"(?<=[,.”\"’] )(?:he|she)(?= {_VERBS}\b)|(?<=said )(?:he|she)\b(?=[.,])"
)
_HE_OPENS: Final = re.compile(
    r"(?:In fact|In \d{4}|In [A-Z][a-z]{2,8}|Between \d{4} and \d{4}),? (he|she)\b"
)
"""After when it was: the one whom the sentence before is about."""
_AGED: Final = re.compile(rf"{_FULL}, \d\d, ")
"""Who opens a sentence by name and age: a person, and the one that it is about."""
_QUOTED: Final = re.compile(r"[“\"][^“”\"]{0,400}[”\"]")
_WORDS: Final = re.compile(r"[a-z]")
_NOT_A_PERSON: Final = re.compile(
    r"\b(?:Labs?|Research|Security|Wire|Systems|Networks?|Bureau|Office|Group|Bank|Data|Partners"
    r"|University|Police|Post|Hospital|Health|County|City|Council|Agency|Institute|Department|Court"
    r"|Center|Centre|Foundation|Trust|Times|News|Software|Technologies|Holdings|Inc|Corp|Ltd|Team"
    r"|Intelligence|Cyber|Service|Services|Ministry|Union|Association|Exchange|Company|Capital"
    r"|School|College|Authority|Commission|Committee|Works|Energy|Airlines?|Street|Press|States"
    r"|Clinics?|Medical|Payroll|Transit|Logistics|Hotels|Mutual|Insurance|Electric|Power|Light|Airways"
    r"|Motors|Foods|Stores|Telecom|Mobile|Games|Studios|Semiconductors|Pharmacy|Schools|Water|Rail"
    r"|The|In|On|At|And|But|For|When|After|Before|While|As|If|This|That)\b"
)
_TITLES: Final = re.compile(
    r"\A(?:Dr|Mr|Mrs|Ms|Judge|Mayor|Sheriff|Chief|Analyst|Professor|Senator|Captain|Minister"
    r"|Director|Researcher|Engineer|Lawyer|Attorney|Spokesperson|Detective|Inspector|Officer)\b"
)

_SECOND: Final = 2
"""The sentence behind the lead: it goes on from that, in a paragraph of its own or not."""
_BELONGS: Final = re.compile(r"\b(?:of|at|from|for|with|by|the|(?<!according )to|in|about) \Z")
"""Before a name that is a firm's or somebody else's: "Ada Marsh of Stannard Quill"."""

_TITLE: Final = re.compile(r"\b(?:Mr|Ms|Mrs|Dr)\.? \Z")
_AGE: Final = re.compile(r", \d\d[,.]")
_BARE: Final = re.compile(
    rf"(?:\A|\b(?:ordered|told|asked|sentenced|charged|arrested|paid|named|sued|accused|fined|jailed|hired|detained|identified|that|which|and|but|as|while"
    r"|because|when|where|if|for|to|with|by|against) )"
    rf"(?P<whom>(?:(?:Mr|Ms|Mrs|Dr)\.? )?(?P<last>{_SURNAME}))(?=[ ,.](?! ?[A-Z]))"
)
"""Where a surname alone may stand: first, as who does something, as whom something befalls."""

Named = tuple[str, tuple[Evidence, ...]]


class Speakers:
    """Reads one article's sentences in order and remembers who spoke last."""

    def __init__(self, article: Article) -> None:
        self._article = article
        self._last: tuple[str, Evidence] | None = None
        self._end = 0
        self._read = 0
        self.put: tuple[str, str] | None = None
        """What the sentence at hand was given: a name, and the name with its role."""

    def name(self, text: str, start: int) -> Named | None:
        """The sentence at `start` with its speaker in full, and the evidence for what was put in;
        None where it leans on a speaker nobody has named."""
        self.put = None
        self._read += 1
        if "\n" in self._article.text[self._end : start] and self._read != _SECOND:
            self._last = None
        self._end = start + len(text)
        outside = _blank_quotes(text)
        if not _WORDS.search(outside):
            return text, ()  # a quotation alone goes on from the speaker before
        if opens := _HE_OPENS.match(outside):
            return self._given(text, *opens.span(1)) if self._last else None
        for pattern in (_HE_FIRST, _HE_AFTER):
            if match := pattern.search(outside):
                return self._given(text, *match.span()) if self._last else None
        return self._surname(text, outside, start)

    def _given(self, text: str, start: int, end: int) -> Named:
        """The text with who spoke last in a place."""
        assert self._last is not None
        name, place = self._last
        self.put = name, place.quote
        return text[:start] + name + text[end:], (place,)

    def _surname(self, text: str, outside: str, start: int) -> Named:
        """A surname the article gave in full before; then who spoke is known for the next."""
        aged = _AGED.match(text)
        found = _person(outside) or ((aged["full"], 0) if aged else None)
        if found is not None:
            self._last = self._introduced(found[0], start + found[1])
            return text, ()
        self._last = None
        for pattern in _SPOKE_SHORT:
            match = pattern.search(outside)
            if match and (known := self._full(match["last"], start)):
                self._last = known
                titled = _TITLE.search(text, 0, match.start("last"))
                begin = titled.start() if titled else match.start("last")
                return self._given(text, begin, match.end("last"))
        return self._bare(text, outside, start)

    def _bare(self, text: str, outside: str, start: int) -> Named:
        """A surname of one who doesn't speak, whom the article introduced by role or age."""
        for match in _BARE.finditer(outside):
            last = match["last"]
            known = None if last.lower() in lexicon.common() else self._full(last, start)
            if known is None or re.search(rf"\b[A-Z][\w.’'-]{{0,40}} {re.escape(last)}\b", text):
                continue
            name, place = known
            if place.quote != name or _AGE.match(self._article.text, place.end):
                self._last = known
                return self._given(text, *match.span("whom"))
        self._last = None
        return text, ()

    def _full(self, surname: str, before: int) -> tuple[str, Evidence] | None:
        pattern = re.compile(rf"\b{_FORENAME} {re.escape(surname)}\b")
        for match in pattern.finditer(self._article.text, 0, before):
            if _is_person(match.group()):
                return self._introduced(match.group(), match.start())
        return None

    def _introduced(self, name: str, at: int) -> tuple[str, Evidence]:
        """A name and where it stands, with the role that stands beside it."""
        text = self._article.text
        start, end = introduced.whole(text, at, at + len(name))
        return name, Evidence(self._article.id, "text", start, end, text[start:end])


@lru_cache(maxsize=1 << 13)
def _person(text: str) -> tuple[str, int] | None:
    """The one person a sentence gives the word to, with the place of the name."""
    found = [
        (match["full"], match.start("full"))
        for pattern in _SPOKE
        for match in pattern.finditer(text)
    ]
    found = [_untitled(*pair) for pair in found]
    people = {
        pair for pair in found if _is_person(pair[0]) and not _BELONGS.search(text[: pair[1]])
    }
    return people.pop() if len({name for name, _ in people}) == 1 else None


def _untitled(name: str, at: int) -> tuple[str, int]:
    """Without "Director" or "Dr.", where a forename and a surname are left."""
    title = _TITLES.match(name)
    rest = name[title.end() :].lstrip(". ") if title else ""
    return (rest, at + len(name) - len(rest)) if " " in rest else (name, at)


@lru_cache(maxsize=8192)
def speaks(text: str) -> bool:
    """Whether a person named in full has the word in the sentence."""
    return _person(_blank_quotes(text)) is not None


def _is_person(name: str) -> bool:
    return not _NOT_A_PERSON.search(name) and not _TITLES.match(name)


def _blank_quotes(text: str) -> str:
    """The same length, with quotations blanked: "he" inside one is somebody else."""
    return _QUOTED.sub(lambda m: m[0][0] + "_" * (len(m[0]) - 2) + m[0][-1], text)
