"""Addresses of what is served: ids and names → paths and absolute addresses.

In: ids, headlines, a request. Out: `/wire/{id}/{slug}` and the like, and answers that lead there.
An address is permanent by its id; the slug is for people and may change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse

from breachwire.config import Config
from breachwire.store import slug

_SLUG_LENGTH: Final = 80
_HOST: Final = re.compile(r"[A-Za-z0-9.\-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


def base_url(config: Config, request: Request) -> str:
    """The configured address, else the one the reader asked by, without a trailing slash."""
    if config.base_url:
        return config.base_url.rstrip("/")
    host = request.headers.get("host", "")
    # A Host header is any bytes a client likes: only what can be a host goes into links.
    safe = host if _HOST.fullmatch(host) else "localhost"
    return f"{request.url.scheme if host == safe else 'http'}://{safe}"


def thread_slug(headline: str) -> str:
    """The readable part of a thread's address: whole words, at most 80 characters."""
    text = slug(headline)
    if len(text) > _SLUG_LENGTH:
        text = text[: _SLUG_LENGTH + 1].rpartition("-")[0] or text[:_SLUG_LENGTH]
    return text or "thread"


def thread_path(id_: str, headline: str) -> str:
    """A thread's page."""
    return f"/wire/{id_}/{thread_slug(headline)}"


def parted(name: str, endings: Iterable[str]) -> tuple[str, str]:
    """A path's last part → what stands before the first of these endings that it has, and that
    ending without its dot; ("…", "") where it has none."""
    for ending in endings:
        if name.endswith(f".{ending}"):
            return name.removesuffix(f".{ending}"), ending
    return name, ""


def version_path(id_: str, version: int | str) -> str:
    """A version of a thread's brief, for ever: `all` lists them, `2..3` is a difference."""
    return f"/wire/{id_}/v/{version}"


def moved(to: str) -> RedirectResponse:
    """301 to where a thread is now; asked anew each time, since a merge may be undone."""
    return RedirectResponse(to, 301, {"Cache-Control": "no-cache"})


def storyline_path(id_: str) -> str:
    """A storyline's page."""
    return f"/storyline/{id_}"


def entity_path(kind: str, slug_: str) -> str:
    """A victim's, actor's, supplier's or flaw's page."""
    return f"/{kind.replace('_', '-')}/{quote(slug_)}"


def tag(base: str, what: str) -> str:
    """A tag URI (RFC 4151) of the host that readers reach: an id that outlives any address."""
    return f"tag:{urlsplit(base).hostname or 'localhost'},2026:{what}"


def web(url: str) -> str:
    """An address that a reader may be sent to: http and https alone, else an empty text.

    Addresses come from feeds; a `javascript:` in one must not become a link.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    local = not parts.scheme and url.startswith("/") and not url.startswith("//")
    return url if local or (parts.scheme in ("http", "https") and parts.netloc) else ""


def contact_href(contact: str) -> str:
    """The operator's contact, a mail or web address, as a link; empty where there is none."""
    if "@" in contact and not re.search(r"[\s/:]", contact):
        return f"mailto:{contact}"
    return web(contact)
