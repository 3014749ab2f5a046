"""Watches for people: forms without JavaScript, a secret page, its feeds.

In: requests. Out: routes. /watch is for everybody; whatever lies below it is for who has the
address, and is answered with no-referrer, private, noindex (`api.http`). A browser sends no origin
with forms of a page without referrer; none is needed there, as no other site knows the address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api import forms, problems
from api.auth import own_site
from api.feed_formats import FORMATS
from api.http import PRIVATE, conditional
from api.limits import Limit
from api.newsletter import wishes
from api.newsletter.subscribe import OFF
from api.pages import Page, Static
from api.search.page import AGES, ASKED, LABELS
from api.services import Services
from api.watch import names as lists
from api.watch.feeding import Feeds
from api.watch.keeping import LABEL, Keeper, Wanted, document, refusals, wanted
from api.watch.matching import elsewhere, matched
from api.watch.names import Names
from breachwire.errors import BreachwireError, UsageError
from breachwire.model import WATCH_KINDS, Watch
from breachwire.model.alerts import Pace
from breachwire.model.newsletter import masked
from breachwire.store import ThreadFilter

REFUSED: Final = 100
"""Bad lines that are shown."""
ADDRESSES: Final = 5
"""Mail addresses of one watch."""
ASKS: Final = 6
"""Addresses put in from one network within WINDOW, as with the newsletter."""
ASKS_ALL: Final = 300
WINDOW: Final = 3600.0
_REFUSAL: Final = "Many addresses came in from here. Please try again in {wait}."
UNMATCHED: Final = 300
"""Names without a thread that are shown; the form has them all."""
_FORM: Final = lists.BYTES + 20_000
"""Bytes of a form: a list and what stands beside it."""


def routes(
    services: Callable[[], Services],
    static: Static,
    keeper: Keeper,
    clock: Callable[[], float],
) -> list[BaseRoute]:
    """All of them."""
    desk = _Desk(services, static, keeper, clock)

    def posted(
        act: Callable[[Request, forms.Form, bytes], Response],
    ) -> Callable[[Request], Any]:
        async def send(request: Request) -> Response:
            form, file = await forms.read_with_file(request, _FORM)
            return await run_in_threadpool(act, request, form, file)

        return send

    return [
        Route("/watch", desk.ask, methods=["GET"]),
        Route("/watch", posted(desk.make), methods=["POST"]),
        Route("/watch/{name}", desk.show, methods=["GET"]),
        Route("/watch/{name}", posted(desk.act), methods=["POST"]),
    ]


class _Desk:
    """The pages."""

    def __init__(
        self,
        services: Callable[[], Services],
        static: Static,
        keeper: Keeper,
        clock: Callable[[], float],
    ) -> None:
        self._services, self._static, self._keeper = services, static, keeper
        self._feeds = Feeds()
        self._asked = Limit(clock, each=ASKS, every=ASKS_ALL, window=WINDOW, refusal=_REFUSAL)

    def ask(self, request: Request) -> Response:
        """The form; `gone` after a watch was deleted."""
        return self._form(request, gone=bool(request.query_params.get("gone")))

    def make(self, request: Request, form: forms.Form, file: bytes) -> Response:
        """201 and the new watch's page, at its address from now on."""
        try:
            own_site(request, self._services())
            to_watch, names = _sent(form, file)
            watch, secret = self._keeper.make(request, to_watch)
        except (BreachwireError, HTTPException) as error:
            return self._form(request, error=error, form=form)
        return self._watch(request, watch, secret, 201, made=True, names=names)

    def show(self, request: Request) -> Response:
        """The page or a feed."""
        secret, dot, form = request.path_params["name"].partition(".")
        if dot and form not in FORMATS:
            raise HTTPException(404, "no such page")
        watch = self._keeper.find(secret)
        if dot:
            return self._feed(request, watch, secret, form)
        return self._watch(request, watch, secret, saved=bool(request.query_params.get("saved")))

    def act(self, request: Request, form: forms.Form, file: bytes) -> Response:
        """Change what it watches, or delete it."""
        secret = request.path_params["name"]
        watch = self._keeper.find(secret)
        try:
            if form.get("do") == "delete":
                return self._erase(watch, form)
            if form.get("do") in ("alert", "unalert"):
                return self._alert(request, watch, secret, form)
            to_watch, names = _sent(form, file)
            self._keeper.change(watch, to_watch)
        except (BreachwireError, HTTPException) as error:
            return self._watch(request, watch, secret, error=error, typed=form.get("names"))
        if names.refused:
            watch = self._keeper.find(secret)
            return self._watch(request, watch, secret, saved=True, names=names)
        return RedirectResponse(f"/watch/{secret}?saved=1", 303, PRIVATE)

    def _erase(self, watch: Watch, form: forms.Form) -> Response:
        """Raises UsageError without the tick."""
        if not form.get("sure"):
            raise UsageError("Tick that you are sure, below; nothing was deleted.")
        self._keeper.erase(watch)
        return RedirectResponse("/watch?gone=1", 303, PRIVATE)

    def _alert(self, request: Request, watch: Watch, secret: str, form: forms.Form) -> Response:
        """Have an address asked whether it wants mails, the same answer for each; or erase one.
        Raises UsageError, ConflictError, HTTPException."""
        s, now = self._services(), self._keeper.now()
        if not s.mails:
            raise HTTPException(404, OFF)
        if form.get("do") == "unalert":
            for one in s.store.alerts(watch.id):
                if str(one.id) == form.get("alert"):
                    s.store.erase_alert(one.id, suppress=False, now=now)
            return RedirectResponse(f"/watch/{secret}?saved=1#mail", 303, PRIVATE)
        address = wishes.address(form)
        pace: Pace = "at_once" if form.get("pace") == "at_once" else "daily"
        self._asked.take(request)
        s.store.ask_alert(watch.id, address, pace, now, most=ADDRESSES)
        return RedirectResponse(f"/watch/{secret}?asked=1#mail", 303, PRIVATE)

    def _feed(self, request: Request, watch: Watch, secret: str, form: str) -> Response:
        here = Page(self._services(), self._static, request)
        now = self._keeper.now()
        body, tag = self._feeds.body(here.services, watch, form, here.base, secret, now)
        return conditional(request, body, tag, FORMATS[form][1], "private, no-cache")

    def _form(
        self,
        request: Request,
        *,
        error: Exception | None = None,
        form: forms.Form | None = None,
        gone: bool = False,
    ) -> Response:
        status, problem = problems.status_and_detail(error) if error else (200, "")
        given = form or forms.Form({})
        answer = Page(self._services(), self._static, request).html(
            "watch_new.html",
            status,
            problem=problem,
            gone=gone,
            label=given.get("label")[:LABEL],
            typed=given.get("names")[: lists.BYTES],
            kinds=WATCH_KINDS,
            most=lists.MOST,
            most_label=LABEL,
        )
        answer.headers.update(getattr(error, "headers", None) or {})
        return answer

    def _watch(
        self,
        request: Request,
        watch: Watch,
        secret: str,
        status: int = 200,
        *,
        error: Exception | None = None,
        names: Names | None = None,
        typed: str | None = None,
        **told: bool,
    ) -> Response:
        here = Page(self._services(), self._static, request)
        if error:
            status, problem = problems.status_and_detail(error)
        else:
            problem = ""
        now = self._keeper.now()
        found = matched(here.services, watch, now)
        shown = document(here.services, watch, found, here.base, secret)
        answer = here.html(
            "watch.html",
            status,
            w=shown,
            known=[one for one in shown["entries"] if one["threads"]],
            unknown=[one for one in shown["entries"] if not one["threads"]],
            elsewhere=[
                (one.name, one.kind, roles)
                for one, roles in elsewhere(
                    here.services, [e for e, own in found.entries if not own]
                )
            ],
            headlines=_headlines(here, shown["entries"]),
            most_unknown=UNMATCHED,
            lines=typed or "\n".join(lists.as_line(one) for one in watch.entries),
            search=_in_words(watch.query),
            refused=refusals(names)[:REFUSED] if names else [],
            left_out=len(names.refused) if names else 0,
            repeated=names.repeated if names else 0,
            problem=problem,
            action=f"/watch/{secret}",
            most=lists.MOST,
            most_label=LABEL,
            mails=here.services.mails,
            alerts=[
                (one.id, masked(one.address), one.pace, one.state)
                for one in here.store.alerts(watch.id)
            ],
            mail_asked=bool(request.query_params.get("asked")),
            made=told.get("made", False),
            saved=told.get("saved", False),
        )
        answer.headers.update(PRIVATE)
        return answer


def _headlines(here: Page, entries: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """Address and headline of each entry's first threads."""
    ids = tuple({id for one in entries for id in one["threads"][-3:]})[:2_000]
    page = here.store.threads(ThreadFilter(ids=ids), limit=len(ids)) if ids else None
    return {t.id: (f"/wire/{t.id}", t.headline) for t in page.threads} if page else {}


def _in_words(query: Mapping[str, str]) -> list[tuple[str, str]]:
    """ "Words", "Section: Breaches"."""
    known = {"q": "Words", **LABELS}
    return [
        (known[n], AGES.get(v, v) if n == "since" else v) for n, v in query.items() if n in known
    ]


def _sent(form: forms.Form, file: bytes) -> tuple[Wanted, Names]:
    """What a form asks for: a search's parameters, or a list typed, uploaded or both. Raises
    UsageError."""
    if len(file) > lists.BYTES:
        raise UsageError(f"The file is longer than {lists.BYTES:,} bytes.")
    # As it was typed: blank lines count where lines are numbered.
    names = lists.read("".join(form.all("names")[:1]), lists.decoded(file))
    return wanted(form.get("label"), {name: form.get(name) for name in ASKED}, names), names
