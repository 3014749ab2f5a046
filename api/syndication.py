"""Feeds of what is served: threads → Atom and JSON Feed, marked as machine-made.

In: a store or a wire document. Out: bytes of Atom 1.0 (RFC 4287), a dict of JSON Feed 1.1. Ids are
tag URIs (RFC 4151) of the thread's permanent id; `updated` is the thread's last change, so that a
reader's program sees an entry anew only when ledger or members changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree import ElementTree as ET

from markupsafe import Markup

from api.history import by_article
from api.links import tag, thread_path, web
from api.values import in_words
from breachwire.model import Brief, Detail, Disclosure, Kind, Thread
from breachwire.model.disclosure import SCHEME, disclosure
from breachwire.model.signoffs import standing
from breachwire.store import Store, ThreadFilter

ENTRIES: Final = 40
DETAILS: Final = 5
"""Details in a feed's entry: those that lead."""
_ATOM: Final = "http://www.w3.org/2005/Atom"
_EPOCH: Final = "1970-01-01T00:00:00+00:00"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
INVENTED: Final = "Invented stories by invented outlets: a demonstration"
_TITLE: Final = "Breachwire: the wire"


@dataclass(frozen=True, slots=True)
class _Item:
    """A thread as a feed tells it."""

    thread: Thread
    brief: Brief | None
    details: tuple[Detail, ...]
    made: Disclosure


def wire_atom(store: Store, base: str, kinds: Sequence[Kind], *, demo: bool = False) -> bytes:
    """The newest incidents as an Atom feed."""
    read = _read(store, kinds)
    updated = max((item.thread.updated_at.isoformat() for item in read), default=_EPOCH)
    feed = _feed(tag(base, "wire"), _titled(_TITLE, demo), f"{base}/", f"{base}/feed.atom", updated)
    for item in read:
        thread = item.thread
        url = base + thread_path(thread.id, thread.headline)
        entry = _entry(
            feed, tag(base, thread.id), thread.headline, url, thread.updated_at.isoformat()
        )
        _add(entry, "published", thread.first_at.isoformat())
        _categories(entry, thread.section, item.made.iptc)
        _add(entry, "content", _body(item, url, demo), type="html")
    return _bytes(feed)


def wire_json(
    store: Store, base: str, kinds: Sequence[Kind], *, demo: bool = False
) -> dict[str, Any]:
    """The newest incidents as a JSON Feed."""
    items = []
    for item in _read(store, kinds):
        thread = item.thread
        url = base + thread_path(thread.id, thread.headline)
        items.append(
            {
                "id": tag(base, thread.id),
                "url": url,
                "title": thread.headline,
                "content_html": _body(item, url, demo),
                "date_published": thread.first_at.isoformat(),
                "date_modified": thread.updated_at.isoformat(),
                "tags": [thread.section],
                "_breachwire": _marks(item.made),
            }
        )
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _titled(_TITLE, demo),
        "home_page_url": f"{base}/",
        "feed_url": f"{base}/feed.json",
        "language": "en",
        "items": items,
    }


def _marks(made: Disclosure) -> dict[str, Any]:
    """JSON Feed has no field of its own for it: an extension, as its section 7 has them."""
    return {
        "about": "https://cv.iptc.org/newscodes/digitalsourcetype/",
        "disclosure": made.label,
        "by": made.by,
        "digital_source_type": made.iptc,
        "ai_generated": made.ai,
        "reviewed": made.reviewed is not None,
    }


def thread_atom(document: Mapping[str, Any], *, demo: bool = False) -> bytes:
    """A thread as an Atom feed: its brief at the head, then its update notices, newest first: one
    for each article that changed the ledger. An article that changed nothing makes none."""
    base = document["url"].rsplit("/wire/", 1)[0]
    updated = document["updated_at"]
    headline = document["headline"]["text"]
    own = tag(base, document["id"])
    title = _titled(f"Breachwire: {headline}", demo)
    feed = _feed(f"{own}/reports", title, document["url"], document["url"] + ".atom", updated)
    changed = document["changes"][0]["at"] if document["changes"] else document["first_at"]
    entry = _entry(feed, own, headline, document["url"], changed)
    _add(entry, "published", document["first_at"])
    _categories(entry, document["section"], document["disclosure"]["digital_source_type"])
    summary = " ".join(s["text"] for s in document["signal_summary"])
    disclosure = document["disclosure"]["text"]
    body = _paragraphs([_titled(disclosure, demo), summary])
    _add(entry, "content", str(body), type="html")
    for own_changes in by_article(document["changes"]):
        _notice(feed, own, document, own_changes)
    return _bytes(feed)


def _notice(
    feed: ET.Element, own: str, document: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]
) -> None:
    """An update notice: what one article changed, each with whose words it rests on."""
    lowest = min(int(change["id"]) for change in changes)
    texts = [change["text"] for change in changes]
    title = texts[0] if len(texts) == 1 else f"{texts[0]}; and {len(texts) - 1} more"
    url = document["url"] + "#changed"
    item = _entry(feed, f"{own}/change/{lowest}", title, url, changes[0]["at"])
    made = disclosure(None)  # our rules alone write these lines, whoever wrote the brief
    _categories(item, document["section"], made.iptc)
    lines = Markup("").join(Markup("<li>%s%s</li>") % (c["text"], _outlets(c)) for c in changes)
    body = _paragraphs([made.label]) + Markup("<ul>%s</ul>") % lines
    _add(item, "content", str(body), type="html")


def _outlets(change: Mapping[str, Any]) -> Markup:
    """Links to the articles, where there are any."""
    links = [
        Markup('<a href="%s">%s</a>') % (e["url"], e["outlet"])
        for e in change["evidence"]
        if web(e["url"])
    ]
    return Markup(" (%s)") % Markup(", ").join(links) if links else Markup("")


def _read(store: Store, kinds: Sequence[Kind]) -> list[_Item]:
    found = store.threads(ThreadFilter(kinds=tuple(kinds)), limit=ENTRIES).threads
    ids = [thread.id for thread in found]
    briefs, details, signed = store.briefs(ids), store.details(ids), store.signoffs(ids)
    items = []
    for thread in found:
        brief = briefs.get(thread.id)
        made = disclosure(brief, standing(brief, signed.get(thread.id, ())))
        items.append(_Item(thread, brief, details.get(thread.id, ()), made))
    return items


def _body(item: _Item, url: str, demo: bool) -> str:
    """The disclosure first, then the summary, the leading details, the way to the sources."""
    statements = item.brief.statements if item.brief else ()
    said = [s.text for s in statements if s.section == "signal_summary"]
    facts = Markup("").join(_fact(detail) for detail in item.details[:DETAILS])
    origins = f"{item.thread.articles} articles, {item.thread.origins} origins"
    link = Markup('<p><a href="%s">%s</a></p>') % (url, f"Sources and quotes: {origins}")
    lead = _paragraphs([_titled(item.made.label, demo), *([" ".join(said)] if said else [])])
    return str(lead + (Markup("<ul>%s</ul>") % facts if facts else Markup()) + link)


def _fact(detail: Detail) -> Markup:
    value = in_words(detail.field, detail.value, detail.bound)
    says = f", says {detail.asserter}" if detail.asserter else ""
    return Markup("<li>%s: %s (%s%s)</li>") % (detail.label, value, detail.status, says)


def _paragraphs(texts: Sequence[str]) -> Markup:
    return Markup("").join(Markup("<p>%s</p>") % text for text in texts)


def _titled(text: str, demo: bool) -> str:
    return f"{text} ({INVENTED})" if demo else text


def _feed(id_: str, title: str, url: str, own: str, updated: str) -> ET.Element:
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(feed, "id", id_)
    _add(feed, "title", title)
    _add(feed, "updated", updated)
    _add(feed, "link", "", rel="alternate", type="text/html", href=url)
    _add(feed, "link", "", rel="self", type="application/atom+xml", href=own)
    _add(ET.SubElement(feed, "author"), "name", "Breachwire")
    _add(feed, "generator", "Breachwire")
    return feed


def _entry(feed: ET.Element, id_: str, title: str, url: str, updated: str) -> ET.Element:
    entry = ET.SubElement(feed, "entry")
    _add(entry, "id", id_)
    _add(entry, "title", title)
    _add(entry, "updated", updated)
    _add(entry, "link", "", rel="alternate", type="text/html", href=url)
    return entry


def _categories(entry: ET.Element, section: str, source_type: str) -> None:
    _add(entry, "category", "", term=section)
    _add(entry, "category", "", term=source_type.removeprefix(SCHEME), scheme=SCHEME)


def clean(text: str) -> str:
    """Without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    plain = {name: clean(value) for name, value in attributes.items()}
    ET.SubElement(parent, tag, plain).text = clean(text) or None


def _bytes(feed: ET.Element) -> bytes:
    document: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return document
