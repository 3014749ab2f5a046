"""What templates need beyond the documents: filters for times, counts, links, marked words.

In: values of the documents. Out: a Jinja environment, compiled once, escaping everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from api import indicators, passages
from api.around import around
from api.chart import chart
from api.history import SHOWN, by_day
from api.links import thread_path, web
from api.markdown import ROLES
from api.newsletter import issue
from api.values import MONTHS, event_date, in_words, leading, told
from breachwire.model import Author, Thread, ThreadState
from breachwire.model.disclosure import SCHEME
from breachwire.store import slug

_FRACTION: Final = re.compile(r"(?<=\d)\.\d+")
REPORTS: Final = 12
"""Of a thread, that stand open; a list that is longer by more than three folds."""
LISTED: Final = 200
"""Of a thread, that its page lists at all; its JSON has every one."""
PARTS: Final = 10
"""Of a day's changes, that stand open."""
CLAIMS: Final = 40
"""Of a detail, the newest, on a thread's page."""
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIELDS: Final[Mapping[str, str]] = {
    "victim": "Victim",
    "actor": "Actor",
    "third_party": "Through",
    "affected": "Affected",
    "volume": "Volume",
    "data_type": "Data",
    "attack_type": "Attack",
    "cve": "Flaw",
    "money": "Money",
    "date": "Dates",
    "response": "Response",
}

STATE_LINES: Final[Mapping[ThreadState, str]] = {
    "developing": "This thread is developing: facts may still be corrected.",
    "settling": "This thread is settling: no report for three days, counts may still change.",
    "settled": "This thread is settled: nothing has changed for two weeks.",
}

_Entry = tuple[list[str], Mapping[str, Any], Mapping[str, Any]]
"""Values in words, a detail, the claim that is quoted for it."""


def local(url: str) -> str:
    """The path of an own address: what a page loads comes from where the page came from, which
    need not be the address that the operator gave it."""
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def instant(at: str) -> str:
    """A time for programs as HTML has it: six digits of a second are none (three at most)."""
    return _FRACTION.sub("", at)


def environment() -> Environment:
    """The templates, with their filters."""
    env = Environment(
        loader=PackageLoader("api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters |= {
        "term": term,
        "writer": writer,
        "web": web,
        "slug": slug,
        "count": count,
        "event_date": event_date,
        "instant": instant,
        "local": local,
        "grouped": grouped,
        "marked": marked,
        "marked_passage": marked_passage,
        "query": query,
        "json_data": json_data,
        "thread_href": thread_href,
        "mailed": mailed,
        "shown": indicators.shown,
        "counted": indicators.counted,
        "length_of": length,
        "together": together,
        "with_audio": with_audio,
        "stamp": stamp,
        "shown_below": issue.shown,
        "left": issue.left,
        "further": issue.further,
    }
    env.tests["web"] = web
    env.globals |= {"in_words": in_words, "ROLES": ROLES, "INDICATORS": indicators.TYPES}
    env.globals |= {"around": around, "chart": chart, "by_day": by_day, "STATE_LINES": STATE_LINES}
    env.globals |= {
        "CHANGES": SHOWN, "REPORTS": REPORTS, "LISTED": LISTED, "CLAIMS": CLAIMS, "PARTS": PARTS,
    }  # fmt: skip
    return env


class Clock:
    """Times as readers of one time zone see them."""

    def __init__(self, zone: str, now: datetime) -> None:
        self._zone = ZoneInfo(zone)
        self._today = now.astimezone(self._zone).date()
        self._full: dict[str, str] = {}

    def local(self, at: str) -> datetime:
        """In the reader's zone."""
        return datetime.fromisoformat(at).astimezone(self._zone)

    def full(self, at: str | None) -> str:
        """`23 Nov 2026, 06:30 UTC`; a page says the same few times over and over."""
        if not at:
            return "no date"
        if at not in self._full:
            self._full[at] = f"{self.day(at)}, {self.time(at)} {self.local(at).tzname()}"
        return self._full[at]

    def day(self, at: str | None) -> str:
        """`23 Nov 2026`."""
        if not at:
            return "no date"
        local = self.local(at)
        return f"{local.day} {MONTHS[local.month - 1][:3]} {local.year}"

    def time(self, at: str | None) -> str:
        """`06:30`."""
        return f"{self.local(at):%H:%M}" if at else ""

    def heading(self, day: date) -> str:
        """`Today, Monday 23 November`; another year's with the year."""
        named = f"{_DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
        if day.year != self._today.year:
            named += f" {day.year}"
        days = (self._today - day).days
        return {0: f"Today, {named}", 1: f"Yesterday, {named}"}.get(days, named)

    def by_day(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[date, list[Any]]]:
        """Rows, already newest first, by the day of their last change."""
        grouped_ = groupby(rows, key=lambda row: self.local(row["updated_at"]).date())
        return [(day, list(own)) for day, own in grouped_]


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 article`, `12 articles`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def length(seconds: float) -> str:
    """`2 min 5 s`, `45 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def stamp(seconds: float) -> str:
    """`2:05`, as players show it."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"


def with_audio(article: Mapping[str, Any], audio: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """A schema.org NewsArticle with its AudioObject; a length that is an estimate isn't told."""
    if audio is None:
        return article
    spoken = {
        "@type": "AudioObject",
        "contentUrl": audio["url"],
        "encodingFormat": audio["type"],
        "digitalSourceType": audio["digital_source_type"],
    }
    if not audio["estimated"]:
        spoken["duration"] = f"PT{round(audio['seconds'])}S"
    return {**article, "audio": spoken}


def grouped(details: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[_Entry]]]:
    """Details by field, fields in order of their first; each entry with its values in words.

    Details that rest on the same single sentence are one entry: "names, payment cards"; but for
    dates, each of which stands with the words that say what happened.
    """
    found: dict[str, dict[Any, _Entry]] = {}
    for number, detail in enumerate(details):
        own = found.setdefault(detail["field"], {})
        said = leading(detail)
        sentence = (
            said["article"],
            said["evidence"]["quote"],
            detail["status"],
            detail["asserter"],
        )
        alone = len(detail["claims"]) == 1 and not detail["note"] and detail["field"] != "date"
        values, _, _ = own.setdefault(sentence if alone else number, ([], detail, said))
        values.append(told(detail))
    return [(FIELDS.get(field, field), list(own.values())) for field, own in found.items()]


def term(source_type: str) -> str:
    """The last part of a digital source type's address."""
    return source_type.removeprefix(SCHEME)


def writer(author: Author) -> str:
    """Who wrote a section, where a brief has several writers."""
    return {"extractive": "Extracted", "model": "AI-generated", "editor": "Edited"}[author]


def together(facts: Sequence[str]) -> str:
    """Facts in words, a status that they share said once: "names, addresses (claimed)"."""
    parts = [fact.rpartition(" (") for fact in facts]
    if len({status for _, _, status in parts}) == 1 and all(value for value, _, _ in parts):
        return f"{', '.join(value for value, _, _ in parts)} ({parts[0][2]}"
    return ", ".join(facts)


def marked(text: str, looked_for: str | Sequence[str]) -> Markup:
    """The text, escaped, with the words of a query (or these words) marked."""
    words = passages.terms(looked_for) if isinstance(looked_for, str) else looked_for
    pattern = passages.pattern(words)
    return _marked(text, [m.span() for m in pattern.finditer(text)] if pattern else [])


def marked_passage(passage: Mapping[str, Any]) -> Markup:
    """A passage's quote, escaped, with its marks."""
    start = passage["start"]
    return _marked(passage["quote"], [(a - start, b - start) for a, b in passage["marks"]])


def _marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    out, at = [], 0
    for start, end in spans:
        out += [escape(text[at:start]), Markup("<mark>%s</mark>") % text[start:end]]
        at = end
    return Markup("").join([*out, escape(text[at:])])


def thread_href(thread: Thread) -> str:
    """Its page."""
    return thread_path(thread.id, thread.headline)


def query(parameters: Mapping[str, Any], **more: Any) -> str:
    """A query string without empty parameters."""
    return urlencode({k: v for k, v in {**parameters, **more}.items() if v}, doseq=True)


def mailed(parameters: Mapping[str, Any], **more: Any) -> str:
    """The query of a mailto: address (RFC 6068: blanks are %20)."""
    return urlencode({**parameters, **more}, quote_via=quote)


def json_data(value: Any) -> Markup:
    """JSON for a data block: nothing in it can end the script element."""
    text = orjson.dumps(value).decode()
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 (just escaped)
