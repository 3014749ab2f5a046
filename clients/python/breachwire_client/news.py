"""A watch's feed (JSON Feed 1.1) → its items: what changed for whom you watch.

In: the feed document. Out: `NewsItem`s, newest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
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

    @property
    def text(self) -> str:
        """The same as plain text: a line a change, its quote, and its outlet with the address."""
        reader = _Lines()
        reader.feed(self.html)
        reader.close()
        return "\n".join(
            line for line in map(str.strip, "".join(reader.parts).splitlines()) if line
        )


class _Lines(HTMLParser):
    """HTML of such an item → the parts of its text."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts += {"p": ["\n"], "li": ["\n- "], "blockquote": ["\n“"]}.get(tag, [])
        if tag == "a":
            self._href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self.parts.append("” ")
        if tag == "a" and self._href:
            self.parts.append(f" <{self._href}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


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
