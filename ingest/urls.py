"""Addresses: as they are kept, as identities, and whether two lie on one site.

In: addresses from feeds, pages and people. Out: `clean` gives the address to store and fetch, `key`
an identity that the many spellings of one article share (schemes, www., AMP, tracking), `same_site`
whether a page may speak for an address. None of them raises; what is no http(s) address stays as
it is, trimmed.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

from breachwire.errors import UsageError

MAX_URL = 2_000
"""Characters; what is longer is no article's address."""

# Parameters that say where a reader came from, not what is read. Sources: AdGuard's general list,
# ClearURLs' globalRules, Mozilla's query-stripping records. courlan's `clean_url` uses the same
# ones, but as loose prefixes: it also drops `?eid=`, `?cid=`, `?session…=`, by which some sites
# name their articles, and every parameter without a value (`?12345`).
_TRACKING = re.compile(
    r"^(?:utm_|mc_|mkt_|hsa_|pk_|piwik_|matomo_|mtm_|itm_|oly_|vero_|ml_subscriber|_hs|at_|wt\.mc_"
    r"|stm_|ns_|sc_(?:src|lid|uid|channel)|trk_|ga_|cmp_|nr_email_|cx_)"
    r"|^(?:fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|twclid|yclid|ysclid|igshid|igsh|ttclid"
    r"|li_fat_id|rdt_cid|epik|s_cid|mkt_tok|mbid|ncid|smid|smtyp|cmpid|xtor|_ga|_gl|__twitter_"
    r"impression|__s|_openstat|wickedid|ref_src|ref_url|guccounter|guce_referrer|guce_referrer_sig"
    r"|guce_referrer_us|ftag|soc_src|soc_trk|spm|sref|taid|feature_src|share_id|fb_action_ids"
    r"|fb_source|cvid|ocid|rss_id|partnerid|src_rss|trk|hootpostid|mod=rss.*)$",
    re.IGNORECASE,
)
# Values by which a feed marks its own links: ?source=rss, ?ref=feed. The same names with other
# values may name content, so they stay.
_FROM_FEED = re.compile(
    r"^(?:source|ref|referrer|from|src|medium|campaign|via|cmp|mod)="
    r"(?:rss|feed|feedburner|twitter|facebook|linkedin|reddit|newsletter|email|share|social"
    r"|rss[\w.-]*|feed[\w.-]*)$",
    re.IGNORECASE,
)
_AMP_QUERY = re.compile(
    r"^(?:amp|amp_js_v|amp_gsa|usqp|outputtype|output|mobile)(?:=(?:1|true|amp|\d[\d.]*|\w*mq331.*)?)?$",
    re.IGNORECASE,
)
_HOST_PREFIX = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.)")
_AMP_PATH = re.compile(r"(?:/amp(?:\.html)?|\.amp(?:\.html)?)/?$|^/amp(?=/.)", re.IGNORECASE)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?|jsp)$", re.IGNORECASE)
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PORTS = {"http": 80, "https": 443}
_NO_HOST = re.compile(r"[#/<>?@\[\\\]^|]")
"""In no host, https://url.spec.whatwg.org/#forbidden-host-code-point; `urlsplit` lets them through
behind a user's name."""


def clean(url: str) -> str:
    """The address as kept: scheme and host lower-case, no fragment, no tracking parameters."""
    if (parts := _split(url)) is None:
        return url.strip()[:MAX_URL]
    query = "&".join(
        part
        for part in parts.query.split("&")
        if part and not _TRACKING.search(part.split("=", 1)[0]) and not _FROM_FEED.search(part)
    )
    host = _host(parts)
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", query, ""))


def key(url: str) -> str:
    """The identity of what an address leads to; `key(key(url)) == key(url)`.

    Scheme-less; without www., m., amp. and the marks of AMP, without a trailing slash or index
    page; the query sorted. An address in an AMP cache has its publisher's key: to know it by, never
    to claim it (`clean` keeps the cache's address).
    """
    known = _known_as(url)
    # What is taken away can lay bare what is to be taken away: "/amp/amp/", a cache in a cache.
    while (again := _known_as(known)) != known and len(again) <= len(known):
        known = again
    return known


def _known_as(url: str) -> str:
    trimmed = _trimmed(url)
    parts = _split(trimmed if "://" in trimmed[:12] else f"https://{trimmed.lstrip('/')}")
    if parts is None:
        return url.strip()[:MAX_URL].strip()
    if (inner := _amp_cached(parts)) and is_http(inner):
        return _known_as(inner)
    parts = _split(clean(urlunsplit(parts))) or parts
    host = _HOST_PREFIX.sub("", _host(parts).removesuffix(":80").removesuffix(":443"))
    path = re.sub(r"/{2,}", "/", _escapes(parts.path))
    before = None
    while path != before:
        before = path
        path = _INDEX.sub("", _AMP_PATH.sub("", path)).rstrip("/")
    query = sorted(
        part for part in _escapes(parts.query).split("&") if part and not _AMP_QUERY.match(part)
    )
    return f"{host}{path}" + (f"?{'&'.join(query)}" if query else "")


def same_site(a: str, b: str) -> bool:
    """Whether two addresses lie under one registered domain (news.ledger.example, ledger.example).

    By the Public Suffix List where it knows the suffix; else the last two labels; addresses by
    number and single names must be equal, ports included.
    """
    one, two = _split(a), _split(b)
    if one is None or two is None:
        return False
    return _site(one) == _site(two)


def absolute(url: str, base: str) -> str:
    """`url` seen from `base`, where the outcome is an http(s) address; else ""."""
    try:
        joined = urljoin(base, url.strip())
    except ValueError:
        return ""
    return joined if _split(joined) is not None else ""


def is_http(url: str) -> bool:
    """Whether this is an http(s) address with a host."""
    return _split(url) is not None


def _split(url: str) -> SplitResult | None:
    """The parts of an http(s) address with a host, else None."""
    try:
        parts = urlsplit(_trimmed(url))
        _ = parts.port
        if ":" in (parts.hostname or ""):
            IPv6Address(parts.hostname or "")
    except ValueError:
        return None
    if parts.scheme.lower() not in _PORTS or not (parts.hostname or "").strip("."):
        return None
    if _NO_HOST.search(parts.hostname or ""):
        return None
    return parts


def _trimmed(url: str) -> str:
    """Without the white space and control characters that feeds put around and inside addresses."""
    return re.sub(r"[\s\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
                  r"\ud800-\udfff]+", "", url[: MAX_URL * 2])[:MAX_URL]  # fmt: skip


def _host(parts: SplitResult) -> str:
    """Host in lower case, with a port that is not the scheme's own; user and password dropped."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    return host if parts.port in (None, _PORTS[parts.scheme.lower()]) else f"{host}:{parts.port}"


def _escapes(text: str) -> str:
    """Percent-encoding in one spelling: upper-case hex, nothing escaped that need not be."""

    def one(found: re.Match[str]) -> str:
        char = unquote(found[0], errors="replace")
        return char if _UNRESERVED.fullmatch(char) else found[0].upper()

    return quote(_ESCAPE.sub(one, text), safe="/%!$&'()*+,;=:@?~-._[]|")


def _amp_cached(parts: SplitResult) -> str | None:
    """The publisher's address inside one of an AMP cache or viewer.

    https://developers.google.com/amp/cache/overview: `/c/s/host/path`, s for https.
    """
    host = (parts.hostname or "").rstrip(".").lower()
    path = parts.path
    if host.endswith("cdn.ampproject.org"):
        found = re.match(r"^/(?:[a-z]/)?(s/)?([^/]+\.[^/]+(?:/.*)?)$", path)
    elif re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host):
        found = re.match(r"^/amp/(s/)?([^/]+\.[^/]+(?:/.*)?)$", path)
    else:
        return None
    if not found or "ampproject.org" in found[2].split("/")[0]:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"http{'s' if found[1] else ''}://{found[2]}{query}"


def site(text: str) -> str:
    """The site of a host or an address, with all its subdomains: "news.ledger.example" →
    "ledger.example". Addresses by number and single names stand for themselves.

    Raises UsageError for what names none, or a suffix under which many sites lie ("co.uk").
    """
    from tld import is_tld

    text = text.strip()
    parts = _split(text if "://" in text else f"https://{text}")
    host = (parts.hostname or "").rstrip(".").lower() if parts else ""
    if re.search(r"\s", text) or not (
        re.fullmatch(r"[\w.:-]{1,255}", host) and re.search(r"\w", host)
    ):
        raise UsageError(f"{text[:60]!r} names no site; write it as news.example")
    if is_tld(host, search_private=True):
        raise UsageError(f"{host} is no outlet's site: many lie under it; name one")
    if re.fullmatch(r"[\d.]+|[^.]+|.*:.*", host):
        return host
    return _site(urlsplit(f"https://{host}/"))


def _site(parts: SplitResult) -> str:
    from tld import get_fld

    host = (parts.hostname or "").rstrip(".").lower()
    if re.fullmatch(r"[\d.]+|[^.]+|.*:.*", host):
        return f"{host}:{parts.port or _PORTS[parts.scheme.lower()]}"
    # Private suffixes count: two authors' pages on one blog host are two sites.
    known = get_fld(f"https://{host}/", fail_silently=True, search_private=True)
    return known or ".".join(host.split(".")[-2:])
