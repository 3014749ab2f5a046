"""The editors' pages: who may, what is unsure, what was done, and the forms that change threads.

In: `Services` with `editing`, and a caller that `api.auth` knows. Out: Starlette routes under
/edit, HTML alone. A GET changes no thread; a POST does one act and redirects (303) to a page that
says so; what can't be done is one line on the page the form stood on. Words come from `api.desk`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api import desk, forms, operating, problems, signing
from api.auth import Auth, Caller
from api.pages import Page, Static
from api.services import Editing, Services
from api.threads import live_thread
from breachwire.errors import BreachwireError, NotFoundError, UsageError
from breachwire.model import Edit

ROWS: Final = 20
"""Unsure joins on a page: each takes a minute of reading."""
LOG: Final = 50
FAILING: Final = 100
"""Feeds on the operator's page."""


class Desk(Page):
    """A request of an editor on its way to an answer."""

    def __init__(
        self,
        services: Services,
        static: Static,
        request: Request,
        caller: Caller | None,
        form: forms.Form,
    ) -> None:
        super().__init__(services, static, request)
        self.caller = caller
        self.form = form
        self.problem = ""
        self.status = 200

    @property
    def who(self) -> str:
        """Whose act it is."""
        return self.caller.name if self.caller else ""

    @property
    def editing(self) -> Editing:
        """Raises HTTPException 404 where this server has none."""
        if self.services.editing is None:
            raise HTTPException(404, "this server has no editors' pages")
        return self.services.editing

    def number(self, noun: str) -> int:
        """The id in the path. Raises NotFoundError."""
        return forms.number(self.request.path_params["id"], noun)

    def show(self, template: str, **context: Any) -> Response:
        """A page of the desk, with what went wrong or what was just done."""
        return self.html(
            template,
            self.status,
            caller=self.caller,
            csrf=self.caller.csrf or "" if self.caller else "",
            may=bool(self.caller and self.caller.token.may("edit")),
            problem=self.problem,
            done=None if self.problem else self._done(),
            given=self.form,
            why=forms.WHY,
            **context,
        )

    def _done(self) -> desk.Line | None:
        """The edit that the address names as just done: its words come from the audit log."""
        try:
            edit = self.store.edit(forms.number(self.request.query_params.get("done", ""), "edit"))
        except NotFoundError:
            return None
        return desk.lines(self.store, [edit])[0]


View = Callable[[Desk], Response]
Act = Callable[[Desk], Edit]


def routes(services: Callable[[], Services], static: Static, auth: Auth) -> list[BaseRoute]:
    """All routes under /edit."""

    def page(path: str, view: View) -> Route:
        def answer(request: Request) -> Response:
            if (caller := auth.caller(request)) is None:
                return _to_login(request)
            return view(Desk(services(), static, request, caller, forms.Form({})))

        return Route(path, answer, methods=["GET"])

    def act(path: str, do: Act, back: View, after: Callable[[Desk, Edit], str]) -> Route:
        def done(request: Request, form: forms.Form) -> Response:
            caller = auth.allowed(request, "edit", form.get("csrf"))
            here = Desk(services(), static, request, caller, form)
            try:
                edit = do(here)
            except BreachwireError as error:
                here.status, here.problem = problems.status_and_detail(error)
                return back(here)
            to = after(here, edit)
            return RedirectResponse(f"{to}{'&' if '?' in to else '?'}done={edit.id}", 303)

        async def answer(request: Request) -> Response:
            return await run_in_threadpool(done, request, await forms.read(request))

        return Route(path, answer, methods=["POST"])

    return [
        *_doors(services, static, auth),
        page("/edit", unsure),
        page("/edit/thread", named),
        page("/edit/thread/{id}", thread),
        page("/edit/reports", reports),
        page("/edit/log", log),
        page("/edit/explain", explain),
        page("/edit/service", service),
        act("/edit/proposal/{id}", settle, unsure, lambda *_: "/edit"),
        act("/edit/report/{id}", settle_report, reports, lambda *_: "/edit/reports"),
        page("/edit/brief/{id}", signing.page),
        act("/edit/brief/{id}/sign", signing.sign, signing.page, signing.back),
        act("/edit/signoff/{id}/revoke", signing.revoke, signing.revoked_page, signing.back),
        act("/edit/thread/{id}/split", split, thread, _to_thread),
        act("/edit/thread/{id}/move", move, thread, _to_thread),
        act("/edit/thread/{id}/merge", merge, thread, _to_thread),
        act("/edit/undo/{id}", undo, log, lambda d, _: forms.ours(d.form.get("next"), "/edit/log")),
    ]


def _doors(services: Callable[[], Services], static: Static, auth: Auth) -> list[BaseRoute]:
    """Logging in and out."""

    def door(request: Request) -> Response:
        """The form."""
        if auth.caller(request):
            return RedirectResponse("/edit", 303)
        here = Desk(services(), static, request, None, forms.Form({}))
        return here.show("edit_login.html", next=forms.ours(request.query_params.get("next", "")))

    def enter(request: Request, form: forms.Form) -> Response:
        to = forms.ours(form.get("next"))
        answer = RedirectResponse(to, 303)
        try:
            auth.log_in(request, form.get("token"), answer)
        except HTTPException as error:
            here = Desk(services(), static, request, None, forms.Form({}))
            here.status, here.problem = error.status_code, str(error.detail)
            refused = here.show("edit_login.html", next=to)
            refused.headers.update(error.headers or {})
            return refused
        return answer

    def leave(request: Request, form: forms.Form) -> Response:
        answer = RedirectResponse("/edit/login", 303)
        if caller := auth.caller(request):
            auth.check_form(request, caller, form.get("csrf"))
        auth.log_out(request, answer)
        return answer

    async def log_in(request: Request) -> Response:
        return await run_in_threadpool(enter, request, await forms.read(request))

    async def log_out(request: Request) -> Response:
        return await run_in_threadpool(leave, request, await forms.read(request))

    return [
        Route("/edit/login", door, methods=["GET"]),
        Route("/edit/login", log_in, methods=["POST"]),
        Route("/edit/logout", log_out, methods=["POST"]),
    ]


def _to_login(request: Request) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/edit/login?next={quote(asked, safe='')}", 303)


def _to_thread(here: Desk, _: Edit) -> str:
    """The thread the editor was at, or where its articles are now."""
    return f"/edit/thread/{_here(here)}"


# pages


def unsure(here: Desk) -> Response:
    """What the threader would do and is not sure of, the surest first."""
    waiting = here.store.proposals("open")
    first = ROWS * (forms.number(here.request.query_params.get("page") or "1", "page") - 1)
    shown = desk.cards(here.store, waiting[max(0, first) : max(0, first) + ROWS])
    further = first + ROWS < len(waiting)
    return here.show(
        "edit_unsure.html",
        cards=shown,
        waiting=len(waiting),
        next=first // ROWS + 2 if further else None,
    )


def thread(here: Desk) -> Response:
    """A thread's articles with the reasons of their places, its edits, and the forms."""
    id_ = here.request.path_params["id"]
    live = live_thread(here.store, id_)
    members = here.store.members([live.id]).get(live.id, ())
    if not members:
        raise NotFoundError("thread", id_)
    if live.id != id_ and here.request.method == "GET":
        return RedirectResponse(f"/edit/thread/{live.id}", 303)
    edits = here.store.edits(limit=LOG, thread=live.id)
    return here.show(
        "edit_thread.html",
        t=live,
        members=members,
        near=desk.near(here.store, live.id),
        edits=desk.lines(here.store, edits),
        ticked=here.form.all("article"),
    )


def named(here: Desk) -> Response:
    """The page of a thread that was named by its id or address."""
    id_ = forms.thread_named(here.request.query_params.get("id", ""))
    return RedirectResponse(f"/edit/thread/{quote(id_, safe='')}" if id_ else "/edit", 303)


def reports(here: Desk) -> Response:
    """What readers say is wrong, newest first."""
    given = here.request.query_params.get("before")
    before = forms.number(given, "error report") if given else None
    found = here.store.reports("open", before=before, limit=ROWS + 1)
    ids = tuple(dict.fromkeys(report.thread for report in found))
    return here.show(
        "edit_reports.html",
        reports=found[:ROWS],
        headlines={id_: here.store.thread(id_).headline for id_ in ids},
        waiting=here.store.open_reports(),
        next=found[ROWS - 1].id if len(found) > ROWS else None,
    )


def log(here: Desk) -> Response:
    """The audit log, newest first."""
    given = here.request.query_params.get("before")
    before = forms.number(given, "edit") if given else None
    edits = here.store.edits(limit=LOG + 1, before=before)
    return here.show(
        "edit_log.html",
        edits=desk.lines(here.store, edits[:LOG]),
        next=edits[LOG - 1].id if len(edits) > LOG else None,
    )


def explain(here: Desk) -> Response:
    """Why two threads are together or apart."""
    a, b = (forms.thread_named(here.request.query_params.get(name, "")) for name in ("a", "b"))
    found, sides = None, []
    if a and b:
        try:
            found = here.editing.explain(a, b)
            sides = desk.sides(here.store, dict.fromkeys((a, b)))
        except BreachwireError as error:
            here.status, here.problem = problems.status_and_detail(error)
    return here.show("edit_explain.html", a=a, b=b, found=found, sides=sides)


def service(here: Desk) -> Response:
    """What fails, since when, what to do: the operator's page."""
    found = operating.standing(here.services, datetime.now(UTC))
    shown = replace(found, failing=found.failing[:FAILING])
    more = len(found.failing) - len(shown.failing)
    total = sum(number for _, number in found.states)
    return here.show("edit_service.html", s=shown, more=more, total=total)


# acts


def settle(here: Desk) -> Edit:
    """Accept or refuse a proposal."""
    act = {"accept": here.editing.accept, "refuse": here.editing.refuse}.get(here.form.get("do"))
    if act is None:
        raise UsageError("Say whether to accept it or to keep it apart.")
    return act(here.number("proposal"), who=here.who, why=here.form.why())


def settle_report(here: Desk) -> Edit:
    """A reader's report was right and is seen to, or was not."""
    do = here.form.get("do")
    if do not in ("resolve", "dismiss"):
        raise UsageError("Say whether it is resolved or dismissed.")
    return here.store.settle_report(
        here.number("error report"),
        "resolve" if do == "resolve" else "dismiss",
        here.who,
        here.form.why(),
        datetime.now(UTC),
    )


def split(here: Desk) -> Edit:
    """The ticked articles leave."""
    ticked = here.form.numbers("article", "article")
    if not ticked:
        raise UsageError("Tick the articles that should leave.")
    return here.editing.split(_here(here), ticked, who=here.who, why=_reason(here))


def move(here: Desk) -> Edit:
    """One article goes to another thread."""
    chosen = here.form.numbers("article", "article")
    if len(chosen) != 1:
        raise UsageError("Choose one article to move.")
    to = _named(here, "to")
    return here.editing.move(chosen[0], to, who=here.who, why=_reason(here))


def merge(here: Desk) -> Edit:
    """Another thread goes into this one."""
    other = _named(here, "other")
    return here.editing.merge(_here(here), other, who=here.who, why=_reason(here))


def undo(here: Desk) -> Edit:
    """As it was before an edit."""
    return here.editing.undo(here.number("edit"), who=here.who, why=here.form.why())


def _here(here: Desk) -> str:
    return live_thread(here.store, here.request.path_params["id"]).id


def _named(here: Desk, name: str) -> str:
    """The thread that a form names, typed or chosen. Raises UsageError."""
    typed = forms.thread_named(here.form.get(name) or here.form.get(f"{name}_chosen"))
    if not typed:
        raise UsageError("Name the other thread: its id, or the address of its page.")
    return typed


def _reason(here: Desk) -> str:
    """Raises UsageError where an act by hand says no reason."""
    if not (why := here.form.why()):
        raise UsageError("Say why: the audit log keeps it for whoever asks later.")
    return why
