"""The writer's desk: passages in hand, what was used, what a section may still take.

In: a thread view. Out: passages and facts to sections, none twice and none that repeats another
(maximal marginal relevance, Carbonell & Goldstein 1998, over term overlap, all sections at once).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any, Final, TypeVar

from breachwire.model import BriefSection, Detail, Evidence, Statement, StatementKind, ThreadView
from nlp import antecedents, ground, lexicon, quotable, rank, sentences, speakers, trim
from nlp.facts import Ledger, Said, covers, span
from nlp.fits import Fits
from nlp.met import Met
from nlp.met import Place as Place
from nlp.overtaken import News
from nlp.patterns import says
from nlp.quotable import Quotable
from nlp.whole import bare, whole

REPEATS: Final = 0.55
"""Share of the shorter sentence's terms above which it says what another has said."""
_FIGURE: Final = 0.12
"""What two sentences have in common by one figure, beside their other words."""
_SAME_DAY: Final = 0.3
"""What two sentences have in common that tell of one discovery or release by its day."""
_CAME_TO_LIGHT: Final = {
    "found": re.compile(r"\b(?:discover|detect|notic|learn)ed\b"),
    "told": re.compile(r"\b(?:disclos|confirm|acknowledg|announc|post|publish)ed\b"),
    "released": re.compile(r"\b(?:released|fixed|patched|closed|shipped)\b"),
}
_DAY: Final = re.compile(
    r"\b(?P<m>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.? (?P<d>\d{1,2})\b"
    r"|\b(?P<d2>\d{1,2}) (?P<m2>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\b"
)
_NEW_FIGURE: Final = 0.3
"""What sets a newer sentence apart from an older one by a count that is new in it."""
_COUNT: Final = re.compile(r"(?!(?:19|20)\d\d\Z)\d[\d,.]{0,12}\d\d")
_PENALTY: Final = 0.5
"""Weight of that share below the limit."""
_TOP: Final = 5
"""Sentences of a single report that can only be on its news, once the summary has said which."""
_HALF: Final = 0.3
"""What a sentence loses that the next one, with its "But", completes."""
LONG: Final = 32
"""Words from which a sentence loses its asides: more than two lines of the page."""

_HIT: Final = ("breach", "supply-chain", "law", "campaign")
"""Kinds of thread in which "the company" may be the victim; elsewhere it is a vendor or nobody."""
_NAMED: Final = ("victim", "actor", "third_party", "cve")
"""Fields whose value is a name, known by itself wherever it stands."""

MOST: Final = 40
"""Words of a sentence at most: one that stays longer without its asides is not read to its end."""
_SUBJECT: Final = re.compile(
    r"(?:The|These|Those) (?:[a-z-]{1,30} )??([a-z]{3,30}) "
    r"(?:will|is|are|was|were|has|have|had|can|could|may|might|would)\b"
)
"""A noun by its article alone: which, an earlier sentence says."""
_OWN_NAME: Final = re.compile(r"The [A-Z]")
"""A subject that says by name which: it goes on from the summary as well."""
_NAMES: Final = re.compile(
    r"(?<=[a-z] )(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May\b|Jun|Jul"
    r"|Aug|Sep|Oct|Nov|Dec)[A-Z][\w’-]+"
)
_TOKEN: Final = re.compile(r"[A-Za-z0-9][\w.$@/-]*[\w$]")
_WHO: Final = re.compile(
    r"\A(?P<name>[A-Z][\w’'-]{1,30} [A-Z][\w’'-]{1,30}), (?P<role>who [^,“\"]{3,60}),"
)
"""A person with what says who that is."""
_RUN: Final = re.compile(r"(?<=[a-z] )[A-Z][\w’-]+(?: [A-Z][\w’-]+)+")

_BEFORE: Final = 600
"""Characters before a sentence in which the one before it stands."""

T = TypeVar("T")
Weight = Callable[[Quotable], float | None]
"""How well a passage serves a section: added to its score; None: not at all."""


class Desk:
    """Everything one brief is written from, and what it has said so far."""

    def __init__(self, view: ThreadView) -> None:
        self.view = view
        self.members = quotable.usable(view.members)
        self.ledger = Ledger(view)
        self.articles = self.ledger.articles
        self.victims = self.ledger.victims() if self._hit() else []
        actors = [str(d.value) for d in self.ledger.leading("actor")]
        found = quotable.gather(self.members, self.victims, actors)
        self._all = [self.news.past(q) for q in found]
        self.quotables = [q for q in self._all if q.after is None]
        """Sentences that stand alone; the others only behind the one they lean on."""
        self.statements: list[Statement] = []
        self.fits = Fits(self.articles, view.thread.kind or "", lambda: self.news)
        self._met = Met(self._all, self.articles, self.statements)
        self.roles = {q.role[0]: q.role[1] for q in self._all if q.role}
        """A name with its role, as put into a sentence, and the name."""
        self._taken: set[int] = set()
        self._named = rank.terms(" ".join(self.victims))
        """Words of the victim's name: two sentences that share it do not say the same for that."""
        self._own = [q.terms - self._named for q in self._all]
        self._figures = frozenset(filter(_COUNT.fullmatch, frozenset().union(*self._own)))
        """Terms of the sentences that are counts."""
        self._events = [_events(q.text) for q in self._all]
        self._said = [0.0] * len(self._all)
        """Of each sentence: its greatest overlap with anything held so far."""
        self._told: set[str] = set()
        self._once: dict[str, Callable[[Quotable], Any]] = {}
        self._named_in: dict[str, bool] = {}
        self._mentioned: dict[str, int] = {}

    def _hit(self) -> bool:
        """Whether the thread is on who was hit."""
        if self.view.thread.kind in _HIT:
            return True
        titles = " ".join(m.article.title for m in self.members)
        return self.view.thread.kind == "other" and any(
            name in titles for name in self.ledger.victims()[:1]
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the story is about: victims, actors, suppliers, flaws and counts, as written."""
        leading = self.ledger.leading("victim", "actor", "third_party", "cve", "affected", "volume")
        found = {d.lead.claim.evidence.quote for d in leading} | set(self.victims)
        return tuple(name for name in found if len(name) > 2)

    @cached_property
    def news(self) -> News:
        """What newer reports have made of older ones."""
        return News([m.article for m in self.members], self.ledger)

    @cached_property
    def _stale(self) -> frozenset[int]:
        return frozenset(
            n
            for n, q in enumerate(self._all)
            if self.news.stale(q) or says("asides", "empty", q.text)
        )

    @cached_property
    def _subject(self) -> frozenset[str]:
        """Words of the titles that name something."""
        titles = " ".join(m.article.title for m in self.members)
        return frozenset(
            word.lower()
            for word in _TOKEN.findall(titles)
            if not word.islower() and not word.isdigit() and not _common(word)
        )

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        """Names of plain words ("Open Gate"): what a text writes in capitals and a title has."""
        titles = " ".join(m.article.title for m in self.members).lower()
        found = {p for m in self.members for p in _capitalised(m.article.text)}
        return tuple(p for p in found if p.lower() in titles)

    def names_it(self, text: str) -> bool:
        """Whether a text names what the thread is about: who was hit, who did it, what has the
        flaw, or what a title names."""
        if text not in self._named_in:
            words = {word.lower() for word in _TOKEN.findall(text)}
            words |= {part for word in words for part in (word.removesuffix("s"), *word.split("-"))}
            known = self.names or self._subject or self._phrases
            named = any(name in text for name in (*self.names, *self._phrases))
            named = named or bool(words & self._subject)
            named = named or not known
            self._named_in[text] = named
        return self._named_in[text]

    @cached_property
    def year(self) -> int:
        """The year in which the reporting began: earlier ones are background."""
        return min(m.article.at for m in self.members).year

    @cached_property
    def _headline(self) -> frozenset[str]:
        return rank.terms(" ".join(s.text for s in self.statements if s.section == "headline"))

    def on_headline(self, passage: Quotable) -> float:
        """How much of the headline's news a passage tells, 0 to 0.8."""
        return 0.8 * rank.overlap(self._headline, passage.terms)

    def mentions(self, passage: Quotable) -> int:
        """How many of these a passage names, three at most."""
        if passage.text not in self._mentioned:
            self._mentioned[passage.text] = min(3, sum(n in passage.text for n in self.names))
        return self._mentioned[passage.text]

    def once(
        self, key: str, make: Callable[[], Callable[[Quotable], T]]
    ) -> Callable[[Quotable], T]:
        """What `make` says of a passage, worked out once a passage: for what nothing that the brief
        says can change. `key`: the same for the same question."""
        if key not in self._once:
            asked, known = make(), dict[int, tuple[Quotable, T]]()

            def answer(q: Quotable) -> T:
                kept = known.get(id(q))
                if kept is None or kept[0] is not q:
                    kept = known[id(q)] = q, asked(q)
                return kept[1]

            self._once[key] = answer
        return self._once[key]

    def best(
        self,
        weight: Weight,
        *,
        max_words: int = MOST,
        repeats: float = REPEATS,
        least: float = float("-inf"),
        place: Place | None = None,
        section: Place | None = None,
        beyond: bool = False,
    ) -> Quotable | None:
        """The sentence that serves best and repeats nothing said; None where none is worth `least`,
        or none would be printed in the `section` (else the `place`).
        One too long for `max_words` serves without its asides, where that is enough. For a `place`
        one that leans serves as well, right behind what it leans on; one that names nothing of the
        story only behind one that does. `beyond`: also one that `weight` says nothing of, where the
        odds speak for it."""
        found: Quotable | None = None
        top = least
        for number, q in enumerate(self._all):
            if number in self._taken or number in self._stale or self._said[number] > repeats:
                continue
            worth = self.fits.worth(q, section or place, weight(q), beyond=beyond)
            if worth is None:
                continue
            value = q.score + worth - _PENALTY * self._said[number] - _HALF * q.turned
            if value <= top:
                continue
            if q.after is not None and (place is None or not self._behind(q, place)):
                continue
            if place and not self._stands(q, place):
                continue
            known, loss = self._met.known(q, place, self._free) if place else (q, 0.0)
            if known is None or value - loss <= top:
                continue
            if fitting := self.fitting(known, max_words):
                found, top = fitting, value - loss
        return found

    def _free(self, number: int) -> bool:
        """Whether a sentence is not told yet, and may be."""
        if number in self._taken or number in self._stale:
            return False
        return self._said[number] <= REPEATS

    def free(self, q: Quotable) -> bool:
        """Whether a sentence is not told yet, in these or like words, and nothing newer stands
        against it."""
        return self._free(self._all.index(q))

    @property
    def every(self) -> tuple[Quotable, ...]:
        """All sentences that may be used, those too that lean on another."""
        return tuple(self._all)

    def before(self, q: Quotable) -> Evidence | None:
        """The sentence right before a passage in its article; None where it is the first."""
        text, start = self.articles[q.article].text, q.source.start
        spans = sentences.split(text[max(0, start - _BEFORE) : start])
        if not spans:
            return None
        at, end = (place + max(0, start - _BEFORE) for place in spans[-1])
        return Evidence(q.article, "text", at, end, text[at:end])

    def met(self, q: Quotable) -> bool:
        """Whether one that leans is understood by who has read what the brief holds so far."""
        return q.after is None or self._met.whole(q)

    def _behind(self, q: Quotable, place: Place) -> bool:
        """Whether what it leans on stands in the place: in the analysis, which keeps the order of
        its sources."""
        if place[0] != "deep_analysis":
            return False
        told = self.held(*place)
        if not place[1]:
            opening = antecedents.open_nouns(q.text)[:1]
            told = told + [
                s
                for s in self.held("signal_summary")
                if _OWN_NAME.match(q.text)
                or (opening and antecedents.told(opening[0], antecedents.stems(s.text)))
            ]
        return any(s.evidence and s.evidence[0] == q.after for s in told)

    @cached_property
    def _means(self) -> tuple[str, ...]:
        """How it was done and through whom, in the sources' words."""
        leading = self.ledger.leading("attack_type", "actor", "third_party")
        found = {d.lead.claim.evidence.quote.lower() for d in leading}
        return tuple(words for words in found if len(words) > 4)

    def of_it(self, text: str) -> bool:
        """Whether a text can only be on this incident, once a page has said which: it speaks of
        "the intruders", of the means the ledger knows, somebody has the word in it, or there is but
        one report."""
        if len(self.members) == 1 or says("asides", "incident", text) or speakers.speaks(text):
            return True
        if says("asides", "own_subject", text):
            return True
        low = text.lower()
        return any(words in low for words in self._means)

    def leans(self, statement: Statement, on: Statement) -> bool:
        """Whether a statement stands only behind another one."""
        sources = {q.source: q.after for q in self._all if q.after is not None}
        return sources.get(statement.evidence[0]) == on.evidence[0]

    def _stands(self, q: Quotable, place: Place) -> bool:
        """Whether a reader of the place knows what the sentence is about."""
        summed = place[0] == "signal_summary"
        if q.after is None and not self._known_subject(q.text, opens=summed):
            return False
        if q.after is not None or self.names_it(q.text):
            return True
        first = place[0] in ("signal_summary", "headline") or place == ("deep_analysis", 0)
        top = len(self.members) == 1 and q.position <= (_TOP if self.has("signal_summary") else 0)
        if self.of_it(q.text) if not first else top:
            return True
        if place[0] == "impact_assessment":
            return True
        if place[0] != "deep_analysis":
            held = any(self.names_it(s.text) for s in self.held(*place) if s.evidence)
            return held or self._met.follows(q)
        own = q.source
        return any(
            self.names_it(s.text)
            and (s.paragraph == place[1] or s.evidence[0].article == own.article)
            and (s.evidence[0].article, s.evidence[0].start) < (own.article, own.start)
            for s in self.statements
            if s.section == "deep_analysis" and s.paragraph <= place[1] and s.evidence
        )

    def _known_subject(self, text: str, *, opens: bool) -> bool:
        """Whether "The cameras will …" begins with something that a sentence has brought up, or
        names the story beside it; where it `opens` the brief, only the former will do."""
        subject = _SUBJECT.match(text)
        if subject is None or speakers.speaks(text) or (self.names_it(text) and not opens):
            return True
        if says("asides", "incident", text) or says("impact", "at_stake", text):
            return True
        noun = subject[1].removesuffix("s")
        return any(noun in s.text.lower() for s in self.statements if s.evidence)

    def fitting(self, q: Quotable, most: int) -> Quotable | None:
        """A passage in at most `most` words, without its asides if need be; None: it can't be."""
        if q.words <= most or (q.pair and most >= MOST):
            return q
        outlet = self.articles[q.article].source
        text = trim.shorter(q.text, most) or trim.shorter(trim.reported(q.text, outlet), most)
        if text is not None and outlet and bare(text):
            text = f"{outlet} reports {text[:1].lower()}{text[1:]}"
        if text is None or len(text.split()) > most or not whole(text, ()):
            return None
        terms = rank.terms(text)
        return replace(q, text=text, kind="stated", words=len(text.split()), terms=terms)

    def hold(self, chosen: Quotable) -> None:
        """Keep a quotable from the other sections."""
        terms, events = chosen.terms - self._named, _events(chosen.text)
        cited = {e.article for e in chosen.evidence}
        for number, (q, own) in enumerate(zip(self._all, self._own, strict=True)):
            if q.article in cited and any(covers(e, q.source) for e in chosen.evidence):
                self._taken.add(number)
            shared = own & terms
            told = len(shared) / (min(len(own), len(terms)) or 1)
            told += _FIGURE * (not shared.isdisjoint(self._figures))
            told += _SAME_DAY * bool(events and self._events[number] & events)
            if told > self._said[number] and q.at > chosen.at:
                told -= _NEW_FIGURE * (not (own - terms).isdisjoint(self._figures))
            self._said[number] = max(self._said[number], told)

    def quote(
        self, passage: Quotable, section: BriefSection, paragraph: int = 0, *, by: str = ""
    ) -> bool:
        """Put a passage into a section, in its plainest form that holds; `by`: whose word it is
        where its own words don't say. False where the ground check refuses even these."""
        self.hold(passage)
        plain = self._shorter(passage)
        if section == "signal_summary" and len(plain.split()) > len(passage.text.split()):
            plain = passage.text  # every word counts there
        own = f"{plain[:-1]}, {by} reports." if by and plain.endswith(".") else plain
        forms = dict.fromkeys((own, plain, passage.text))
        self._told |= set(forms)
        stands = any(
            self.put(Statement(section, text, _kind(passage, text), passage.evidence, paragraph))
            for text in forms
        )
        for other in self._all:
            if stands and other.turns and other.after == passage.source:
                self.quote(other, section, paragraph)
        return stands

    def _shorter(self, passage: Quotable) -> str:
        """A passage as it is shown: a long one without its asides, but for one that alone says who
        did it."""
        if passage.pair:
            return passage.text
        text = trim.speaker_first(passage.text)
        shorter = trim.shorter(text, LONG) if passage.words > LONG else None
        if not shorter or passage.words > MOST:
            return shorter or text
        told = " ".join((shorter, *(s.text for s in self.statements)))
        if (
            (who := _WHO.search(text))
            and who["role"] not in shorter
            and told.count(who["name"]) < 2
        ):
            return text  # who speaks, nothing else says
        return shorter if all(name in told for name in _NAMES.findall(text)) else text

    def put(self, statement: Statement, *, again: bool = False) -> bool:
        """Add a statement that holds; one with problems is dropped, and one told before unless
        `again`. True: it stands."""
        if ground.problems(statement, self.articles):
            return False
        told = (s for s in self.statements if s.section != "timeline")
        if not again and any(s.text == statement.text for s in told):
            return False
        self.statements.append(statement)
        return True

    def from_source(self, text: str) -> bool:
        """Whether a statement's text is a sentence of the sources, shortened or not, and no fact in
        our words."""
        return text in self._told

    def put_fact(self, said: Said | None, section: BriefSection, paragraph: int = 0) -> bool:
        """Add a fact of ours; None is passed over, and so is a count that a report has replaced."""
        if said is None or self.news.replaced(said.text, said.evidence[0]):
            return False
        return self.put(said.statement(section, paragraph))

    def has(self, section: BriefSection, paragraph: int = 0) -> bool:
        """Whether a section (a paragraph of the analysis) holds anything."""
        return any(s.section == section and s.paragraph == paragraph for s in self.statements)

    def held(self, section: BriefSection, paragraph: int = 0) -> list[Statement]:
        """What a section (a paragraph of the analysis) holds."""
        return [s for s in self.statements if s.section == section and s.paragraph == paragraph]

    def told(self, detail: Detail, *sections: BriefSection) -> bool:
        """Whether some statement (of these sections) tells this fact: its own words quoted, or its
        name or label."""
        claims = [c.claim for c in detail.claims if c.claim.value == detail.value]
        words = {claim.evidence.quote.lower() for claim in claims} | {span(detail).lower()}
        if detail.value == "unknown_intrusion":
            words |= {"breach", "hack", "intru", "broke into", "compromise", "cyberattack"}
        if detail.field in _NAMED:
            words.add(str(detail.value).lower())
        return any(
            word in statement.text.lower()
            for word in words
            if word
            for statement in self.statements
            if statement.evidence and (not sections or statement.section in sections)
        )


@lru_cache(maxsize=8192)
def _events(text: str) -> frozenset[tuple[str, str]]:
    """What came to light and on which day of the month, however it is written."""
    days = [f"{m['m'] or m['m2']} {m['d'] or m['d2']}" for m in _DAY.finditer(text)]
    verbs = [key for key, pattern in _CAME_TO_LIGHT.items() if days and pattern.search(text)]
    return frozenset((verb, day) for day in days for verb in verbs)


@lru_cache(maxsize=1024)
def _capitalised(text: str) -> frozenset[str]:
    """Runs of capitalised words behind a word in small letters."""
    return frozenset(_RUN.findall(text))


def _common(word: str) -> bool:
    """Whether a title's word is plain English, in capitals or not."""
    low = word.lower()
    return low in lexicon.common() or low.removesuffix("s") in lexicon.common()


def _kind(passage: Quotable, text: str) -> StatementKind:
    return passage.kind if text == passage.text else "stated"
