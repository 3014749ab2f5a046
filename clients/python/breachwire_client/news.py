"""A watch's feed (JSON Feed 1.1) → its items: what changed for whom you watch.

In: the feed document. Out: `NewsItem`s, newest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from breachwire_client.errors import UnexpectedAnswerError


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsItem:
    """A new thread, or what one article changed in a thread's facts."""

    id: str
    """Never changes: what you have seen, you know again by it."""
    at: datetime
    """When the service saw it."""
    title: str
    """What happened, in a line."""
    url: str
    """The thread's page."""
    section: str
    """Of the wire."""
    disclosure: str
    """How the text was made; belongs to it wherever it is shown."""
    html: str
    """Disclosure, why it is here, what changed with quotes and links to the outlets; escaped."""


def items(feed: Any) -> list[NewsItem]:
    """Raises UnexpectedAnswerError for anything but such a feed."""
    try:
        return [
            NewsItem(
                id=one["id"],
                at=datetime.fromisoformat(one["date_published"]),
                title=one["title"],
                url=one["url"],
                section=next(iter(one.get("tags", ())), ""),
                disclosure=one.get("_breachwire", {}).get("disclosure", ""),
                html=one["content_html"],
            )
            for one in feed["items"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise UnexpectedAnswerError(f"the answer is no feed of a watch: {error!r}") from None
