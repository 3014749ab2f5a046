"""Past issues on the web, as every reader without own wishes got them; also as Markdown and JSON.

In: a store. Out: routes `/newsletter`, `/newsletter/{issue}`, the latter also with .md and .json.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.links import parted
from api.newsletter import export, issue, text
from api.pages import Page, Static
from api.services import Services

LISTED: Final = 100


def routes(services: Callable[[], Services], static: Static) -> list[BaseRoute]:
    """The list and each issue."""

    def every(request: Request) -> Response:
        page = Page(services(), static, request)
        shown = [(one, issue.view(one.document)) for one in page.store.issues(LISTED)]
        return page.html(
            "newsletter.html", issues=[(one, view) for one, view in shown if view.items]
        )

    def one(request: Request) -> Response:
        page = Page(services(), static, request)
        id_, form = parted(request.path_params["name"], ("md", "json"))
        found = page.store.issue(id_)
        view = issue.view(found.document)
        address = f"{page.base}/newsletter/{found.id}"
        if form == "md":
            body = export.markdown(view, page.base, address)
            return Response(body, media_type="text/markdown; charset=utf-8")
        if form == "json":
            document = export.document(view, page.base, address)
            return Response(orjson.dumps(document), media_type="application/json")
        return page.html(
            "newsletter_issue.html", issue=found, view=view, sum=text.summed_up(view), path=address
        )

    return [
        Route("/newsletter", every, methods=["GET"]),
        Route("/newsletter/{name}", one, methods=["GET"]),
    ]
