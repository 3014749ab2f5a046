"""Recordings and the podcast over HTTP: a real server, the real voice."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import feedparser
import httpx
import pytest
import uvicorn
from mutagen.mp3 import MP3
from starlette.testclient import TestClient

from api import listen
from api.app import create_app
from api.services import Services
from api.wire_schema import WireThread
from breachwire.config import Config
from breachwire.errors import SpeechError
from breachwire.studio import Studio

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def heard(material: Any, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The filled store with a studio; a day later, so that its days are over."""
    folder = tmp_path_factory.mktemp("audio")
    config = replace(Config(), audio_folder=str(folder))
    studio = Studio(material.store, config, lambda: datetime.now(UTC) + timedelta(days=1))
    return Services(store=material.store, config=config, listening=studio)


@pytest.fixture(scope="module")
def server(heard: Services) -> Iterator[str]:
    """The application on a port of its own."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        options = uvicorn.Config(create_app(lambda: heard), log_config=None, log_level="error")
        running = uvicorn.Server(options)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not running.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        running.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def page(server: str, material: Any) -> str:
    answer = httpx.get(f"{server}/wire/{material.threads['bank'].id}", follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.url)


@pytest.fixture(scope="module")
def whole(page: str) -> bytes:
    answer = httpx.get(page + ".mp3", timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "audio/mpeg"
    assert int(answer.headers["content-length"]) == len(answer.content)
    return answer.content


def test_the_document_has_the_audio(page: str, whole: bytes, tmp_path: Path) -> None:
    audio = httpx.get(page + ".json").json()["audio"]
    (tmp_path / "a.mp3").write_bytes(whole)
    assert audio["url"] == page + ".mp3"
    assert audio["type"] == "audio/mpeg"
    assert not audio["estimated"]
    assert audio["seconds"] == pytest.approx(MP3(tmp_path / "a.mp3").info.length, abs=0.2)
    assert audio["sections"][0] == {"label": "Disclosure", "start": 0.0}
    assert [s["start"] for s in audio["sections"]] == sorted(s["start"] for s in audio["sections"])
    assert audio["digital_source_type"].endswith("/algorithmicMedia")


def test_the_document_is_as_described(page: str, whole: bytes) -> None:
    document = httpx.get(page + ".json").json()
    assert WireThread.model_validate(document).audio
    assert whole


def test_ranges_are_answered(page: str, whole: bytes) -> None:
    part = httpx.get(page + ".mp3", headers={"Range": "bytes=100-299"})
    assert part.status_code == 206
    assert part.content == whole[100:300]
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole)}"
    tail = httpx.get(page + ".mp3", headers={"Range": "bytes=-50"})
    assert tail.content == whole[-50:]
    beyond = httpx.get(page + ".mp3", headers={"Range": f"bytes={len(whole)}-"})
    assert beyond.status_code == 416
    head = httpx.head(page + ".mp3")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(whole))
    assert head.headers["accept-ranges"] == "bytes"


def test_an_unchanged_file_is_not_sent_again(page: str, whole: bytes) -> None:
    tag = httpx.head(page + ".mp3").headers["etag"]
    again = httpx.get(page + ".mp3", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert not tag.startswith("W/")
    assert whole


def test_opus(page: str) -> None:
    answer = httpx.get(page + ".opus", timeout=60)
    assert answer.headers["content-type"] == "audio/ogg; codecs=opus"
    assert answer.content[:4] == b"OggS"
    assert b"DIGITALSOURCETYPE=http://cv.iptc.org" in answer.content[:4000]


def test_the_page_has_a_player_that_needs_no_script(page: str, whole: bytes) -> None:
    answer = httpx.get(page)
    assert "media-src 'self'" in answer.headers["content-security-policy"]
    assert '<audio controls preload="none"' in answer.text
    path = urlsplit(page).path  # from where the page came, which its policy allows
    assert f'<source src="{path}.mp3" type="audio/mpeg">' in answer.text
    assert f'<a href="{page}.mp3#t=0.0">0:00</a> Disclosure' in answer.text
    assert answer.text.index('class="disclosure"') < answer.text.index("<audio")
    assert answer.text.index("<audio") < answer.text.index('id="signal"')
    assert '"@type":"AudioObject"' in answer.text
    assert whole


def test_an_estimate_is_called_one(client: TestClient, heard: Services, material: Any) -> None:
    """Another wire over the same store whose recordings are not made yet."""
    off = client.get(f"/api/v1/threads/{material.threads['bank'].id}").json()
    assert off["audio"] is None
    studio = Studio(material.store, replace(heard.config, voice="en-gb"), lambda: datetime.now(UTC))
    with TestClient(create_app(lambda: replace(heard, listening=studio))) as other:
        document = other.get(f"/api/v1/threads/{material.threads['bank'].id}").json()
        assert document["audio"]["estimated"]
        assert document["audio"]["sections"] == []
        text = other.get(document["url"].removeprefix("http://testserver")).text
    assert "<span>about " in text
    assert '"duration"' not in text


def test_other_addresses_lead_to_the_right_one(server: str, material: Any, page: str) -> None:
    id_ = material.threads["bank"].id
    moved = httpx.get(f"{server}/wire/{id_}/old-name.mp3")
    assert moved.status_code == 301
    assert server + moved.headers["location"] == page + ".mp3"


@pytest.mark.parametrize("path", ["/wire/nope/x.mp3", "/podcast/2020-01-01.mp3", "/podcast/x.mp3"])
def test_what_is_not_there_is_a_problem_document(server: str, path: str) -> None:
    answer = httpx.get(server + path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_thread_without_a_brief_and_a_voice_that_fails(
    server: str, heard: Services, material: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = material.threads["flaw"]
    missing = httpx.get(f"{server}/wire/{thread.id}/x.mp3", follow_redirects=True)
    assert missing.status_code == 503
    assert "being written" in missing.json()["detail"]
    assert missing.headers["retry-after"]

    def broken(*_: object) -> None:
        raise SpeechError("the voice ended with signal 9")

    monkeypatch.setattr(heard.listening, "kept", lambda *_: None)
    monkeypatch.setattr(heard.listening, "record", broken)
    page = httpx.get(f"{server}/wire/{material.threads['bank'].id}/x.mp3", follow_redirects=True)
    assert page.status_code == 503
    assert page.json()["detail"] == "the voice ended with signal 9"


def test_whoever_asks_for_many_waits(
    heard: Services, material: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept costs nothing and is not counted."""
    path = f"/wire/{material.threads['bank'].id}/x.mp3"
    with TestClient(create_app(lambda: heard)) as client:
        assert client.get(path).status_code == 200  # made and kept, if no test before did so
    monkeypatch.setattr(listen, "EACH", 2)
    with TestClient(create_app(lambda: heard)) as client:
        assert [client.get(path).status_code for _ in range(4)] == [200] * 4
        monkeypatch.setattr(heard.listening, "kept", lambda *_: None)
        assert [client.get(path).status_code for _ in range(3)] == [200, 200, 429]
        assert int(client.get(path).headers["retry-after"]) > 0


def test_speech_that_is_off(client: TestClient, material: Any) -> None:
    assert client.get("/podcast.rss").status_code == 404
    path = f"/wire/{material.threads['bank'].id}/x.mp3"
    assert "off" in client.get(path).json()["detail"]
    assert "podcast.rss" not in client.get("/").text


@pytest.fixture(scope="module")
def feed(server: str) -> bytes:
    answer = httpx.get(f"{server}/podcast.rss", timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    return answer.content


def test_the_podcast_is_what_podcast_programs_want(feed: bytes, server: str) -> None:
    channel = ET.fromstring(feed).find("channel")
    assert channel is not None
    for name in ("title", "link", "description", "language", f"{ITUNES}author", f"{PODCAST}guid"):
        assert channel.findtext(name), name
    assert channel.findtext(f"{ITUNES}explicit") == "false"
    image = channel.find(f"{ITUNES}image")
    category = channel.find(f"{ITUNES}category")
    assert image is not None
    assert category is not None
    assert category.get("text") == "News"
    art = httpx.get(image.get("href", ""))
    assert art.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert 1400 <= int.from_bytes(art.content[16:20], "big") <= 3000
    own = channel.find(f"{ATOM}link")
    assert own is not None
    assert own.get("href") == f"{server}/podcast.rss"
    for element in (channel, *channel.iter("item")):
        mark = element.find(f"{PODCAST}txt[@purpose='ai-content']")
        assert mark is not None
        assert mark.text == "true"


def test_every_enclosure_is_true(feed: bytes, server: str, tmp_path: Path) -> None:
    items = list(ET.fromstring(feed).iter("item"))
    assert items
    for item in items:
        enclosure = item.find("enclosure")
        assert enclosure is not None
        answer = httpx.get(enclosure.attrib["url"])
        assert enclosure.attrib["type"] == answer.headers["content-type"] == "audio/mpeg"
        assert int(enclosure.attrib["length"]) == len(answer.content)
        (tmp_path / "e.mp3").write_bytes(answer.content)
        length = MP3(tmp_path / "e.mp3").info.length
        assert int(item.findtext(f"{ITUNES}duration", "")) == pytest.approx(length, abs=1)
        assert parsedate_to_datetime(item.findtext("pubDate", "")).tzinfo
        description = item.findtext("description", "")
        assert description.startswith("<p>Extracted automatically")


def test_the_feed_can_be_read_and_its_guids_stay(feed: bytes, server: str) -> None:
    parsed = feedparser.parse(feed)
    assert not parsed.bozo
    again = feedparser.parse(httpx.get(f"{server}/podcast.rss").content)
    assert [e.id for e in parsed.entries] == [e.id for e in again.entries]
    assert len({e.id for e in parsed.entries}) == len(parsed.entries)
    assert all(e.enclosures[0].type == "audio/mpeg" for e in parsed.entries)


def test_the_wire_page_names_the_podcast(server: str) -> None:
    text = httpx.get(server + "/").text
    assert '<link rel="alternate" type="application/rss+xml"' in text
    assert 'href="/podcast.rss"' in text
