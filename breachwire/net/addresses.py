"""Where this service may go: an address as text → its checked parts, or the reason against it.

In: URLs and IP addresses. Out: `Target` values and refusals. Nothing here resolves or connects.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

from breachwire.config import Network
from breachwire.errors import BlockedAddressError, FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS: Final = frozenset({80, 443, 8080, 8443})
"""What the web is served on; others are other services' (mail, databases, caches)."""
MAX_URL: Final = 4096
"""Characters. Longer ones are not links that outlets publish (servers refuse at 8,000)."""

# `ipaddress.is_global` of Python 3.11 lets NAT64, 6to4, fec0::, ::a.b.c.d and multicast through, so
# the classes are listed here, from the IANA special-purpose registries (RFC 6890).
_V4: Final[tuple[tuple[str, str], ...]] = (
    ("0.0.0.0/8", "unspecified"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared (carrier NAT)"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local (cloud metadata)"),
    ("168.63.129.16/32", "cloud metadata"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "documentation"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)
_V6: Final[tuple[tuple[str, str], ...]] = (
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("::ffff:0:0/96", "v4-mapped"),
    ("::/96", "v4-compatible"),
    ("64:ff9b::/96", "NAT64"),
    ("64:ff9b:1::/48", "NAT64"),
    ("2001::/32", "Teredo"),
    ("2001::/23", "reserved"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("3fff::/20", "documentation"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "site-local"),
    ("ff00::/8", "multicast"),
)
_CLASSES: Final[dict[int, tuple[tuple[Network, str], ...]]] = {
    4: tuple((ipaddress.ip_network(cidr), name) for cidr, name in _V4),
    6: tuple((ipaddress.ip_network(cidr), name) for cidr, name in _V6),
}
_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""All that IANA has given out to IPv6 hosts (RFC 4291, 2.4)."""

_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*")
_CONTROL: Final = re.compile(r"[\x00-\x20\x7f-\x9f\s]")


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; what is asked for is exactly what was checked."""

    url: str
    """Normalised: ASCII, no fragment, no default port."""
    scheme: str
    host: str
    """Lower-case ASCII name, or an IP address without brackets."""
    port: int
    path: str
    """Path and query as sent."""
    address: Address | None
    """Of a host that is an IP address."""

    @property
    def authority(self) -> str:
        """Host and port as the Host header states them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        default = 443 if self.scheme == "https" else 80
        return host if self.port == default else f"{host}:{self.port}"


def parse(url: str) -> Target:
    """Take an address apart. Raises FetchError (bad_url), BlockedAddressError (disguised hosts)."""
    url = url.strip()
    shown = readable(url)
    if len(url) > MAX_URL:
        raise FetchError("bad_url", shown, f"an address of {len(url)} characters")
    try:
        parts = urlsplit(_escaped(url, shown))
        port = parts.port
    except ValueError:
        raise FetchError("bad_url", shown, "not a web address") from None
    if parts.scheme not in ("http", "https"):
        raise FetchError("bad_url", shown, f"only http and https, not {parts.scheme or 'nothing'}")
    if "@" in parts.netloc:
        raise FetchError("bad_url", shown, "an address with a user name in it")
    host, address = _host(parts, shown)
    # `:0` is a port too: 0 must not read as "none given".
    number = port if port is not None else {"http": 80, "https": 443}[parts.scheme]
    path = quote(parts.path or "/", "/:@!$&'()*+,;=~-._%", errors="replace")
    if parts.query:
        path += "?" + quote(parts.query, "/?:@!$&'()*+,;=~-._%[]|", errors="replace")
    target = Target("", parts.scheme, host, number, path, address)
    return Target(
        f"{parts.scheme}://{target.authority}{path}", parts.scheme, host, number, path, address
    )


def follow(base: Target, location: str) -> Target:
    """The address a redirect from `base` names. Raises as `parse`, and FetchError (redirect)."""
    try:
        joined = urljoin(base.url, location.strip())
    except ValueError:
        raise FetchError("redirect", base.url, "a redirect to no address") from None
    target = parse(joined)
    if base.scheme == "https" and target.scheme == "http":
        raise FetchError("redirect", base.url, f"a redirect from https to {target.url}")
    return target


def refusal(address: Address, port: int, allow: Sequence[Network] = ()) -> str | None:
    """Why this address may not be dialled; None: it may.

    A network in `allow` opens its addresses and all their ports. An address that wraps another
    (v4-mapped, NAT64, …) is opened only by a network that holds the wrapped form itself.
    """
    if any(address.version == network.version and address in network for network in allow):
        return None
    if name := forbidden(address):
        return f"{address} is a {name} address; allow_private can open it"
    if port not in PORTS:
        return f"port {port}; only {', '.join(map(str, sorted(PORTS)))}"
    return None


def forbidden(address: Address) -> str | None:
    """The class of address that is never gone to ("loopback", …); None: a public host's."""
    for network, name in _CLASSES[address.version]:
        if address in network:
            return name
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return "reserved"
    # Python's own table may know a class that came after this list.
    return None if address.is_global else "reserved"


def readable(url: str) -> str:
    """An address fit for a line of log or an error: short, no controls, no password."""
    text = "".join(c if c.isprintable() else "?" for c in url[:200])
    text = re.sub(r"//[^/?#]*@", "//…@", text)
    return text + ("…" if len(url) > 200 else "")


def _escaped(url: str, shown: str) -> str:
    """Spaces in paths are common in feeds and are escaped; other controls are an attack."""
    url = re.sub(r" ", "%20", url)
    if _CONTROL.search(url):
        raise FetchError("bad_url", shown, "a control character in the address")
    return url


def _host(parts: SplitResult, shown: str) -> tuple[str, Address | None]:
    # Compatibility forms (full-width digits and dots) become what a resolver would make of them.
    host = unicodedata.normalize("NFKC", parts.hostname or "").replace("。", ".").lower()
    if parts.netloc.startswith("["):
        try:
            address = ipaddress.IPv6Address(host)
        except ValueError:
            raise FetchError("bad_url", shown, "no such host") from None
        if address.scope_id:
            raise BlockedAddressError(shown, "an address on one network interface")
        return str(address), address
    host = host.removesuffix(".")
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        name = ""
    # The mapping drops soft hyphens and the like, so a number can appear only after it.
    for text in (host, name):
        if _NUMBER.fullmatch(text.rpartition(".")[2]):
            return _numeric(text, parts, shown)
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise FetchError("bad_url", shown, "no such host")
    return name, None


def _numeric(host: str, parts: SplitResult, shown: str) -> tuple[str, Address]:
    """A host that ends in a number is an IPv4 address (WHATWG URL, 3.5), and only plainly so.

    Decimal, hexadecimal, octal, short and full-width forms have no honest use in a link.
    """
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        raise BlockedAddressError(shown, "an IP address in disguise") from None
    if host != (parts.hostname or ""):
        raise BlockedAddressError(shown, "an IP address in disguise")
    return host, address
