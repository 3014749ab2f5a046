"""The pages: requests → HTML made from the same documents as the API's JSON.

In: `Services` for each request. Out: Starlette routes for the wire, threads (also .json, .md,
.atom), search, entities, storylines, sources, about, robots.txt and the static files.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import resources
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api import (
    entities,
    export_routes,
    feed_pages,
    history,
    lines,
    lists,
    paste,
    pictures,
    problems,
    sitemap,
    threads,
    trend_pages,
    version_pages,
    views,
)
from api.feed_formats import FORMATS, INVENTED
from api.figures import FIGURES
from api.links import (
    base_url,
    contact_href,
    entity_path,
    moved,
    parted,
    thread_path,
    thread_slug,
)
from api.params import thread_filter
from api.rows import pages, rows
from api.search import Sort
from api.search import page as searched
from api.services import Services
from breachwire.errors import BreachwireError, UsageError
from breachwire.model import KINDS, OPENING, SECTIONS, STATUSES
from breachwire.store import ThreadFilter

ROWS: Final = 40
_FEEDS: Final = ("feed.json", "atom", "rss")
_FORMS: Final = (*_FEEDS, "stix.json", "json", "md")
"""What a thread is asked as; its `.json` is the wire format, `.feed.json` a feed."""
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_WIRE: Final = (
    "Security incidents as threads: what is claimed, reported, confirmed or denied, who says so,"
    " and the exact words it rests on."
)
_YEAR: Final = "public, max-age=31536000, immutable"
_DEMO_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""An invented outlet's page has its own look, no scripts, and an origin of its own."""
_BODY: Final = re.compile(rb"<body[^>]*>|\A(?!.*<body)", re.IGNORECASE | re.DOTALL)
_INVENTED: Final = (
    b'<p style="margin:0;padding:8px 16px;background:#fbeed6;color:#7a4300;'
    b'font:bold 15px sans-serif">' + INVENTED.encode() + b"</p>"
)


class Static:
    """Style, script and icon, read once, addressed by content so that they can be kept for ever."""

    def __init__(self) -> None:
        files = resources.files("api").joinpath("static").iterdir()
        self._files = {f.name: f.read_bytes() for f in files if _suffix(f.name) in _TYPES}
        self.env = views.environment()

    def url(self, name: str) -> str:
        """The file's address with its digest."""
        return f"/static/{name}?v={hashlib.sha256(self._files[name]).hexdigest()[:10]}"

    def serve(self, request: Request) -> Response:
        """The file. Raises HTTPException 404."""
        name = request.path_params["name"]
        if name not in self._files:
            raise HTTPException(404, f"no file {name!r}")
        headers = {"Cache-Control": _YEAR if request.query_params.get("v") else "max-age=3600"}
        return Response(self._files[name], headers=headers, media_type=_TYPES[_suffix(name)])


def _suffix(name: str) -> str:
    return name[name.rfind(".") :]


View = Callable[["Page"], Response]


class Page:
    """One request on its way to an answer: services, address, clock, template."""

    def __init__(self, services: Services, static: Static, request: Request) -> None:
        self.services = services
        self.store = services.store
        self.request = request
        self.static = static
        self.base = base_url(services.config, request)
        self.clock = views.Clock(services.config.time_zone, datetime.now(UTC))

    def asked(self) -> dict[str, str]:
        """The query parameters that pages know, those that are not empty."""
        given = self.request.query_params
        return {name: given[name].strip() for name in searched.ASKED if given.get(name, "").strip()}

    def at(self, path: str, **query: str | None) -> str:
        """The one address of a page that may be reached by several; empty parameters left out."""
        asked = urlencode({name: value for name, value in query.items() if value})
        return f"{self.base}{path}{'?' if asked else ''}{asked}"

    def html(
        self,
        template: str,
        status: int = 200,
        *,
        canonical: str | None = None,
        described: str = "",
        **context: Any,
    ) -> Response:
        """A rendered page; one without a canonical address has nothing for those who link to it."""
        text = self.static.env.get_template(template).render(
            canonical=canonical,
            described=described,
            demo=self.services.demo,
            podcast=self.services.listening is not None,
            newsletter=self.services.mails,
            source_href=self.services.source_href,
            clock=self.clock,
            css=self.static.url("style.css"),
            copy_js=self.static.url("copy.js"),
            wire_js=self.static.url("wire.js"),
            icon=self.static.url("icon.svg"),
            sections=SECTIONS,
            statuses=STATUSES,
            contact=contact_href(self.services.config.contact),
            asked=self.asked(),
            **context,
        )
        # Lone surrogates are no UTF-8; one in a query must not end the answer.
        return Response(
            text.encode("utf-8", "replace"), status, media_type="text/html; charset=utf-8"
        )


def routes(services: Callable[[], Services], static: Static) -> list[BaseRoute]:
    """All page routes."""

    def page(path: str, view: View) -> Route:
        def answer(request: Request) -> Response:
            return view(Page(services(), static, request))

        return Route(path, answer, methods=["GET"])

    return [
        page("/", wire),
        page("/feed.{form}", feed_pages.wire),
        page("/wire/{id}", thread),
        page("/wire/{id}/{name}", thread),
        page("/wire/{id}/v/{which}", version_pages.show),
        page("/search", found),
        page("/search.{form}", found),
        page("/victim/{slug}", lambda p: entity(p, "victim")),
        page("/actor/{slug}", lambda p: entity(p, "actor")),
        page("/third-party/{slug}", lambda p: entity(p, "third_party")),
        page("/cve/{slug}", lambda p: entity(p, "cve")),
        page("/storyline/{id}", storyline),
        page("/trends", trend_pages.show),
        page("/sources", sources),
        page("/about", about),
        page("/corrections", corrections),
        page("/demo-source/{host}/{path:path}", demo_source),
        Route("/static/{name}", static.serve, methods=["GET"]),
        page("/robots.txt", robots),
        page("/sitemap.xml", site_map),
    ]


def robots(page: Page) -> Response:
    """What crawlers may ask for: all that is for readers."""
    return Response(sitemap.robots(page.base), media_type="text/plain; charset=utf-8")


def site_map(page: Page) -> Response:
    """The pages and the newest threads."""
    return Response(
        sitemap.sitemap(page.store, page.base), media_type="application/xml; charset=utf-8"
    )


def wants_page(request: Request) -> bool:
    """Whether an error is told in HTML: outside the API, to whoever accepts it."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get(
        "accept", ""
    )


def error_page(
    services: Services, static: Static, request: Request, status: int, detail: str
) -> Response:
    """An error as a page."""
    page = Page(services, static, request)
    return page.html("error.html", status, code=status, detail=detail)


def wire(page: Page) -> Response:
    """Latest and developing incidents by day; other sections and kinds when asked."""
    given = page.request.query_params
    kind, everything = given.get("kind", ""), given.get("kind") == "all"
    if kind and not everything and kind not in KINDS:
        raise UsageError(f"kind: {kind[:60]!r} is none of all, {', '.join(KINDS)}")
    asked = {"section": given.get("section"), "kind": [] if everything else [kind]}
    where = thread_filter(asked)
    opening = not (kind or where.section)
    if opening:
        where = ThreadFilter(kinds=OPENING)
    found_ = page.store.threads(where, limit=ROWS, cursor=given.get("cursor") or None)
    shown = rows(page.store, found_.threads)
    if opening:
        shown = [row for row in shown if row["kind"] != "campaign" or row["victims"]]
    return page.html(
        "wire.html",
        title=where.section or (f"Kind: {kind}" if kind and not everything else ""),
        canonical=None if given.get("cursor") else page.at("/", section=where.section, kind=kind),
        described=_WIRE,
        days=page.clock.by_day(shown),
        section=where.section,
        kind=kind,
        opening=opening,
        notices=page.services.notices(),
        counts=None if shown else page.store.counts(),
        feeds=None if shown else page.store.feeds(),
        semantic=page.services.embedder() is not None,
        next=found_.next,
        first=not given.get("cursor"),
    )


def thread(page: Page) -> Response:
    """A thread in wire format, as a page, JSON, Markdown or a feed; elsewhere by 301."""
    id_, name = page.request.path_params["id"], page.request.path_params.get("name", "")
    stem, form = parted(name, _FORMS)
    live = threads.readable(page.store, id_)
    if id_ != live.id or stem != thread_slug(live.headline):
        ending = f".{form}" if form else ""
        ending += "?full" if form == "md" and "full" in page.request.query_params else ""
        return moved(thread_path(live.id, live.headline) + ending)
    if form == "stix.json":
        return export_routes.stix_of(page.services, page.request, id_)
    facts = threads.facts(page.store, live)
    document = threads.document(
        page.store,
        facts,
        base_url=page.base,
        origins_of=page.services.origins_of,
        audio_of=page.services.audio_of,
    )
    if form == "json":
        return Response(orjson.dumps(document), media_type="application/json")
    if form == "md":
        write = threads.markdown if "full" in page.request.query_params else paste.paste
        return Response(write(document), media_type="text/markdown; charset=utf-8")
    if form:
        return feed_pages.thread(page, document, facts.made, form)
    return _thread_page(page, document)


def _thread_page(page: Page, document: Mapping[str, Any]) -> Response:
    id_ = document["id"]
    of = page.store.storylines_of([id_]).get(id_, ())
    return page.html(
        "thread.html",
        t=document,
        published={r["article"]: r["published"] for r in document["original_reporting"]},
        path=document["url"],
        linked=pages(page.store.details([id_])[id_]),
        lines=lines.lines(document["timeline"]),
        maps={one.id: pictures.storyline(page.store, one.threads) for one in of},
    )


def found(page: Page) -> Response:
    """Search: the form, and what a query finds; as a feed where the address ends so. An address in
    it leads to its related coverage."""
    if form := page.request.path_params.get("form"):
        if form not in FORMATS:
            raise HTTPException(404, f"no feed as {form[:20]!r}; there are {', '.join(FORMATS)}")
        return feed_pages.found(page, form)
    asked, given = page.asked(), page.request.query_params
    if (there := searched.elsewhere(asked.get("q", ""))) is not None:
        return RedirectResponse(there, 303)
    sort: Sort = next((one for one in searched.SORTS if one == given.get("sort")), "relevance")
    answer, status, problem = None, 200, ""
    if asked:
        try:
            answer = searched.answer(page.services, asked, sort, given.get("cursor") or None)
        except BreachwireError as error:
            status, problem = problems.status_and_detail(error)
    return page.html(
        "search.html", status, answer=answer, problem=problem, sort=sort, page=searched
    )


def entity(page: Page, kind: entities.EntityKind) -> Response:
    """A victim, actor, supplier or flaw: who it is, and its threads; elsewhere by 301."""
    s, asked = page.services, page.request.path_params["slug"]
    stem, form = parted(asked, FORMATS)
    if form:
        return feed_pages.entity(page, kind, stem, form)
    right = entities.address(s.store, kind, asked, s.known_actor)
    if right not in (None, asked):
        return moved(entity_path(kind, str(right)))
    found_ = entities.entity(
        s.store,
        kind,
        asked,
        cursor=page.request.query_params.get("cursor") or None,
        known=s.known_actor,
        country_name=s.country_name,
    )
    return page.html(
        "entity.html",
        what=entities.LABELS[kind],
        e=found_,
        path=page.base + found_["url"],
        canonical=page.at(found_["url"]),
        described=f"{found_['name']}: what sources said, and who said so.",
        published={},
    )


def storyline(page: Page) -> Response:
    """A storyline's threads."""
    id_ = page.request.path_params["id"]
    found_ = entities.storyline(page.store, id_, page.base)
    threads_ = [row["id"] for row in found_["threads"]]
    return page.html(
        "storyline.html",
        found=found_,
        map=pictures.storyline(page.store, threads_),
        canonical=found_["url"],
        described=f"{found_['label']}: {found_['reason']}.",
    )


def sources(page: Page) -> Response:
    """Every feed: its state, and that of its article pages apart."""
    return page.html(
        "sources.html",
        canonical=page.at("/sources"),
        feeds=lists.feeds(page.store),
        total=page.store.counts(),
    )


def about(page: Page) -> Response:
    """Statuses, origins, methods, disclosure."""
    semantic = page.services.embedder()
    model = semantic.name if semantic else None
    return page.html("about.html", canonical=page.at("/about"), model=model, figures=FIGURES)


def corrections(page: Page) -> Response:
    """What outlets corrected, newest first."""
    cursor = page.request.query_params.get("cursor") or None
    return page.html(
        "corrections.html",
        canonical=None if cursor else page.at("/corrections"),
        found=history.corrections(page.store, limit=ROWS, cursor=cursor),
    )


def demo_source(page: Page) -> Response:
    """An invented outlet's page, served by the demonstration itself."""
    if page.services.demo_site is None:
        raise HTTPException(404, "no such page")
    params = page.request.path_params
    status, content_type, body = page.services.demo_site(params["host"], "/" + params["path"])
    if content_type.startswith("text/html"):
        body = _BODY.sub(lambda match: match[0] + _INVENTED, body, count=1)
    headers = {"Content-Security-Policy": _DEMO_CSP}
    return Response(body, status, headers, content_type)
