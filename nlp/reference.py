"""What a sentence leans on: "the company", "however", "on Monday", a surname met before.

In: an article's sentences, in order. Out: for each the text that stands on its own with the
evidence for it, or None where it can't: a pronoun or a generic noun nobody has named, a vague date
that can't be left out. Text that is changed is our own ("stated") and cites what it was made from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import Article, Evidence
from nlp import cited, introduced, known, leaning, lexicon, speakers, vague
from nlp.folding import capital

_CONNECTIVE: Final = re.compile(
    r"(?:(?:However|Meanwhile|Additionally|In addition|Moreover|Furthermore|Also|Still|Separately|"
    r"Notably|Nevertheless|Nonetheless|Instead|For now|At this stage|At this time|As a result|"
    r"Consequently|Importantly|Crucially|In particular|In a statement|In response|Currently|"
    r"Specifically|More importantly|Interestingly|Worryingly|In other words|That said|In short|"
    r"Of course|Indeed|On top of that),|(?:But|And|Yet|In fact|So(?! far))\b,?)\s+",
)
ORG: Final = (
    r"(?:company|firm|organi[sz]ation|hospital|health system|health ?care provider|clinic|provider"
    r"|medical cent(?:er|re)|university|college|school|school district|district|agency|retailer"
    r"|vendor|bank|airline|manufacturer|insurer|carmaker|automaker|platform|startup|start-up|maker"
    r"|city|county|department|operator|developer|exchange|chain|giant|utility|telco|lender|ministry"
    r"|council|institution|nonprofit|charity|business|supplier|service|museum|practice|tech giant"
    r"|school system)"
)
_ORG: Final = re.compile(ORG)
_SURE: Final = (
    r"(?:company|organi[sz]ation|hospital|health system|medical cent(?:er|re)|clinic|university"
    r"|college|school district|district|agency|retailer|bank|airline|insurer|carmaker|automaker"
    r"|utility|exchange|chain|lender|authority|carrier|council|city|county|museum|charity"
    r"|institution|institute)"
)
"""Nouns that in a report on a breach mean who was hit; a "firm" or "vendor" may be anybody."""
_ACTS: Final = (
    r"(?: also| later| has| had| has also| has since| have since| is| did not| does not| has not"
    r"| initially| then)?"
    r" (?:said|says|told|confirmed|added|disclosed|notif\w+|investigating|warned|announced|declined"
    r"|took|shut|reset|plans|expects|engaged|hired|urged|offers|offering|working|found|detected"
    r"|discovered|apologi[sz]ed|stressed|noted|acknowledged|alerted|informed|contacted|contacting"
    r"|rotated|reviewing|restored|restoring|learned|revealed|refused|paid|stopped|moved|begun"
    r"|determined|identified|denied|reported|believes|insists|continues|closed|launched|filed"
    r"|mailing|mails|pays|gave|gives|lost|refuses|replaced|rejected|suspended|resumed|reopened"
    r"|sent|got|bought|recovered|gone|set"
    r"|agrees|agreed|admits|wants|asks|keeps|stated|states|asserts|emphasi[sz]ed|added|explained|clarified)\b"
    r"|(?= (?:will|did not|does not|would not|has not|had not|could not) [a-z])"
)
"""What a victim does; "The company is Example Labs" or "It uses AES" is about something else."""
_ORG_SURE: Final = re.compile(
    rf"\A(?:The|This) (?:[A-Z][\w.-]{{1,30}}(?:-based)? )?(?:(?:insurance|tech|fintech|energy"
    rf"|software|telecom|payroll|crypto|data) )?{_SURE}(?={_ACTS})"
)
_ORG_FIRST: Final = re.compile(
    rf"\A(?:The|This) (?:[a-z]+ )?{ORG}(?:(['’])s)?(?= )"
    r"(?! (?:that|which|behind|whose|of|in|for)\b)(?! [A-Z])"
)
_WHOLE: Final = (
    r"(?=[,.;:)’”\"'–—]| ?\Z| (?:and|or|but|to|with|by|from|for|at|on|about|after|before|as|because"
    r"|while|when|where|who|whose|is|was|were|are|has|had|have|will|would|could|can|may|might|must"
    r"|should|did|does|do|said|says|told|than|over|against|into|since|until|during|through|without"
    r"|now|then|still|already|later|first|never|plans|expects|hopes|wants|needs|offers|not|also|itself|though|although|if|whether|more|a|an|the|its|\w+ed|\w+ing|\w+ly|knew|took|sent"
    r"|began|found|kept|paid|made|put|got|gave)\b)"
)
"""Behind a noun that is a whole phrase: not "the bank identification number"."""
_ORG_WITHIN: Final = re.compile(
    rf"\bthe {ORG}(?:(['’])s\b(?! [A-Z])|\b(?! (?:of|in|that|which|behind)\b| [A-Z]){_WHOLE})"
)
_SURE_WITHIN: Final = re.compile(rf"\Athe {_SURE}(?:['’]s)?\Z")
_NOUN_FIRST: Final = re.compile(
    r"\A(?:The|This) ([a-z]{4,14})"
    r"(?= (?:[a-z]+(?:ed|s)\b|(?:will|did|first|said|told|has|had|is|was)\b)|['’]s )"
)
_IT_FIRST: Final = re.compile(rf"\AIt(?={_ACTS})")
_SURNAME: Final = re.compile(
    r"\b(?:said|says|added|explained|noted|warned|wrote|told|[Aa]ccording to) ([A-Z][a-z]{2,})\b"
    r"(?! [A-Z(])"
    r"|(?<![\w.] )\b([A-Z][a-z]{2,}) (?:said|says|told|added|explained|noted|warned|wrote)\b"
)
_STRANGER: Final = re.compile(
    r"(?:The )?(?!(?:The|On|In|At|By|After|Before|For|From|Since|During|Until|When|As|While|With"
    r"|Under|Among|Both|All|Some|No|That|This|These|Those|It|He|She|They|An?)\b)"
    r"[A-Z][\w.&’'-]{0,40} [A-Z][\w.&’'-]{0,40} |[A-Z]{2,40}\b"
)
"""A sentence that opens with a name: what follows may be about that."""


_KINDS: Final = {
    "hospital": r"Hospital|Medical|General|Infirmary|Health|Clinic|Memorial|Saint|St\.",
    "clinic": r"Clinic|Medical|Health|Dental|Practice|Physicians",
    "university": r"University|College|Institute",
    "college": r"College|University|Institute",
    "airline": r"Air|Airlines|Airways|Wings",
}
"""Words by which the name of such a one is known; of the others the noun itself."""
_INTRO: Final = re.compile(r"\A(?:In|On|By|At|After|According to) [^,“\"]{3,90}, (?=the |[A-Z])")
"""Before the subject: "In a filing with the attorney general, the university said"."""
_CIVIC: Final = re.compile(
    r"\b(?:city|county|hospital|university|college|museum|council|clinic|airline|airport)\b"
)
_PERSON_FIRST: Final = re.compile(r"\A(?:[A-Z][\w.’'-]{0,40} ){2,3}(?=[a-z])")
_ONE_NAME: Final = re.compile(
    r"([A-Z][\w-]{2,30}) (?=(?:has|had|is|was|will|said|says|told|took|[a-z]{3,}(?:ed|s)) )"
)
"""A name of one word that opens a sentence: what follows is about that."""

_EMPLOYED: Final = re.compile(
    r", (?:an?|the) [a-z][a-z -]{2,40} (?:at|of|with|for|from) the (?:firm|company|agency|group"
    r"|organi[sz]ation|office|bureau),"
)
"""Which firm, another sentence knows: "Ada Marsh, a researcher at the firm, expects"."""
_ALONE: Final = r"(?= (?:said|says|has|had|is|was|will|were|confirmed|did|restored|told)\b)"
"""Behind "the" and a name: the name itself takes the article, not what it belongs to."""
_TOLD: Final = re.compile(
    rf"\b(?:warned|told|notified|asked|contacted|alerted|informed|urged|sued"
    rf"|pressed) (?=the {_SURE}\b)"
)
"""Before the one that another speaks to: in a report on a breach, whoever was hit."""
_GANG: Final = re.compile(
    r"(?<!\A)\bthe (?:(?:group|gang|crew|duo)(?= ha[sd]\b)|(?:group|gang|crew|hackers|attackers"
    r"|duo)(?= (?:said|says|claim\w*|posted|wrote|added|published|threaten\w*|listed|demand\w*)\b))"
)
"""Whose words a sentence gives without a name before them."""


_HOLDS: Final = re.compile(
    r"\AIt(?= (?:also )?(?:held|holds|contained|contains|stored|included|includes) )"
)
_CONTAINER: Final = re.compile(
    r"\b(?:[Tt]he|[Aa]n?) (?:[a-z]+ )?(bucket|database|server|folder|archive|dataset|dump|file"
    r"|drive)\b"
)
"""What holds data: the only one that the sentence before speaks of."""
_OFFICE: Final = re.compile(
    r"\b(?P<the>[Tt]he) (?P<noun>agency|bureau|office|ministry|department|commission|council"
    r"|association|union|institute|authority|committee|court|registry)"
    r"(?P<own>['’]s)?(?=[,.;]| (?:[a-z]+(?:ed|s)|said|has|had|is|was|will|would|may|could)\b)"
)
"""A body that the article may have named by its whole name before."""


_CORRECTION: Final = re.compile(
    r"(?:\bCorrection\b|\b(?:[Aa]n earlier|[Aa] previous) version of this"
    r"|\b[Tt]his (?:article|story|report) (?:has been|was) (?:corrected|updated))[^\n]{0,600}"
)
_ALSO: Final = re.compile(r"\A((?:[A-Z][\w.’'-]* ){1,4}(?:[a-z]{3,20} )?)also (?=[a-z])")
"""What goes on from a sentence before, and is as true without."""
_TAIL: Final = re.compile(
    r",? (?:in any case|in any event|anyhow|as well|too)(?=\.\Z)"
    r"|, (?:since|because|as) [^,;“”\"]*\bof (?:that|this) (?:kind|sort)\b[^,;“”\"]*(?=\.\Z)"
)
"""The same at the end."""
_FIGURE: Final = re.compile(r"\d[\d,.]*\d")
"""What a report has been corrected by, and figures in it."""


def known_in(article: Article, victims: Sequence[str]) -> tuple[str, ...]:
    """Of the names that the ledger has for who was hit, the best first, those that an article can
    mean by "the company"; none of whose words stands in it is left out."""
    names = [n for n in victims if len(n) > 1 and not _ORG.fullmatch(n.lower())]
    names = [n for n in names if n in names[0] or names[0] in n or n in article.title]
    whole = [n for n in names if not _cut(n, names)]
    return tuple(
        n for n in whole if any(w in article.text or w in article.title for w in n.split())
    )


def _cut(name: str, names: Sequence[str]) -> bool:
    """Whether it is a longer name cut short: "College of North" of "College of North Moor"."""
    return " of " in name and any(other.startswith(f"{name} ") for other in names)


class Reader:
    """Reads one article's sentences in order and remembers who "the company" is."""

    def __init__(
        self, article: Article, victims: Sequence[str], actors: Sequence[str] = ()
    ) -> None:
        """`victims`: names of the organisation hit (`known_in`); `actors`: of who did it."""
        self._article = article
        self._actors = actors
        self._names = victims
        note = _CORRECTION.search(article.text)
        self._corrected = frozenset(_FIGURE.findall(note[0])) if note else frozenset()
        self._antecedent = self._mention(cited.title_of(article))
        self._name = self._named(article.title)
        self._opened = False
        self._last: Evidence | None = None

    def settle(self, text: str, evidence: Evidence) -> tuple[str, tuple[Evidence, ...]] | None:
        """The sentence as it can stand alone, with its evidence; None where it can't.

        A vague date that the sentence needs ("closed until Friday") stays, with the publication
        date as evidence beside it.
        """
        shown = capital(_CONNECTIVE.sub("", text, count=1)) if _CONNECTIVE.match(text) else text
        shown = _TAIL.sub("", _ALSO.sub(r"\1", _EMPLOYED.sub("", shown)))
        resolved = self._resolve(shown, evidence)
        self._remember(evidence.quote, evidence)
        if resolved is None:
            return None
        shown, support = self._office(*resolved)
        return None if self._leans(shown, evidence) else self.dated(shown, support)

    def _office(
        self, shown: str, support: tuple[Evidence, ...]
    ) -> tuple[str, tuple[Evidence, ...]]:
        """The sentence with "the agency" as the one agency that the article has named before it."""
        match = _OFFICE.search(shown)
        if match is None or match["noun"].capitalize() in shown:
            return shown, support
        text, own = self._article.text, support[0]
        noun = match["noun"].capitalize()
        found = list(re.finditer(rf"(?:\b[A-Z][\w’'-]{{1,30}} ){{1,4}}{noun}\b", text))
        names = {m[0].removeprefix("The ") for m in found}
        if len(names) != 1 or found[0].start() > own.start:
            return shown, support
        name, end = names.pop(), found[0].end()
        place = Evidence(self._article.id, "text", end - len(name), end, name)
        named = f"{match['the']} {name}{match['own'] or ''}"
        return shown[: match.start()] + named + shown[match.end() :], (*support, place)

    def dated(
        self, shown: str, support: tuple[Evidence, ...]
    ) -> tuple[str, tuple[Evidence, ...]] | None:
        """The sentence with its days of the week as days of the month, else without them; None
        where it can be neither."""
        stamp, published = published_of(self._article), self._article.published
        if self._corrected and self._corrected & set(_FIGURE.findall(shown)):
            published = None  # what it says now, nobody said on that day
        exact = vague.absolute(shown, published.date()) if published else None
        if exact is not None and stamp is not None:
            return exact, (*support, stamp)
        dated = vague.without_vague_dates(shown)
        if dated is not None:
            return dated, support
        if stamp is None or vague.DAY_OF_REPORT.search(shown):
            return None
        return shown, (*support, stamp)

    def skip(self, text: str, evidence: Evidence) -> None:
        """Pass over a sentence that is not used: it may name who "the company" is all the same."""
        self._remember(text, evidence)

    def _resolve(self, text: str, own: Evidence) -> tuple[str, tuple[Evidence, ...]] | None:
        """Name "The company …" and "It …" after the victim where the sentence before names it."""
        if (noun := _NOUN_FIRST.match(text)) and (own_noun := self._own_noun(noun[1])):
            name, mention = own_noun
            return f"{name}{text[noun.end() :]}", (own, mention)
        victim = (self._name, self._antecedent) if self._name and self._antecedent else None
        if told := known.name(text, own.start, self._article, victim, self._actors):
            return told[0], (own, told[1])
        if (holds := _HOLDS.match(text)) and (put := self._container(text, holds, own)):
            return put
        if match := _ORG_SURE.match(text) or (self._opened and _IT_FIRST.match(text)):
            return self._replace(text, match, own)
        if first := _ORG_FIRST.match(text):
            return self._replace(text, first, own) if first[1] and _CIVIC.search(first[0]) else None
        if (gang := _GANG.search(text)) and not self._crew_named(text[: gang.start()]):
            return None
        if (heard := _TOLD.search(text)) and not self._named(text):
            match = _ORG_WITHIN.search(text, heard.end())
            return self._replace(text, match, own) if match else None
        match = _ORG_WITHIN.search(text)
        if match and not self._named(text):
            if _SURE_WITHIN.match(match.group()) and (put := self._replace(text, match, own)):
                return put
            before = text[: match.start()]
            if speakers.speaks(before):
                before = _PERSON_FIRST.sub("", before)  # a person is not the company
            before = introduced.OUTSIDER.sub("", before)
            if not leaning.NAME_BEFORE.search(before[1:]):
                return None
        return text, (own,)

    def _container(
        self, text: str, match: re.Match[str], own: Evidence
    ) -> tuple[str, tuple[Evidence, ...]] | None:
        """ "It held …" as "The bucket held …", where the sentence before speaks of one."""
        if self._last is None:
            return None
        found = list(_CONTAINER.finditer(self._last.quote))
        if len({m[1] for m in found}) != 1:
            return None
        start = self._last.start + found[0].start(1)
        noun = found[0][1]
        place = Evidence(self._article.id, "text", start, start + len(noun), noun)
        return f"The {noun}{text[match.end() :]}", (own, place)

    def _own_noun(self, noun: str) -> tuple[str, Evidence] | None:
        """The victim whose own name ends in the noun ("the authority") or begins with it ("the
        university"), and where it is named."""
        for name in self._names:
            parts = name.split(" ")
            if len(parts) == 1 or noun.capitalize() not in (parts[0], parts[-1]):
                continue
            if mention := cited.in_text(self._article, name):
                spoken = re.search(rf"\b[Tt]he {re.escape(name)}{_ALONE}", self._article.text)
                return (f"The {name}" if spoken else name), mention
        return None

    def _replace(
        self, text: str, match: re.Match[str], own: Evidence
    ) -> tuple[str, tuple[Evidence, ...]] | None:
        found, name, mention = match.group(), self._name, self._antecedent
        if name and not _fits(found, name):
            return None
        if mention is None or name is None:
            if not (sole := self._sole(found, own)):
                return None
            name, mention = sole
        if re.search(rf"\b[Tt]he {re.escape(name)}{_ALONE}", self._article.text):
            name = f"{'T' if not match.start() else 't'}he {name}"
        owner = "’s" if found.endswith(("'s", "’s")) else ""
        space = " " if found.endswith(" ") else ""
        named = text[: match.start()] + name + owner + space + text[match.end() :]
        return named, (own, mention)

    def _sole(self, noun: str, own: Evidence) -> tuple[str, Evidence] | None:
        """The victim for "the city" or "the hospital", where the article names it and no other of
        that kind before: a stranger in between is a person or a crew."""
        kind = _CIVIC.search(noun)
        if kind is None or not self._names:
            return None
        before = self._article.text[: own.start]
        named = max((n for n in self._names if n in before and _fits(noun, n)), key=len, default="")
        if not named:
            return None
        rest = before
        for name in self._names:
            rest = rest.replace(name, "")
        if re.search(rf"\b[A-Z][\w’'-]{{1,40}} {kind[0].capitalize()}\b", rest):
            return None
        mention = cited.in_text(self._article, named)
        return (named, mention) if mention else None

    @staticmethod
    def _crew_named(before: str) -> bool:
        """Whether a capitalised name that is no place or forum stands before "the group"."""
        return bool(re.search(r"(?:\A|[a-z] )(?!In |On |At |The )[A-Z]\w+ [A-Z]?\w+", before))

    def _remember(self, text: str, evidence: Evidence) -> None:
        """The victim stays "the company" until a sentence opens with another name; it is "it" only
        right after a sentence that it opens."""
        self._last = evidence
        name = self._named(text)
        text = capital(_INTRO.sub("", text, count=1))
        noun = _NOUN_FIRST.match(text)
        still = self._opened and text.startswith("It ")
        self._opened = bool(name) and text.startswith((str(name), f"The {name}"))
        self._opened &= re.match(r"['’]s\b", text.partition(str(name))[2]) is None
        self._opened |= still or (noun is not None and self._own_noun(noun[1]) is not None)
        if mention := self._mention(evidence):
            self._antecedent, self._name = mention, self._named(text)
        elif not _ORG_FIRST.match(text) and (
            _STRANGER.match(text) or self._another(text, evidence)
        ):
            self._antecedent = self._name = None

    def _another(self, text: str, evidence: Evidence) -> bool:
        """Whether it opens with one word's name that is no person's whom the article named."""
        match = _ONE_NAME.match(text)
        if match is None or match[1].lower() in lexicon.common():
            return False
        full = re.compile(rf"\b[A-Z][\w.’'-]{{1,40}} {re.escape(match[1])}\b")
        return full.search(self._article.text, 0, evidence.start) is None

    def _mention(self, evidence: Evidence) -> Evidence | None:
        """Where the one victim that a sentence names stands in it: what else it says of it is no
        evidence for the next."""
        name = self._named(evidence.quote)
        return cited.within(evidence, name) if name else None

    def _named(self, text: str) -> str | None:
        """The one victim a text names; of several the one it opens with; None where unclear."""
        found = [name for name in self._names if name in text]
        found = [n for n in found if not any(n != other and n in other for other in found)]
        if len(found) < 2:
            return found[0] if found else None
        return next((n for n in found if text.startswith((n, f"The {n}"))), None)

    def _leans(self, text: str, evidence: Evidence) -> bool:
        if leaning.leans(text, named=self._named(text) is not None):
            return True
        return any(
            self._met_before(match[1] or match[2], text, evidence)
            for match in _SURNAME.finditer(text)
        )

    def _met_before(self, surname: str, text: str, evidence: Evidence) -> bool:
        """Whether the article gave this name in full earlier and the sentence doesn't."""
        if any(surname in name for name in self._names):
            return False
        full = re.compile(rf"\b([A-Z][\w.’'-]{{1,40}}+) (?:[A-Z]\. )?{surname}\b")
        found = full.finditer(self._article.text, 0, evidence.start)
        known = any(match[1].lower() not in lexicon.common() for match in found)
        return known and not full.search(text)


def _fits(noun: str, name: str) -> bool:
    """Whether "the county" or "the hospital" can be who bears the name: a hospital is no county."""
    kind = _CIVIC.search(noun)
    if kind is None:
        return True
    if kind[0] in ("city", "county"):
        return " " not in name or kind[0].capitalize() in name
    return re.search(_KINDS.get(kind[0], kind[0].capitalize()), name) is not None


def published_of(article: Article) -> Evidence | None:
    """An article's publication date as evidence; None where the source gives none."""
    if article.published is None:
        return None
    stamp = article.published.isoformat()
    return Evidence(article.id, "published", 0, len(stamp), stamp)
