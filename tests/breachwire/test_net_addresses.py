"""Where the one safe way out may go: every class of address, every disguise."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breachwire.config import networks
from breachwire.errors import BlockedAddressError, FetchError
from breachwire.net.addresses import PORTS, follow, forbidden, parse, refusal

FORBIDDEN = {
    "unspecified": ["0.0.0.0", "0.1.2.3", "::"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
                "fc00::1", "fd00:ec2::254"],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "link-local": ["169.254.0.1", "169.254.169.254", "fe80::1", "febf::1"],
    "metadata": ["169.254.169.254", "168.63.129.16"],
    "carrier NAT": ["100.64.0.1", "100.100.100.200", "100.127.255.255"],
    "NAT64": ["64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1"],
    "6to4": ["2002:7f00:1::", "2002:808:808::1", "192.88.99.1"],
    "Teredo": ["2001::1", "2001:0:53aa:64c:0:7fff:80ff:fffe"],
    "v4-mapped": ["::ffff:127.0.0.1", "::ffff:8.8.8.8"],
    "v4-compatible": ["::127.0.0.1", "::8.8.8.8"],
    "site-local": ["fec0::1", "feff::1"],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "documentation": ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"],
    "benchmarking": ["198.18.0.1", "198.19.255.255", "2001:2::1"],
    "reserved": ["192.0.0.192", "240.0.0.1", "255.255.255.255", "100::1", "5f00::1", "4000::1"],
}  # fmt: skip


@pytest.mark.parametrize("text", [a for addresses in FORBIDDEN.values() for a in addresses])
def test_no_port_of_a_forbidden_address_is_dialled(text: str) -> None:
    assert all(refusal(ipaddress.ip_address(text), port) for port in PORTS)


@pytest.mark.parametrize("text", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_open_on_web_ports_only(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert [port for port in range(1, 9000) if not refusal(address, port)] == sorted(PORTS)


def test_a_configured_network_opens_all_its_ports_and_nothing_beside_it() -> None:
    allow = networks("127.0.0.0/8, fd00::/8")
    assert refusal(ipaddress.ip_address("127.0.0.1"), 6379, allow) is None
    assert refusal(ipaddress.ip_address("fd00::1"), 8900, allow) is None
    for outside in ("10.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"):
        assert refusal(ipaddress.ip_address(outside), 80, allow)
    assert refusal(ipaddress.ip_address("1.1.1.1"), 6379, allow)


@settings(deadline=None)
@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_nothing_the_standard_library_calls_special_gets_through(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    special = (
        not address.is_global
        or address.is_multicast
        or address.is_reserved
        or getattr(address, "is_site_local", False)
        or getattr(address, "ipv4_mapped", None)
        or getattr(address, "sixtofour", None)
        or getattr(address, "teredo", None)
    )
    assert not special or forbidden(address)


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_within_an_ipv6_one_never_gets_through(
    inner: ipaddress.IPv4Address,
) -> None:
    n = int(inner)
    for wrapped in (n, 0xFFFF << 32 | n, 0x64FF9B << 96 | n, 0x2002 << 112 | n << 80):
        assert forbidden(ipaddress.IPv6Address(wrapped))


@settings(deadline=None)
@given(st.ip_addresses(v=4, network="8.0.0.0/7"))
def test_ordinary_hosts_stay_reachable(address: ipaddress.IPv4Address) -> None:
    assert forbidden(address) is None


@pytest.mark.parametrize(
    "host",
    [
        "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1",
        "127.0.0.1.", "127.0.0.01", "１２７.０.０.１", "127。0。0。1", "①②⑦.⓪.⓪.①", "0x7F.1",
        "8.8.2056", "١٢٧.0.0.١", "256.1.1.1", "0", "0x",
        "127%2e0.0.1", "127.0.0.1\xad", "0\xad", "127.1\u200b",
        "①",
    ],
)  # fmt: skip
def test_numeric_hosts_in_disguise_are_blocked(host: str) -> None:
    with pytest.raises(BlockedAddressError) as caught:
        parse(f"http://{host}/")
    assert caught.value.kind == "blocked_address"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://outlet.example/a", "file:///etc/passwd", "gopher://outlet.example/",
        "//outlet.example/",
        "javascript:alert(1)", "data:text/html,x", "outlet.example/feed", "", "http://", "http:///a",
        "http://user:secret@outlet.example/", "http://user@outlet.example/",
        "http://@outlet.example/",
        "http://outlet.example:port/", "http://outlet.example:99999/", "http://[::1/", "http://[v1.x]/",
        "http://out let.example/", "http://-.example/", "http://a..example/",
        "http://outlet.example\\@127.0.0.1/", "http://127.0.0.1\\.outlet.example/",
        "http://outlet.example/\r\nHost: x", "http://outlet.example/\x00",
        f"http://{'a' * 64}.example/",
        "http://outlet.example/" + "a" * 5000, "http://\ud800.example/", "http://a℀b.example/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError) as caught:
        parse(url)
    assert caught.value.kind == "bad_url"
    assert "secret" not in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://Outlet.Example", "http://outlet.example/"),
        (" https://outlet.example:443/a b?q=ü#part ", "https://outlet.example/a%20b?q=%C3%BC"),
        ("https://bücher.example./%7Ex", "https://xn--bcher-kva.example/%7Ex"),
        ("http://[2606:4700:0::1111]:8080/", "http://[2606:4700::1111]:8080/"),
        ("http://ｏｕｔｌｅｔ.example/", "http://outlet.example/"),
        ("http://1.1.1.1:80/?a=1&b[]=2", "http://1.1.1.1/?a=1&b[]=2"),
    ],
)
def test_an_address_is_kept_in_one_normal_form(url: str, normal: str) -> None:
    assert parse(url).url == normal
    assert parse(normal).url == normal


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_fetch_error(text: str) -> None:
    for url in (text, "http://" + text, "https://outlet.example/" + text):
        try:
            target = parse(url)
        except FetchError:
            continue
        assert target.url.isascii()
        assert target.url.isprintable()
        assert parse(target.url) == target


def test_redirects_are_resolved_and_never_lose_encryption() -> None:
    base = parse("https://outlet.example/a/b")
    assert follow(base, "../c").url == "https://outlet.example/c"
    assert follow(base, "//other.example/").url == "https://other.example/"
    with pytest.raises(FetchError, match="https to http://outlet") as caught:
        follow(base, "http://outlet.example/a/b")
    assert caught.value.kind == "redirect"
    assert follow(parse("http://outlet.example/"), "https://outlet.example/").scheme == "https"
