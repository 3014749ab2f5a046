"""The API under /api/v1: parameters in, one call, orjson bytes out.

In: `Services` for each request. Out: a router. The shapes are described in the modules whose names
end in `_schema`; errors become problem documents in `problems`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Depends, Path, Query, Request
from starlette.responses import Response

from api import entities, history, lists, threads, trend_pages, version_routes
from api.entity_schema import Entity, StorylineAnswer
from api.fetches import Fetches
from api.links import base_url, moved
from api.list_schema import ArticleAnswer, FeedList, ThreadList
from api.params import thread_filter, when
from api.problems import Problem
from api.related import related
from api.related_schema import RelatedAnswer, RelatedRequest
from api.search import Sort, search
from api.search_schema import SearchAnswer
from api.services import Services
from api.wire_schema import ChangeList, CorrectionList, WireThread
from breachwire.errors import NotFoundError, UsageError
from breachwire.model import Kind, Section, Status
from breachwire.store import ThreadFilter, ThreadSort

_PROBLEM: dict[str, Any] = {
    "model": Problem,
    "content": {"application/problem+json": {}},
}
BAD: dict[int | str, dict[str, Any]] = {400: {**_PROBLEM, "description": "Wrong use"}}
MISSING: dict[int | str, dict[str, Any]] = {404: {**_PROBLEM, "description": "No such thing"}}
DOWN: dict[int | str, dict[str, Any]] = {503: {**_PROBLEM, "description": "Store unavailable"}}
BADLY_FETCHED: dict[int | str, dict[str, Any]] = {
    502: {**_PROBLEM, "description": "The address gave nothing usable"}
}
MANY: dict[int | str, dict[str, Any]] = {
    429: {**_PROBLEM, "description": "Much was fetched or compared for this caller"}
}
TOO_LARGE: dict[int | str, dict[str, Any]] = {
    413: {**_PROBLEM, "description": "The text is longer than 100 kB"}
}


def json_response(value: Any, status: int = 200) -> Response:
    """orjson bytes: seven times the rate of the framework's own encoding (DESIGN §4)."""
    return Response(orjson.dumps(value), status, media_type="application/json")


def _text(description: str, example: str) -> Any:
    return Query(description=description, examples=[example], max_length=200)


def filters(
    section: Annotated[Section | None, Query(description="Section of the wire.")] = None,
    kind: Annotated[list[Kind] | None, Query(description="Kinds; repeat for several.")] = None,
    since: Annotated[
        str | None, _text("A report came in since: ISO date or time, or 24h, 7d.", "7d")
    ] = None,
    until: Annotated[str | None, _text("First report before this time.", "2026-11-01")] = None,
    source: Annotated[str | None, _text("Outlet of any member.", "Harbor Ledger")] = None,
    victim: Annotated[str | None, _text("Victim.", "Quarrybank")] = None,
    actor: Annotated[str | None, _text("Who did it.", "Salt Heron")] = None,
    third_party: Annotated[str | None, _text("Supplier it came through.", "Tidewater")] = None,
    sector: Annotated[str | None, _text("Sector of any party.", "Health")] = None,
    attack_type: Annotated[str | None, _text("How.", "ransomware")] = None,
    data_type: Annotated[str | None, _text("What data.", "medical")] = None,
    cve: Annotated[str | None, _text("CVE id.", "CVE-2026-11111")] = None,
    status: Annotated[Status | None, Query(description="Of any leading detail.")] = None,
) -> ThreadFilter:
    """The filters that lists and search share."""
    return thread_filter(locals())


Filters = Annotated[ThreadFilter, Depends(filters)]
Limit = Annotated[int, Query(ge=1, le=100, description="Rows at most.", examples=[20])]
Cursor = Annotated[str | None, Query(max_length=4_000, description="`next` of the page before.")]


def router(services: Callable[[], Services], fetches: Fetches) -> APIRouter:
    """All routes; `services` is called for each request."""
    api = APIRouter(prefix="/api/v1")
    _add_lists(api, services)
    _add_history(api, services)
    version_routes.add(api, services, BAD | MISSING | DOWN)
    trend_pages.add(api, services, BAD | DOWN)
    _add_search(api, services)
    _add_related(api, services, fetches)
    _add_sources(api, services)
    _add_entities(api, services)
    return api


def _add_lists(api: APIRouter, services: Callable[[], Services]) -> None:
    @api.get(
        "/threads",
        response_model=ThreadList,
        responses=BAD | DOWN,
        tags=["threads"],
        summary="Threads, filtered and sorted",
    )
    def get_threads(
        request: Request,
        where: Filters,
        q: Annotated[str | None, Query(max_length=2_000, description="As in search.")] = None,
        sort: Annotated[ThreadSort, Query(description="Newest or most first.")] = "updated",
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        s = services()
        base = base_url(s.config, request)
        return json_response(
            lists.threads(
                s.store,
                s.embedder(),
                where,
                q=q,
                sort=sort,
                limit=limit,
                cursor=cursor,
                base=base,
                known_actor=s.known_actor,
            )
        )

    @api.get(
        "/threads/{id}",
        response_model=WireThread,
        responses=MISSING | DOWN | {301: {"description": "Merged: where it is now"}},
        tags=["threads"],
        summary="A thread in wire format",
    )
    def get_thread(
        request: Request, id: Annotated[str, Path(description="The thread's id.")]
    ) -> Response:
        s = services()
        if (live := threads.readable(s.store, id)).id != id:
            return moved(f"/api/v1/threads/{live.id}")
        base = base_url(s.config, request)
        return json_response(
            threads.wire(s.store, id, base_url=base, origins_of=s.origins_of, audio_of=s.audio_of)
        )


def _add_history(api: APIRouter, services: Callable[[], Services]) -> None:
    @api.get(
        "/threads/{id}/changes",
        response_model=ChangeList,
        responses=BAD | MISSING | DOWN | {301: {"description": "Merged: where it is now"}},
        tags=["threads"],
        summary="What changed in a thread's facts since a time",
    )
    def get_changes(
        request: Request,
        id: Annotated[str, Path(description="The thread's id.")],
        since: Annotated[
            str | None, _text("Seen after this ISO date or time, or 24h, 7d.", "2026-11-23T06:30Z")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=500, description="Changes at most.")] = 100,
        cursor: Cursor = None,
    ) -> Response:
        s = services()
        if (live := threads.readable(s.store, id)).id != id:
            query = f"?{request.url.query}" if request.url.query else ""
            return moved(f"/api/v1/threads/{live.id}/changes{query}")
        after = when("since", since, datetime.now(UTC))
        return json_response(
            history.thread_changes(s.store, id, since=after, limit=limit, cursor=cursor)
        )

    @api.get(
        "/corrections",
        response_model=CorrectionList,
        responses=BAD | DOWN,
        tags=["sources"],
        summary="What outlets corrected, with a notice or silently",
    )
    def get_corrections(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Response:
        s = services()
        base = base_url(s.config, request)
        return json_response(history.corrections(s.store, limit=limit, cursor=cursor, base=base))


def _add_search(api: APIRouter, services: Callable[[], Services]) -> None:
    @api.get(
        "/search",
        response_model=SearchAnswer,
        responses=BAD | DOWN,
        tags=["search"],
        summary="Search: identifiers, names, words, meaning",
    )
    def get_search(
        request: Request,
        where: Filters,
        q: Annotated[
            str,
            Query(
                max_length=2_000,
                description='Words, "phrases", -minus, begin*, names, a CVE or other identifier, a'
                " month. Empty: whatever passes the filters.",
                examples=['hospital "leak site" -roundup'],
            ),
        ],
        sort: Annotated[
            Sort,
            Query(description="Best; recent: best, newer preferred; newest or most first."),
        ] = "relevance",
        limit: Limit = 20,
        cursor: Cursor = None,
    ) -> Response:
        s = services()
        found = search(
            s.store,
            s.embedder(),
            q,
            where,
            sort=sort,
            limit=limit,
            cursor=cursor,
            base_url=base_url(s.config, request),
            known_actor=s.known_actor,
            with_facets=cursor is None,
        )
        return json_response({"found": None, "facets": None, "loosen": None, **found})


def _add_related(api: APIRouter, services: Callable[[], Services], fetches: Fetches) -> None:
    def answer(request: Request, **asked: str | None) -> Response:
        s = services()
        fetch, base = fetches.of(s, request), base_url(s.config, request)
        return json_response(related(s, **asked, fetch_page=fetch, base_url=base))

    @api.get(
        "/related",
        response_model=RelatedAnswer,
        responses=BAD | MISSING | BADLY_FETCHED | MANY | DOWN,
        tags=["search"],
        summary="Related coverage of an address or a thread",
    )
    def get_related(
        request: Request,
        url: Annotated[
            str | None,
            Query(
                max_length=4_000,
                description="Article; an unknown one is fetched, compared, not stored.",
            ),
        ] = None,
        thread: Annotated[str | None, _text("A thread's id.", "1k8p0")] = None,
    ) -> Response:
        if (url is None) == (thread is None):
            raise UsageError("related: give either url= or thread=")
        return answer(request, url=url, thread=thread)

    @api.post(
        "/related",
        response_model=RelatedAnswer,
        responses=BAD | BADLY_FETCHED | TOO_LARGE | MANY | DOWN,
        tags=["search"],
        summary="Related coverage of a text or an address",
    )
    def post_related(
        request: Request,
        asked: Annotated[RelatedRequest, Body(description="Either text or url.")],
    ) -> Response:
        if (asked.url is None) == (asked.text is None):
            raise UsageError('related: give either {"text": …} or {"url": …}')
        if asked.text is not None:
            fetches.text(request)
        return answer(request, url=asked.url, text=asked.text)


def _add_sources(api: APIRouter, services: Callable[[], Services]) -> None:
    @api.get(
        "/articles/{id}",
        response_model=ArticleAnswer,
        responses=BAD | MISSING | DOWN,
        tags=["sources"],
        summary="An article's particulars; its text stays with its outlet",
    )
    def get_article(id: Annotated[str, Path(description="Id as evidence names it.")]) -> Response:
        if not id.isdecimal() or not id.isascii() or len(id) > 18:
            raise NotFoundError("article", id)
        return json_response(lists.article(services().store, int(id)))

    @api.get(
        "/feeds",
        response_model=FeedList,
        responses=DOWN,
        tags=["sources"],
        summary="Feeds and how reading them goes",
    )
    def get_feeds() -> Response:
        return json_response({"feeds": lists.feeds(services().store)})


def _add_entities(api: APIRouter, services: Callable[[], Services]) -> None:
    @api.get(
        "/entities/{kind}/{slug}",
        response_model=Entity,
        responses=BAD | MISSING | DOWN | {301: {"description": "Another spelling: its address"}},
        tags=["threads"],
        summary="A victim, actor, supplier, CVE or outlet: who it is, and its threads",
    )
    def get_entity(
        request: Request,
        kind: Annotated[entities.EntityKind, Path(description="What it is.")],
        slug: Annotated[str, Path(description="Its name as a slug.", examples=["quarrybank"])],
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> Response:
        s = services()
        right = entities.address(s.store, kind, slug, s.known_actor)
        if right not in (None, slug) and right != slug.lower():
            return moved(f"/api/v1/entities/{kind}/{right}")
        base = base_url(s.config, request)
        return json_response(
            entities.entity(
                s.store,
                kind,
                slug,
                limit=limit,
                cursor=cursor,
                base=base,
                known=s.known_actor,
                country_name=s.country_name,
            )
        )

    @api.get(
        "/storylines/{id}",
        response_model=StorylineAnswer,
        responses=MISSING | DOWN,
        tags=["threads"],
        summary="Threads of one campaign",
    )
    def get_storyline(
        request: Request, id: Annotated[str, Path(description="The storyline's id.")]
    ) -> Response:
        s = services()
        return json_response(entities.storyline(s.store, id, base_url(s.config, request)))
