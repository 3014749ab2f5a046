"""A thread as Markdown: the wire document → text for a writer's own tool.

In: the document that `threads.wire` makes. Out: Markdown with the page's order and labels, a
numbered note for each quote with its outlet and address. Source text is escaped: it cannot make
links, headings or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from api.history import by_day
from api.indicators import TYPES
from api.links import web
from api.values import event_date, told

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LINE_START: Final = re.compile(r"^(\s*(?:\d+(?=[.)](?:\s|\Z)))?)([-+=.)])")
"""What would begin a list or underline a heading; "3.1 TB" would not."""
_URL_SPECIAL: Final = {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\n": ""}
ROLES: Final = {
    "first_report": "first report",
    "report": "report",
    "follow_up": "follow-up",
    "copy": "copy",
    "mention": "mentioned in",
}


class _Notes:
    """Footnotes: each quote once, numbered in order of use."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def mark(self, evidence: Iterable[Mapping[str, Any]]) -> str:
        """`[^1][^2]` for the quotes of a statement."""
        keys = [
            (escaped(e["quote"]), f"[{escaped(e['outlet'])}]({address(e['url'])})")
            for e in evidence
        ]
        return "".join(f"[^{self._numbers.setdefault(k, len(self._numbers) + 1)}]" for k in keys)

    def lines(self) -> list[str]:
        """The notes themselves."""
        return [f"[^{n}]: “{quote}” {link}" for (quote, link), n in self._numbers.items()]


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    return _LINE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split())))


def address(url: str) -> str:
    """An address that cannot end its link early."""
    return "".join(_URL_SPECIAL.get(char, char) for char in url)


def markdown(document: Mapping[str, Any]) -> str:
    """The document in Markdown, in the page's order and with its labels."""
    notes = _Notes()
    parts = [*_opening(document, notes), *_reporting(document), *_analysis(document, notes)]
    parts += [*_details(document, notes)]
    for name, label in (
        ("optimistic_outlook", "Optimistic Outlook"),
        ("pessimistic_outlook", "Pessimistic Outlook"),
    ):
        parts += [f"## {label}", _paragraph(document[name], notes)]
    parts += [*_timeline(document, notes), *_changes(document, notes), *_indicators(document)]
    parts += _related(document)
    if lines := notes.lines():
        parts += ["## Evidence", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _paragraph(statements: Iterable[Mapping[str, Any]], notes: _Notes) -> str:
    return " ".join(_sentence(s, notes) for s in statements)


def _sentence(statement: Mapping[str, Any], notes: _Notes) -> str:
    text = escaped(statement["text"])
    if statement["kind"] == "notice":
        return f"*{text}*"
    if statement["kind"] == "quoted" and text[:1] not in '“"':
        text = f"“{text}”"
    if statement["kind"] == "inferred":
        text = f"(analysis) {text}"
    return text + notes.mark(statement["evidence"])


def _title(statement: Mapping[str, Any], notes: _Notes) -> str:
    """The headline as a heading: its own words without quotation marks around them."""
    return escaped(statement["text"]) + notes.mark(statement["evidence"])


def _opening(document: Mapping[str, Any], notes: _Notes) -> list[str]:
    sources = ", ".join(escaped(s["outlet"]) for s in document["sources"])
    authors = ", ".join(escaped(a) for a in document["authors"]) or "not named"
    by = document["disclosure"]["by"]
    counts = f"{_count(document['articles'], 'article')}, {_count(document['origins'], 'origin')}"
    return [
        f"# {_title(document['headline'], notes)}",
        f"{document['section']} · {counts} · updated {document['updated_at']}",
        f"Source: {sources}  \nOriginal Author(s): {authors}  \n"
        f"{document['minutes_to_read']} min read  \nIntelligence analysis by {escaped(by)}",
        f"> {escaped(document['disclosure']['text'])}  \n"
        f"> {escaped(document['disclosure']['account'])}",
        "## Signal Summary",
        _paragraph(document["signal_summary"], notes),
        "## Explain Like I'm Five",
        _paragraph(document["eli5"], notes),
    ]


def _origins(document: Mapping[str, Any]) -> list[str]:
    """ "12 articles, 3 origins", and which they are."""
    groups = document.get("origin_groups") or []
    counts = f"{_count(document['articles'], 'article')}, {_count(document['origins'], 'origin')}"
    lines = []
    for group in groups:
        held = "; ".join(
            f"{escaped(a['outlet'])} ({escaped(a['reason'])})" for a in group["articles"]
        )
        lines.append(f"- **{escaped(group['origin'])}:** {held}")
    return [f"### {counts}", "\n".join(lines)] if lines else []


def _reporting(document: Mapping[str, Any]) -> list[str]:
    lines = []
    for report in document["original_reporting"]:
        day = (report["published"] or "")[:10] or "no date"
        title = escaped(report["title"]) or "untitled"
        role = ROLES[report["role"]]
        link = f"[{title}]({address(report['url'])})"
        quote = f": “{escaped(report['passage']['quote'])}”" if report["passage"] else ""
        lines.append(f"- {link}, {escaped(report['outlet'])}, {day} ({role}{quote})")
    return [
        "## Original Reporting",
        "Read the original article for full context.",
        "\n".join(lines),
        *_origins(document),
    ]


def _analysis(document: Mapping[str, Any], notes: _Notes) -> list[str]:
    return [
        "## Deep Intelligence Analysis",
        *(_paragraph(paragraph, notes) for paragraph in document["deep_analysis"]),
        "## Impact Assessment",
        _paragraph(document["impact_assessment"], notes),
    ]


def _details(document: Mapping[str, Any], notes: _Notes) -> list[str]:
    lines = []
    for detail in document["key_details"]:
        value = escaped(told(detail))
        says = f", says {escaped(detail['asserter'])}" if detail["asserter"] else ""
        note = f" ({escaped(detail['note'])})" if detail["note"] else ""
        marks = notes.mark(claim["evidence"] for claim in detail["claims"])
        label = escaped(detail["label"])
        lines.append(f"- **{label}:** {value}: {detail['status']}{says}{note}{marks}")
    return ["## Key Details", "\n".join(lines) or "*No source states a fact yet.*"]


def _timeline(document: Mapping[str, Any], notes: _Notes) -> list[str]:
    entries = [f"- {e['at']}: {_sentence(e['what'], notes)}" for e in document["timeline"]]
    return ["## Timeline", "\n".join(entries)] if entries else []


def _indicators(document: Mapping[str, Any]) -> list[str]:
    """Defanged, without the quotes: a renderer may make a link of what stands in them."""
    lines = [
        f"- {TYPES[row['type']]}: `{row['defanged'].replace('`', chr(39))}`"
        f" ({_outlets(row['evidence'])})"
        for row in document["indicators"]
    ]
    return ["## Indicators", "\n".join(lines)] if lines else []


def _outlets(evidence: Iterable[Mapping[str, Any]]) -> str:
    named = ((escaped(e["outlet"]), e["url"]) for e in evidence)
    return ", ".join(
        dict.fromkeys(
            f"[{outlet}]({address(url)})" if web(url) else outlet for outlet, url in named
        )
    )


def _changes(document: Mapping[str, Any], notes: _Notes) -> list[str]:
    """A line a day, the newest first."""
    lines = [
        f"- {event_date(day['day'])}: {'; '.join(_part(p) for p in day['parts'])}"
        f"{notes.mark(day['evidence'])}"
        for day in by_day(document["changes"])
    ]
    said = "\n".join(lines) or "*No fact has changed since the first report.*"
    return ["## What changed", said]


def _part(part: Mapping[str, Any]) -> str:
    after = escaped(", ".join(part["after"]))
    filed = ", filed" if part["filed"] else ""
    if part["before"] is None:
        return f"New: {escaped(part['label'])}: {after}{filed}"
    return f"{escaped(part['label'])}: {escaped(part['before'])} → {after}{filed}"


def _related(document: Mapping[str, Any]) -> list[str]:
    lines = [
        f"- {'' if r['likely'] else 'Perhaps: '}[{escaped(r['headline'])}]({address(r['url'])}):"
        f" {escaped(r['reason'])}"
        for r in document["related"]
    ]
    heading = "## Continue reading: more reporting around this signal"
    return [heading, "\n".join(lines)] if lines else []


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
