"""Members' titles → the headline: the newest substantive one, never stronger than the ledger.

In: a thread's usable members, oldest first, and its ledger. Out: one `quoted` statement, its
evidence in a title. A title is passed over where it names no victim or product while another does,
tells as fact what the ledger has as a claim, gives a number the ledger has replaced, or promises
instead of telling. The headline moves on with the members in their order: to one whose title brings
a development that none before it told (`lexicon/developments.toml`), or to one that is much better;
a copy or a rewrite of what is known moves nothing.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import cache, lru_cache
from typing import Final

from breachwire.model import Article, Evidence, Member, Statement
from nlp import cues, lexicon, rank
from nlp.facts import Ledger
from nlp.folding import Caseless
from nlp.patterns import says
from nlp.whole import slips

_PREFIX: Final = re.compile(
    r"\A(?:exclusive|update[ds]?|breaking|patch now|watch|video|podcast|analysis|opinion)\s*:\s+"
    r"|\A\[[^\]]{1,20}\]\s+",
    re.IGNORECASE,
)
_STAMP: Final = re.compile(r",? \((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*, [^()]{4,20}\)\s*\Z")
_SUFFIX: Final = re.compile(r"(?<!\s)\s+(?:[|–—·•]|-|::?)\s+([^|–—]{2,40}+)\Z")
_CAREFUL: Final = Caseless(
    r"claim|alleg|\bsays?\b|\bsaid\b|report(?:s|ed|edly)\b|den(?:y|ies|ied)|disput|investigat|prob(?:e|es|ing)"
    r"|leak site|threat|extort|purport|suspect|possible|potential|rumou?r|unverified|unconfirmed"
    r"|offer|for sale|lists?\b|boast|\bmay\b|\bmight\b|\bcould\b|accus|responsib|demand|\?"
)
_DENIES: Final = re.compile(
    r"\bden(?:y|ies|ied|ial)\b|disput|refut|reject|\bno (?:evidence|breach)\b", re.IGNORECASE
)
_CONFIRMS: Final = re.compile(r"\bconfirm|\bdisclos|\backnowledg|\badmit", re.IGNORECASE)
_TEASER: Final = Caseless(
    r"\A(?:(?:how|why|what|when|who|here|inside|lessons?|the \w+ (?:lessons?|guide)|this|is|are|can"
    r"|the (?:price|cost|anatomy|art|problem|case|rise)|do|does|should|defending|protecting"
    r"|tracking|understanding|preparing|securing)\b|\d+ (?:things|ways|lessons))"
    r"|\?|…|\.\.\.\Z|: (?:how|why|what)\b|what (?:to|we|you) know|explained|everything"
    r"|you can guess|need to know|takeaways"
    r"|\b(?:update \d|(?:podcast|weekly|round-?up|in other news|deep dive|webinar"
    r"|you(?:r|rs|'re|’re)?|watch out|preparing for|what it means|industry reactions"
    r"|feedback friday|rethink|reckoning|rewrites? history|signals?|sheds? light|raises? stakes"
    r"|lessons|known exploited vulnerabilit(?:y|ies) to catalog"
    r"|patch tuesday,? (?:for )?(?:\w+ )?\d{4}|annotated|forc(?:es?|ing) an?"
    r"|exposes? (?:the )?(?:gap|need))\b)"
)
_MARGIN: Final = 0.7
"""By how much a title that tells no development must be better for the headline to move to it.
Chosen on the labelled windows: below .5 rewrites move it, above 1 a bad first title stays."""
_MUCH: Final = 3.0
"""A gain as of one title too strong for the ledger over one that is not."""
_AMOUNT: Final = re.compile(
    r"(?<![\w.-])\$?(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)\+?\s?(k|m|b|thousand|million|billion)?\b",
    re.I,
)
_SCALE: Final = {"k": 1e3, "t": 1e3, "m": 1e6, "b": 1e9}
_LATER: Final = timedelta(days=1)
"""Two newsrooms count one event differently on one day; a day on, another count is news."""
_NEWS: Final = 0.6
"""How much worse a title with a new development may be than the one before it."""
_MOST: Final = 0.6
"""Share of a thread's articles that name what it is about."""
_NAME: Final = re.compile(r"\b(?:CVE-\d{4}-\d+|[A-Za-z0-9][\w.$-]*[\w$])")
_MONTHS: Final = frozenset(name.lower() for name in (*calendar.month_name, *calendar.day_name))
_WORDS: Final = re.compile(r"\w+")


def write(members: Sequence[Member], ledger: Ledger) -> Statement:
    """The headline statement. `members` is never empty."""
    own = [m for m in members if m.role != "copy"] or list(members)
    articles = [m.article for m in own]
    known = frozenset[str]().union(*(_names(a.title) for a in articles))
    # "npm" is the name that another title writes "NPM".
    names = [known & frozenset(_NAME.findall(a.title.lower())) for a in articles]
    scores = [_score(number, articles, names, ledger) for number in range(len(articles))]
    text, evidence = clean(articles[_walk(articles, scores, _off_subject(articles, names))])
    return Statement("headline", text, "quoted", (evidence,))


def _walk(articles: Sequence[Article], scores: Sequence[float], off: set[int]) -> int:
    """The title the headline has moved on to after all of them. `off`: whose news is another's."""
    current, told, amounts = 0, _told(articles[0].title), _amounts(articles[0].title)
    for number, article in enumerate(articles[1:], 1):
        gain = scores[number] - scores[current]
        if number in off and gain < _MUCH:
            continue
        brings = bool(_told(article.title) - told)
        if not amounts or article.at - articles[current].at >= _LATER:
            brings = brings or _another(_amounts(article.title), amounts)
        if gain > (-_NEWS if brings else _MARGIN):
            current = number
        elif brings:
            continue  # too poor a title: the next that tells this news may lead
        told |= _told(article.title)
        amounts |= _amounts(article.title)
    return current


def _off_subject(articles: Sequence[Article], names: Sequence[frozenset[str]]) -> set[int]:
    """Titles that name nothing of what most articles name."""
    said = [held | _names(a.lead) for a, held in zip(articles, names, strict=True)]
    counted = Counter(name for bag in said for name in bag)
    leading = {name for name, n in counted.items() if n >= max(2, _MOST * len(articles))}
    return {number for number, held in enumerate(names) if leading and not held & leading}


@lru_cache(maxsize=1 << 12)
def _told(title: str) -> frozenset[str]:
    """Which developments a title tells."""
    return frozenset(name for name, pattern in _developments() if pattern.search(title))


@cache
def _developments() -> tuple[tuple[str, Caseless], ...]:
    told: dict[str, str | list[str]] = lexicon.table("developments")["told"]
    return tuple((name, Caseless("".join(parts))) for name, parts in told.items())


def _amounts(title: str) -> set[float]:
    """Counts and sums that a title gives; years, versions and small numbers are none."""
    found = set()
    for match in _AMOUNT.finditer(title):
        value = float(match[1].replace(",", "")) * _SCALE.get((match[2] or "").lower()[:1], 1)
        if value >= 100 and not 1990 <= value <= 2040:
            found.add(value)
    return found


def _another(new: set[float], known: set[float]) -> bool:
    """Whether a number is told that is a twentieth or more off all that were told."""
    return any(all(abs(a - b) > 0.05 * max(a, b) for b in known) for a in new)


def clean(article: Article) -> tuple[str, Evidence]:
    """A title without its outlet's name and "Update:", and where that stands."""
    title = article.title
    start, end = 0, len(title.rstrip())
    if match := _PREFIX.match(title):
        start = match.end()
    if match := _STAMP.search(title, start, end):
        end = match.start()
    if (match := _SUFFIX.search(title, start, end)) and _is_outlet(match[1], article):
        end = match.start()
    start += len(title[start:end]) - len(title[start:end].lstrip())
    quote = title[start:end].rstrip()
    return quote, Evidence(article.id, "title", start, start + len(quote), quote)


def teases(title: str) -> bool:
    """Whether a title promises instead of telling."""
    return bool(_TEASER.search(title))


def _is_outlet(name: str, article: Article) -> bool:
    plain = _plain(name)
    known = [_plain(article.source), _plain(article.family)]
    host = _plain(article.url.split("//")[-1].split("/")[0])
    return bool(plain) and (any(k and (plain in k or k in plain) for k in known) or plain in host)


def _plain(name: str) -> str:
    return "".join(_WORDS.findall(name.lower()))


def _score(
    index: int, articles: Sequence[Article], names: Sequence[frozenset[str]], ledger: Ledger
) -> float:
    """How well a title would lead, whenever it came."""
    article = articles[index]
    title, _ = clean(article)
    score = 1.2 * _names_victim(title, ledger)
    score += 0.5 * _subject(index, articles, names)
    shared = rank.terms(title)
    others = [rank.terms(a.title) | rank.terms(a.lead) for a in articles if a is not article]
    if others:
        score += 0.8 * sum(rank.overlap(shared, bag) for bag in others) / len(others)
    score -= 1.5 * bool(_TEASER.search(title)) + 1.0 * slips(title)
    about = cues.of(title)
    tells = bool(about & {"new", "how", "harm", "said", "ahead"} or _amounts(title))
    score += 0.3 * ("new" in about) - 0.6 * (not tells)
    score -= 0.8 * (len(title.split()) > 18 or len(title) > 120) + 0.3 * (len(title.split()) < 4)
    return score - 6.0 * stronger(article, ledger) - 3.0 * _outdated(article, ledger)


def _names_victim(title: str, ledger: Ledger) -> float:
    """1 where it names a victim, by its whole name or the word it is known by ("Larkhollow")."""
    low = title.lower()
    for number, name in enumerate(ledger.victims()):
        bare = re.sub(r"['’]s\b", "", name)
        words = [w for w in bare.split() if w.lower() not in lexicon.common()]
        known = words and words[0].lower() in _WORDS.findall(low)
        if name.lower() in low or known:
            weight = 1.0 if number == 0 else 0.7
            return weight if ledger.kind in ("breach", "supply-chain") else 0.3 * weight
    return 0.0


def _names(title: str) -> frozenset[str]:
    """Words of a title that name something: no plain English, or a number or sign in them."""
    return frozenset(
        word.lower()
        for word in _NAME.findall(title)
        if not word.islower() and not word.isdigit() and word.lower() not in lexicon.common()
        and word.lower().removesuffix("s") not in _MONTHS
        and word.lower().removesuffix("s") not in lexicon.common()
    )  # fmt: skip


def _subject(index: int, articles: Sequence[Article], names: Sequence[frozenset[str]]) -> float:
    """How much of what the thread is about a title names: of its three best names, the shares of
    the other articles that have each in title or lead; 0 to 3."""
    others = [
        held | _names(a.lead)
        for number, (a, held) in enumerate(zip(articles, names, strict=True))
        if number != index
    ]
    if not others:
        return 0.0
    shares = [sum(name in bag for bag in others) / len(others) for name in names[index]]
    return sum(sorted(shares, reverse=True)[:3])


def stronger(article: Article, ledger: Ledger) -> bool:
    """Whether a title says more than the ledger: flat where it has a claim, "confirms" where it
    has none, an attack where it has a denial."""
    title = article.title
    standing = ledger.standing()
    if standing is None:
        return False
    if standing in ("claimed", "disputed"):
        return not _CAREFUL.search(title) or (
            bool(_CONFIRMS.search(title)) and not _DENIES.search(title)
        )
    return standing == "denied" and not _DENIES.search(title) and not _CAREFUL.search(title)


def _outdated(article: Article, ledger: Ledger) -> bool:
    """Whether its title gives a number the ledger has since replaced, or a stop that is over."""
    if says("overtaken", "halted", article.title) and any(
        later.at > article.at and says("overtaken", "back", later.text)
        for later in ledger.articles.values()
    ):
        return True
    return any(
        claim.claim.evidence.where == "title"
        and claim.claim.evidence.article == article.id
        and claim.claim.value != detail.value
        for detail in ledger.of("affected", "volume", "money")
        for claim in detail.claims
    )
