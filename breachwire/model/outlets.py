"""Outlets that asked to be left out: which sites, and whether an address lies under one of them.

In: sites, as the Public Suffix List cuts them (`ingest.urls.site`), and addresses. Out: the same. A
site stands for itself and all its subdomains.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

WISH = "left out at the outlet's wish"
"""What readers are told, wherever something of it stood."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A site that is not read, stored or shown."""

    site: str
    """Such as "news.example", in lower case."""
    who: str
    """Who ran the command."""
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Holding:
    """What a store has of a site."""

    feeds: tuple[str, ...]
    """Addresses of its feeds, and of feeds of which every entry leads to it."""
    articles: tuple[int, ...]
    threads: tuple[str, ...]
    """Those that its articles stand in."""
    alone: int
    """How many of them have no other outlet's article."""


def site_among(address: str, sites: Collection[str]) -> str | None:
    """The site that an address or an identity key (`host/path`) lies under, if it is one of these.

    An address that can't be read lies under none.
    """
    if not sites:
        return None
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return None
    labels = host.rstrip(".").lower().split(".")
    return next((s for n in range(len(labels)) if (s := ".".join(labels[n:])) in sites), None)
