"""Report an error: a reader's form → an `ErrorReport` for the editors.

In: `/report?thread=ID`, a form without JavaScript. Out: the form, or 303 to the same address with
`sent=1`. What can't be taken is one line above the form, with what was typed still in it. The form
must be sent from this site, is counted by address (which is not stored), and what it says is text
to every reader of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api import forms, problems
from api.auth import own_site
from api.limits import Limit
from api.pages import Page, Static
from api.services import Services
from api.threads import readable
from breachwire.errors import BreachwireError, UsageError
from breachwire.model import ErrorReport, Thread

TEXT: Final = 2_000
"""Characters of what is wrong."""
CONTACT: Final = 200
OPEN: Final = 1_000
"""Reports that may wait: more than editors read, and 2 MB at most."""
EACH: Final = 5
"""Reports from one address within WINDOW: a careful reader of one page writes two or three."""
ALL: Final = 60
WINDOW: Final = 3600.0
_REFUSAL: Final = "Many reports came in from here. Please send the next one in {wait}."
_CONTROL: Final = re.compile(
    r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""Control characters, and those that turn the direction of the text around them."""


def routes(
    services: Callable[[], Services], static: Static, clock: Callable[[], float]
) -> list[BaseRoute]:
    """The form and what it is sent to."""
    counted = Limit(clock, each=EACH, every=ALL, window=WINDOW, refusal=_REFUSAL)

    def ask(request: Request) -> Response:
        here = Page(services(), static, request)
        thread = readable(here.store, request.query_params.get("thread", ""))
        return _form(here, thread, sent=bool(request.query_params.get("sent")))

    def take(request: Request, form: forms.Form) -> Response:
        here = Page(services(), static, request)
        thread = readable(here.store, form.get("thread"))
        try:
            own_site(request, here.services)
            if form.get("name"):  # a field that people do not see: a program filled it in
                return _done(thread)
            report = _read(here, thread, form)
            counted.take(request)  # only what would be stored
            here.store.add_report(report, most=OPEN)
        except (BreachwireError, HTTPException) as error:
            status, problem = problems.status_and_detail(error)
            answer = _form(here, thread, status, problem, form=form)
            answer.headers.update(getattr(error, "headers", None) or {})
            return answer
        return _done(thread)

    async def send(request: Request) -> Response:
        return await run_in_threadpool(take, request, await forms.read(request))

    return [Route("/report", ask, methods=["GET"]), Route("/report", send, methods=["POST"])]


def _read(here: Page, thread: Thread, form: forms.Form) -> ErrorReport:
    """Raises UsageError."""
    text, contact = clean(form.get("text")), " ".join(clean(form.get("contact")).split())
    if not text:
        raise UsageError("Say what is wrong; one sentence is enough.")
    if len(text) > TEXT:
        raise UsageError(f"That is longer than {TEXT:,} characters; please shorten it.")
    if len(contact) > CONTACT:
        raise UsageError(f"The contact is longer than {CONTACT} characters.")
    brief = here.store.briefs([thread.id]).get(thread.id)
    version = brief.version if brief else 0
    return ErrorReport(thread.id, text, contact, datetime.now(UTC), version)


def clean(text: str) -> str:
    """Text without control characters; lines end in a newline."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(" ", lines).strip()


def _form(
    here: Page,
    thread: Thread,
    status: int = 200,
    problem: str = "",
    *,
    form: forms.Form | None = None,
    sent: bool = False,
) -> Response:
    given = form or forms.Form({})
    return here.html(
        "report.html",
        status,
        t=thread,
        problem=problem,
        sent=sent,
        text=given.get("text")[: 2 * TEXT],
        given_contact=given.get("contact")[: 2 * CONTACT],
        most=TEXT,
        most_contact=CONTACT,
    )


def _done(thread: Thread) -> Response:
    return RedirectResponse(f"/report?thread={quote(thread.id, safe='')}&sent=1", 303)
