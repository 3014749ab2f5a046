"""A sentence and its report's day → the day of what the sentence tells.

In: a passage as shown and as it stands, its article. Out: the one moment that is the event's
(`of`), no deadline's, version's or other clause's; the day that something is set for (`to_come`);
who issued what on which day, said in a clause (`issued`); None where that is unsure.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from breachwire.model import Article
from nlp import dates, lexicon
from nlp.dates import Moment
from nlp.folding import capital
from nlp.quotable import Quotable

LONG_BEFORE: Final = timedelta(days=400)
_LONG_AGO: Final = re.compile(r",? (?:of )?1\d{3}\b")
_INEXACT: Final = re.compile(
    r"\b(?:next|by|until|till|before|than|since|over|within|due|dated|compiled|founded|after"
    r"|(?<!as )of|from|created|valid|through|expire\w*|up to|back (?:only )?to"
    r"|deadline(?: of| is)?)(?<!hours of)(?<!morning of)(?<!night of)(?<!evening of)"
    r"\W*(?:on |in |the |early |late )*\Z",
    re.IGNORECASE,
)
"""Before a date that is no event's day: a deadline, a version's, a start long ago."""
_OTHER_YEAR: Final = re.compile(r",? (?:of )?(?:next|last|the (?:next|following|previous)) year\b")
_SINCE: Final = re.compile(
    r"(?<!ever )\b(?:[Ss]ince|[Uu]ntil|[Tt]ill|[Bb]efore|[Aa]fter|[Bb]y the time|[Ff]rom) "
    r"(?:[a-z]+ ){1,6}(?:on |in )?\Z"
)
"""A clause of its own, whose date this is: "since the leak became known on November 2"."""
_THE: Final = re.compile(r"\b(?:the|its|their|that) \Z")
_A_NOUN: Final = re.compile(
    r"(?:, \d{4},?)? "
    r"(?!(?:and|to|that|when|after|in|at|by|was|is|or|but|with|as|for|while)\b)[a-z]{3,}"
)
"""Behind such a date what it dates: "the September 12 attack"."""
_ENDED: Final = re.compile(r"\b(?:quarter|half|year|period) (?:that )?(?:ended|ending|to)\b[^,]*\Z")
_AHEAD: Final = re.compile(
    r"\b(?:will|would|expects?|plans?|scheduled|hopes?|due|set to|is to|are to)\b", re.IGNORECASE
)
_SUBORDINATE: Final = re.compile(
    r"\b(?:that|which|who|whose|whom|where|after|before|when|while|as|because|since|if|whether)\b"
)
"""Behind it a date belongs to another clause than the sentence's own."""
_CLOSED: Final = re.compile(
    r", (?:was|were|has been|said|told|confirmed|announced|disclosed|released|denied|halted"
    r"|warned)\b"
    r"(?P<rest>[^,]*)\Z"
)
"""A main verb behind an aside's comma, and no comma from there to the date."""
_WHO: Final = re.compile(r"\A[^,]*? (?:who|which) (?P<rest>[^,]*)\Z")
_PAST: Final = re.compile(
    r"\b(?:(?<!was )(?<!were )(?<!been )\w{2,}ed|took|stole|broke|got|sent|ran|wrote|made|found"
    r"|said|told|sold|bought|put|hit|left)\b"
)
_INSET: Final = re.compile(r", (?:which|who|whose|where|an?|the) [^,]{2,120},")
_RELATIVE: Final = re.compile(r"\b(?:who|which|whose)\b[^,]*\Z")
_BEGAN: Final = re.compile(
    r"\b(?:which|who) (?:began|started|took place|happened|occurred|opened|ended|was (?:held|found"
    r"|discovered|disclosed|announced|filed|published|released))\b[^,]*\Z"
)
"""A relative clause that says when what it is said of was: "The pause, which began on …"."""
_PARTICIPLE: Final = re.compile(
    r"(?:\A|\b(?:an?|the|its|their|that|said) |, )(?!(?:was|were|been) )(?:[\w-]+ ){1,4}?"
    r"(?<!was )(?<!were )(?<!been )(?<!had )(?<!has )(?:[a-z]{2,}ed|stolen|taken|sold|bought|made"
    r"|left|sent|lost|found|issued) (?:[a-z]+ ){0,3}(?:on |in )?(?:early |late |mid-)?\Z"
)
_VERB: Final = re.compile(
    r"(?:,? \d{4})? (?:had|has|have|was|were|is|are|still|later|could|can|may|might|gave|let|led)\b"
)
"""A date between a noun's participle and its verb: "a token stolen on March 3 was used"."""
_STARTS: Final = re.compile(r"\ASince (?:at least |about |early on )?\Z")
"""Before the day on which what goes on began."""
_SAID_IN: Final = re.compile(r"\AIn an? (?:\w+ )?(?:filing|statement|notice|letter|report|post)\b")
_SPAN: Final = re.compile(r"\bbetween \Z")
_SET: Final = re.compile(
    r"\b(?:(?:is|are) (?:set|scheduled|due|expected|planned|targeted|slated) (?:for|on|to|by|in)"
    r"|will (?!be (?:able|used)\b)(?:\w+ ){0,2}\w+|takes? effect|comes? into force"
    r"|appl(?:y|ies) (?:to|from)|(?:has|have) (?:promised|pledged|until)|plans to|hearing|deadline"
    r"|must|due|urged|ordered|instructed|directed|requires?|have to|has to)\b"
)
"""What is to be on a day to come, or by it."""
_HOPED: Final = re.compile(
    r"\b(?:expects?|hopes?|predicts?|thinks?|believes?|fears?|could|may|might|would|if|unless)\b"
)
"""Nobody has set it."""
_OF_BEFORE: Final = re.compile(
    r"\b(?:attack|breach|theft|incident|intrusion|leak|hack|who|which|whose|whom|that|where|since"
    r"|after|when|because|between)\b"
)
"""Between what is set and a date that is another one's: "will ask about the attack of March 3"."""
_SOON: Final = timedelta(days=300)
"""How far ahead a day without its year lies at most."""
_ON_WEEKDAY: Final = re.compile(r"\bwill [^,;“”\"]{3,80} on \Z")
_WEEK: Final = timedelta(days=7)
"""Behind the weekday before the report's day lies the one that is to come."""
_END: Final = re.compile(r"\b(?:end of|late) \Z")
_DUE: Final = re.compile(
    r"(?:\b(?:on|by|before|until|from|for|in|to|is|case|than|after|end of|early|late|mid|till)|,|:)"
    r" (?:the )?(?:end of |start of )?\Z"
)
"""Before a day to come that something is set for."""
_COURT: Final = re.compile(
    r"\b(?:plead\w*|sentenc\w+|convict\w*|charged|indict\w*|arrest\w*|filed|filing|sued|hearing"
    r"|trial|unsealed|extradit\w+|seiz\w+|settle\w*|jury|judge)\b",
    re.IGNORECASE,
)
_FAR: Final = timedelta(days=2600)
"""How far ahead a day may lie that a report names."""
_EVERY_YEAR: Final = (31, 28)
"""The last day of a month, and of February, that every year has."""
_UNDER: Final = re.compile(r"\A(?P<main>[A-Z][^;“”\"]+?),? under \Z")
"""What a rule says, before the clause that says whose rule it is."""
_FITS: Final = 30
"""Words of it that a line has room for."""
_CLAUSE: Final = re.compile(
    r"\b(?P<n>an?|the) (?P<what>(?:[a-z]+ )?(?:rule|order|notice|filing|report|letter|advisory"
    r"|complaint|directive|law|lawsuit|plan)) that (?P<who>(?:the |The )?(?:[A-Z][\w.&’'-]*"
    r"(?: of)? ){1,6})(?P<did>published|issued|filed|released|adopted|signed) on "
    r"(?P<day>[A-Z][a-z]+)"
)


def of(passage: Quotable, article: Article, *, law: bool = False) -> Moment | None:
    """The date of what the sentence tells: the first that it shows, or the only day that it was
    told with ("on Monday"); None where that is unsure. `law`: in a case in court a deed's bare
    month may be of any year."""
    if article.published is None:
        return None
    published = article.published.date()
    own = [m for m in dates.moments(passage.source.quote, published) if len(m.value) >= 7]
    shown = [m for m in dates.moments(passage.text, published) if len(m.value) >= 7]
    told = [m for m in shown if m.form in ("day", "month") and _exact(passage.text, m)]
    left_out = {m.value for m in own} - {m.value for m in shown}
    told = [m for m in told if m.value[:4] in passage.text or not _loose(passage.text, m, law=law)]
    near = [m for m in told if published - day(m.value) <= LONG_BEFORE] or told
    if not near:
        near = [m for m in shown if m.form == "day" and _STARTS.match(passage.text[: m.start])]
    if near:
        first = next((m for m in near if not _within_another(passage.text, m)), None)
        if first is None:
            return None
        sure = not left_out or left_out == {first.value}
        sure |= not _SUBORDINATE.search(passage.text[: first.start])  # its own verb's
        if _ENDED.search(passage.text[: first.start]):
            return None
        return first if sure and in_time(first, published) else None
    own = [m for m in own if len(m.value) == 10] or own
    if shown or len(own) != 1 or own[0].form not in ("weekday", "relative"):
        return None
    single = own[0]
    before = _INSET.sub(",", passage.source.quote[: single.start])
    closed = _CLOSED.search(before)
    main = not _SUBORDINATE.search(closed["rest"] if closed else before) or _back(before)
    exact = _exact(passage.source.quote, single) and in_time(single, published)
    return single if main and exact and not _AHEAD.search(passage.text) else None


def _back(before: str) -> bool:
    """Whether the sentence is back at its own verb after a relative clause without commas: "those
    who took over a token pushed two versions"."""
    clause = _WHO.search(before)
    return clause is not None and len(_PAST.findall(clause["rest"])) > 1


def _within_another(text: str, moment: Moment) -> bool:
    """Whether a date stands in a relative clause: "a patient who got a letter in October sued"."""
    before = text[: moment.start]
    if _BEGAN.search(before):
        return False
    if _PARTICIPLE.search(before) and _VERB.match(text, moment.end):
        return True
    return bool(_RELATIVE.search(before)) and not _back(before)


def _loose(text: str, moment: Moment, *, law: bool) -> bool:
    """Whether a bare month may be of an earlier year: a deed's, in a case before a court."""
    return law and moment.form == "month" and not _COURT.search(text)


def _exact(text: str, moment: Moment) -> bool:
    """Whether a date is the day of something, not a deadline or a version's."""
    before = text[: moment.start]
    if _LONG_AGO.match(text, moment.end) or _OTHER_YEAR.match(text, moment.end):
        return False
    if _SINCE.search(before) or (_THE.search(before) and _A_NOUN.match(text, moment.end)):
        return False
    if _SAID_IN.match(text) and _SPAN.search(before):
        return False  # the filing's day is another
    return not _INEXACT.search(before)


def in_time(moment: Moment, published: date) -> bool:
    """Whether it is over when it is reported."""
    return moment.value <= published.isoformat()[: len(moment.value)]


def to_come(text: str, published: date, last: date) -> tuple[Moment, str] | None:
    """What a sentence sets for a day after `last`: the day as named, and as an ISO day."""
    if _SET.search(text) is None or _HOPED.search(text):
        return None
    for moment in dates.moments(text, published):
        before = _before(text, moment)
        weekday = moment.form == "weekday" and _ON_WEEKDAY.search(before) is not None
        if not (weekday or moment.form in ("day", "month")) or not _DUE.search(before):
            continue
        ends = [m.end() for m in _SET.finditer(before)]
        if not ends or _OF_BEFORE.search(before[ends[-1] :]):
            continue
        if weekday:
            when = (date.fromisoformat(moment.value) + _WEEK).isoformat()
        else:
            named = re.search(r"\b20\d\d\b", text) is not None
            when = _next(moment.value, published, named=named)
        rolled = when != moment.value and day(when) - last > _SOON
        if rolled or not last.isoformat()[: len(when)] <= when <= (last + _FAR).isoformat():
            continue
        if when > last.isoformat()[: len(when)] or _END.search(before):
            return moment, when
    return None


def _before(text: str, moment: Moment) -> str:
    """What stands before a date, which may bring its own "in"."""
    lead = re.match(r"(?:in|by|of|from|until|since|during) ", text[moment.start :])
    return text[: moment.start + (lead.end() if lead else 0)]


def _next(value: str, published: date, *, named: bool) -> str:
    """A day or month read as the last of its name as the next one."""
    today = published.isoformat()[: len(value)]
    if value >= today or named:
        return value
    year = int(value[:4]) + 1
    if len(value) == len("2026-01"):
        return f"{year}{value[4:]}"
    when = date.fromisoformat(value)
    return when.replace(year=year, day=min(when.day, _EVERY_YEAR[when.month == 2])).isoformat()


def issued(quote: str, published: date) -> tuple[Moment, str] | None:
    """Who issued what on which day, where that stands in a clause: "under a rule that the Federal
    Office published on Monday" → that day, "The Federal Office published a rule on March 2."."""
    found = _CLAUSE.search(quote)
    if found is None:
        return None
    days = [m for m in dates.moments(quote, published) if m.start == found.start("day")]
    if not days or len(days[0].value) != 10 or not in_time(days[0], published):
        return None
    when = date.fromisoformat(days[0].value)
    who = capital(found["who"].strip())
    text = f"{who} {found['did']} {found['n']} {found['what']}"
    under = _UNDER.search(quote[: found.start()])
    if under and len(under["main"].split()) <= _FITS:
        first, _, rest = under["main"].partition(" ")
        plain = first.lower() in lexicon.common()
        return days[0], f"{text}: {first.lower() if plain else first} {rest}."
    return days[0], f"{text} on {when:%B} {when.day}."


def day(at: str) -> date:
    """A day, or a month's middle."""
    return date.fromisoformat(at if len(at) == 10 else f"{at}-15")
