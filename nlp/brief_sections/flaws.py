"""A thread on a flaw → plain lines: what has it, what it lets thieves do, how its mending stands.

In: the desk. Out: `Said`s of at most four short sentences, each with the report's sentence it rests
on; none where no report names what has the flaw.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from breachwire.model import Evidence
from nlp import facts, lexicon, sentences, simply
from nlp.cited import title_of
from nlp.desk import Desk
from nlp.facts import Said
from nlp.folding import capital
from nlp.patterns import says
from nlp.quotable import DATELINE

TOP: Final = 9
"""Sentences of a report in which it says what a flaw does."""
_READ: Final = 5
"""Reports that are read, the newest first."""
_NAMES: Final = 3
"""Sentences of a report in which it names what has the flaw."""
_CAN: Final = 2
"""What a flaw lets people do: as many as one short sentence holds."""
_X: Final = (
    r"(?P<x>(?:[A-Z]|[a-z](?=[A-Z]))[\w.-]*\w(?:(?:['’]s?)? (?:on |for )?[A-Z][\w.-]*\w){0,4}"
    r"(?: \([A-Z][A-Z ]{1,6}\))?)"
)
_HEAD: Final = (
    r"(?:(?:vulnerabilit(?:y|ies)|flaws?|bugs?|zero-days?|overflow|weakness(?:es)?|bypass|CVEs)"
    r"(?: chains?)?)"
)
_HOW: Final = (
    r"(?:(?:newly|new|critical|severe|serious|disclosed|discovered|recent|high-severity)(?:,? ))*"
)
_MEND: Final = r"(?:fix|patch|address|resolve)"
_IN: Final = (
    re.compile(
        rf"\b{_HEAD}(?:, (?:dubbed|tracked|known|called|named) [^,]{{2,40}},)? (?:in|affecting|of) "
        rf"(?:the |its |on-premises |supported versions of )?"
        rf"(?:(?:widely|commonly) used |popular |open-source )?{_X}"
    ),
    re.compile(
        rf"\b{_HEAD} (?:has been|was|have been|were) (?:discovered|found|disclosed|identified"
        rf"|reported) in (?:the )?{_X}"
    ),
    re.compile(
        rf"\A{_X} (?:has|have) (?:addressed|patched|fixed|mended) (?:CVE-[\d-]+, )?"
        rf"(?:[\w-]+ ){{1,6}}{_HEAD}\b"
    ),
    re.compile(
        rf"\A{_X} (?:has|have) (?:released|issued|shipped|rolled out) (?:[\w.-]+ ){{1,5}}for its"
        rf" (?P<y>[A-Z][\w-]+)(?: browser| app| software)?, (?:addressing|fixing|patching|closing)"
        rf" (?:[\w-]+ ){{0,4}}{_HEAD}\b"
    ),
    re.compile(rf"\b(?:[Aa]n?|[Tt]he) {_HOW}{_X} {_HEAD}\b"),
    re.compile(rf"\b(?:[Aa]n?|[Tt]he) {_HOW}(?P<x>[A-Z]\w+ kernel) {_HEAD}\b"),
    re.compile(
        rf"\A{_X} (?:v?\d[\d.]* )?(?:addresses|fixes|patches|closes) (?:[\w-]+ ){{1,6}}{_HEAD}\b"
    ),
    re.compile(
        rf"\A{_X} (?:has|have) (?:released|issued) (?:\w+ ){{0,3}}updates? (?:addressing|fixing"
        rf"|resolving) (?:[\w-]+ ){{0,3}}{_HEAD}\b"
    ),
    re.compile(
        rf"\A{_X} (?:has|have) (?:released|issued|shipped) (?:[\w.-]+ ){{1,5}}for its"
        rf" (?P<y>[A-Z][\w-]+(?: (?:[A-Z][\w-]+|series))*)\b[^;]{{0,90}}? to {_MEND}"
        rf" (?:[\w-]+ ){{0,3}}(?:{_HEAD}|CVE-\d)"
    ),
    re.compile(rf"\A{_X} (?:has|have) disclosed (?:[\w-]+ ){{1,5}}{_HEAD} (?:affecting|in) its\b"),
    re.compile(
        rf"\A{_X} (?:is|are|was|were|has been|have been) (?:found )?(?:vulnerable to|affected by)"
        rf" (?:[\w-]+ ){{1,6}}{_HEAD}\b"
    ),
    re.compile(
        r"\b(?:has|have) released (?:an? )?(?:new )?(?:(?:\w+ ){0,2}updates? for )?"
        rf"{_X}(?: [\d.]+)?"
        rf"[^;]{{0,60}} (?:to {_MEND}|that fix(?:es)?|which fix(?:es)?) (?:[\w-]+ ){{0,4}}{_HEAD}\b"
    ),
    re.compile(
        rf"\A{_X} (?:has|have) released (?:\w+ )?(?:version|updates?|patch\w*|fix\w*)\b[^;]{{0,40}}"
        rf" to {_MEND} (?:[\w-]+ ){{0,4}}{_HEAD}\b"
    ),
)
"""What has the flaw, as a report names it."""
_NAMED: Final = re.compile(rf"\A(?:New |Critical )?{_X} (?i:{_HEAD})\b")
"""The same of a title, where a name is told by a word that is no plain English."""
_LATELY: Final = timedelta(days=14)
"""How long a flaw that is mended is one of today's news."""
_STANDS: Final = (
    ("used", "Thieves have made use of {it}."),
    ("stays", "The fix does not take out what thieves have left there."),
    ("unfixed", "There is no fix yet."),
    ("unused", "No one is known to have used {it} so far."),
)
_SEVERAL: Final = re.compile(r"vulnerabilities|flaws|bugs|zero-days|weaknesses|CVEs")
_PLURAL: Final = re.compile(r"\b[A-Z]{2,}s\Z")
"""Of short names: "DPUs"."""
_ABBREVIATED: Final = re.compile(r" \([A-Z ]+\)\Z")
_CHANNEL: Final = re.compile(r" (?:Stable|Beta|Dev|Desktop|Extended)\Z")
"""Of a product, which all have the flaw."""
_LONG: Final = 3
"""Words with capitals that are a name, plain as they are: "Active Directory Services"."""
_FEW: Final = 2
"""Letters above which a word of a name is looked for in the titles."""


def lines(desk: Desk) -> list[Said]:
    """What has the flaw; then what it is, what thieves could do, how it stands."""
    told = _spot(desk)
    if told is None:
        return []
    name, said, over = told
    it = "them" if said.text.endswith("spots.") else "it"
    past = " had " in said.text
    found = [said, _thing(desk, name), _could(desk, it, past=past), over]
    return [*filter(None, found), *([] if over else _stands(desk, it))]


def settled(desk: Desk) -> bool:
    """Whether a fix alone is no help, or none is needed: doors that thieves planted stay, or the
    maker has done it all."""
    stays = any(simply.holds("stays", e.quote) for e in _sentences(desk))
    return stays or (_over(desk) or _closed(desk, several=False)) is not None


def _spot(desk: Desk) -> tuple[str, Said, Said | None] | None:
    found = named(desk)
    if found is None:
        return None
    name, several, evidence = found
    over = _over(desk) or _closed(desk, several=several)
    spots = "weak spots" if several else "a weak spot"
    plural = " and " in name or _PLURAL.search(name) is not None
    has = "had" if over or _long_mended(desk) else "have" if plural else "has"
    subject = name if name[1:2].isupper() else capital(name)
    return name, Said(f"{subject} {has} {spots}.", (evidence,)), over


def named(desk: Desk) -> tuple[str, bool, Evidence] | None:
    """What has the flaw: by a report's own "vulnerability in X", where a title names X, the newest
    first; else the one product that the ledger knows."""
    titles = " ".join(m.article.title for m in desk.members).lower()
    for evidence in _sentences(desk, _NAMES):
        for pattern in _IN:
            match = pattern.search(evidence.quote)
            if match is None:
                continue
            name = _whole(match)
            if _fits(name, titles) and not _its_name(desk, name):
                return name, _SEVERAL.search(match[0]) is not None, evidence
    products = [d for d in desk.ledger.products() if facts.span(d).lower() in titles][:1]
    if products and len(desk.ledger.of("cve")) < 2:
        claim = desk.ledger.claim(products[0])
        return facts.span(products[0]), False, claim.sentence
    return _titled(desk)


def _its_name(desk: Desk, name: str) -> bool:
    """Whether it is what the flaw itself is called: "dubbed GhostApproval"."""
    called = re.compile(
        rf"\b(?:dubbed|called|named|known as|codenamed|nicknamed|tracked as) [“\"]?"
        rf"{re.escape(name)}"
    )
    return any(called.search(a.text) for a in desk.articles.values())


def _whole(match: re.Match[str]) -> str:
    """The name that a pattern found, with its maker's, "the" where it takes that."""
    name = _CHANNEL.sub("", _ABBREVIATED.sub("", match["x"]))
    if own := match.groupdict().get("y"):
        return f"{name}’s {own}"
    return f"the {name}" if name.endswith(" kernel") else name


def _titled(desk: Desk) -> tuple[str, bool, Evidence] | None:
    """By a title that begins with the name."""
    for member in desk.members:
        title = title_of(member.article)
        match = _NAMED.match(title.quote)
        words = re.findall(r"[\w-]+", match["x"]) if match else []
        odd = [word for word in words if word.lower() not in lexicon.common()]
        if match and odd and len(words) < _LONG and match["x"] in member.article.text:
            return match["x"], _SEVERAL.search(match[0].lower()) is not None, title
    return None


def _fits(name: str, titles: str) -> bool:
    words = [word for word in re.findall(r"[\w-]+", name) if len(word) > _FEW]
    plain = all(word.lower() in lexicon.common() for word in words)
    named = not plain or name.isupper() or len(words) >= _LONG
    named |= " " in name and name.lower() in titles
    named |= titles.startswith(f"{name.lower()} update")
    return named and any(word.lower() in titles for word in words)


def _thing(desk: Desk, name: str) -> Said | None:
    """What it is, where a report says so in passing, by its name or that name's last word."""
    last = name.removesuffix(" series").split(" ")[-1]
    for evidence in _sentences(desk, TOP):
        for called in dict.fromkeys((name, last)):
            if clause := simply.kind_of(called, evidence.quote):
                return Said(f"{called} is {clause}.", (evidence,))
    return None


def _could(desk: Desk, it: str, *, past: bool) -> Said | None:
    """What it lets people do, by the first sentence that says so; of several flaws by the one that
    tells the gravest, which may be one's alone."""
    found = [
        (simply.clauses("flaw", e.quote)[:_CAN], e)
        for e in _sentences(desk, TOP)
        if not simply.holds("other", e.quote)
    ]
    found = [pair for pair in found if pair[0]]
    if not found:
        return None
    several = it == "them"
    clauses, told = (
        min(found, key=lambda pair: simply.gravity("flaw", pair[0][0])) if (several) else found[0]
    )
    own = "one of them" if several and simply.holds("one_of", told.quote) else it
    who = "Thieves" if simply.holds("thieves", told.quote) else "People"
    have = f"could have used {own}" if past else f"could use {own}"
    if simply.holds("some_cases", told.quote):
        who = f"In some cases, {who.lower()}"
    return Said(f"{who} {have} to {' or '.join(clauses)}.", (told,))


def _closed(desk: Desk, *, several: bool) -> Said | None:
    """Where a report says that it is mended by now."""
    they = "They have" if several else "It has"
    told = (e for e in _sentences(desk) if simply.holds("closed", e.quote))
    found = next((e for e in told if not simply.holds("other", e.quote)), None)
    return Said(f"{they} been fixed since.", (found,)) if found else None


def _long_mended(desk: Desk) -> bool:
    """Whether a fix was reported long before the newest report, which tells of no attacks and of
    nobody without it, and leaves nothing behind."""
    told = [
        member.article.at
        for member in desk.members
        if any(says("vouch", "mended", e.quote) for e in top(desk, member.article.id, TOP))
    ]
    newest = max(desk.members, key=lambda m: (m.article.at, m.article.id)).article.id
    still = any(
        simply.holds("used", e.quote) or says("impact", "within_reach", e.quote)
        for e in top(desk, newest, TOP)
    )
    still |= any(simply.holds("stays", e.quote) for e in _sentences(desk))
    return bool(told) and not still and desk.news.last - min(told) > _LATELY


def _over(desk: Desk) -> Said | None:
    """Where the maker has mended all and users need do nothing."""
    done = next((e for e in _sentences(desk) if simply.holds("done", e.quote)), None)
    fixed = next((e for e in _sentences(desk) if simply.holds("fixed", e.quote)), None)
    if done is None or fixed is None:
        return None
    text = "The fix is in now, and no one has to do a thing."
    return Said(text, tuple(dict.fromkeys((done, fixed))))


def _stands(desk: Desk, it: str) -> list[Said]:
    """Who uses it and what the fix leaves; else that there is none yet, or that nobody uses it."""
    found = [said for pair in _STANDS[:2] if (said := _state(desk, it, *pair))]
    rest = [said for pair in _STANDS[2:] if (said := _state(desk, it, *pair))]
    return [*(found or rest[:1]), *_mended(desk)]


def _mended(desk: Desk) -> list[Said]:
    """That a fix is out, by the first of the newest reports' sentences that says so."""
    if any(simply.holds("unfixed", e.quote) for e in _sentences(desk)):
        return []
    told = (e for e in _sentences(desk) if says("vouch", "mended", e.quote))
    return [Said("A fix is out.", (e,)) for e in told if not simply.holds("other", e.quote)][:1]


def mended(desk: Desk) -> bool:
    """Whether the reports say that a fix is out."""
    return bool(_mended(desk)) or any(says("vouch", "mended", q.text) for q in desk.quotables)


def _state(desk: Desk, it: str, key: str, text: str) -> Said | None:
    """A line on how it stands, by the first sentence that says so."""
    mended = any(says("vouch", "mended", q.text) for q in desk.quotables)
    if key == "unfixed" and mended:
        return None
    for evidence in _sentences(desk):
        if key == "used" and simply.holds("not_used", evidence.quote):
            continue
        if simply.holds(key, evidence.quote):
            return Said(text.format(it=it), (evidence,))
    return None


def _sentences(desk: Desk, most: int = 60) -> Iterator[Evidence]:
    """The first sentences of the newest reports."""
    newest = sorted(desk.members, key=lambda m: (m.article.at, m.article.id), reverse=True)
    for member in newest[:_READ]:
        yield from top(desk, member.article.id, most)


def top(desk: Desk, article: int, most: int) -> Sequence[Evidence]:
    """A report's first sentences as they stand in it."""
    text = desk.articles[article].text
    spans = sentences.split(text[: most * 300])[:most]
    told = [(_behind_place(text, at, end), end) for at, end in spans]
    return [Evidence(article, "text", at, end, text[at:end]) for at, end in told]


def _behind_place(text: str, start: int, end: int) -> int:
    """Where a sentence begins behind its place and day ("LODEHAVEN, Aug 31 - ")."""
    place = DATELINE.match(text, start, end)
    return place.end() if place else start
