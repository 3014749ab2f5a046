"""An address → the article page behind it, fetched through the one safe way out and extracted."""

from __future__ import annotations

from breachwire.model import Page
from breachwire.net import Getter
from ingest import apart
from ingest.fetch import get_page
from ingest.robots import Robots


def fetch_page(client: Getter, robots: Robots, url: str) -> tuple[str, Page]:
    """The final address and what its page holds. Raises FetchError, ParseError."""
    got = get_page(client, robots, url)
    return got.url, apart.shared.page(got.body, url=got.url, content_type=got.content_type)
