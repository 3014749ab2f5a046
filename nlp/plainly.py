"""A sentence or title of a source → a short one in plain words that says no more.

In: a sentence fit to stand alone (`quotable`), or a title with its article's text. Out: its main
clause without asides, its long words exchanged for short ones (`lexicon/plainly.toml`); None where
it stays hard: too long, a grade above what a child reads, terms that no short word stands for.
Names and numbers stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial
from itertools import pairwise
from typing import Final

from nlp import lexicon, trim
from nlp.folding import capital
from nlp.grade import grade
from nlp.names import headline_case
from nlp.patterns import says

MOST: Final = 28
"""Words of a plain sentence."""
HARDEST: Final = 12.5
"""Grade (Flesch-Kincaid) of one sentence: among easy ones the section stays below 6."""
_SHORT: Final = 12
_MIDDLING: Final = 20
"""Words to which it is cut, where it can be."""
_FEWEST: Final = 4
_DATA: Final = re.compile(r"\b(\w+ )?data and (?:\w+ )?data\b")
_LATER: Final = re.compile(
    r"(?:, (?:nine|ten|\w+) (?:days?|weeks?|months?) after [^,]+,|, as [^,]+,)(?= and )"
)
_LED: Final = re.compile(r",? according to [^,.;]+(?=\.\Z)")
_NO_SENTENCE: Final = re.compile(
    r"\A(?:Those|These|This|That|It|He|She|They)\b|[?“”\"|…]| [–—-] |\b[Hh]ow\b|\b[Ww]hy\b"
    r"|\byours?\b|[‘’']\w[^’']{2,40}[’'](?!s)"
)
_PRONOUN: Final = re.compile(r"\A(?:It|They|He|She)\b[^:]{3,40}: (?=[A-Z])")
"""A remark before the news: "It wasn't hackers: …"."""
_LABEL: Final = re.compile(r"\A[\w-]{2,24}: (?=(?:an?|the) )")
"""A name that what follows tells of: "TideGauge: a wiper makes the rounds"."""
_ALSO: Final = re.compile(r" (?:also|now|again) ")
"""What leans on an earlier title."""
_COUNTED: Final = re.compile(
    r"\b((?:denies|reports|confirms|discloses|suffers|admits|pass(?:es)?|sets?|gets?|faces?|says|over"
    r"|after|by) )"
    r"((?:\d+-(?:hour|day|week|month|year) [a-z]+|(?:(?:new|data|major|cyber|massive) )*"
    r"(?:breach|hack|attack|cyberattack|leak|intrusion|outage|lawsuit|fine)"
    r"|(?:ransomware|breach) (?:claim|attack))\b)(?! (?:at|of|on|notices?|groups?|claims?)\b)",
    re.IGNORECASE,
)
"""One of a kind without the article that titles leave out: "denies new breach"."""
_OF_GANG: Final = re.compile(
    r"\b((?:of|by|behind|from|against) )"
    r"((?:[A-Z][\w-]+ ){1,3}(?:ransomware )?(?:group|gang|crew)\b)"
)
_DOES: Final = re.compile(
    r"(?<!\A)\b(?:(?<=s )(?:pass|steal|take|sell|file|warn|find|offer|release|use|spread|fix|sue"
    r"|raise|break|get|win|lose|arrest)(?= )|(?<=\APolice )arrest"
    r"|(?:is|are|was|were|wasn['’]t|isn['’]t|has|have|had|can|will|may|hit|stole|took"
    r"|put|cut|said|lost|gets?|goes)\b"
    r"|(?<!the )(?<!The )(?<!its )\w{2,}(?:ed|[^s\W]s)"
    r"(?= (?:an?|the|its|his|her|their|no|new|all|it|that|to|over"
    r"|after|by|from|in|on|as|\w+))\b)"
)
"""Some word that may be the verb: no title is a sentence without."""
_PARTICIPLE: Final = re.compile(
    r"\A(?:(?!(?:is|are|was|were|keeps?|starts?|began|stops?)\b)[\w’'.-]+ ){1,5}"
    r"(?:urg|warn|act|serv|tak|help|driv|turn|hid|exploit|target|us|abus|steal|sell|hijack|spread|pos|attack|ask|leav|expos)ing\b",
    re.IGNORECASE,
)
"""No verb before it: "Moorside urging customers to patch"."""
_PASSIVE: Final = re.compile(
    r"\b(?:released|disclosed|found|exposed|used|exploited|hit|targeted|abused|patched|claimed"
    r"|linked|affected|leaked|stolen|tied|blamed) "
    r"(?:for|by|in|to|from|via|as|through|with|online)\b",
    re.IGNORECASE,
)
_BE: Final = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|says?|said|lets?|could|can|may|will)\b",
    re.IGNORECASE,
)
_LAST_WORD: Final = re.compile(
    r"\A(?P<told>(?:[^,:;]|,(?=\d)){12,}), (?P<who>[a-z][a-z ]{2,30}|[A-Z][^,]{2,40})"
    r" (?:says|say|said)\Z"
)
"""A speaker at the end of a title: "Update darkened homes, utility says"."""
_TO_COME: Final = re.compile(r"\A((?:[\w’'.&-]{1,30} ){0,3}[\w’'.&-]{1,30}) to ([a-z]+)(?= )")
"""The future of titles: "Regulator to ban default passwords"."""
_DONE_TO: Final = re.compile(
    r"(?<= )(?:charged|arrested|filed|taken|stolen|compromised|hacked|breached|sentenced|hit"
    r"|exposed|released|jailed|fined|sued)"
    r"(?= (?:by|with|for|to|over|against|in|from|after|as)\b)"
)
"""A participle that is a title's verb: "Four arrested over ransomware"."""
_SURELY: Final = re.compile(
    r"(?<!\A)\b(?:is|was|has|had|can|will|may|hit|stole|took|put|said|lost|got"
    r"|(?:claim|offer|say|denie|confirm|pay|warn|add|steal|leak|sell|find|get|lose|win|grill|become"
    r"|make|publishe|release|ban|fine|order|ask|sue|charge|accuse|plead|admit|report|cut|darken"
    r"|spread|raise)s|[a-z]{3,30}(?<!e)ed(?= (?:an?|the|its|their|his|her|[\d$€£]|[A-Z])))\b"
)
"""A verb that no plural is taken for, behind a title's first noun."""
_SEVERAL: Final = re.compile(
    r"(?:two|three|four|five|six|seven|eight|nine|ten|dozens|hundreds|thousands|[\d,]{1,12})\b",
    re.IGNORECASE,
)
_TWICE: Final = re.compile(
    r"\A[^,]{8,}, (?:(?:[a-z]+s|[A-Z][a-z]+s) [a-z$€£\d]"
    r"|(?i:transfer|leak|expose|steal|send|share) )[^,]*\Z"
)
"""Two verbs with a comma between, or a speaker at the end."""
_MORE: Final = re.compile(
    r" (?:[Ss]ince|[Aa]fter|[Ee]nabling|[Aa]mid|[Ww]hile|[Tt]hrough|[Aa]cross|[Tt]argeting"
    r"|[Aa]s(?= (?:[\w’'-]{1,30} ){1,4}?[\w’'-]{1,30}s\b))\b"
    r"|, (?![^,]{0,60}\b(?:say|says|said|tells?|told)\b)(?:[a-z]|[A-Z][a-z]{1,30}s )"
)
"""Before what a title's clause does without."""
_PROSE: Final = re.compile(r"\A(?!The post ).*[.”\"]\s*\Z")
"""A line of sentences, no heading and no title again."""
_ENDING: Final = re.compile(r"(?:ed|ing|es|s|ly)\Z")
_CODED: Final = re.compile(r"\b(?:[A-Z]+[a-z]+[A-Z]\w*|[A-Z]{2,}-?\d\w*)\b")
"""A name as programs and crews have them: "GlassWorm", "UAT-9921"."""
_IN_FULL: Final = re.compile(r" \([A-Z][\w .&-]{1,30}\)")


def simpler(text: str) -> str | None:
    """The sentence in plain words; None where that can't be done."""
    if says("plainly", "hard", text) or re.search(r"[“”\"]", text):
        return None
    told = _LATER.sub("", _IN_FULL.sub("", text))
    shorter = (trim.shorter(told, most) for most in (_SHORT, _MIDDLING, MOST))
    told = _in_short_words(next(filter(None, shorter), ""))
    fits = _FEWEST <= len(told.split()) <= MOST
    return told if fits and grade(told) <= HARDEST else None


def _in_short_words(told: str) -> str:
    for pattern, word in _words():
        told = pattern.sub(partial(_as, word), told)
    told = _DATA.sub(lambda m: f"{m[1] or ''}data", told)
    told = re.sub(r" {2,}", " ", told)
    return capital(told)


def coded(text: str) -> bool:
    """Whether a name in it is written as only the trade writes names."""
    return _CODED.search(text) is not None


def of_title(title: str, text: str) -> list[str]:
    """A title as a plain sentence, its capitals those of the article's own words: whole, then cut
    where more is added to it. Empty where it is none: no verb, a label with a colon, a question,
    quoted words."""
    wholes = [_whole(part.rstrip(".")) for part in title.split("; ")]
    forms = [form for whole in wholes for form in (whole, *_cut(whole))]
    return [told for form in forms if (told := _sentence(form, text))]


def _whole(part: str) -> str:
    """Without a label; who has the last word in a title has the first in a sentence, and what is
    "to ban" will ban."""
    told = _ALSO.sub(" ", _LABEL.sub("", _PRONOUN.sub("", part)))
    told = _COUNTED.sub(r"\1a \2", _OF_GANG.sub(r"\1the \2", told))
    told = capital(_LAST_WORD.sub(_first_word, told))
    come = _TO_COME.match(told)
    if come and says("plainly", "to_come", come[0]) and not _DOES.search(told, 0, come.end()):
        return f"{come[1]} will {come[2]}{told[come.end() :]}"
    done = _DONE_TO.search(told)
    if done and not _BE.search(told.split(", ")[0]) and not _DOES.search(told, 0, done.start()):
        return f"{told[: done.start()]}{_be(told[: done.start()])} {told[done.start() :]}"
    return told


def _first_word(match: re.Match[str]) -> str:
    who, told = match["who"], _articled(match["told"])
    the = "" if who.split(" ")[-1][:1].isupper() else "The "
    first = told.split(" ")[0].lower()
    known = first in lexicon.common() or first in lexicon.words("function", "openers")
    return f"{the}{who} says {told[:1].lower() + told[1:] if known else told}"


def _be(subject: str) -> str:
    """ "was" or "were", by the words that it is said of."""
    words = subject.split()
    last = words[-1].lower()
    many = last.endswith("s") and not last.endswith(("ss", "us", "is"))
    many |= _SEVERAL.match(subject) is not None
    return "were" if many else "was"


def _articled(told: str) -> str:
    """A title's first noun with the article that titles leave out: "A hacker offers"."""
    verb = _SURELY.search(told)
    end = min((m.start() for m in (verb, re.search(r" (?:who|that) ", told)) if m), default=0)
    words = told[:end].split()
    if not words or len(words) > 4 or (not words[-1].islower() and len(words) > 1):
        return told
    first, last = words[0].lower(), words[-1].lower()
    named = len(words) > 1 and words[1][:1].isupper() and first != "former"
    if (
        first not in lexicon.common()
        or named
        or last.endswith("s")
        or says("plainly", "no_article", f"{first} {last}")
    ):
        return told
    return f"{'An' if re.match('[aeio]|u(?!ni|se|ti)', first) else 'A'} {first}{told[len(first) :]}"


def _cut(whole: str) -> Iterator[str]:
    """A title without what its clause does without, the least first."""
    yield from (whole[: m.start()] for m in reversed(list(_MORE.finditer(whole))))


def _sentence(told: str, text: str) -> str | None:
    parts = told.split(": ")
    if len(parts) > 1 and not all(_DOES.search(part) for part in parts):
        return None
    if (
        _headlinese(told)
        or _NO_SENTENCE.search(told)
        or not _DOES.search(told)
        or says("plainly", "hard", told)
    ):
        return None
    if headline_case(told):
        told = _lowered(told, "\n".join(line for line in text.split("\n") if _PROSE.search(line)))
        if headline_case(told):
            return None  # the text has no prose to tell names by
    told = _articled(_in_short_words(told))
    return f"{told}." if _FEWEST <= len(told.split()) <= MOST else None


def _headlinese(told: str) -> bool:
    """Whether a title has the grammar of titles only ("X urging …", "PoC released for …", "X says
    it, keeps that"), or letters and terms that nobody explains."""
    if _PARTICIPLE.match(told) or _TWICE.search(told) or says("plainly", "trade", told):
        return True
    return _PASSIVE.search(told) is not None and not _BE.search(told)


def _lowered(title: str, prose: str) -> str:
    """A title in the capitals of running text: a name keeps its own."""
    words = title.split(" ")
    pairs = {" ".join(pair) for pair in pairwise(words)}
    named = {word for pair in pairs if pair in prose for word in pair.split(" ")}
    return " ".join(
        [words[0], *(word if word in named else _spoken(word, prose) for word in words[1:])]
    )


def _spoken(word: str, prose: str) -> str:
    bare = word.strip(",:;.")
    if not bare[:1].isupper() or not bare[1:].islower():
        return word
    low = bare.lower()
    named = len(re.findall(rf"(?<=[a-z,] ){re.escape(bare)}\b", prose))
    plain = len(re.findall(rf"\b{re.escape(low)}\b", prose))
    stem = _ENDING.sub("", low)
    known = bool({low, stem, f"{stem}e"} & lexicon.common())
    doer = low.removesuffix("s").removesuffix("er")  # "phishers" of a text that says "phished"
    known |= doer != low and re.search(rf"\b{re.escape(doer)}(?:ed|ing)\b", prose) is not None
    return word.lower() if plain > named or (known and (plain or not named)) else word


def _as(new: str, old: re.Match[str]) -> str:
    """The new word with the old one's capital."""
    return new[:1].upper() + new[1:] if old[0][:1].isupper() and new else new


@cache
def _words() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(
        (re.compile(rf"\b{pattern}", re.IGNORECASE) if pattern.endswith((" ", ")")) else
         re.compile(rf"\b{pattern}\b", re.IGNORECASE), word)
        for pattern, word in lexicon.table("plainly")["words"]
    )  # fmt: skip
