"""The client, made of `aio`: `make openapi`. Don't edit this one.

In: the service's address, and a token where there is one. Out: the API's answers as dataclasses,
lists as iterators over all of their pages. What passes (429, 503, no connection) is tried again
with growing waits; what hasn't changed isn't sent again (ETag). Errors: `breachwire_client.errors`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any, Final, Protocol, Self, TypeVar, Unpack
from urllib.parse import quote

import httpx

from breachwire_client import news, types
from breachwire_client._version import VERSION
from breachwire_client.decoding import decode
from breachwire_client.errors import (
    ClientError,
    NoAnswerError,
    ProblemError,
    UnexpectedAnswerError,
    problem,
)
from breachwire_client.files import Pages
from breachwire_client.kept import Kept
from breachwire_client.news import NewsItem
from breachwire_client.retrying import Retrying

T = TypeVar("T")
_API: Final = "/api/v1"
_EXPORT: Final = 120.0
"""Seconds that an export may take to begin: it is made whole before it is sent."""
_AT_ONCE: Final = {"csv": 500, "jsonl": 500, "parquet": 1000}
"""Threads of one request of a table."""
Params = Mapping[str, Any]


class _Page(Protocol):
    @property
    def next(self) -> str | None: ...


P = TypeVar("P", bound=_Page)


class Client:
    """A connection to one service; close it, or use it in a `with` block."""

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        token: str | None = None,
        timeout: float = 30.0,
        retrying: Retrying | None = None,
        user_agent: str = "",
        keep: int = 100,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`timeout`: seconds for each step of an answer; `user_agent`: your tool's name, put before
        this library's; `keep`: answers kept with their ETag; `transport`: httpx's, for proxies.
        Raises ValueError."""
        if not base_url.startswith(("http://", "https://")):
            raise ValueError(f"base_url: {base_url!r} does not begin with http:// or https://")
        own = f"breachwire-client/{VERSION}"
        self._http = httpx.Client(
            base_url=base_url.rstrip("/"),
            headers={"User-Agent": f"{user_agent} {own}".strip()},
            timeout=timeout,
            follow_redirects=True,  # a merged thread's; a token never goes to another host
            transport=transport,
        )
        self._token = token
        self._retrying = retrying or Retrying()
        self._kept = Kept(keep)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def threads(
        self,
        *,
        q: str | None = None,
        sort: types.ThreadSort | None = None,
        most: int | None = None,
        **filters: Unpack[types.Filters],
    ) -> Iterator[types.Row]:
        """Threads that pass the filters, the last changed first; `most`: at most so many."""
        params = {"q": q, "sort": sort, **filters}
        return self._rows("/threads", types.ThreadList, lambda page: page.threads, params, most)

    def thread(self, id: str) -> types.WireThread:
        """A thread in wire format; of a merged one, the thread that it is in now."""
        return self._get(f"/threads/{_part(id)}", types.WireThread)

    def changes(
        self, id: str, *, since: str | None = None, most: int | None = None
    ) -> Iterator[types.WireChange]:
        """What changed in a thread's facts, newest first. `since`: an ISO time, or 24h, 7d."""
        path = f"/threads/{_part(id)}/changes"
        params = {"since": since}
        return self._rows(path, types.ChangeList, lambda page: page.changes, params, most, 500)

    def corrections(self, *, most: int | None = None) -> Iterator[types.WireCorrection]:
        """What outlets corrected, newest first."""
        return self._rows(
            "/corrections", types.CorrectionList, lambda page: page.corrections, {}, most
        )

    def briefs(self, id: str, *, most: int | None = None) -> Iterator[types.VersionRow]:
        """The versions of a thread's brief, newest first."""
        path = f"/threads/{_part(id)}/briefs"
        return self._rows(
            path, types.VersionList, lambda page: page.versions, {}, most, name="before"
        )

    def brief(self, id: str, version: int) -> types.BriefVersion:
        """One version of a brief."""
        return self._get(f"/threads/{_part(id)}/briefs/{version}", types.BriefVersion)

    def brief_difference(
        self, id: str, version: int, *, since: int | None = None
    ) -> types.VersionDifference:
        """What a version changed since an older one; else since the one before."""
        path = f"/threads/{_part(id)}/briefs/{version}/difference"
        return self._get(path, types.VersionDifference, {"since": since})

    def search(
        self,
        q: str,
        *,
        sort: types.SearchSort | None = None,
        most: int | None = None,
        **filters: Unpack[types.Filters],
    ) -> Iterator[types.Result]:
        """Threads for words, "phrases", names, CVE ids …, best first, each with why."""
        params = {"q": q, "sort": sort, **filters}
        return self._rows("/search", types.SearchAnswer, lambda page: page.results, params, most)

    def search_page(
        self,
        q: str,
        *,
        sort: types.SearchSort | None = None,
        limit: int = 20,
        cursor: str | None = None,
        **filters: Unpack[types.Filters],
    ) -> types.SearchAnswer:
        """One page of the same; the first has facets, and what to leave out where it is empty."""
        params = {"q": q, "sort": sort, "limit": limit, "cursor": cursor, **filters}
        return self._get("/search", types.SearchAnswer, params)

    def related(
        self, *, text: str | None = None, url: str | None = None, thread: str | None = None
    ) -> types.RelatedAnswer:
        """What else was written about a text, an article's address or a thread, and why. Give one.

        A text and an address are compared and not stored; neither stands in a query string.
        """
        if thread is not None:
            if text is not None or url is not None:
                raise ValueError("related: give one of text, url, thread")
            return self._get("/related", types.RelatedAnswer, {"thread": thread})
        body = {name: one for name, one in (("text", text), ("url", url)) if one is not None}
        if len(body) != 1:
            raise ValueError("related: give one of text, url, thread")
        return self._sent("POST", "/related", types.RelatedAnswer, body, repeatable=True)

    def entity(self, kind: types.EntityKind, name: str) -> types.Entity:
        """A victim, actor, supplier, CVE or outlet, with its newest threads.

        `name`: as in its address (`quarrybank`), or as people write it.
        """
        return self._get(f"/entities/{kind}/{_slug(name)}", types.Entity)

    def entity_threads(
        self, kind: types.EntityKind, name: str, *, most: int | None = None
    ) -> Iterator[types.Row]:
        """All threads of it, newest first."""
        path = f"/entities/{kind}/{_slug(name)}"
        return self._rows(path, types.Entity, lambda page: page.threads, {}, most)

    def storyline(self, id: str) -> types.StorylineAnswer:
        """Threads of one campaign."""
        return self._get(f"/storylines/{_part(id)}", types.StorylineAnswer)

    def article(self, id: str) -> types.ArticleAnswer:
        """An article's particulars; its text stays with its outlet."""
        return self._get(f"/articles/{_part(id)}", types.ArticleAnswer)

    def feeds(self) -> list[types.FeedRow]:
        """The feeds and how reading them goes."""
        return (self._get("/feeds", types.FeedList)).feeds

    def trends(self, *, days: int = 90) -> types.TrendAnswer:
        """Counts of what sources said in the last days."""
        return self._get("/trends", types.TrendAnswer, {"days": days})

    def stix(self, id: str) -> dict[str, Any]:
        """A thread as a STIX 2.1 bundle."""
        return _bundle(self._read(f"{_API}/threads/{_part(id)}/stix", {}))

    def stix_bundles(
        self, *, most: int | None = None, **filters: Unpack[types.Filters]
    ) -> Iterator[dict[str, Any]]:
        """A selection as STIX 2.1, up to a hundred threads in a bundle."""
        cursor, left = None, most
        while left is None or left > 0:
            size = 100 if left is None else min(left, 100)
            params = {**filters, "limit": size, "cursor": cursor}
            response = self._read(f"{_API}/exports/stix", params, timeout=_EXPORT)
            yield _bundle(response)
            cursor, left = _next(response), None if left is None else left - size
            if cursor is None:
                return

    def export(
        self,
        what: types.Table,
        form: types.TableForm,
        to: str | Path,
        *,
        most: int | None = None,
        **filters: Unpack[types.Filters],
    ) -> list[Path]:
        """Write a selection's threads, claims, entities or timelines to a file, as it comes in.

        `most`: threads at most. Parquet of more than a thousand threads is several files: `to`,
        then the same with .2, .3 … before its ending. Says which were written. Raises OSError.
        """
        path, left, cursor = f"{_API}/exports/{what}.{form}", most, None
        with Pages(Path(to), form) as pages:
            for number in count(1):
                size = _AT_ONCE[form] if left is None else min(left, _AT_ONCE[form])
                params = {**filters, "limit": size, "cursor": cursor}
                cursor = self._download(path, params, pages, number)
                left = None if left is None else left - size
                if cursor is None or left == 0:
                    break
        return pages.paths

    @property
    def misp_address(self) -> str:
        """What a MISP instance subscribes to ("MISP Feed")."""
        return f"{str(self._http.base_url).rstrip('/')}/misp"

    def make_watch(
        self,
        *,
        entries: Iterable[str | types.EntryAsked] = (),
        query: Mapping[str, str] | None = None,
        label: str = "",
    ) -> types.WatchMade:
        """Watch names or a search. The answer's `token` is told this once: keep it.

        It is sent once: of one that got no answer nobody knows whether it was made.
        """
        body = _watched(entries, query, label)
        return self._sent("POST", "/watches", types.WatchMade, body, repeatable=False)

    def watch(self, token: str) -> types.WatchAnswer:
        """What a token watches, and what that means now."""
        return self._get("/watches", types.WatchAnswer, token=token)

    def change_watch(
        self,
        token: str,
        *,
        entries: Iterable[str | types.EntryAsked] = (),
        query: Mapping[str, str] | None = None,
        label: str = "",
    ) -> types.WatchSaved:
        """Watch something else under the same token."""
        body = _watched(entries, query, label)
        return self._sent("PUT", "/watches", types.WatchSaved, body, token=token, repeatable=True)

    def erase_watch(self, token: str) -> None:
        """For good."""
        self._ask("DELETE", f"{_API}/watches", token=token)

    def watch_news(self, token: str) -> list[NewsItem]:
        """New threads and changed facts of what is watched, newest first, at most a hundred."""
        response = self._read(f"/watch/{_part(token)}.json", {})
        return news.items(_json(response))

    def _get(
        self, path: str, kind: type[T], params: Params | None = None, *, token: str | None = None
    ) -> T:
        return decode(kind, _json(self._read(_API + path, params or {}, token=token)))

    def _sent(
        self,
        method: str,
        path: str,
        kind: type[T],
        body: Any,
        *,
        token: str | None = None,
        repeatable: bool,
    ) -> T:
        response = self._ask(method, _API + path, json=body, token=token, repeatable=repeatable)
        return decode(kind, _json(response))

    def _rows(
        self,
        path: str,
        kind: type[P],
        rows: Callable[[P], Sequence[T]],
        params: Params,
        most: int | None,
        largest: int = 100,
        name: str = "cursor",
    ) -> Iterator[T]:
        """Page by page; the next one is asked for once somebody wants more."""
        cursor, left = None, most
        while left is None or left > 0:
            size = largest if left is None else min(left, largest)
            page = self._get(path, kind, {**params, "limit": size, name: cursor})
            found = rows(page)[:size]
            yield from found
            left = None if left is None else left - len(found)
            cursor = page.next
            if cursor is None:
                return

    def _read(
        self, path: str, params: Params, *, token: str | None = None, timeout: float | None = None
    ) -> httpx.Response:
        """A GET; with the ETag of the answer that is kept, which serves where nothing changed."""
        url = str(self._http.build_request("GET", path, params=_given(params)).url)
        kept = None if token else self._kept.get(url)
        headers = {"If-None-Match": kept[0]} if kept else {}
        response = self._ask(
            "GET", path, params=params, token=token, headers=headers, timeout=timeout
        )
        if kept and response.status_code == 304:
            return httpx.Response(200, content=kept[1], request=response.request)
        if (tag := response.headers.get("ETag")) and not token:
            self._kept.put(url, tag, response.content)
        return response

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        json: Any = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        repeatable: bool = True,
    ) -> httpx.Response:
        """The answer, once there is one. Raises ClientError."""

        def once() -> httpx.Response:
            request = self._http.build_request(
                method,
                path,
                params=_given(params or {}),
                json=json,
                headers={**(headers or {}), **self._authority(token)},
                timeout=self._patience(timeout),
            )
            response = self._http.send(request)
            if response.status_code >= 400:
                raise problem(response)
            return response

        return self._again(once, repeatable)

    def _download(self, path: str, params: Params, pages: Pages, number: int) -> str | None:
        """A page of a table into its file; the next one's cursor."""

        def once() -> str | None:
            pages.begin(number)
            with self._http.stream(
                "GET",
                path,
                params=_given(params),
                headers=self._authority(None),
                timeout=self._patience(_EXPORT),
            ) as response:
                if response.status_code >= 400:
                    response.read()
                    raise problem(response)
                for chunk in response.iter_bytes():
                    pages.write(chunk)
            pages.end()
            return _next(response)

        return self._again(once, True)

    def _again(self, once: Callable[[], T], repeatable: bool) -> T:
        """Until it succeeds, or patience ends."""
        for attempt in count(1):
            try:
                return once()
            except ProblemError as error:
                failure: ClientError = error
            except httpx.TimeoutException as error:
                failure = NoAnswerError(f"{_host(error)} did not answer in time")
            except httpx.TransportError as error:
                failure = NoAnswerError(f"{_host(error)} did not answer: {error}")
            except httpx.RequestError as error:
                raise UnexpectedAnswerError(f"{_host(error)}: {error}") from None
            seconds = self._retrying.wait(attempt, failure, repeatable)
            if seconds is None:
                raise failure
            sleep(seconds)
        raise AssertionError("unreachable: counting does not end")

    def _authority(self, token: str | None) -> dict[str, str]:
        used = token or self._token
        return {"Authorization": f"Bearer {used}"} if used else {}

    def _patience(self, least: float | None) -> httpx.Timeout:
        """The client's own timeout; where an answer is made slowly, `least` for its beginning."""
        own = self._http.timeout
        if least is None or own.read is None or own.read >= least:
            return own
        return httpx.Timeout(connect=own.connect, read=least, write=own.write, pool=own.pool)


def _given(params: Params) -> dict[str, Any]:
    """Without what wasn't asked for."""
    return {name: value for name, value in params.items() if value is not None}


def _part(text: str) -> str:
    """As one part of a path."""
    return quote(text, safe="")


def _slug(name: str) -> str:
    """`Norvane Bank, N.A.` → `norvane-bank-n-a`, as addresses have it; other letters stay."""
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", latin).strip("-") or _part(name)


def _host(error: httpx.RequestError) -> str:
    """Who was asked: an address may hold a watch's secret, which is for no log."""
    url = error.request.url
    return f"{url.scheme}://{url.netloc.decode()}"


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        what = response.headers.get("Content-Type", "an unknown type")
        raise UnexpectedAnswerError(f"{response.url.host} answered {what}, not JSON") from None


def _bundle(response: httpx.Response) -> dict[str, Any]:
    bundle = _json(response)
    if not isinstance(bundle, dict) or bundle.get("type") != "bundle":
        raise UnexpectedAnswerError(f"{response.url.host} answered no STIX bundle")
    return bundle


def _next(response: httpx.Response) -> str | None:
    """The cursor in the Link header (RFC 8288)."""
    link = response.links.get("next", {}).get("url")
    return httpx.URL(link).params.get("cursor") if link else None


def _watched(
    entries: Iterable[str | types.EntryAsked], query: Mapping[str, str] | None, label: str
) -> dict[str, Any]:
    named = [types.EntryAsked(name=one) if isinstance(one, str) else one for one in entries]
    return {
        "label": label,
        "query": dict(query or {}),
        "entries": [{"name": one.name, "kind": one.kind} for one in named],
    }
