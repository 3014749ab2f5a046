"""Answers as text: dicts of `mcp.shapes` → lines, for assistants that read no structured content.

In: a tool's answer. Out: lines, to be put between the marks (`plain.fenced`). Each fact says its
status and whose word it is; each quote its outlet and address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

Answer = Mapping[str, Any]


def search(told: Answer) -> Iterator[str]:
    """Threads, best first."""
    count = f"{_count(told['found'], 'thread')} found" if told["found"] is not None else "More"
    yield f"{count} for “{told['query']}”." if told["query"] else f"{count}."
    for one in told["corrected"]:
        yield f"{one['typed']} was also taken for {one['meant']}."
    for one in told["loosen"]:
        yield f"Without {one['drop']} {one['value']}: {_count(one['count'], 'thread')}."
    for number, one in enumerate(told["threads"], 1):
        yield ""
        yield f"{number}. {one['headline']}"
        yield from _summary(one)
        yield f"   why: {one['why']}"
        yield from _quotes(one["quotes"], "   ")


def thread(told: Answer) -> Iterator[str]:
    """The brief under its disclosure, the facts behind its summary."""
    yield from _merged(told)
    yield told["headline"]["text"]
    yield (
        f"thread {told['thread']}, {told['kind']}, {told['state']}; first report"
        f" {told['first_at']}, updated {told['updated_at']}; {_sources(told)}; {told['url']}"
    )
    yield f"{told['disclosure']['text']} {told['disclosure']['account']}"
    if told["behind"]:
        yield "A report came in since this brief was written."
    first, *rest = told["brief"]
    yield from _part(first)
    # Before what is longest: an answer that has to be cut is cut at its end.
    yield from ("", "Facts, each with its status:")
    for fact in told["facts"]:
        yield from _fact(fact, f"since {fact['since']}")
    yield from ("", "Original reporting:")
    yield from map(_report, told["reporting"])
    for part in rest:
        yield from _part(part)
    yield from ("", "Timeline:")
    for event in told["timeline"]:
        yield from _said(event, f"{event['at']}: ")
    yield from ("", "Related threads:")
    for one in told["related"]:
        yield f"- thread {one['thread']} ({_plain(one['relation'])}): {one['headline']};" + (
            f" {one['reason']}"
        )
    for line in told["storylines"]:
        yield f"- storyline {line['id']}: {line['label']}"
    for name, number in told["left_out"].items():
        yield f"({number} more of {name} left out)"


def changes(told: Answer) -> Iterator[str]:
    """Newest first."""
    yield from _merged(told)
    since = f" since {told['since']}" if told["since"] else ""
    yield f"Changes of thread {told['thread']}{since}: {len(told['changes']) or 'none'}."
    for one in told["changes"]:
        edited = "; an article was edited" if one["edited"] else ""
        yield f"- {one['text']} (seen {one['at']}{edited})"
        yield from _quotes(one["quotes"])


def claims(told: Answer) -> Iterator[str]:
    """Fact by fact."""
    yield from _merged(told)
    yield f"Claims of thread {told['thread']}, {told['headline']}:"
    for one in told["claims"]:
        leads = "leads; " if one["leads"] else ""
        yield from _fact(one, f"{leads}first said {one['first_said']}, last {one['last_said']}")


def related(told: Answer) -> Iterator[str]:
    """Most useful first."""
    yield f"Related to “{told['query']}”: {len(told['threads']) or 'nothing'}."
    for number, one in enumerate(told["threads"], 1):
        likely = "" if one["likely"] else ", perhaps"
        yield from ("", f"{number}. {one['headline']}")
        yield (
            f"   thread {one['thread']}, {one['kind']}, {_plain(one['relation'])}{likely}; updated"
            f" {one['updated_at']}; {one['url']}"
        )
        yield f"   why: {one['why']}"
        yield from map(_report, one["reporting"])
        for tie in one["shared"]:
            yield f"- both say {_plain(tie['kind'])} {tie['value']}; yours: “{tie['yours']}”"
            yield from _quotes([tie["evidence"]])
        for new in one["new"]:
            yield from _fact(new, "new to your side" + (", as a denial" if new["denial"] else ""))
        for other in one["contradictions"]:
            yield from _fact(other, f"your side says {other['yours']}")
        yield from _quotes(one["quotes"], "   ")


def entity(told: Answer) -> Iterator[str]:
    """Who it is, then its threads."""
    yield f"{told['name']} ({_plain(told['kind'])}); {told['url'] or 'no page'}"
    if told["first_seen"]:
        statuses = ", ".join(f"{status} {number}" for status, number in told["statuses"].items())
        yield (
            f"first named {told['first_seen']}, last {told['last_seen']}; in"
            f" {_count(told['count'], 'thread')}: {statuses}"
        )
    listed = {
        "also written": told["forms"],
        "may be mistaken for": _names(told["namesakes"]),
        "named beside": _names(told["together"]),
    }
    for label, names in listed.items():
        if names:
            yield f"{label}: {', '.join(names)}"
    for label in ("sector", "country"):
        if stated := told[label]:
            yield f"{label}: {stated['label']}"
            yield from _quotes([stated["evidence"]])
    if galaxy := told["galaxy"]:
        aliases = ", ".join(galaxy["aliases"]) or "none"
        country = f"; put in {galaxy['country_name']}" if galaxy["country_name"] else ""
        yield f"the MISP galaxy lists it as {galaxy['name']}; aliases: {aliases}{country}"
    for number, one in enumerate(told["threads"], 1):
        yield from ("", f"{number}. {one['headline']}")
        yield from _summary(one)
        if one["said"]:
            yield from _fact(one["said"])
        yield from _quotes(one["quotes"])


def _merged(told: Answer) -> Iterator[str]:
    if told["asked"]:
        yield f"Thread {told['asked']} was merged into {told['thread']}."


def _summary(one: Answer) -> Iterator[str]:
    status = one["status"] or "no status"
    yield (
        f"   thread {one['thread']}, {one['kind']}, {status}, {one['state']}; first report"
        f" {one['first_at']}, updated {one['updated_at']}; {_sources(one)}; {one['url']}"
    )


def _part(part: Answer) -> Iterator[str]:
    yield from ("", f"{part['section']}:")
    for said in part["statements"]:
        yield from _said(said)


def _said(said: Answer, before: str = "") -> Iterator[str]:
    marks = {"inferred": "Analysis: ", "glossary": "In general: "}
    if said["kind"] == "quoted" and [said["text"]] == [one["quote"] for one in said["quotes"]]:
        yield from _quotes(said["quotes"], f"- {before}")
        return
    text = f"“{said['text']}”" if said["kind"] == "quoted" else said["text"]
    yield f"- {before}{marks.get(said['kind'], '')}{text}"
    yield from _quotes(said["quotes"])


def _fact(fact: Answer, *more: str) -> Iterator[str]:
    """ "- Affected: 1,900,000 customers [claimed, by Salt Heron]; since …"."""
    whose = f", by {fact['asserter']}" if fact["asserter"] else ""
    note = [fact["note"]] if fact.get("note") else []
    words = "; ".join([f"[{fact['status']}{whose}]", *more, *note])
    yield f"- {fact['label']}: {fact['in_words']} {words}"
    yield from _quotes([fact["evidence"]])


def _report(article: Answer) -> str:
    role = f"{_plain(article['role'])}, " if article["role"] else ""
    day = article["published"] or "no date"
    return f"- {article['outlet']}: {article['title']} ({role}{day}) {article['url']}"


def _quotes(quotes: Iterable[Answer], indent: str = "  ") -> Iterator[str]:
    for one in quotes:
        yield f"{indent}“{one['quote']}” {one['outlet']}, {one['url']}"


def _names(others: Iterable[Answer]) -> list[str]:
    return [f"{one['name']} ({_plain(one['kind'])}, {one['threads']})" for one in others]


def _sources(one: Answer) -> str:
    """As the pages count them: copies are articles, and no origins."""
    return f"{_count(one['articles'], 'article')}, {_count(one['origins'], 'origin')}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _plain(code: str) -> str:
    return code.replace("_", " ")
