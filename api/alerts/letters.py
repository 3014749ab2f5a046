"""What stands in an alert's mails: the request for consent, and what happened in a watch's threads.

In: documents of happenings (`api.webhooks.documents`), the reader's own links. Out: a `Letter`.
Both bodies say the same: the disclosure first, then a heading a thread and a line a change, on
whose words and with the link to them; an article that changed nothing makes none.
"""

from __future__ import annotations

import secrets
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from api.newsletter.render import SUBJECT, inlined, plain_letter, shortened
from breachwire.model.alerts import AlertLink, Pace
from breachwire.model.newsletter import Letter, Link
from breachwire.model.tokens import digest

LASTS: Final[dict[AlertLink, timedelta | None]] = {
    "confirm": timedelta(hours=48),
    "leave": None,
    "oneclick": None,
}
"""How long a link is good; None: as long as there is the alert."""
A_DAY: Final = 8
"""Mails of one alert "at once" in 24 hours; what happens beyond that waits for the next."""
THREADS: Final = 20
"""Of one mail; with quotes some 60 kB, where mail services cut at 100."""
LINES: Final = 5
"""Of one thread."""
QUOTE: Final = 300
"""Characters of a quote."""
_WIDTH: Final = 78
_OFTEN: Final[dict[Pace, str]] = {
    "daily": "once a day, on days on which something changed",
    "at_once": f"as it happens, at most {A_DAY} times a day",
}


def new_link(purpose: AlertLink, now: datetime) -> tuple[str, Link]:
    """A secret for a mail, and what is kept of it."""
    secret, lasts = secrets.token_urlsafe(32), LASTS[purpose]
    return secret, Link(purpose, digest(secret), now + lasts if lasts else None)


def consent(pace: Pace, base: str) -> str:
    """What a person agrees to; kept word for word with the time."""
    return (
        f"Send me mails about the threads of this watch list or saved search of {base},"
        f" {_OFTEN[pace]}. It is free, and I can stop it at any time with the link in each mail. My"
        " address is used for nothing else, given to nobody, and erased when I stop it."
    )


def confirmation(label: str, pace: Pace, hint: str, url: str, imprint: str) -> Letter:
    """The letter that asks."""
    return plain_letter(
        "Confirm your Breachwire alert",
        [
            "Somebody, most likely you, asked for mails at this address about what is watched as"
            f" “{label}”, {_OFTEN[pace]}.",
            "Open the page below and press its button. Opening it alone does nothing.",
        ],
        ("Confirm on the web", url),
        ["The link is good for 48 hours, once. Without it, nothing will be sent."],
        f"Sent to {hint}, once, because the address was put into the form. Not you? Do nothing:"
        " the address is erased within three days.",
        imprint,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened, on whose words."""

    text: str
    quotes: tuple[Mapping[str, Any], ...] = ()
    """quote, outlet, url of each."""


@dataclass(frozen=True, slots=True)
class Item:
    """A thread and what happened in it."""

    headline: str
    url: str
    section: str
    why: str
    lines: tuple[Line, ...]
    more: int
    """Lines that are left out."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around it."""

    label: str
    """The watch's name."""
    base: str
    leave: str
    masked: str
    confirmed: str
    imprint: str


def items(
    told: Sequence[Mapping[str, Any]], why: Mapping[str, Sequence[str]]
) -> tuple[list[Item], int]:
    """Documents → threads in the order of their first happening, and how many are left out."""
    threads: dict[str, list[Mapping[str, Any]]] = {}
    for one in told:
        threads.setdefault(one["data"]["thread"], []).append(one)
    made = []
    for id, own in list(threads.items())[:THREADS]:
        data = own[-1]["data"]
        if any(one["type"] == "thread.created" for one in own):  # its facts are as they stand now
            own = [one for one in own if one["type"] != "thread.changed"]
        lines = [line for one in own for line in _lines(one)]
        shown, more = tuple(lines[:LINES]), max(0, len(lines) - LINES)
        made.append(Item(data["headline"], data["url"], data["section"], "; ".join(why.get(id, ())),
                         shown, more))  # fmt: skip
    return made, max(0, len(threads) - THREADS)


def letter(
    told: Sequence[Mapping[str, Any]], why: Mapping[str, Sequence[str]], frame: Frame
) -> Letter:
    """The alert."""
    found, left_out = items(told, why)
    mark = _mark(told)
    subject = _subject(found)
    html = inlined(
        "mail_alert.html", subject=subject, preview="", mark=mark, items=found, frame=frame,
        left_out=left_out,
    )  # fmt: skip
    return Letter(subject, html, "\n\n".join(_text(mark, found, left_out, frame)) + "\n")


def _subject(found: Sequence[Item]) -> str:
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    return shortened(found[0].headline, SUBJECT - len(more)) + more


def _mark(told: Sequence[Mapping[str, Any]]) -> str:
    """The strongest label that any headline carries."""
    marks = [one["data"]["disclosure"] for one in told]
    return str(next((one for one in marks if one["ai_generated"]), marks[0])["label"])


def _lines(one: Mapping[str, Any]) -> Iterator[Line]:
    data = one["data"]
    if one["type"] == "thread.created":
        report = data["first_report"]
        quotes = ({"quote": "", **report},) if report else ()
        yield Line(f"New thread: {report['title'] if report else data['headline']}", quotes)
        for fact in data["facts"]:
            said = f", says {fact['asserter']}" if fact["asserter"] else ""
            text = f"{fact['label']}: {fact['value']} ({fact['status']}{said})"
            yield Line(text, _quotes(fact["evidence"]))
    for change in data.get("changes", ()):
        yield Line(change["text"], _quotes(change["evidence"]))
    for own in data.get("corrections", ()):
        yield Line(f"Correction: {_corrected(own)}", _quotes(own["evidence"]))


def _corrected(own: Mapping[str, Any]) -> str:
    if own["label"] is None:
        return f"{own['article']['outlet']} corrects “{own['article']['title']}”"
    before, after = (own[side] or "nothing" for side in ("before", "after"))
    return f"{own['label']}: {before} → {after}, {own['article']['outlet']}"


def _quotes(evidence: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, Any], ...]:
    """The first; a mail has no room for all."""
    return tuple(
        {**one, "quote": shortened(" ".join(one["quote"].split()), QUOTE)} for one in evidence[:1]
    )


def _text(mark: str, found: Sequence[Item], left_out: int, frame: Frame) -> Iterator[str]:
    yield _wrapped(mark)
    yield f"BREACHWIRE: {frame.label}"
    for item in found:
        why = f"Watched for: {item.why}" if item.why else ""
        yield "\n".join(filter(None, [_wrapped(item.headline), item.url, why]))
        for line in item.lines:
            yield "\n".join([_wrapped(f"* {line.text}"), *_quoted(line)])
        if item.more:
            yield f"* {item.more} more: {item.url}#changed"
    if left_out:
        yield _wrapped(f"{left_out} more threads changed; your watch's page and feeds have them.")
    yield "-" * 20
    yield _wrapped(_foot(frame)) + f"\n{frame.leave}"
    if frame.imprint:
        yield _wrapped(frame.imprint)


def _quoted(line: Line) -> Iterator[str]:
    for one in line.quotes:
        if one["quote"]:
            yield _wrapped(f"  “{one['quote']}”")
        yield f"  {one['outlet']}: {one['url']}"


def _foot(frame: Frame) -> str:
    return f"You get this because you confirmed {frame.masked} on {frame.confirmed}. Stop it:"


def _wrapped(line: str) -> str:
    return textwrap.fill(line, _WIDTH, break_long_words=False, break_on_hyphens=False)
