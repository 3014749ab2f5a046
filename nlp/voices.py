"""Passages → their acts of speech: who says, claims, denies or leaves open what, and from where on.

A subject (a name with what stands around it, or a role: "the company", "hackers", "officials") and
the verb that follows it make an act; so do passives ("claimed by N"), "according to N", inversions
("…, said N"), further verbs of the same subject ("but denied …") and pronouns, which stand for who
spoke last. Patterns: `lexicon/voices.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from breachwire.model import AsserterKind
from nlp import acts, subjects
from nlp.acts import Act
from nlp.patterns import one
from nlp.reading import Passage
from nlp.says import Say, by_reporter, ordered
from nlp.subjects import Subject

_TRAILS: Final = re.compile(
    r"\s{0,3}(?:[.,;\"]|\Z|(?:us|me)(?=[.,])|(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|on|in|of|about|at|as|this|last"
    r"|late|early|yesterday|told|to reporters|(?:investors|analysts|shareholders|lawmakers"
    r"|(?:the |a )?(?:[\w-]{1,14} ){0,2}?(?:commission|council|board|committee|parliament|hearing))"
    r"(?! that))\b)"
)
_WORD: Final = re.compile(
    r"(?<![\w$-])(?!(?:which|who|that|they|it|and|also|then|now|later|by) )(?P<w>[\w$-]{3,30}+) "
    r"(?:ha[sd] |have )?\Z"
)
"""A name that nobody wrote as one, right before "claims to have"."""
_EXTRA: Final = re.compile(
    r" (?!(?:and|but|or|then)\b)[\w-]{1,12}(?: [\w-]{1,12})?(?= (?:ha|sa|conf|disc|publ|not))"
)
_BEHIND: Final = re.compile(r"\b(?:in|of|at|from|near|on|for|against|by|to|with)(?: the)?\Z")
_ANTECEDENT: Final = re.compile(
    r"(?:\bwhich|\bwhom|(?<!said )(?<!says )(?<!claim )\bthat)(?: the| a)?\Z"
)
"""Before a subject whose clause is about what stands before it: "the data that hackers say"."""
_LINKED: Final = re.compile(r"\b(?:said|says|but|and|while|although|though|that|as)\Z")
_OFFICES: Final = (
    r"(?:executive|administrator|spokes\w+|director|president|chair\w*|superintendent|mayor|officer"
    r"|commissioner|sheriff|governor|founder|ceo|ciso|maintainer|treasurer|minister|manager|chief)"
    r" (?:(?:dr|mr|mrs|ms|prof)\.? )?\Z"
)
_OFFICE: Final = re.compile(rf"\b{_OFFICES}")
"""Right before its holder's name."""
_INTRODUCED: Final = re.compile(rf"(?<=[,\"]) (?:(?!and\b|but\b)[\w-]{{1,16}} ){{0,3}}{_OFFICES}")
"""The same behind what is said: "…, county manager N said"."""
_NEGATED: Final = re.compile(r"(?:\bnot|\bno|n't) \Z")
_LETTER: Final = re.compile(
    r"(?:the |its |a )?(?:(?:breach|data breach|notification|company's|customer) )?"
    r"(?:letter|notice|notification)s?(?=,| to | sent )"
    r"|(?:the |its |an? )?(?:(?:amended|updated|revised|initial|final|breach|data breach) ){1,2}"
    r"(?:report|filing|disclosure)s?(?= to | with | filed | submitted )"
)
"""Behind "according to": the word of who was hit."""
_WHICH: Final = re.compile(r", (?:which|who)(?= )")
_LEAST: Final = 12
"""Characters before "…, N said" that make a clause of its own."""


class Voices:
    """Who speaks in each passage of one article; `roles`: a name's key → victim, actor, …"""

    def __init__(self, passages: Sequence[Passage], roles: Mapping[str, str]) -> None:
        self._roles = roles
        self._heard: dict[int, tuple[Say, ...]] = {}
        self._heads: dict[int, tuple[Subject, ...]] = {}
        last: Say | None = None
        held: dict[str, AsserterKind] = {}
        for passage in passages:
            says = tuple(_again(say, held) for say in self._hear(passage, last))
            held |= dict(filter(None, map(_holder, says)))
            self._heard[passage.index] = says
            last = next((say for say in reversed(says) if say.act != "open"), last)

    def of(self, passage: Passage) -> tuple[Say, ...]:
        """The acts of a passage, in the order of their verbs."""
        return self._heard.get(passage.index, ())

    def _subjects(self, passage: Passage) -> tuple[Subject, ...]:
        """The subjects of a passage, looked for once."""
        if passage.index not in self._heads:
            self._heads[passage.index] = tuple(subjects.find(passage, self._roles))
        return self._heads[passage.index]

    def shower(self, passage: Passage, *, sure: bool = False) -> Say | None:
        """The attacker that a passage has put out what is "allegedly" stolen, as its claim."""
        low = passage.low
        if not sure and not one("speech", "hedge").search(low):
            return None
        for subject in self._subjects(passage):
            shown = one("speech", "shown").search(passage.marked, subject.end, subject.end + 40)
            if subject.kind == "attacker" and shown:
                at = passage.places[subject.start]
                return Say("claim", "attacker", passage, subject.speaker, at, at, at)
        return None

    def _hear(self, passage: Passage, last: Say | None) -> list[Say]:
        marked = passage.marked
        if not one("voices", "verb").search(marked):
            return []
        heads = self._subjects(passage)
        says = [say for subject in heads for say in self._forward(passage, subject)]
        if not any(say.start == 0 for say in says):
            opening = subjects.opening(passage, self._roles)
            says += self._forward(passage, opening) if opening else ()
        says += self._backward(passage, heads)
        says += self._headed(passage, heads)
        says = ordered(says)
        says += [extra for say in says for extra in self._further(passage, say, says)]
        says += self._pronouns(passage, heads, says, last)
        says += self._loose(passage, heads, says)
        says = [say for say in ordered(says) if not by_reporter(passage, say)]
        return says or list(self._cut(passage, heads))

    def _forward(self, passage: Passage, subject: Subject) -> Iterator[Say]:
        """The act of a subject and the verb behind it; none behind a preposition ("data of N")."""
        marked = passage.marked
        before = _INTRODUCED.sub("", marked[: subject.start]).rstrip()
        told = one("voices", "follows").match(marked, subject.head)
        told = told or one("voices", "follows").match(marked, subject.end)
        told = told or _past(marked, subject)
        act = acts.act(told, subject.kind) if told else None
        if told is None:
            yield from self._version(passage, subject)
        if told is None or act is None or _BEHIND.search(before):
            return
        own = one("voices", "own_site").search(before)
        kind: AsserterKind = "attacker" if own else _kind(subject, act, told)
        subject = replace(subject, kind=kind)
        say = self._say(passage, subject, act, told)
        aside = before.endswith((",", '"', "-", "?")) and len(before) > _LEAST
        ends = aside and bool(_TRAILS.match(marked, told.end()))
        trails = bool(_ANTECEDENT.search(before)) or ends
        yield replace(say, trails=trails, aside=_relative(told))
        yield from self._within(passage, subject, told)

    def _version(self, passage: Passage, subject: Subject) -> Iterator[Say]:
        """ "The thieves' version is …": whose version, whose word."""
        version = one("voices", "version").match(passage.marked, subject.end)
        if version and subject.kind in ("attacker", "victim"):
            yield self._say(passage, subject, "say", version)

    def _within(self, passage: Passage, subject: Subject, told: re.Match[str]) -> Iterator[Say]:
        """ "N, which confirmed the breach, denies …": the relative clause's act as well."""
        which = _WHICH.match(passage.marked, subject.end)
        if which and which.end() < acts.verb_start(told):
            inner = one("voices", "follows").match(passage.marked, which.end())
            act = acts.act(inner, subject.kind) if inner else None
            if inner and act and inner.end() < told.end():
                yield self._say(passage, subject, act, inner)

    def _say(self, passage: Passage, subject: Subject, act: Act, verb: re.Match[str]) -> Say:
        places = passage.places
        kind = subject.kind or "researcher"
        if kind == "attacker" and act in ("say", "confirm", "act"):
            act = "claim"
        if subject.held and act in ("say", "confirm"):
            act = "claim"
        credit = one("voices", "credits").match(passage.marked, acts.verb_start(verb))
        return Say(
            act, kind, passage, subject.speaker,
            places[subject.start], places[acts.verb_start(verb)], places[verb.end()],
            credit=credit is not None and act == "claim",
        )  # fmt: skip

    def _backward(self, passage: Passage, heads: Sequence[Subject]) -> Iterator[Say]:
        """Acts whose speaker stands behind: "claimed by N", "according to N", ", said N"."""
        marked = passage.marked
        for key in ("passive", "accord", "inverted"):
            for match in one("voices", key).finditer(marked):
                subject = subjects.at(heads, match.end())
                if key == "accord":
                    subject = _letter(passage, match.end()) or subject
                if subject is None:
                    continue
                act: Act = (match.lastgroup or "say") if key != "accord" else "say"  # type: ignore[assignment]
                if act == "claim" and key == "passive" and subject.kind not in ("attacker", None):
                    continue
                if subject.kind is None and re.match("given|cited|quoted", match[0]):
                    continue
                kind = subject.kind or ("attacker" if act == "claim" else acts.speaking(match))
                if kind == "victim" and act == "claim":
                    act = "say"
                say = self._say(passage, replace(subject, kind=kind), act, match)
                credit = (
                    key == "passive" and re.match(r"claim|credit|respons", match[0]) is not None
                )
                trails = match.start() > _LEAST
                yield replace(say, trails=trails, weak=key == "inverted", credit=credit)

    def _headed(self, passage: Passage, heads: Sequence[Subject]) -> Iterator[Say]:
        """A headline that opens with its speaker: "FBI: …", "Complaint: …"."""
        for subject in heads[:1]:
            colon = re.compile(": ").match(passage.marked, subject.end)
            told = subject.kind in ("attacker", "victim", "authority", "researcher") or subject.held
            if _NEGATED.search(passage.marked, 0, subject.start):
                return  # "It wasn't hackers: …"
            if colon and told and subject.start < _LEAST and passage.where == "title":
                yield self._say(passage, subject, "say", colon)

    def _further(self, passage: Passage, say: Say, says: Sequence[Say]) -> Iterator[Say]:
        """Later verbs of the same subject, up to where somebody else speaks."""
        marked = passage.marked
        start = passage.places.index(say.end) if say.end in passage.places else len(marked)
        limit = min((s.start for s in says if s.start > say.start), default=len(passage.text))
        for link in one("voices", "more").finditer(marked, start):
            if passage.places[link.end()] > limit:
                return
            told = one("voices", "follows").match(marked, link.end())
            act = acts.act(told, say.kind) if told else None
            if told and act:
                if say.kind == "attacker" and act != "deny":
                    act = "claim"
                begin = passage.places[link.start()]
                verb, end = passage.places[acts.verb_start(told)], passage.places[told.end()]
                yield Say(act, say.kind, say.passage, say.speaker, begin, verb, end)

    def _cut(self, passage: Passage, heads: Sequence[Subject]) -> Iterator[Say]:
        """Whom a quotation is from where the text breaks off before the verb."""
        match = one("voices", "cut").search(passage.marked)
        subject = subjects.at(heads, match.start("n")) if match else None
        if match and subject and subject.kind in (None, "researcher"):
            say = self._say(passage, replace(subject, kind="researcher"), "say", match)
            yield replace(say, trails=True)

    def _loose(
        self, passage: Passage, heads: Sequence[Subject], says: Sequence[Say]
    ) -> Iterator[Say]:
        """ "… and claiming to have stolen": a claim whose attacker stands far before it."""
        for match in one("voices", "loose").finditer(passage.marked):
            verb, end = passage.places[match.start()], passage.places[match.end()]
            if any(say.verb <= end and verb <= say.end for say in says):
                continue
            ahead = [s for s in heads if s.kind == "attacker" and s.end <= match.start()]
            if not match[0].startswith(("claim", "tak", "took", "boast", "by ")):
                ahead = [s for s in heads if s.kind == "attacker"]
                if ahead:
                    span = ahead[-1].speaker
                    yield Say("claim", "attacker", passage, span, verb, verb, end, trails=True)
            elif ahead:
                credit = one("voices", "credits").match(passage.marked, match.start()) is not None
                speaker = ahead[-1].speaker
                yield Say("claim", "attacker", passage, speaker, verb, verb, end, credit=credit)
            elif word := _WORD.search(passage.marked[: match.start()]):
                span = passage.places[word.start("w")], passage.places[word.end("w")]
                yield Say("claim", "attacker", passage, span, span[0], verb, end)

    def _pronouns(
        self, passage: Passage, heads: Sequence[Subject], says: Sequence[Say], last: Say | None
    ) -> Iterator[Say]:
        for match in one("voices", "pronoun").finditer(passage.marked):
            at = passage.places[match.start("p")]
            earlier = [say for say in says if say.verb < at]
            antecedent = earlier[-1] if earlier else last
            told = one("voices", "follows").match(passage.marked, match.end())
            ahead = [s for s in heads if s.kind == "attacker" and s.end <= match.start("p")]
            if ahead and told and (told["claim"] or not earlier):
                say = self._say(passage, ahead[-1], "claim", told)
                antecedent = replace(say, verb=at) if antecedent is None else say
            if antecedent is None:
                continue
            act = acts.act(told, antecedent.kind) if told else None
            if told and act:
                if antecedent.kind == "attacker" and act != "deny":
                    act = "claim"
                if antecedent.kind == "researcher" and re.match(r"notif|inform", acts.verb(told)):
                    antecedent = replace(antecedent, kind="victim")
                verb, end = passage.places[acts.verb_start(told)], passage.places[told.end()]
                before = passage.marked[: match.start("p")].rstrip()
                aside = before.endswith((",", '"')) and len(before) > _LEAST
                trails = aside and bool(_TRAILS.match(passage.marked, told.end()))
                trails = trails or (before[-1:].isalpha() and not _LINKED.search(before))
                yield replace(antecedent, act=act, start=at, verb=verb, end=end, trails=trails)


def _letter(passage: Passage, at: int) -> Subject | None:
    """ "According to the letter, …": a notice speaks for who was hit."""
    letter = _LETTER.match(passage.marked, at)
    if letter is None:
        return None
    span = passage.places[letter.start()], passage.places[letter.end()]
    return Subject("victim", letter.start(), letter.end(), span, letter.end())


def _holder(say: Say) -> tuple[str, AsserterKind] | None:
    """A person's surname and side, where an office before the full name tells it."""
    words = say.passage.text[slice(*say.speaker)].split()
    person = len(words) in (2, 3) and all(word.isalpha() and word.istitle() for word in words)
    sided = say.kind in ("victim", "authority")
    office = _OFFICE.search(say.passage.low, 0, say.speaker[0])
    return (words[-1], say.kind) if person and sided and office else None


def _again(say: Say, held: Mapping[str, AsserterKind]) -> Say:
    """The act with the side of who spoke before by the full name: "Rask said" after "chief
    executive Sunniva Rask told"."""
    if say.kind != "researcher":
        return say
    return replace(say, kind=held.get(say.passage.text[slice(*say.speaker)].strip(), say.kind))


def _relative(told: re.Match[str]) -> bool:
    """Whether the verb stands in a relative clause: "N, which claimed"."""
    link = told.string[told.start() : acts.verb_start(told)]
    return bool(re.search(r"\b(?:which|who|that) ", link)) and not re.match(r", [^,]*, ", link)


def _past(marked: str, subject: Subject) -> re.Match[str] | None:
    """The verb after one more word or two of the subject: "the maintainers of the N client"."""
    if marked[subject.end - 1 : subject.end] < "\ue000":
        return None
    extra = _EXTRA.match(marked, subject.end)
    return one("voices", "follows").match(marked, extra.end()) if extra else None


def _kind(subject: Subject, act: Act, told: re.Match[str]) -> AsserterKind:
    """A subject's kind by its verb, or by its apposition: "N, the agency that …, said"."""
    kind = acts.speaker(subject.kind, act, told)
    apposed = told.string[subject.end : acts.verb_start(told)]
    public = subject.kind is None and one("voices", "public_body").search(apposed)
    return "authority" if kind == "researcher" and public else kind
