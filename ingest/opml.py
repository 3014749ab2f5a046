"""OPML lists of feeds ↔ FeedSpecs (http://opml.org/spec2.opml).

In: a document's bytes, or specs. Out: specs, or a document. What OPML has no attribute for (outlet,
family, country, section of the catalogue, verified) goes into attributes of a namespace of our own,
which other readers pass over. Entities are not resolved and nothing is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from breachwire.errors import ParseError
from breachwire.model import FeedSpec
from ingest import clean, looks, urls

NAMESPACE: Final = "https://breachwire.example/ns/opml"
MAX_BYTES: Final = 10_000_000
MAX_FEEDS: Final = 20_000
_BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,30};)")
_OURS = ("outlet", "family", "section", "country", "verified")


def read(body: bytes) -> list[FeedSpec]:
    """The feeds of an OPML 1.0 or 2.0 document, in order, each address once.

    Outlines nest as they like; a feed's section is ours where stated, else its `category`, else the
    outline it stands under. Raises ParseError, in one line, for what is no OPML.
    """
    if len(body) > MAX_BYTES:
        raise ParseError(f"OPML larger than {MAX_BYTES // 1_000_000} MB")
    if (what := looks.binary(body)) is not None:
        raise ParseError(f"not OPML but {what}")
    if (what := looks.page(body[:5000].decode("utf-8", "replace"))) is not None:
        raise ParseError(f"not OPML but {what}")
    try:
        return _specs(_root(body))
    except UnicodeDecodeError:
        # libxml2, reading on after an error, lets `&#xD800;` into names and values.
        raise ParseError("not OPML: characters that do not exist in it") from None


def _specs(root: Any) -> list[FeedSpec]:
    specs: dict[str, FeedSpec] = {}
    for element, group in _outlines(root):
        if (spec := _spec(element, group)) is not None:
            specs.setdefault(spec.url, spec)
            if len(specs) >= MAX_FEEDS:
                break
    return list(specs.values())


def write(specs: Iterable[FeedSpec], title: str) -> bytes:
    """An OPML 2.0 document of these feeds, which `read` gives back equal."""
    from lxml import etree  # type: ignore[import-untyped]

    root = etree.Element("opml", version="2.0", nsmap={"breachwire": NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean.line(title)
    body = etree.SubElement(root, "body")
    for spec in specs:
        name = clean.line(spec.title or spec.outlet or spec.url)
        outline = etree.SubElement(body, "outline", type="rss", text=name)
        if spec.title:
            outline.set("title", clean.line(spec.title))
        outline.set("xmlUrl", clean.line(spec.url))
        if spec.language:
            outline.set("language", clean.line(spec.language))
        for attribute in _OURS:
            value = getattr(spec, attribute)
            if value:
                text = "true" if value is True else clean.line(value)
                outline.set(f"{{{NAMESPACE}}}{attribute}", text)
    document: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", pretty_print=True
    )
    return document


def _root(body: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=True
    )
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except etree.XMLSyntaxError as error:
        root = _mended(body, clean.line(str(error))[:150])
    except (ValueError, LookupError) as error:
        raise ParseError(f"not OPML: {clean.line(str(error))[:150]}") from None
    if etree.QName(root).localname.lower() != "opml":
        raise ParseError(
            f"not OPML but a document of <{etree.QName(root).localname[:40]}> elements"
        )
    return root


def _mended(body: bytes, reason: str) -> Any:
    """Lists made by hand have a bare "&" here and there, or end early: what is whole is read."""
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(_BARE_AMPERSAND.sub(b"&amp;", body.lstrip()), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        root = None
    opml = root is not None and isinstance(root.tag, str) and root.tag.lower().endswith("opml")
    if not opml or not any(_spec(element, "") for element, _ in _outlines(root)):
        raise ParseError(f"not OPML: {reason}") from None
    return root


def _outlines(root: Any) -> Iterator[tuple[Any, str]]:
    """Every outline with the name of the one it stands under; iterative, however deep."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.rsplit("}", 1)[-1].lower() == "outline":
            parent = element.getparent()
            above = parent.get("text") or parent.get("title") if parent is not None else ""
            yield element, clean.line(above or "")[:100]


def _spec(element: Any, group: str) -> FeedSpec | None:
    """The feed of an outline; None for a mere heading or an address that is none."""
    from lxml import etree

    # By local name: lists written by hand have our attributes without the namespace.
    stated = {etree.QName(name).localname.lower(): value for name, value in element.attrib.items()}

    def text(name: str) -> str:
        return clean.line(stated.get(name, ""))[:500]

    url = "".join(clean.visible(stated.get("xmlurl", "")).split())
    if url.startswith("feed:"):
        url = url.removeprefix("feed:").removeprefix("//")
        url = url if "://" in url else f"https://{url}"
    if not urls.is_http(url):
        return None
    title = text("title")
    if not title and text("text") not in (url, text("outlet")):
        title = text("text")
    category = text("category").split(",")[0].strip("/ ")
    return FeedSpec(
        url=url,
        title=title,
        outlet=text("outlet")[:200],
        family=text("family")[:200],
        section=text("section")[:100] or category or group,
        language=text("language")[:35],
        country=text("country")[:10],
        verified=text("verified").lower() == "true",
    )
