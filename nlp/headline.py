"""Members' titles → the headline: the newest substantive one, never stronger than the ledger.

In: a thread's usable members and its ledger. Out: one `quoted` statement, its evidence in a title.
A title is passed over where it names no victim while another does, tells as fact what the ledger
has as a claim, gives a number the ledger has replaced, or promises instead of telling.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import Article, Evidence, Member, Statement
from nlp import cues, rank
from nlp.facts import Ledger

_PREFIX: Final = re.compile(
    r"\A(?:exclusive|update[ds]?|breaking|watch|video|podcast|analysis|opinion)\s*:\s+"
    r"|\A\[[^\]]{1,20}\]\s+",
    re.IGNORECASE,
)
_STAMP: Final = re.compile(r",? \((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*, [^()]{4,20}\)\s*\Z")
_SUFFIX: Final = re.compile(r"\s+(?:[|–—·•]|-|::?)\s+([^|–—]{2,40})\Z")
_CAREFUL: Final = re.compile(
    r"claim|alleg|\bsays?\b|\bsaid\b|report(?:s|ed|edly)\b|den(?:y|ies|ied)|disput|investigat|prob(?:e|es|ing)"
    r"|leak site|threat|extort|purport|suspect|possible|potential|rumou?r|unverified|unconfirmed"
    r"|offer|for sale|lists?\b|boast|\bmay\b|\bmight\b|\bcould\b|accus|responsib|demand|\?",
    re.IGNORECASE,
)
_DENIES: Final = re.compile(
    r"\bden(?:y|ies|ied|ial)\b|disput|refut|reject|\bno (?:evidence|breach)\b", re.IGNORECASE
)
_CONFIRMS: Final = re.compile(r"\bconfirm|\bdisclos|\backnowledg|\badmit", re.IGNORECASE)
_TEASER: Final = re.compile(
    r"\A(?:how|why|what|when|who|here|inside|lessons?|the \w+ (?:lessons?|guide))\b"
    r"|\A\d+ (?:things|ways|lessons)|\?|…|\.\.\.\Z|what (?:to|we|you) know|explained|everything"
    r"|you can guess|need to know|takeaways|\bupdate \d|\bpodcast\b|\bweekly\b|\bround-?up\b"
    r"|\bin other news\b|\bdeep dive\b|\bwebinar\b",
    re.IGNORECASE,
)
_WORDS: Final = re.compile(r"\w+")


def write(members: Sequence[Member], ledger: Ledger) -> Statement:
    """The headline statement. `members` is never empty."""
    articles = [m.article for m in members]
    best = max(range(len(articles)), key=lambda i: (_score(i, articles, ledger), articles[i].at))
    text, evidence = clean(articles[best])
    return Statement("headline", text, "quoted", (evidence,))


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


def _is_outlet(name: str, article: Article) -> bool:
    plain = _plain(name)
    known = [_plain(article.source), _plain(article.family)]
    host = _plain(article.url.split("//")[-1].split("/")[0])
    return bool(plain) and (any(k and (plain in k or k in plain) for k in known) or plain in host)


def _plain(name: str) -> str:
    return "".join(_WORDS.findall(name.lower()))


def _score(index: int, articles: Sequence[Article], ledger: Ledger) -> float:
    article = articles[index]
    title, _ = clean(article)
    victims = ledger.victims()
    score = 0.8 * (index + 1) / len(articles)
    named = any(name.lower() in title.lower() for name in victims)
    score += (1.5 if ledger.kind in ("breach", "supply-chain") else 0.3) * named
    shared = rank.terms(title)
    others = [rank.terms(a.title) | rank.terms(a.lead) for a in articles if a is not article]
    if others:
        score += 1.2 * sum(rank.overlap(shared, bag) for bag in others) / len(others)
    score -= 1.5 * bool(_TEASER.search(title))
    about = cues.of(title)
    score += 0.3 * ("new" in about) - 0.8 * (not about & {"new", "how", "harm", "said", "ahead"})
    score -= 0.8 * (len(title.split()) > 18) + 0.5 * (len(title.split()) < 6)
    return score - 6.0 * stronger(article, ledger) - 3.0 * _outdated(article, ledger)


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
    """Whether its title gives a number the ledger has since replaced."""
    return any(
        claim.claim.evidence.where == "title"
        and claim.claim.evidence.article == article.id
        and claim.claim.value != detail.value
        for detail in ledger.of("affected", "volume", "money")
        for claim in detail.claims
    )
