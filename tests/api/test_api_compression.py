"""Gzip: what takes it, what is left alone, and tags that hold in both forms."""

from __future__ import annotations

import gzip
import re

import pytest
from starlette.datastructures import MutableHeaders
from starlette.testclient import TestClient

from api import compression

TAKES = {"Accept-Encoding": "br, gzip"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest.mark.parametrize(
    ("accept", "takes"),
    [
        ("gzip, deflate, br, zstd", True),
        ("GZip;q=0.5", True),
        ("br, gzip ; q=1", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("gzip;q=..", False),
        ("notgzip", False),
    ],
)
def test_who_takes_gzip(accept: str, takes: bool) -> None:
    assert compression.takes_gzip(accept) is takes


@pytest.mark.parametrize("path", ["/", "/about", "/feed.atom", "/api/v1/threads", "/sitemap.xml"])
def test_the_same_bytes_in_both_forms(client: TestClient, path: str) -> None:
    with client.stream("GET", path, headers=TAKES) as answer:
        raw = b"".join(answer.iter_raw())
        small = answer.headers
    plain = client.get(path, headers=PLAIN)
    assert small["content-encoding"] == "gzip"
    assert int(small["content-length"]) == len(raw) < len(plain.content)
    assert gzip.decompress(raw) == plain.content
    assert "content-encoding" not in plain.headers
    for headers in (small, plain.headers):
        assert "Accept-Encoding" in headers["vary"]
    assert small["etag"].startswith("W/")  # other bytes than the plain form's
    again = client.get(path, headers={**TAKES, "If-None-Match": small["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "Accept-Encoding" in again.headers["vary"]


def test_head_says_what_get_would_send(client: TestClient) -> None:
    got, head = client.get("/", headers=TAKES), client.head("/", headers=TAKES)
    assert head.content == b""
    for name in ("content-length", "content-encoding", "etag", "vary"):
        assert head.headers[name] == got.headers[name]


def test_short_answers_pictures_and_parts_stay_as_they_are(client: TestClient) -> None:
    for path in ("/healthz", "/static/podcast.png", "/robots.txt"):
        assert "content-encoding" not in client.get(path, headers=TAKES).headers
    part = MutableHeaders({"Content-Type": "text/plain", "Content-Range": "bytes 0-9/99"})
    assert not compression.compressible(part, b"x" * 2000)


def test_pages_with_a_secret_are_not_compressed(client: TestClient) -> None:
    made = client.post("/watch", data={"names": "Quarrybank", "label": "mine"}, headers=TAKES)
    (address,) = set(re.findall(r"/watch/[\w-]{20,}(?=[\"<])", made.text))
    for answer in (made, client.get(address, headers=TAKES)):
        assert len(answer.content) > 2000
        assert "content-encoding" not in answer.headers
