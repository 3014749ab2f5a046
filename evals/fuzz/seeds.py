"""What the search for breaking bytes sets out from: a few whole documents of each kind.

In: nothing. Out: by target, its documents; the cases that once broke it are added by `__main__`.
"""

from __future__ import annotations

from typing import Final

SEEDS: Final[dict[str, tuple[bytes, ...]]] = {
    "feed": (
        b'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"'
        b' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        b"<title>L &amp; Co</title><ttl>45</ttl>"
        b"<item><title>Hit &lt;b&gt;</title><link>/1?a=1&amp;b=2</link>"
        b'<guid isPermaLink="false">h-1</guid><pubDate>Mon, 05 Oct 2026 11:00:00 +0200</pubDate>'
        b"<content:encoded><![CDATA[<p>One.</p>]]></content:encoded></item></channel></rss>",
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>L</title><entry>'
        b'<id>urn:x:1</id><link rel="alternate" href="/one"/>'
        b"<updated>2026-10-06T09:00:00Z</updated></entry></feed>",
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        b' xmlns="http://purl.org/rss/1.0/"><item rdf:about="a"><title>t</title></item></rdf:RDF>',
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "L", "items": [{"id": 7,'
        b' "url": "/one", "content_html": "<p>x</p>",'
        b' "date_published": "2026-10-05T09:00:00+02:00"}]}',
    ),
    "page": (
        b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Hit - Ledger</title>'
        b'<link rel="canonical" href="/news/one"><meta property="og:title" content="Hit">'
        b'<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Hit",'
        b' "datePublished": "2026-10-05T09:00:00Z", "author": {"name": "Ada Reed"}}</script></head>'
        b"<body><article><h1>Hit</h1><p>The clinic said on Monday that records were copied.</p>"
        b"<p>It told 5,000 patients.</p></article></body></html>",
    ),
    "date": (
        b"Mon, 05 Oct 2026 11:00:00 +0200",
        b"2026-10-05T09:00:00.123Z",
        b"October 5, 2026 9:00 am",
        b"5. Oktober 26",
        b"20261005",
    ),
    "address": (
        b"HTTPS://www.Ledger.example:443/a/../b/index.html?utm_source=x&b=2&a=1#top",
        b"https://ledger-example.cdn.ampproject.org/c/s/ledger.example/amp/one",
        b"http://[2001:db8::1]:8080/%7Euser/%zz?q",
        b"//b\xc3\xbccher.example/\xe2\x80\x8b?x=%F0%9F%92%A9",
    ),
    "query": (
        b'"harbour clinic" -denied CVE-2026-1234 ransom*',
        b"title:hit AND (x OR NEAR(y z)) ^",
        b"\"' -- ; \xef\xbc\x8a",
    ),
    "lines": (
        b'{"url": "https://ledger.example/1", "title": "Hit", "summary": "So.", "source": "Ledger",'
        b' "published": "2026-10-05T09:00:00Z", "authors": ["Ada Reed"]}\n[1]\nno',
        b'{"url": "ledger.example", "title": 7, "content_html": "<p>x", "published": "yesterday"}',
    ),
}
