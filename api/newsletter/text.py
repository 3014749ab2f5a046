"""A view of an issue → plain text that reads well in a mail: 72 columns, addresses in lines alone.

In: a `View` and its frame. Out: text with the same words as the HTML, in the same order.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from api.newsletter.issue import View, further, left, shown
from api.values import day_in_words
from api.views import count

if TYPE_CHECKING:
    from api.newsletter.render import Frame

WIDTH: Final = 72


def summed_up(view: View) -> str:
    """ "8 threads: 3 new, 5 changed. Every line links to whose word it is."."""
    items = view.items
    new = sum(bool(item["new"]) for item in items)
    changed = sum(bool(item["changed"]) and not item["new"] for item in items)
    parts = [f"{new} new" if new else "", f"{changed} with changed facts" if changed else ""]
    said = ", ".join(part for part in parts if part)
    links = "Each line links to the report it rests on."
    return f"{count(len(items), 'thread')}{': ' if said else ''}{said}. {links}"


def issue(view: View, frame: Frame) -> str:
    """The whole mail."""
    out = [_wrapped(view.made.label), f"BREACHWIRE\n{view.title}, {view.dates}"]
    out.append(_wrapped(summed_up(view)))
    for heading, items in view.groups:
        out.append(f"{heading.upper()}\n{'=' * len(heading)}")
        out += [_item(item, view, frame.base) for item in items]
    out.append("-" * 20)
    out += _foot(view, frame)
    return "\n\n".join(out) + "\n"


def _item(item: Mapping[str, Any], view: View, base: str) -> str:
    """A thread, its lines in one block."""
    about = [item["status"], item["section"], count(item["articles"], "article"),
             count(item["origins"], "origin")]  # fmt: skip
    if watched := view.watched.get(item["thread"]):
        about.append(f"on your list: {watched}")
    lines = [_wrapped(item["headline"]), _wrapped(", ".join(part for part in about if part)), ""]
    lines += [_wrapped(_sentence(said)) for said in item["summary"]]
    if "model" in item["authors"]["signal_summary"]:
        model = f" ({item['model']})" if item["model"] else ""
        lines.append(_wrapped(f"This summary was generated using artificial intelligence{model}."))
    if item["reviewed"]:
        lines.append(_wrapped(f"Reviewed and fact-checked by {item['reviewed']}."))
    lines += _facts(item)
    lines += ["", f"{base}{item['path']}", *_sources(item)]
    return "\n".join(lines)


def _sentence(said: Mapping[str, Any]) -> str:
    text: str = said["text"]
    if said["kind"] == "quoted" and text[:1] not in '“"':
        text = f"“{text}”"
    prefix = "Analysis: " if said["kind"] == "inferred" else ""
    return prefix + text + _named(said["links"])


def _named(links: Sequence[Mapping[str, str]]) -> str:
    return f" [{', '.join(link['outlet'] for link in links)}]" if links else ""


def _facts(item: Mapping[str, Any]) -> Iterator[str]:
    label, lines = shown(item)
    if not lines:
        return
    yield ""
    yield f"{label}:"
    for line in lines:
        yield textwrap.fill(
            f"* {line['text']}{_named(line['links'])}", WIDTH, subsequent_indent="  ",
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
    if more := left(item):
        yield f"* {count(more, 'more change')}"


def _sources(item: Mapping[str, Any]) -> Iterator[str]:
    """Every outlet that is named, with its address."""
    lines = [*item["summary"], *shown(item)[1]]
    named = {link["outlet"]: link["url"] for line in lines for link in line["links"]}
    named |= {link["outlet"]: link["url"] for link in further(item)}
    for outlet, url in named.items():
        yield f"{outlet}: {url}"


def _foot(view: View, frame: Frame) -> Iterator[str]:
    if view.rules:
        more = f" {count(view.left_out, 'more thread')} developed." if view.left_out else ""
        yield _wrapped(view.rules + more)
    if frame.leave:
        when = f" on {day_in_words(frame.confirmed_at)}" if frame.confirmed_at else ""
        yield _wrapped(f"You get this because you confirmed {frame.masked}{when}. Change what you"
                       " get, or unsubscribe:") + f"\n{frame.leave}"  # fmt: skip
        yield _wrapped(
            "If you forward this, nobody can do either unseen: that page asks first, and you are"
            " told by mail."
        )
    if frame.archive:
        yield f"This issue on the web:\n{frame.archive}"
    if frame.imprint:
        yield _wrapped(frame.imprint)


def letter(
    before: Sequence[str],
    link: tuple[str, str],
    after: Sequence[str],
    foot: str,
    imprint: str,
) -> str:
    """A short letter with one link."""
    button, url = link
    out = ["BREACHWIRE", *map(_wrapped, before), f"{button}:\n{url}", *map(_wrapped, after)]
    out += ["-" * 20, _wrapped(foot), *([_wrapped(imprint)] if imprint else [])]
    return "\n\n".join(out) + "\n"


def _wrapped(line: str) -> str:
    return textwrap.fill(
        " ".join(line.split()), WIDTH, break_long_words=False, break_on_hyphens=False
    )
