"""Feeds by address: a page's path with `.atom`, `.rss` or `.json` behind it → bytes with an ETag.

In: a page's request. Out: a feed of the wire (or a section or kind of it), of an entity, of a
thread, of a search. The tag is of the bytes: where nothing is new, the answer is 304.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import entities, syndication
from api.feed_formats import FORMATS, Feed
from api.http import conditional, tag_of
from api.links import entity_path, moved, thread_path
from api.params import thread_filter
from api.search import search
from api.syndication import Channel
from breachwire.errors import UsageError
from breachwire.model import KINDS, OPENING, Disclosure
from breachwire.store import ThreadFilter

if TYPE_CHECKING:
    from api.pages import Page

_ABOUT: Final = "Incident threads with who claims what; an entry is new when its facts changed."


def answer(request: Request, feed: Feed, form: str) -> Response:
    """The feed, or 304 where the asker has it."""
    write, media_type = FORMATS[form]
    body = write(feed)
    return conditional(request, body, tag_of(body), media_type, "no-cache")


def wire(page: Page) -> Response:
    """`/feed.atom`, also with `?section=` or `?kind=` (`all` for every kind)."""
    form = page.request.path_params["form"]
    if form not in FORMATS:
        raise HTTPException(404, f"no feed as {form[:20]!r}; there are {', '.join(FORMATS)}")
    given = page.request.query_params
    kind = given.get("kind", "")
    if kind and kind != "all" and kind not in KINDS:
        raise UsageError(f"kind: {kind[:60]!r} is none of all, {', '.join(KINDS)}")
    where = thread_filter({"section": given.get("section"), "kind": [] if kind == "all" else kind})
    asked = {k: v for k, v in (("section", where.section or ""), ("kind", kind)) if v}
    name = where.section or (f"kind {kind}" if kind else "")
    channel = Channel(
        "/".join(["wire", *asked.values()]),
        f"Breachwire: {name or 'the wire'}",
        _ABOUT,
        "/" + (f"?{urlencode(asked)}" if asked else ""),
        "/feed",
        urlencode(asked),
    )
    if not asked:
        where = ThreadFilter(kinds=OPENING)
    return _listed(page, channel, where, form)


def entity(page: Page, kind: entities.EntityKind, slug: str, form: str) -> Response:
    """A victim's, actor's, supplier's or flaw's; elsewhere by 301. Raises NotFoundError."""
    s = page.services
    right = entities.address(s.store, kind, slug, s.known_actor)
    if right not in (None, slug):
        return moved(f"{entity_path(kind, str(right))}.{form}")
    found = entities.entity(
        s.store, kind, slug, limit=1, known=s.known_actor, country_name=s.country_name
    )
    path = entity_path(kind, slug)
    about = f"Threads that name {found['name']}; an entry is new when its facts changed."
    channel = Channel(f"{kind}/{slug}", f"Breachwire: {found['name']}", about, path, path)
    named: dict[str, str] = {kind: slug}
    return _listed(page, channel, thread_filter(named), form)


def thread(page: Page, document: Mapping[str, Any], made: Disclosure, form: str) -> Response:
    """A thread's own, from its document; `feed.json` among the forms, since its `.json` is that."""
    path = thread_path(document["id"], document["headline"]["text"])
    address = f"{path}.feed" if form == "feed.json" else path
    feed = syndication.of_thread(document, made, address, demo=page.services.demo)
    return answer(page.request, feed, form.removeprefix("feed."))


def found(page: Page, form: str) -> Response:
    """A search's, whoever asks it; a saved one is private (`watch`)."""
    asked = page.asked()
    if not asked:
        raise UsageError("q: give a feed something to search for")
    s = page.services
    result = search(
        s.store, s.embedder(), asked.get("q", ""), thread_filter(asked),
        sort="updated", limit=syndication.ENTRIES, known_actor=s.known_actor,
    )  # fmt: skip
    ids = tuple(one["thread"] for one in result["results"])
    query = urlencode(asked)
    name = ", ".join(asked.values())
    channel = Channel(
        f"search?{query}", f"Breachwire: {name}", f"Threads found by {name}.",
        f"/search?{query}", "/search", query,
    )  # fmt: skip
    if not ids:
        feed = syndication.listing(page.store, channel, (), page.base, demo=s.demo)
        return answer(page.request, feed, form)
    return _listed(page, channel, ThreadFilter(ids=ids), form)


def _listed(page: Page, channel: Channel, where: ThreadFilter, form: str) -> Response:
    threads = syndication.newest(page.store, where)
    demo = page.services.demo
    feed = syndication.listing(page.store, channel, threads, page.base, demo=demo)
    return answer(page.request, feed, form)
