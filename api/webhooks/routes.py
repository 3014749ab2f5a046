"""Webhooks of a watch: made, shown, rotated, replayed and removed by whoever has its token.

In: services, the watches' keeper. Out: routes under /api/v1/watches/webhooks. They answer where the
operator opened them (`watch_webhooks`) and this process has the way out to receivers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.limits import Limit
from api.routes import BAD, DOWN, MISSING, json_response
from api.services import Services
from api.watch.keeping import Keeper
from api.watch.routes import FULL, MANY, PROBLEM, WHO, Bearer, secret_of
from api.webhooks import keeping, shapes
from breachwire.errors import ConflictError, NotFoundError, UsageError
from breachwire.model import Watch
from breachwire.model.webhooks import Webhook

EACH: Final = 10
"""Webhooks made or checked from one network within WINDOW: each sends a request somewhere."""
ALL: Final = 100
WINDOW: Final = 3600.0
A_WATCH: Final = 3
"""Webhooks of one watch."""
_REFUSAL: Final = "Many webhooks were made from here. Please make the next one in {wait}."
_OFF: Final = "This server's operator has not opened webhooks to watches (`watch_webhooks`)."
_NOT_TAKEN: dict[int | str, dict[str, Any]] = {
    502: {**PROBLEM, "description": "The receiver did not take the check"}
}
Asked = Annotated[shapes.WebhookAsked, Body(examples=[shapes.ASKED])]
Number = Annotated[int, Path(description="The webhook's number.", ge=1, le=2**53)]


def router(
    services: Callable[[], Services], keeper: Keeper, clock: Callable[[], float]
) -> APIRouter:
    """All of them."""
    api = APIRouter(prefix="/api/v1/watches/webhooks", tags=["watches"])
    desk = _Desk(services, keeper, clock)

    @api.post(
        "",
        status_code=201,
        response_model=shapes.WebhookMade,
        responses=BAD | WHO | MISSING | FULL | MANY | DOWN,
        summary="Tell an address what happens in a watch's threads; the secret is told this once",
    )
    def post_webhook(request: Request, asked: Asked, bearer: Bearer) -> Response:
        return json_response(desk.make(request, asked, secret_of(bearer)), 201)

    @api.get(
        "",
        response_model=shapes.WebhooksAnswer,
        responses=WHO | MISSING | DOWN,
        summary="A watch's webhooks and how each stands",
    )
    def get_webhooks(bearer: Bearer) -> Response:
        return json_response({"webhooks": desk.every(secret_of(bearer))})

    @api.delete(
        "/{id}",
        status_code=204,
        response_class=Response,
        responses=WHO | MISSING | DOWN,
        summary="Remove a webhook, for good",
    )
    def delete_webhook(id: Number, bearer: Bearer) -> Response:
        desk.remove(id, secret_of(bearer))
        return Response(status_code=204)

    @api.post(
        "/{id}/secret",
        response_model=shapes.SecretAnswer,
        responses=WHO | MISSING | DOWN,
        summary="A new secret; signatures of the old one are sent as well, for a day",
    )
    def post_secret(id: Number, bearer: Bearer) -> Response:
        return json_response(desk.rotate(id, secret_of(bearer)))

    @api.post(
        "/{id}/check",
        response_model=shapes.WebhookAnswer,
        responses=WHO | MISSING | MANY | _NOT_TAKEN | DOWN,
        summary="Send a trial; where it is taken, a webhook begins, or goes on that had ended",
    )
    def post_check(request: Request, id: Number, bearer: Bearer) -> Response:
        return json_response(desk.check(request, id, secret_of(bearer)))

    @api.post(
        "/{id}/replay",
        response_model=shapes.ReplayAnswer,
        responses=BAD | WHO | MISSING | DOWN,
        summary="Send once more what happened since a time, or what was given up",
    )
    def post_replay(id: Number, asked: shapes.ReplayAsked, bearer: Bearer) -> Response:
        return json_response({"replayed": desk.replay(id, asked, secret_of(bearer))})

    return api


class _Desk:
    """One for an application: it counts."""

    def __init__(
        self, services: Callable[[], Services], keeper: Keeper, clock: Callable[[], float]
    ) -> None:
        self._services, self._keeper = services, keeper
        self._limit = Limit(clock, each=EACH, every=ALL, window=WINDOW, refusal=_REFUSAL)

    def make(self, request: Request, asked: shapes.WebhookAsked, secret: str) -> dict[str, Any]:
        """Asleep until its check is taken. Raises HTTPException, UsageError, ConflictError."""
        watch, s = self._found(secret), self._services()
        url = asked.url.strip()
        if urlsplit(url).scheme != "https":
            raise UsageError("url: https alone, so that nobody on the way reads what is sent")
        kinds, key = keeping.kinds(asked.events), keeping.new_secret()
        if len(s.store.webhooks(watch.id)) >= A_WATCH:
            raise ConflictError(f"a watch has at most {A_WATCH} webhooks; remove one first")
        if sum(hook.watch is not None for hook in s.store.webhooks()) >= keeping.MOST:
            raise ConflictError("no more webhooks can be kept here; please try another day")
        self._limit.take(request)
        new = Webhook(url, kinds, self._keeper.now(), watch=watch.id, state="unchecked")
        made = s.store.add_webhook(new, key, most=A_WATCH)
        return keeping.said(made, {}) | {"secret": key}

    def every(self, secret: str) -> list[dict[str, Any]]:
        """A watch's."""
        hooks = self._services().store.webhooks(self._found(secret).id)
        counts = self._services().store.deliveries_counted() if hooks else {}
        return [keeping.said(hook, counts.get(hook.id, {})) for hook in hooks]

    def remove(self, id: int, secret: str) -> None:
        """Raises NotFoundError for another watch's, as for none."""
        self._services().store.remove_webhook(self._own(id, secret).id)

    def rotate(self, id: int, secret: str) -> dict[str, Any]:
        """Raises NotFoundError."""
        hook, now, key = self._own(id, secret), self._keeper.now(), keeping.new_secret()
        self._services().store.rotate_webhook(hook.id, key, now, now + keeping.OLD)
        return {"secret": key, "old_until": (now + keeping.OLD).isoformat()}

    def check(self, request: Request, id: int, secret: str) -> dict[str, Any]:
        """Raises HTTPException, NotFoundError, FetchError."""
        hook, store, now = self._own(id, secret), self._services().store, self._keeper.now()
        self._limit.take(request)
        keeping.check(self._post(), hook.url, store.webhook_secrets(id, now), now)
        store.set_webhook_state(id, "active")
        counts = store.deliveries_counted().get(id, {})
        return keeping.said(store.webhook(id), counts)

    def replay(self, id: int, asked: shapes.ReplayAsked, secret: str) -> int:
        """Raises NotFoundError, UsageError."""
        hook, since = self._own(id, secret), asked.since
        if since is not None and since.tzinfo is None:
            raise UsageError("since: a time with its zone, such as 2026-11-28T00:00:00Z")
        store = self._services().store
        return store.replay(hook.id, self._keeper.now(), since=since, dead=since is None)

    def _own(self, id: int, secret: str) -> Webhook:
        watch = self._found(secret)
        for hook in self._services().store.webhooks(watch.id):
            if hook.id == id:
                return hook
        raise NotFoundError("webhook", str(id))

    def _found(self, secret: str) -> Watch:
        watch = self._keeper.find(secret)
        self._post()
        return watch

    def _post(self) -> keeping.Post:
        s = self._services()
        if s.post is None or not s.config.watch_webhooks:
            raise HTTPException(404, _OFF)
        return s.post
