"""The subscriber's pages: subscribe, confirm, preferences, leave, erase; all work without scripts.

In: forms. Out: pages; those whose addresses hold a secret are kept by nobody and tell no other site
where one was (`api.http.PRIVATE`). GET and HEAD change nothing anywhere: whoever follows every link
of a mail, as scanners do, has read some pages. One button each confirms, saves, unsubscribes,
erases. The address of the one-click header takes RFC 8058's POST, from any site and for any secret,
with the same answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api import forms, problems
from api.auth import own_site
from api.limits import Limit
from api.newsletter import wishes
from api.newsletter.letters import consent
from api.pages import Page, Static
from api.services import Services
from breachwire.errors import BreachwireError, UsageError
from breachwire.model import SECTIONS
from breachwire.model.newsletter import LinkPurpose, Subscriber, Wish, masked

EACH: Final = 6
"""Requests from one address within WINDOW: a household or a small office."""
ALL: Final = 300
WINDOW: Final = 3600.0
_BODY: Final = 4_096
_REFUSAL: Final = "Many addresses came in from here. Please try again in {wait}."
OFF: Final = "This server sends no mail: it has no mail server, or shows a demonstration."


def routes(
    services: Callable[[], Services],
    static: Static,
    now: Callable[[], datetime],
    clock: Callable[[], float],
) -> list[BaseRoute]:
    """All of them, under /subscribe."""
    counted = Limit(clock, each=EACH, every=ALL, window=WINDOW, refusal=_REFUSAL)
    desk = _Desk(services, static, now, counted)

    def both(path: str, view: _View, act: _Act) -> list[BaseRoute]:
        async def send(request: Request) -> Response:
            form = await forms.read(request)
            return await run_in_threadpool(desk.acted, request, form, act)

        return [
            Route(path, lambda request: desk.seen(request, view), methods=["GET"]),
            Route(path, send, methods=["POST"]),
        ]

    async def one_click(request: Request) -> Response:
        body = b""
        async for piece in request.stream():
            body = (body + piece)[:_BODY]
        return await run_in_threadpool(desk.one_click, request, body)

    return [
        *both("/subscribe", desk.form, desk.ask),
        *both("/subscribe/confirm/{secret}", desk.confirm_page, desk.confirm),
        *both("/subscribe/preferences/{secret}", desk.preferences, desk.change),
        *both("/subscribe/leave/{secret}", desk.leave_page, desk.leave),
        Route(
            "/subscribe/unsubscribe/{secret}",
            lambda request: desk.seen(request, desk.one_click_page),
            methods=["GET"],
        ),
        Route("/subscribe/unsubscribe/{secret}", one_click, methods=["POST"]),
    ]


_View = Callable[[Page], Response]
_Act = Callable[[Page, forms.Form], Response]


class _Desk:
    """Answers; one for an application, since it counts."""

    def __init__(
        self,
        services: Callable[[], Services],
        static: Static,
        now: Callable[[], datetime],
        counted: Limit,
    ) -> None:
        self._services, self._static, self._now = services, static, now
        self._counted = counted

    def seen(self, request: Request, view: _View) -> Response:
        """A page, without any effect."""
        return view(self._page(request))

    def acted(self, request: Request, form: forms.Form, act: _Act) -> Response:
        """What a button does."""
        page = self._page(request)
        if not page.services.mails:
            raise HTTPException(404, OFF)
        return act(page, form)

    def _page(self, request: Request) -> Page:
        return Page(self._services(), self._static, request)

    # subscribe
    def form(self, page: Page) -> Response:
        """The form, or what became of it."""
        return self._form(page, done=page.request.query_params.get("done", ""))

    def ask(self, page: Page, form: forms.Form) -> Response:
        """Take an address: the same answer for known and unknown ones."""
        try:
            own_site(page.request, page.services)
            if form.get("name"):  # a field that people do not see: a program filled it in
                return RedirectResponse("/subscribe?done=asked", 303)
            address, wish = wishes.address(form), wishes.wish(form)
            self._counted.take(page.request)
            page.store.ask(address, wish, self._now())
        except (BreachwireError, HTTPException) as error:
            status, problem = problems.status_and_detail(error)
            answer = self._form(page, status, problem=problem, form=form)
            answer.headers.update(getattr(error, "headers", None) or {})
            return answer
        return RedirectResponse("/subscribe?done=asked", 303)

    def _form(
        self,
        page: Page,
        status: int = 200,
        *,
        problem: str = "",
        done: str = "",
        form: forms.Form | None = None,
    ) -> Response:
        given = form or forms.Form({})
        return page.html(
            "subscribe.html", status, problem=problem, done=done, off=OFF,
            email=given.get("email")[:320], frequency=given.get("frequency") or "weekly",
        )  # fmt: skip

    # confirm
    def confirm_page(self, page: Page) -> Response:
        """One button, and what pressing it means."""
        owner = self._owner(page, "confirm")
        if owner is None:
            return _over(page)
        return page.html(
            "subscribe_step.html",
            title="Confirm your subscription",
            said=[
                "With the button below you say:",
                f"“{consent(owner.wish.frequency, page.base)}”",
            ],
            hint=masked(owner.address),
            buttons=[
                ("act", "confirm", "Confirm and subscribe"),
                ("act", "erase", "No: erase this address"),
            ],
        )

    def confirm(self, page: Page, form: forms.Form) -> Response:
        """Once; then on to the preferences. Or the opposite."""
        now, owner = self._now(), self._owner(page, "confirm")
        if owner is None:
            return _over(page)
        if form.get("act") == "erase":
            page.store.erase(owner.id, suppress=False, now=now)
            return RedirectResponse("/subscribe?done=erased", 303)
        words = consent(owner.wish.frequency, page.base)
        if page.store.confirm(_digest(page), words, now) is None:
            return _over(page)
        secret, link = wishes.new_link("manage", now)
        page.store.add_links(owner.id, [link], now)
        return RedirectResponse(f"/subscribe/preferences/{secret}?done=welcome", 303)

    # preferences
    def preferences(self, page: Page) -> Response:
        """Sections, watch list, frequency, the end."""
        owner = self._owner(page, "manage")
        if owner is None:
            return _over(page)
        done = page.request.query_params.get("done", "")
        return self._preferences(page, owner, owner.wish, done=done)

    def change(self, page: Page, form: forms.Form) -> Response:
        """Save, leave or erase, as the button says."""
        owner = self._owner(page, "manage")
        if owner is None:
            return _over(page)
        act = form.get("act")
        if act == "erase":
            page.store.erase(owner.id, suppress=bool(form.get("never")), now=self._now())
            return RedirectResponse("/subscribe?done=erased", 303)
        if act == "leave":
            page.store.leave(owner.id, self._now())
            return RedirectResponse("/subscribe?done=left", 303)
        try:
            page.store.save_wish(owner.id, wishes.wish(form))
        except UsageError as error:
            return self._preferences(page, owner, owner.wish, 400, problem=str(error), form=form)
        return RedirectResponse(f"{page.request.url.path}?done=saved", 303)

    def _preferences(
        self, page: Page, owner: Subscriber, wish: Wish, status: int = 200, **more: Any
    ) -> Response:
        form: forms.Form | None = more.pop("form", None)
        context = {"problem": "", "done": "", **more}
        return page.html(
            "subscribe_preferences.html",
            status,
            owner=owner,
            hint=masked(owner.address),
            wish=wish,
            watch=form.get("watch") if form else "\n".join(wish.watch),
            ticked=wish.sections or SECTIONS,
            names=wishes.NAMES,
            **context,
        )

    # leave
    def leave_page(self, page: Page) -> Response:
        """Where a mail's own link leads: it names the address, so that whoever was forwarded a copy
        sees that it is another's."""
        owner = self._owner(page, "leave")
        if owner is None or owner.state not in ("active", "suspended"):
            return _over(page)
        return page.html(
            "subscribe_step.html",
            title="Change or end the briefing",
            said=[
                "The issue that you came from was sent to the address below. If it was forwarded to"
                " you, it is not yours to change: its owner is told by mail of whatever is done"
                " here."
            ],
            hint=masked(owner.address),
            buttons=[
                ("act", "way", "Mail me the way to my preferences"),
                ("act", "leave", f"Unsubscribe {masked(owner.address)}"),
            ],
        )

    def leave(self, page: Page, form: forms.Form) -> Response:
        """Unsubscribe, or have the way to the preferences mailed to the owner."""
        owner = self._owner(page, "leave")
        if owner is None:
            return _over(page)
        if form.get("act") == "leave":
            page.store.leave(owner.id, self._now())
            return RedirectResponse("/subscribe?done=left", 303)
        page.store.ask_for_way(owner.id, self._now())
        return RedirectResponse("/subscribe?done=way", 303)

    # the List-Unsubscribe header
    def one_click_page(self, page: Page) -> Response:
        """For a person whose mail program opens the header's address: a button, no effect."""
        owner = self._owner(page, "oneclick")
        if owner is None or owner.state not in ("active", "suspended"):
            return _over(page)
        return page.html(
            "subscribe_step.html",
            title="Unsubscribe",
            said=[],
            hint=masked(owner.address),
            buttons=[("List-Unsubscribe", "One-Click", f"Unsubscribe {masked(owner.address)}")],
        )

    def one_click(self, request: Request, body: bytes) -> Response:
        """RFC 8058: 200 for any secret, urlencoded or multipart, no cookie, no redirect."""
        page = self._page(request)
        owner = self._owner(page, "oneclick")
        if owner is not None and b"List-Unsubscribe" in body and b"One-Click" in body:
            page.store.leave(owner.id, self._now())
        if "text/html" in request.headers.get("accept", ""):
            return self._form(page, done="left")
        return Response("Unsubscribed.\n", media_type="text/plain; charset=utf-8")

    def _owner(self, page: Page, purpose: LinkPurpose) -> Subscriber | None:
        digest = _digest(page)
        return page.store.owner(digest, purpose, self._now()) if digest else None


def _digest(page: Page) -> str:
    return wishes.known_by(page.request.path_params["secret"])


def _over(page: Page) -> Response:
    return page.html("subscribe.html", 404, problem="", done="over", off=OFF, email="",
                     frequency="weekly")  # fmt: skip
