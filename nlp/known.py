"""A noun for what the whole report is about → its name: "The flaw", "The breach", "The group",
"The program", "The office".

In: a sentence, its article, who was hit and who did it. Out: the sentence with the name put in and
where that name stands, or None where the noun opens nothing or more than one thing could be meant.
A flaw is its CVE where the article has one alone; a breach is the one at the victim; a group is the
only actor the article names before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from breachwire.model import Article, Evidence

Named = tuple[str, Evidence]

_VERB: Final = (
    r"(?= (?:(?:also|later|first|now|then|since|\w+ly|has|had|have) ){0,3}"
    r"(?:is|are|was|were|has|had|did|does|can|could|may|might|will|would|came|took|began|hit"
    r"|\w{2,}ed|\w{2,}s)\b)"
)
_FLAW: Final = re.compile(
    rf"\A(?:The|This) (?:\w+ )?(?:flaw|vulnerability|issue|bug|weakness|defect){_VERB}"
)
_CVE: Final = re.compile(r"\bCVE-\d{4}-\d{4,7}\b")
_EVENT: Final = re.compile(
    r"\A(?:The|This) (?P<n>(?:(?:data|security|cyber|latest) )?(?:breach|incident|intrusion|theft"
    rf"|leak|outage|break-in)|(?:ransomware |cyber ?)?attack|cyberattack|hack|compromise){_VERB}"
)
_AT: Final = {"attack": "on", "cyberattack": "on", "hack": "of", "compromise": "of"}
_CREW: Final = re.compile(
    r"\A(?:The|This) (?:(?:ransomware|extortion|hacking|threat|criminal|cybercrime|same) )?"
    rf"(?:group|gang|crew|collective|actor){_VERB}"
)

_BODY: Final = re.compile(
    r"\A(?:The|This) (?:federal |state |national )?(?P<n>office|bureau|council|commission|agency"
    rf"|ministry|assembly){_VERB}"
)
"""An authority that a report names once and then calls by its noun."""

_PROGRAM: Final = re.compile(
    r"\A(?:The|This) (?:program|malware|wiper|tool|stealer|worm|implant|backdoor|trojan|loader"
    rf"|ransomware|spyware){_VERB}"
)
_CALLED: Final = re.compile(
    r"\b(?:called|dubbed|named|that we call|which we call) (?P<x>[A-Z][\w-]{2,30})\b(?! [A-Z])"
)


def name(
    text: str, start: int, article: Article, victim: Named | None, actors: Sequence[str]
) -> Named | None:
    """The sentence that begins at `start` of the article's text, with its opening noun named.
    `victim`: who "the company" would be there, and where it is named."""
    if (match := _FLAW.match(text)) and (flaw := _only_cve(article)) and flaw.quote not in text:
        return flaw.quote + text[match.end() :], flaw
    if (match := _PROGRAM.match(text)) and (program := _only_program(article)):
        return program.quote + text[match.end() :], program
    if (match := _BODY.match(text)) and (body := _only_body(match["n"], start, article)):
        return f"The {body.quote}{text[match.end() :]}", body
    if (match := _EVENT.match(text)) and victim and victim[0] not in text:
        noun = match["n"]
        where = _AT.get(noun.split(" ")[-1], "at")
        return f"The {noun} {where} {victim[0]}{text[match.end() :]}", victim[1]
    if (match := _CREW.match(text)) and (crew := _only_actor(article, start, actors)):
        return crew.quote + text[match.end() :], crew
    return None


def _only_cve(article: Article) -> Evidence | None:
    places = [(where, m) for where, words in (("title", article.title), ("text", article.text))
              for m in _CVE.finditer(words)]  # fmt: skip
    if len({m[0] for _, m in places}) != 1:
        return None
    where, match = places[0]
    return Evidence(article.id, where, *match.span(), match[0])  # type: ignore[arg-type]


def _only_program(article: Article) -> Evidence | None:
    """The one program that an article says what it calls, where its title names it too."""
    found = {m["x"]: m for m in _CALLED.finditer(article.text)}
    if len(found) != 1:
        return None
    ((called, match),) = found.items()
    if called not in article.title:
        return None
    return Evidence(article.id, "text", *match.span("x"), called)


def _only_body(noun: str, start: int, article: Article) -> Evidence | None:
    """The one authority named before whose name has the noun; None for none or several."""
    found = list(_named_bodies(noun.capitalize()).finditer(article.text, 0, start))
    if len({match[0] for match in found}) != 1:
        return None
    return Evidence(article.id, "text", *found[-1].span(), found[-1][0])


@cache
def _named_bodies(noun: str) -> re.Pattern[str]:
    return re.compile(
        rf"\b(?!The )(?:[A-Z][\w-]{{1,30}} ){{1,4}}{noun}\b"
        r"(?: (?:for|of)(?: [A-Z]\w{1,30}){1,3})?"
    )


def _only_actor(article: Article, start: int, actors: Sequence[str]) -> Evidence | None:
    """The actor named before, where the ledger has one alone of those the article names."""
    held = [actor for actor in actors if actor in article.text or actor in article.title]
    if len(held) != 1:
        return None
    at = article.text.find(held[0], 0, start)
    where = "text" if at >= 0 else "title"
    at = at if at >= 0 else article.title.find(held[0])
    end = at + len(held[0])
    return Evidence(article.id, where, at, end, held[0]) if at >= 0 else None  # type: ignore[arg-type]
