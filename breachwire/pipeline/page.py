"""An address → the article page behind it, fetched through the one safe way out and extracted."""

from __future__ import annotations

from datetime import datetime

from breachwire.model import Page
from breachwire.net import Getter
from ingest import apart
from ingest.fetch import get_page, look_again
from ingest.robots import Robots


def fetch_page(client: Getter, robots: Robots, url: str) -> tuple[str, Page]:
    """The final address and what its page holds. Raises FetchError, ParseError."""
    got = get_page(client, robots, url)
    return got.url, apart.shared.page(got.body, url=got.url, content_type=got.content_type)


def page_changed(client: Getter, robots: Robots, url: str, since: datetime) -> Page | None:
    """What the page holds now; None where its server says that it is as it was then. Raises
    FetchError, ParseError."""
    got = look_again(client, robots, url, since)
    if got is None:
        return None
    return apart.shared.page(got.body, url=got.url, content_type=got.content_type)
