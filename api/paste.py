"""A brief to paste: a document → compact Markdown with its sources linked in line, or plain text.

In: the document that `threads.wire` makes, or that of an older version (`versions.version`). Out:
what a newsletter writer puts into an own text: the disclosure first, each run of sentences with
links to the articles that it rests on, sections on which sources are silent left out. The form with
every quote is `api.markdown`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from api.links import web
from api.markdown import ROLES, address, escaped
from api.values import day_in_words
from api.views import grouped
from breachwire.model.disclosure import SECTION_NAMES

OUTLETS: Final = 3
"""Links after a run of sentences; the list of sources has them all."""
WIDTH: Final = 88
Statements = Sequence[Mapping[str, Any]]
_SHOWN: Final = (
    "signal_summary", "eli5", "deep_analysis", "impact_assessment", "optimistic_outlook",
    "pessimistic_outlook",
)  # fmt: skip
_PREFIX: Final = {"inferred": "Analysis: ", "glossary": "In general: "}


def paste(document: Mapping[str, Any]) -> str:
    """Markdown without footnotes."""
    url = document["url"]
    out = [f"# [{escaped(document['headline']['text'])}]({address(url)})"]
    out += [f"> {escaped(document['disclosure']['text'])}", *_superseded(document)]
    for label, paragraphs in _sections(document):
        out += [f"## {label}", *(_linked(one) for one in paragraphs)]
    out += [*_details(document), *_sources(document), _origin(document)]
    return "\n\n".join(out) + "\n"


def _sections(document: Mapping[str, Any]) -> Iterator[tuple[str, list[Statements]]]:
    """Labels with their paragraphs, those that only say that sources are silent left out."""
    for name, label in SECTION_NAMES.items():
        if name not in _SHOWN:
            continue
        given = document[name] if name == "deep_analysis" else [document[name]]
        said: list[Statements] = [[s for s in one if s["kind"] != "notice"] for one in given]
        kept = [one for one in said if one]
        if kept or name == "signal_summary":
            yield label, kept or [given[0]]


def _linked(statements: Statements) -> str:
    """Sentences, each run that rests on the same articles followed by links to them."""
    runs = groupby(statements, key=lambda s: tuple(_links(s["evidence"])))
    return " ".join(
        " ".join(map(_sentence, own)) + (f" ({', '.join(links)})" if links else "")
        for links, own in runs
    )


def _sentence(statement: Mapping[str, Any]) -> str:
    return _said(statement, escaped(statement["text"]))


def _said(statement: Mapping[str, Any], text: str) -> str:
    if statement["kind"] == "quoted" and text[:1] not in '“"':
        return f"“{text}”"
    return _PREFIX.get(statement["kind"], "") + text


def _links(evidence: Iterable[Mapping[str, Any]]) -> list[str]:
    named = {e["url"]: escaped(e["outlet"]) for e in evidence}
    return [
        f"[{outlet}]({address(url)})" if web(url) else outlet
        for url, outlet in list(named.items())[:OUTLETS]
    ]


def _details(document: Mapping[str, Any]) -> list[str]:
    """A line a fact; those of one field that one article states in one way share a line."""
    found: dict[tuple[str, str], list[str]] = {}
    for field, own in grouped(document.get("key_details", ())):
        for values, detail, said in own:
            links = ", ".join(_links([said["evidence"]]))
            found.setdefault((field, f"{escaped(_standing(detail))}; {links}"), []).extend(values)
    lines = [
        f"- **{field}:** {escaped(', '.join(values))} ({said})"
        for (field, said), values in found.items()
    ]
    return ["## Key Details", "\n".join(lines)] if lines else []


def _standing(detail: Mapping[str, Any]) -> str:
    """ "confirmed, says Quarrybank"."""
    if not detail["asserter"]:
        return str(detail["status"])
    verb = "by" if detail["status"] == "denied" else "says"
    comma = "" if verb == "by" else ","
    return f"{detail['status']}{comma} {verb} {detail['asserter']}"


def _superseded(document: Mapping[str, Any]) -> list[str]:
    after = document.get("superseded")
    if not after:
        return []
    return [
        f"> Version {document['version']} was superseded by version {after['version']} on"
        f" {_day(after['at'])}; the latest is [here]({address(document['current_url'])})."
    ]


def _sources(document: Mapping[str, Any]) -> list[str]:
    lines = []
    for report in document.get("original_reporting", ()):
        title = escaped(report["title"]) or "untitled"
        link = f"[{title}]({address(report['url'])})" if web(report["url"]) else title
        day = _day(report["published"]) if report["published"] else "no date"
        role = "" if report["role"] in ("report", "follow_up") else f" ({ROLES[report['role']]})"
        lines.append(f"- {link}, {escaped(report['outlet'])}, {day}{role}")
    return ["## Sources", "\n".join(lines)] if lines else []


def _origin(document: Mapping[str, Any]) -> str:
    made = document["analysis"]
    return f"*[Breachwire]({address(document['url'])}), {_version(made)}.*"


def _version(made: Mapping[str, Any]) -> str:
    """Of the text, and when it was made."""
    if not made["version"]:
        return "not written yet"
    return f"version {made['version']} of {_day(made['made_at'])}"


def _day(at: str) -> str:
    return day_in_words(datetime.fromisoformat(at))


def plain(document: Mapping[str, Any]) -> str:
    """For a terminal: wrapped, outlets in brackets, addresses at the end."""
    made = document["analysis"]
    out = [_wrapped(document["headline"]["text"]), document["url"]]
    out += [
        _wrapped(f"{document['disclosure']['text']} ({document['disclosure']['by']},"
                 f" {_version(made)})"),
        *(line.removeprefix("> ") for line in _superseded(document)),
    ]  # fmt: skip
    if lost := made["review_voided"]:
        out.append(_wrapped(f"Version {lost['version']} was signed by {lost['by']}; this is not."))
    for label, paragraphs in _sections(document):
        out += [label.upper(), *(_wrapped(_with_outlets(one)) for one in paragraphs)]
    out += [*_plain_details(document), *_plain_sources(document)]
    return "\n\n".join(out) + "\n"


def _with_outlets(statements: Statements) -> str:
    runs = groupby(
        statements, key=lambda s: tuple(dict.fromkeys(e["outlet"] for e in s["evidence"]))
    )
    return " ".join(
        " ".join(_said(s, s["text"]) for s in own)
        + (f" [{', '.join(outlets[:OUTLETS])}]" if outlets else "")
        for outlets, own in runs
    )


def _plain_details(document: Mapping[str, Any]) -> list[str]:
    lines = [
        _wrapped(f"{field}: {', '.join(values)} ({_standing(detail)})", "  ")
        for field, own in grouped(document.get("key_details", ()))
        for values, detail, _ in own
    ]
    return ["KEY DETAILS", "\n".join(lines)] if lines else []


def _plain_sources(document: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{r['outlet']}: {r['title']}\n  {r['url']}" for r in document.get("original_reporting", ())
    ]
    return ["SOURCES", "\n".join(lines)] if lines else []


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False)
