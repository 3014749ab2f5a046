"""Who asks: a request → the token it came with, or a refusal that says what to do.

In: `Authorization: Bearer TOKEN` from a program, or the cookie of an editors' session, opened by
showing a token at /edit/login. Out: a `Caller`, or HTTPException 401 (who?), 403 (may not), 429
(too many wrong tokens). Nothing here prints, logs or repeats a secret.

A session is a random secret in a cookie, of which the store has the digest: nothing to sign, no key
to keep, and logging out or revoking the token ends it in every process at once. Forms carry a
second value derived from that secret: another site, which may make a browser send the cookie but
can't read it, can't make a form. The login form has no session to be bound to; there, as with all
forms, what the browser says of the sender's origin must be this site.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.links import base_url
from api.lockout import Lockout
from api.services import Services
from breachwire.model import Scope, Token
from breachwire.model.tokens import digest, looks_like_secret
from breachwire.store import Store

log = logging.getLogger(__name__)

COOKIE: Final = "breachwire_edit"
PATH: Final = "/edit"
LASTS: Final = timedelta(hours=12)
"""Of a session: a working day; the token may end earlier."""
NOTED: Final = timedelta(minutes=10)
"""A use is noted at most this often: each note is a write, and makes readers' pages anew."""
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="Breachwire editors"'}
WRONG: Final = "This token is not known, or is revoked or expired."


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request."""

    token: Token
    csrf: str | None
    """What forms of the session must carry; None for a Bearer, which no browser sends by itself."""

    @property
    def name(self) -> str:
        """As the audit log shows it."""
        return self.token.name


class Auth:
    """Knows callers; one for an application, since it counts wrong tokens."""

    def __init__(
        self,
        services: Callable[[], Services],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float],
    ) -> None:
        self._services = services
        self._now = now
        self._lockout = Lockout(clock)

    def caller(self, request: Request) -> Caller | None:
        """Whoever asks; None: nobody we know. Raises HTTPException 401, 429 for a wrong Bearer."""
        if header := request.headers.get("authorization"):
            kind, _, secret = header.partition(" ")
            given = secret.strip() if kind.lower() == "bearer" else ""
            return Caller(self._token(request, given), None)
        secret = request.cookies.get(COOKIE, "")
        session = self._store.session(digest(secret)) if secret else None
        if session is None or not session.valid(self._now()):
            return None
        self._note(session.token)
        return Caller(session.token, _csrf(secret))

    def log_in(self, request: Request, secret: str, answer: Response) -> Token:
        """Open a session on `answer`. Raises HTTPException 401, 403, 429."""
        own_site(request, self._services())
        token, session = self._token(request, secret.strip()), secrets.token_urlsafe(32)
        now = self._now()
        ends = min(now + LASTS, token.expires_at or datetime.max.replace(tzinfo=UTC))
        self._store.add_session(token.id, digest(session), ends, now)
        answer.set_cookie(
            COOKIE,
            session,
            max_age=max(1, math.ceil((ends - now).total_seconds())),
            path=PATH,
            secure=base_url(self._services().config, request).startswith("https://"),
            httponly=True,
            samesite="strict",
        )
        return token

    def log_out(self, request: Request, answer: Response) -> None:
        """End the session, here and in the store."""
        if secret := request.cookies.get(COOKIE):
            self._store.end_session(digest(secret))
        answer.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")

    def allowed(self, request: Request, scope: Scope, csrf: str) -> Caller:
        """The sender of a form that changes something. Raises HTTPException 401, 403, 429."""
        caller = self.caller(request)
        if caller is None:
            raise HTTPException(
                401, "Log in first: this session is over, or there was none.", _CHALLENGE
            )
        if not caller.token.may(scope):
            raise HTTPException(
                403, f"This token's scope is {caller.token.scope}; that needs scope {scope}."
            )
        self.check_form(request, caller, csrf)
        return caller

    def check_form(self, request: Request, caller: Caller, given: str) -> None:
        """A form must come from a page of this very session. Raises HTTPException 403."""
        if caller.csrf is None:
            return
        own_site(request, self._services())
        if not hmac.compare_digest(given.encode("utf-8", "replace"), caller.csrf.encode()):
            raise HTTPException(403, "This form is of another session. Load the page again.")

    @property
    def _store(self) -> Store:
        return self._services().store

    def _token(self, request: Request, secret: str) -> Token:
        """The token of a secret. Raises HTTPException 401, 429."""
        host = request.client.host if request.client else None
        if wait := self._lockout.wait(host):
            minutes = math.ceil(wait / 60)
            unit = "minute" if minutes == 1 else "minutes"
            raise HTTPException(
                429,
                f"Too many wrong tokens. Try again in {minutes} {unit}.",
                {"Retry-After": str(math.ceil(wait))},
            )
        known = looks_like_secret(secret)
        token = self._store.token_by_digest(digest(secret)) if known else None
        if token is None or not token.valid(self._now()):
            self._lockout.wrong(host)
            log.warning("a wrong token from %s", host)
            raise HTTPException(401, WRONG, _CHALLENGE)
        self._note(token)
        return token

    def _note(self, token: Token) -> None:
        now = self._now()
        if token.last_used_at is None or now - token.last_used_at >= NOTED:
            self._store.touch_token(token.id, now)


def own_site(request: Request, services: Services) -> None:
    """Raises HTTPException 403 where the browser says that another site sent this."""
    # "none": typed or reloaded by the person, which no site can cause.
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    ours = {request.headers.get("host"), urlsplit(services.config.base_url).netloc or None}
    foreign = origin is not None and (urlsplit(origin).netloc or "null") not in ours
    if site not in ("same-origin", "none") or foreign:
        raise HTTPException(403, "This form was sent from another site.")


def _csrf(session: str) -> str:
    """Derived one way: whoever sees a page does not have its cookie."""
    return hashlib.sha256(b"breachwire form " + session.encode("utf-8", "replace")).hexdigest()
