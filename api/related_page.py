"""Related coverage as a page: an address or a text in a form → what else was written about it.

In: `/related`, a form that needs no JavaScript: the address by GET (`?url=`) so that it can be
linked, the text by POST. Out: the form with the answer below. What can't be answered is one line
above the form, with what was typed still in it. Nothing is stored, so any site may send the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api import forms, problems
from api.bodies import LARGEST
from api.fetches import Fetches
from api.pages import Page, Static
from api.related import LONGEST, related
from api.services import Services
from breachwire.errors import BreachwireError, UsageError

RELATIONS: Final[Mapping[str, str]] = {
    "same_incident": "Same incident",
    "same_storyline": "Same storyline",
    "same_victim": "Same victim",
    "same_supplier": "Same supplier",
    "same_flaw": "Same flaw",
    "same_actor": "Same actor",
    "similar": "Similar",
}
KINDS: Final[Mapping[str, str]] = {
    "victim": "Victim", "actor": "Actor", "third_party": "Supplier", "cve": "Flaw",
    "affected": "Count", "volume": "Volume", "money": "Sum", "indicator": "Indicator",
    "name": "Name", "text": "Text",
}  # fmt: skip
_ECHOED: Final = 2 * LONGEST
"""Characters of a text too long that stay in the form."""


def routes(services: Callable[[], Services], static: Static, fetches: Fetches) -> list[BaseRoute]:
    """The form and what it is sent to."""

    def ask(request: Request) -> Response:
        url = request.query_params.get("url", "").strip()
        return _page(Page(services(), static, request), fetches, url, "")

    def take(request: Request, form: forms.Form) -> Response:
        here = Page(services(), static, request)
        text = form.get("text").replace("\r\n", "\n")  # as a browser sends its lines
        return _page(here, fetches, form.get("url"), text, sent=True)

    async def send(request: Request) -> Response:
        form = await forms.read(request, LARGEST)
        return await run_in_threadpool(take, request, form)

    return [Route("/related", ask, methods=["GET"]), Route("/related", send, methods=["POST"])]


def _page(here: Page, fetches: Fetches, url: str, text: str, *, sent: bool = False) -> Response:
    answer: dict[str, Any] | None = None
    status, problem, headers = 200, "", None
    try:
        if url and text:
            raise UsageError("Give either an address or a text; leave the other empty.")
        if sent and not (url or text):
            raise UsageError("Paste a text, or give an article's address.")
        if url or text:
            if text:
                fetches.text(here.request)
            fetch = fetches.of(here.services, here.request)
            answer = related(here.services, url=url or None, text=text or None, fetch_page=fetch)
    except (BreachwireError, HTTPException) as error:
        status, problem = problems.status_and_detail(error)
        headers = getattr(error, "headers", None)
    page = here.html(
        "related.html",
        status,
        answer=answer,
        problem=problem,
        url=url[:4_000],
        text=text[:_ECHOED],
        longest=LONGEST,
        relations=RELATIONS,
        kinds=KINDS,
    )
    page.headers.update(headers or {})
    return page
