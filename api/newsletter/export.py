"""A view of threads for a writer's own tool: Markdown, HTML or JSON, disclosure first.

In: a `View` (an issue, or any selection of threads), the service's address. Out: text, or a
JSON-able document. Source text is escaped: it cannot make links, headings or HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.links import web
from api.markdown import address, escaped
from api.newsletter.issue import View, further, left, shown
from api.newsletter.render import Frame, letter
from api.views import count


def html(view: View, base: str) -> str:
    """A page that stands alone, styles in its elements: to paste into a mail tool."""
    return letter(view, Frame(base)).html


def markdown(view: View, base: str, here: str = "") -> str:
    """With links in line."""
    out = [f"# Breachwire: {view.title}, {view.dates}", f"> {escaped(view.made.label)}"]
    for heading, items in view.groups:
        out.append(f"## {escaped(heading)}")
        for item in items:
            out += list(_item(item, base))
    out += [f"*{escaped(view.rules)}*"] if view.rules else []
    out += [f"*[This issue on the web]({address(here)})*"] if here else []
    return "\n\n".join(out) + "\n"


def _item(item: Mapping[str, Any], base: str) -> Iterator[str]:
    yield f"### [{escaped(item['headline'])}]({address(base + item['path'])})"
    about = [item["status"] or "", item["section"], count(item["articles"], "article"),
             count(item["origins"], "origin")]  # fmt: skip
    yield ", ".join(escaped(part) for part in about if part)
    if item["summary"]:
        yield " ".join(_sentence(said) for said in item["summary"])
    label, lines = shown(item)
    if lines:
        rows = [f"- {escaped(line['text'])}{_links(line['links'])}" for line in lines]
        rows += [f"- {count(left(item), 'more change')}"] if left(item) else []
        yield f"**{label}**\n\n" + "\n".join(rows)
    if links := further(item):
        yield f"More reporting: {_links(links).strip()[1:-1]}"


def _sentence(said: Mapping[str, Any]) -> str:
    text = escaped(said["text"])
    if said["kind"] == "quoted" and text[:1] not in '“"':
        text = f"“{text}”"
    return ("Analysis: " if said["kind"] == "inferred" else "") + text + _links(said["links"])


def _links(links: Sequence[Mapping[str, str]]) -> str:
    named = [f"[{escaped(one['outlet'])}]({address(one['url'])})" for one in links
             if web(one["url"])]  # fmt: skip
    return f" ({', '.join(named)})" if named else ""


def document(view: View, base: str, here: str = "") -> dict[str, Any]:
    """All that the other forms say, and the machine-readable mark."""
    return {
        "title": view.title,
        "dates": view.dates,
        "url": here or None,
        "disclosure": view.made.label,
        "digital_source_type": view.made.iptc,
        "ai_generated": view.made.ai,
        "by": view.made.by,
        "rules": view.rules or None,
        "left_out": view.left_out,
        "groups": [
            {"heading": heading, "items": [_document(item, base) for item in items]}
            for heading, items in view.groups
        ],
    }


def _document(item: Mapping[str, Any], base: str) -> dict[str, Any]:
    label, lines = shown(item)
    kept = (
        "headline", "section", "kind", "status", "first_at", "updated_at", "articles", "origins",
        "new", "summary", "authors", "model", "version", "reviewed", "sources",
    )  # fmt: skip
    return {
        "id": item["thread"],
        "url": base + item["path"],
        **{name: item[name] for name in kept},
        "lines": {"label": label, "of": lines, "more": left(item)},
    }
