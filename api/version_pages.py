"""The pages of a brief's versions: all of them, one as it stood, two side by side.

In: `/wire/{id}/v/all`, `…/v/2`, `…/v/2..3`. Out: HTML that no search engine keeps, since the
thread's own page is the one to find; it says what superseded a version, and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from api import versions
from api.links import thread_path

if TYPE_CHECKING:
    from api.pages import Page


def show(page: Page) -> Response:
    """The list, a difference, or a version. Raises NotFoundError, UsageError."""
    id_, which = page.request.path_params["id"], page.request.path_params["which"]
    if which == "all":
        before = page.request.query_params.get("before")
        cut = versions.number(before) if before else None
        return _page(
            page, "versions.html", found=versions.listed(page.store, id_, before=cut), before=cut
        )
    if ".." in which:
        found = versions.difference(page.store, id_, *versions.span(which))
        return _page(page, "difference.html", found=found)
    found = versions.version(page.store, id_, versions.number(which), base=page.base)
    return _page(page, "version.html", t=found, published={})


def _page(page: Page, template: str, **context: Any) -> Response:
    thread = page.store.thread(page.request.path_params["id"])
    back = thread_path(thread.id, thread.headline)
    answer = page.html(template, back=back, id=thread.id, **context)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
