"""The podcast of the wire: episodes → RSS 2.0 with the itunes and podcast namespaces.

In: episodes, the address readers use. Out: bytes. GUIDs are tag URIs of the day and never change.
Every recording is synthetic speech, which podcast programs know as one kind alone: `ai-content`
says true on the channel and on each item; the IPTC source type beside it, and the disclosure at the
head of the description, say which kind of machine it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from markupsafe import Markup

from api.feed_formats import INVENTED, clean
from api.links import thread_path
from breachwire.model import MEDIA_TYPES, Episode

TITLE: Final = "Breachwire: the daily wire"
ABOUT: Final = (
    "Each day's security incidents as their sources tell them: who was hit, who says so, and how"
    " sure it is. Made by machine from news reports, read by a synthetic voice."
)
IMAGE: Final = "/static/podcast.png"
_ITUNES: Final = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_PODCAST: Final = "https://podcastindex.org/namespace/1.0"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
_SPACE: Final = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The podcast namespace's own, for `podcast:guid` (UUIDv5 of the feed's address, no scheme)."""
for _prefix, _uri in (("itunes", _ITUNES), ("podcast", _PODCAST), ("atom", _ATOM)):
    ET.register_namespace(_prefix, _uri)
ET.register_namespace("content", _CONTENT)


def rss(episodes: Sequence[Episode], base: str, *, demo: bool = False) -> bytes:
    """The feed, newest first."""
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    own = f"{base}/podcast.rss"
    title = f"{TITLE} ({INVENTED})" if demo else TITLE
    for name, text in (("title", title), ("link", f"{base}/"), ("language", "en")):
        _add(channel, name, text)
    _add(channel, "description", f"{INVENTED}. {ABOUT}" if demo else ABOUT)
    _add(channel, "generator", "Breachwire")
    if episodes:
        _add(channel, "pubDate", _when(episodes[0]))
    link = {"href": own, "rel": "self", "type": "application/rss+xml"}
    _add(channel, f"{{{_ATOM}}}link", **link)
    _of_itunes(channel, base)
    guid = uuid.uuid5(_SPACE, own.partition("://")[2])
    _add(channel, f"{{{_PODCAST}}}guid", str(guid))
    _add(channel, f"{{{_PODCAST}}}medium", "podcast")
    _marked(channel, "")
    for episode in episodes:
        _item(channel, episode, base, demo)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _of_itunes(channel: ET.Element, base: str) -> None:
    _add(channel, f"{{{_ITUNES}}}author", "Breachwire")
    _add(channel, f"{{{_ITUNES}}}type", "episodic")
    _add(channel, f"{{{_ITUNES}}}explicit", "false")
    _add(channel, f"{{{_ITUNES}}}image", href=base + IMAGE)
    news = ET.SubElement(channel, f"{{{_ITUNES}}}category", {"text": "News"})
    _add(news, f"{{{_ITUNES}}}category", text="Tech News")


def _item(channel: ET.Element, episode: Episode, base: str, demo: bool) -> None:
    item = ET.SubElement(channel, "item")
    recording, day = episode.recording, episode.day.isoformat()
    _add(item, "title", episode.title)
    _add(item, "link", f"{base}/")
    host = urlsplit(base).hostname or "localhost"
    _add(item, "guid", f"tag:{host},2026:podcast/{day}", isPermaLink="false")
    _add(item, "pubDate", _when(episode))
    notes = _notes(episode, base, demo)
    _add(item, "description", notes)
    _add(item, f"{{{_CONTENT}}}encoded", notes)
    enclosure = {"url": f"{base}/podcast/{day}.mp3", "type": MEDIA_TYPES[recording.form]}
    _add(item, "enclosure", length=str(recording.size), **enclosure)
    _add(item, f"{{{_ITUNES}}}duration", str(round(recording.seconds)))
    _add(item, f"{{{_ITUNES}}}explicit", "false")
    _add(item, f"{{{_ITUNES}}}episodeType", "full")
    _marked(item, episode.source_type)


def _marked(element: ET.Element, source_type: str) -> None:
    """For machines: synthetic, and of which kind."""
    _add(element, f"{{{_PODCAST}}}txt", "true", purpose="ai-content")
    if source_type:
        _add(element, f"{{{_PODCAST}}}txt", source_type, purpose="digitalsourcetype")


def _notes(episode: Episode, base: str, demo: bool) -> str:
    """The disclosure first, then what is told, each with its page."""
    line = f"{episode.disclosure} {INVENTED}." if demo else episode.disclosure
    items = Markup("").join(
        Markup('<li><a href="%s">%s</a> %s</li>')
        % (base + thread_path(one.thread, one.headline), one.headline, one.summary)
        for one in episode.told
    )
    more = (
        Markup("<p>%s more on the wire.</p>") % episode.left_out if episode.left_out else Markup()
    )
    return str(Markup("<p>%s</p><ul>%s</ul>") % (line, items) + more)


def _when(episode: Episode) -> str:
    return format_datetime(episode.closed_at.astimezone(UTC), usegmt=True)


def _add(parent: ET.Element, tag: str, content: str = "", **attributes: str) -> None:
    plain = {name: clean(value) for name, value in attributes.items()}
    ET.SubElement(parent, tag, plain).text = clean(content) or None
