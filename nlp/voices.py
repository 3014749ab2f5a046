"""Passages → their acts of speech: who says, claims, denies or leaves open what, and from where on.

A subject (a name with what stands around it, or a role: "the company", "hackers", "officials") and
the verb that follows it make an act; so do passives ("claimed by N"), "according to N", inversions
("…, said N"), further verbs of the same subject ("but denied …") and pronouns, which stand for who
spoke last. Patterns: `lexicon/voices.toml`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from breachwire.model import AsserterKind
from nlp import lexicon
from nlp.folding import fold
from nlp.names import key_of
from nlp.patterns import one
from nlp.reading import Passage

Act = Literal["say", "confirm", "act", "claim", "deny", "open"]
"""say, confirm: states something; act: an authority's deed; open: neither confirms nor denies."""

_ROLES: Final[dict[str, AsserterKind]] = {
    "attackers": "attacker", "researchers": "researcher", "victims": "victim",
    "authorities": "authority", "outlets": "outlet", "sued": "third_party",
}  # fmt: skip
_TRAILS: Final = re.compile(
    r"\s*(?:[.,;\"]|\Z|(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|on|in|of|about|at|as|this|last|late|early|yesterday|told|to reporters)\b)"
)
_OWN: Final = 100
"""Characters behind an unknown name's verb in which it speaks of its own incident."""
_PASSIVE: Final = re.compile(
    r"\b(?:been|was|were|is|are|be|being)(?: (?:also|later|since|first|now|recently|then|\w+ly))? ?\Z"
)
_CAPITALS: Final = re.compile(
    r"(?:The )?(?P<name>[A-Z][\w&.'’-]*(?: (?:of|for|and|&)(?= [A-Z])| [A-Z][\w&.'’-]*){0,7})"
)
_WORD: Final = re.compile(
    r"\b(?!(?:which|who|that|they|it|and|also|then|now|later|by) )(?P<w>[\w$-]{3,30}) (?:ha[sd] |have )?\Z"
)
"""A name that nobody wrote as one, right before "claims to have"."""
_OWNED: Final = 8
"""Characters of "-owned " or "'s " between a firm and the one it owns."""
_WHICH: Final = re.compile(r", (?:which|who)(?= )")
_FAR: Final = 45
"""Characters between "by" and the name: "data breach notification service N"."""
_LEAST: Final = 12
"""Characters before "…, N said" that make a clause of its own."""


@dataclass(frozen=True, slots=True)
class Say:
    """One act: `start` is where the words it covers begin, `trails` whether they stand before it."""

    act: Act
    kind: AsserterKind
    passage: Passage
    """Where the speaker is named: an earlier passage for a pronoun."""
    speaker: tuple[int, int]
    start: int
    verb: int
    end: int
    """Where the verb ends."""
    trails: bool = False
    aside: bool = False
    """Whether the act stands in a relative clause: what stands before it is not its."""
    credit: bool = False
    """Whether a deed is claimed as one's own ("took credit", "claimed by"): the deed may be sure."""
    weak: bool = False
    """Whether the speaker stands behind a preposition: "a clinic in N said"."""

    @property
    def firm(self) -> bool:
        """Whether victim or authority states something."""
        return self.kind in ("victim", "authority") and self.act in ("say", "confirm", "act")


@dataclass(frozen=True, slots=True)
class _Subject:
    kind: AsserterKind | None
    """None: an unknown name, whose verb tells."""
    start: int
    end: int
    speaker: tuple[int, int]
    head: int
    """Where the bare name ends, before what may belong to it."""
    held: bool = False
    """Whether a complaint or the like speaks: what it says is only claimed."""


class Voices:
    """Who speaks in each passage of one article; `roles`: a name's key → victim, actor, …"""

    def __init__(self, passages: Sequence[Passage], roles: Mapping[str, str]) -> None:
        self._roles = roles
        self._heard: dict[int, tuple[Say, ...]] = {}
        last: Say | None = None
        for passage in passages:
            says = tuple(self._hear(passage, last))
            self._heard[passage.index] = says
            last = next((say for say in reversed(says) if say.act != "open"), last)

    def of(self, passage: Passage) -> tuple[Say, ...]:
        """The acts of a passage, in the order of their verbs."""
        return self._heard.get(passage.index, ())

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
        subjects = list(self._subjects(passage))
        says = [say for subject in subjects for say in self._forward(passage, subject)]
        if not any(say.start == 0 for say in says):
            opening = _opening(passage, self._roles)
            says += self._forward(passage, opening) if opening else ()
        says += self._backward(passage, subjects)
        says += self._headed(passage, subjects)
        says = _sorted(says)
        says += [extra for say in says for extra in self._further(passage, say, says)]
        says += self._pronouns(passage, subjects, says, last)
        says += self._loose(passage, subjects, says)
        says = [say for say in _sorted(says) if not _reporter(passage, say)]
        return says or list(self._cut(passage, subjects))

    def _subjects(self, passage: Passage) -> Iterator[_Subject]:
        before: _Subject | None = None
        for match in one("voices", "subject").finditer(passage.marked):
            subject = self._subject(passage, match)
            close = before and before.end + 1 == match.start()
            if match["name"] and before and close and not passage.name_at(match.start()).text == "News":
                # "security firm N", "ransomware group N": the role tells what the name is.
                subject = replace(subject, kind=subject.kind or before.kind)
            before = subject
            yield subject

    def _subject(self, passage: Passage, match: re.Match[str]) -> _Subject:
        places = passage.places
        if match["name"]:
            at = match.start("name")
            name = passage.name_at(at)
            kind = self._kind(passage, match, at)
            end = places[match.end("gang")] if match["gang"] else name.end
            if one("voices", "body_tail").search(match["tail"]):
                end = places[match.end("tail")]
            head = match.end("gang") if match["gang"] else at + 1
            start = places[at] + _possessed(name.text)
            return _Subject(kind, match.start(), match.end(), (start, end), head)
        role = next(key for key in _ROLES if match[key])
        if match["called"]:
            at = match.start("called")
            span = (places[at], _end(passage, at))
            return _Subject(_ROLES[role], match.start(), match.end(), span, match.end())
        last = match.end() - 1
        end = _end(passage, last) if "\ue000" <= passage.marked[last] <= "\uf8ff" else places[last] + 1
        span = (places[match.start()], end)
        held = role == "sued"
        return _Subject(_ROLES[role], match.start(), match.end(), span, match.end(), held)

    def _kind(self, passage: Passage, match: re.Match[str], at: int) -> AsserterKind | None:
        name = passage.name_at(at)
        role = self._roles.get(name.key)
        if re.search(r"\b(?:hackers?|attackers?|gang|hacktivists?)\b", name.key) and role != "victim":
            return "attacker"
        if role == "victim":
            return "victim"
        if role == "actor" or name.kind == "actor":
            return "attacker"
        if re.search(r"research|analyst", match["tail"]):
            return "researcher"
        if name.kind in ("authority", "researcher", "outlet"):
            return name.kind  # type: ignore[return-value]
        if match["gang"] and re.search(r"gang|hack|ransom|extort|crew|crim|threat", match["gang"]):
            return "attacker"
        if re.search(r"polic|prosecut|sheriff|minister|attorney|court|ministry", match["tail"]):
            return "authority"
        if any(
            other == "victim" and name.key and (key.startswith(name.key) or name.key.startswith(key))
            for key, other in self._roles.items()
        ):
            return "victim"
        if one("voices", "inside").search(name.key):
            return "victim"
        owner = re.split("['’]s ", name.text)[0]
        if one("voices", "public").search(name.key) or owner in lexicon.table("parties")["authorities"]:
            return "authority"
        if role == "third_party":
            return "third_party"
        if one("voices", "institution").search(name.key):
            return "victim"
        return "attacker" if match["gang"] and not role else None

    def _forward(self, passage: Passage, subject: _Subject) -> Iterator[Say]:
        marked = passage.marked
        told = one("voices", "follows").match(marked, subject.head)
        told = told or one("voices", "follows").match(marked, subject.end)
        told = told or self._past(marked, subject)
        if told is None:
            version = one("voices", "version").match(marked, subject.end)
            if version and subject.kind in ("attacker", "victim"):
                act: Act = "claim" if subject.kind == "attacker" else "say"
                yield self._say(passage, subject, act, version)
            return
        act_ = _act(told, subject.kind)
        if act_ is None:
            return
        kind = _speaker(subject.kind, act_, told)
        apposed = marked[subject.end : told.start(told.lastgroup or 0)]
        if subject.kind is None and kind == "researcher" and one("voices", "public_body").search(apposed):
            kind = "authority"
        say = self._say(passage, replace(subject, kind=kind), act_, told)
        before = marked[: subject.start].rstrip()
        aside = before.endswith((",", '"', "-", "?")) and len(before) > _LEAST
        relative = re.search(r"(?:\bwhich|\bwhom|(?<!said )(?<!says )(?<!claim )\bthat)(?: the| a)?\Z", before)
        trails = bool(relative) or (aside and bool(_TRAILS.match(marked, told.end())))
        if _behind(before):
            return
        yield replace(say, trails=trails, aside=_relative(told, before))
        which = _WHICH.match(marked, subject.end)
        if which and which.end() < told.start(told.lastgroup or 0):
            inner = one("voices", "follows").match(marked, which.end())
            act = _act(inner, subject.kind) if inner else None
            if inner and act and inner.end() < told.end():
                yield self._say(passage, replace(subject, kind=kind), act, inner)

    @staticmethod
    def _past(marked: str, subject: _Subject) -> re.Match[str] | None:
        """The verb after one more word or two of the subject: "the maintainers of the N client"."""
        if marked[subject.end - 1 : subject.end] < "\ue000":
            return None
        extra = re.compile(r" [\w-]{1,12}(?: [\w-]{1,12})?(?= (?:ha|sa|conf|disc|publ|not))").match(
            marked, subject.end
        )
        return one("voices", "follows").match(marked, extra.end()) if extra else None

    def _say(
        self, passage: Passage, subject: _Subject, act: Act, verb: re.Match[str]
    ) -> Say:
        places = passage.places
        kind = subject.kind or "researcher"
        if kind == "attacker" and act in ("say", "confirm", "act"):
            act = "claim"
        if subject.held and act in ("say", "confirm"):
            act = "claim"
        credit = one("voices", "credits").match(passage.marked, _verb_start(verb))
        return Say(
            act, kind, passage, subject.speaker,
            places[subject.start], places[_verb_start(verb)], places[verb.end()],
            credit=credit is not None and act == "claim",
        )  # fmt: skip

    def _backward(self, passage: Passage, subjects: Sequence[_Subject]) -> Iterator[Say]:
        """Acts whose speaker stands behind: "claimed by N", "according to N", ", said N"."""
        marked = passage.marked
        for key in ("passive", "accord", "inverted"):
            for match in one("voices", key).finditer(marked):
                subject = _at(subjects, match.end())
                if subject is None:
                    continue
                act: Act = (match.lastgroup or "say") if key != "accord" else "say"  # type: ignore[assignment]
                if act == "claim" and key == "passive" and subject.kind not in ("attacker", None):
                    continue
                if subject.kind is None and re.match("given|cited|quoted", match[0]):
                    continue
                kind = subject.kind or ("attacker" if act == "claim" else _speaking(match))
                if kind == "victim" and act == "claim":
                    act = "say"
                say = self._say(passage, replace(subject, kind=kind), act, match)
                credit = key == "passive" and re.match(r"claim|credit|respons", match[0]) is not None
                trails = match.start() > _LEAST
                yield replace(say, trails=trails, weak=key == "inverted", credit=credit)

    def _headed(self, passage: Passage, subjects: Sequence[_Subject]) -> Iterator[Say]:
        """A headline that opens with its speaker: "FBI: …", "Complaint: …"."""
        for subject in subjects[:1]:
            colon = re.compile(": ").match(passage.marked, subject.end)
            told = subject.kind in ("attacker", "victim", "authority", "researcher") or subject.held
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
            act = _act(told, say.kind) if told else None
            if told and act:
                if say.kind == "attacker" and act != "deny":
                    act = "claim"
                begin = passage.places[link.start()]
                verb, end = passage.places[_verb_start(told)], passage.places[told.end()]
                yield Say(act, say.kind, say.passage, say.speaker, begin, verb, end)

    def _cut(self, passage: Passage, subjects: Sequence[_Subject]) -> Iterator[Say]:
        """Whom a quotation is from where the text breaks off before the verb."""
        match = one("voices", "cut").search(passage.marked)
        subject = _at(subjects, match.start("n")) if match else None
        if match and subject and subject.kind in (None, "researcher"):
            say = self._say(passage, replace(subject, kind="researcher"), "say", match)
            yield replace(say, trails=True)

    def _loose(
        self, passage: Passage, subjects: Sequence[_Subject], says: Sequence[Say]
    ) -> Iterator[Say]:
        """"… and claiming to have stolen": a claim whose attacker stands far before it."""
        for match in one("voices", "loose").finditer(passage.marked):
            verb, end = passage.places[match.start()], passage.places[match.end()]
            if any(say.verb <= end and verb <= say.end for say in says):
                continue
            ahead = [s for s in subjects if s.kind == "attacker" and s.end <= match.start()]
            if not match[0].startswith(("claim", "tak", "took", "boast", "by ")):
                ahead = [s for s in subjects if s.kind == "attacker"]
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
        self, passage: Passage, subjects: Sequence[_Subject], says: Sequence[Say], last: Say | None
    ) -> Iterator[Say]:
        for match in one("voices", "pronoun").finditer(passage.marked):
            at = passage.places[match.start("p")]
            earlier = [say for say in says if say.verb < at]
            antecedent = earlier[-1] if earlier else last
            told = one("voices", "follows").match(passage.marked, match.end())
            ahead = [s for s in subjects if s.kind == "attacker" and s.end <= match.start("p")]
            if ahead and told and (told["claim"] or not earlier):
                say = self._say(passage, ahead[-1], "claim", told)
                antecedent = replace(say, verb=at) if antecedent is None else say
            if antecedent is None:
                continue
            act = _act(told, antecedent.kind) if told else None
            if told and act:
                if antecedent.kind == "attacker" and act != "deny":
                    act = "claim"
                if antecedent.kind == "researcher" and re.match(r"notif|inform", told[told.lastgroup or 0]):
                    antecedent = replace(antecedent, kind="victim")
                verb, end = passage.places[_verb_start(told)], passage.places[told.end()]
                before = passage.marked[: match.start("p")].rstrip()
                aside = before.endswith((",", '"')) and len(before) > _LEAST
                trails = aside and bool(_TRAILS.match(passage.marked, told.end()))
                held = before[-1:].isalpha() and not re.search(
                    r"\b(?:said|says|but|and|while|although|though|that|as)\Z", before
                )
                trails = trails or held
                yield replace(
                    antecedent, act=act, start=at, verb=verb, end=end, trails=trails
                )


def _act(told: re.Match[str], kind: AsserterKind | None) -> Act | None:
    """What a verb does in a speaker's mouth; None where it is no act of speech there."""
    group = told.lastgroup
    verb = told[group or 0]
    link = told.string[told.start() : told.start(group or 0)]
    if group not in ("open", "deny") and not verb.endswith("ing") and _PASSIVE.search(link):
        return None
    if kind == "attacker" and group not in ("claim", "offer"):
        return "claim" if one("voices", "utter").match(verb) else None
    if group == "offer":
        return "claim" if kind == "attacker" else None
    if verb.startswith("settl") and kind != "authority":
        return None
    if verb.startswith("report") and kind in (None, "outlet"):
        return None
    if group == "act" and kind != "authority" and re.match("issu|warn", verb):
        return "confirm"
    if group == "act":
        sues = "sue" in told["act"] or "suit" in told["act"]
        deed = kind == "authority" or (sues and kind != "third_party")
        return ("act" if kind == "authority" else "say") if deed or kind == "victim" else None
    if group == "claim" and kind in ("victim", "authority", "researcher", "outlet"):
        return "say" if re.match(r"claim|alleg", verb) else None
    if group == "claim" and kind is None and re.match(r"sell|offer|alleg|adv", told["claim"]):
        return None
    return group  # type: ignore[return-value]


def _speaker(kind: AsserterKind | None, act: Act, told: re.Match[str]) -> AsserterKind:
    """A speaker's kind, by the verb and what follows where the name plays no known part.

    A supplier or researcher that confirms its own incident is the one hit.
    """
    if kind not in (None, "third_party", "researcher"):
        return kind
    if kind == "researcher" or (kind == "third_party" and act == "say"):
        after = told.string[told.end() : told.end() + _OWN]
        sure = re.match(r"confirm|admit|acknow|disclos|releas", told[told.lastgroup or 0])
        if sure and one("voices", "itself").search(after):
            return "victim"
        own = kind == "third_party" and one("voices", "own").search(after)
        return "victim" if own else kind
    if kind == "third_party" and act not in ("confirm", "deny"):
        return kind
    return _unknown(act, told)


def _unknown(act: Act, told: re.Match[str]) -> AsserterKind:
    """Whose a name is that plays no known part, by its verb and what follows."""
    if act == "claim":
        return "attacker"
    after = told.string[told.end() : told.end() + _OWN]
    if "sue" in told[0] or "lawsuit" in told[0]:
        return "victim"
    sure = re.match(r"confirm|admit|acknow|disclos", told[told.lastgroup or 0])
    if sure and one("voices", "itself").search(after):
        return "victim"
    if act in ("confirm", "deny") and one("voices", "incident").search(after):
        return "victim"
    if act in ("say", "open") and one("voices", "own").search(after):
        return "victim"
    return "researcher"


def _reporter(passage: Passage, say: Say) -> bool:
    """Whether it is the outlet's own reporter: "N reported:"."""
    return bool(re.match(r"report(?:s|ed):|provides?\b", passage.low[say.verb : say.verb + 10]))


def _speaking(passive: re.Match[str]) -> AsserterKind:
    """Whose a name of no known part is behind "… by": who confirms or denies was hit."""
    own = re.match(r"(?:confirm|disclos|announc|acknow|admit|den|disput|reject|refut)", passive[0])
    return "victim" if own else "researcher"


def _relative(told: re.Match[str], before: str) -> bool:
    link = told.string[told.start() : told.start(told.lastgroup or 0)]
    return bool(re.search(r"\b(?:which|who|that) ", link)) and not re.match(r", [^,]*, ", link)


def _possessed(name: str) -> int:
    """Characters of "N's " before a name that another one owns: "Google's Mandiant"."""
    return max(name.rfind("'s "), name.rfind("’s ")) + 3 if re.search("['’]s [A-Z]", name) else 0


def _behind(before: str) -> bool:
    return bool(re.search(r"\b(?:in|of|at|from|near|on|for|against|by|to|with)(?: the)?\Z", before))


def _verb_start(told: re.Match[str]) -> int:
    return told.start(told.lastgroup) if told.lastgroup else told.start()


def _opening(passage: Passage, roles: Mapping[str, str]) -> _Subject | None:
    """The capitalised words that open a passage, where the list of names has missed them."""
    match = _CAPITALS.match(passage.text)
    if match is None or match.end() not in passage.places:
        return None
    start = passage.places.index(match.start("name")) if match.start("name") in passage.places else 0
    end = passage.places.index(match.end())
    first = fold(match["name"]).split()[0]
    if first in lexicon.words("function", "stop") | lexicon.words("function", "openers"):
        return None
    if " " not in match["name"] and (len(first) < 3 or first in lexicon.common()):
        return None
    key = key_of(match["name"])
    own = any(role == "victim" and key.startswith(name) for name, role in roles.items() if name)
    own = own or bool(one("voices", "inside").search(key))
    own = own or bool(one("voices", "institution").search(key))
    public = one("voices", "public").search(key) and not any(key.startswith(name) for name in roles)
    kind: AsserterKind | None = "authority" if public else "victim" if own else None
    return _Subject(kind, start, end, match.span("name"), end)


def _at(subjects: Sequence[_Subject], position: int) -> _Subject | None:
    """The subject that stands at a position, an article aside."""
    near = [s for s in subjects if position - 1 <= s.start <= position + _FAR]
    for first, then in itertools.pairwise(near):
        # "security company N", "N-owned N": the name right behind is meant.
        if then.start - first.end > _OWNED or (first.end != first.start + 1 and then.start - first.end > 1):
            return first
        return then
    return next(iter(near), None)


def _end(passage: Passage, at: int) -> int:
    return passage.name_at(at).end


def _sorted(says: Sequence[Say]) -> list[Say]:
    """In the order of verbs, one act a verb: of speakers the first that is no place or firm in passing
    ("N, the largest chain in N, said")."""
    best: dict[int, Say] = {}
    for say in says:
        known = best.get(say.verb)
        if known is None or (say.weak, say.start) < (known.weak, known.start):
            best[say.verb] = say
    return [best[verb] for verb in sorted(best)]
