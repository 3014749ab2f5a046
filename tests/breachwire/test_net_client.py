"""The one safe way out against hostile names and servers; every address here is 127.0.0.1."""

from __future__ import annotations

import gzip
import re
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from breachwire.config import networks
from breachwire.errors import BlockedAddressError, FetchError
from breachwire.net import Client, retry_after
from breachwire.testing import Request, ScriptedResolver, ScriptedServer, answer, redirect

LOOPBACK = networks("127.0.0.1/32")
AGENT = "Breachwire/test (desk@wire.example)"


@pytest.fixture
def names() -> ScriptedResolver:
    return ScriptedResolver({"outlet.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]})


@pytest.fixture
def client(names: ScriptedResolver) -> Client:
    """May go to 127.0.0.1 alone; 100 kB."""
    return Client(AGENT, allow=LOOPBACK, resolver=names, max_bytes=100_000)


@pytest.fixture
def hasty(names: ScriptedResolver) -> Client:
    """Half a second."""
    return Client(AGENT, allow=LOOPBACK, resolver=names, deadline=0.5)


def failure(client: Client, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        client.get(url)
    return caught.value


# --- where it may go -----------------------------------------------------------------------------


def test_a_name_that_leads_inside_is_refused_and_nothing_is_sent(server: ScriptedServer) -> None:
    names = ScriptedResolver({"outlet.example": [["127.0.0.1"]]})
    closed = Client(AGENT, resolver=names)
    # The very port the server listens on: the dial, were there one, would succeed.
    open_ = networks("10.0.0.0/8")
    for client in (closed, Client(AGENT, resolver=names, allow=open_)):
        error = failure(client, server.url(host="outlet.example"))
        assert error.kind in ("blocked_address", "bad_url")
    assert isinstance(error, BlockedAddressError)
    assert server.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"])
def test_literal_and_disguised_hosts_are_refused_without_a_lookup(
    host: str, server: ScriptedServer
) -> None:
    names = ScriptedResolver({})
    error = failure(
        Client(AGENT, resolver=names, allow=networks("10.0.0.0/8")), server.url(host=host)
    )
    assert error.kind == "blocked_address"
    assert server.connections == 0
    assert names.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://outlet.example/", "http://user:pw@outlet.example/", "http://outlet.example:25/",
        "http://outlet.example:6379/", "http://outlet.example:0/",
    ],
)  # fmt: skip
def test_wrong_schemes_users_and_ports_are_refused_before_any_lookup(url: str) -> None:
    names = ScriptedResolver({"outlet.example": [["127.0.0.1"]]})
    assert failure(Client(AGENT, resolver=names), url).kind == "bad_url"
    assert names.asked == []


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "::1"], ["fe80::1%eth0"]],
)
def test_one_bad_address_among_good_ones_refuses(
    server: ScriptedServer, answers: list[str]
) -> None:
    client = Client(AGENT, allow=LOOPBACK, resolver=ScriptedResolver({"mixed.example": [answers]}))
    assert failure(client, server.url(host="mixed.example")).kind == "blocked_address"
    assert server.connections == 0


def test_each_connection_has_one_lookup_and_each_lookup_is_checked(server: ScriptedServer) -> None:
    server.scripts["/"] = answer(b"ok")
    names = ScriptedResolver({"rebind.example": [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.1"]]})
    client = Client(AGENT, allow=LOOPBACK, resolver=names)
    url = server.url(host="rebind.example")
    assert client.get(url).body == b"ok"
    assert len(names.asked) == 1
    assert failure(client, url).kind == "blocked_address"
    assert client.get(url).body == b"ok"
    assert (len(names.asked), server.connections) == (3, 2)


def test_dead_addresses_are_passed_over(server: ScriptedServer) -> None:
    server.scripts["/"] = answer(b"ok")
    # 127.0.0.2 is loopback too, and nothing listens there.
    names = ScriptedResolver({"outlet.example": [["127.0.0.2", "127.0.0.1"]]})
    client = Client(AGENT, allow=networks("127.0.0.0/8"), resolver=names)
    assert client.get(server.url(host="outlet.example")).body == b"ok"


def test_a_name_without_an_address_and_a_closed_port_say_so(client: Client) -> None:
    assert failure(client, "http://nowhere.example/").kind == "dns"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = failure(client, f"http://outlet.example:{taken.getsockname()[1]}/")
    assert error.kind == "connect"
    assert "refused" in str(error)


def test_a_lookup_that_hangs_ends_with_the_deadline() -> None:
    let_go = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        let_go.wait(10)
        return []

    started = time.monotonic()
    error = failure(Client(AGENT, resolver=hang, deadline=0.2), "http://outlet.example/")
    let_go.set()
    assert error.kind == "timeout"
    assert time.monotonic() - started < 5


def test_environment_proxies_are_not_used(
    server: ScriptedServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.scripts["/"] = answer(b"straight")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert client.get(server.url(host="outlet.example")).body == b"straight"


# --- what it sends -------------------------------------------------------------------------------


def test_the_request_is_honest_and_carries_no_state(server: ScriptedServer, client: Client) -> None:
    server.scripts["/feed?q=1"] = answer(b"x", headers={"Set-Cookie": "id=1"})
    url = server.url("/feed?q=1", host="outlet.example")
    for _ in range(2):
        client.get(
            url,
            headers={"If-None-Match": '"é"', "user-agent": "Mozilla", "accept-encoding": "br"},
            accept="application/rss+xml",
        )
    sent = server.requests[1]
    assert (sent.method, sent.path) == ("GET", "/feed?q=1")
    assert dict(sent.headers) == {
        "host": f"outlet.example:{server.port}",
        "user-agent": AGENT,
        "accept-encoding": "gzip",
        "connection": "close",
        "accept": "application/rss+xml",
        "if-none-match": '"é"',
    }


def test_header_injection_sends_nothing(server: ScriptedServer, client: Client) -> None:
    with pytest.raises(FetchError) as caught:
        client.get(server.url(), headers={"If-None-Match": '"a"\r\nX-Evil: 1'})
    assert caught.value.kind == "protocol"
    assert server.requests == []


def test_a_secret_header_stays_with_its_host(server: ScriptedServer, client: Client) -> None:
    server.scripts["/a"] = redirect("/b")
    server.scripts["/b"] = redirect(server.url("/c", host="other.example"))
    server.scripts["/c"] = answer(b"end")
    url = server.url("/a", host="outlet.example")
    client.get(url, headers={"Authorization": "Bearer x", "If-None-Match": '"1"'})
    assert ["authorization" in r.headers for r in server.requests] == [True, True, False]
    assert all("if-none-match" in r.headers for r in server.requests)


# --- redirects -----------------------------------------------------------------------------------


def test_redirects_are_followed_five_times_and_no_more(
    server: ScriptedServer, client: Client
) -> None:
    for n in range(7):
        server.scripts[f"/{n}"] = redirect(f"/{n + 1}")
    server.scripts["/5"] = answer(b"end")
    assert client.get(server.url("/0")).url == server.url("/5")
    server.scripts["/5"] = redirect("/6")
    assert failure(client, server.url("/0")).kind == "redirect"
    assert server.requests[-1].path == "/5"


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [([301], True), ([308, 301], True), ([302], False), ([301, 302], False), ([302, 301], False),
     ([307], False),
     ([], False)],
)  # fmt: skip
def test_only_a_wholly_permanent_chain_is_a_move(
    server: ScriptedServer, client: Client, statuses: list[int], moved: bool
) -> None:
    for n, status in enumerate(statuses):
        server.scripts[f"/{n}"] = redirect(f"/{n + 1}", status)
    end = f"/{len(statuses)}"
    server.scripts[end] = answer(b"end")
    response = client.get(server.url("/0"))
    assert (response.body, response.url) == (b"end", server.url(end))
    assert response.permanent_url == (server.url(end) if moved else None)


def test_loops_end_at_once(server: ScriptedServer, client: Client) -> None:
    server.scripts |= {"/a": redirect("/b"), "/b": redirect("/a"), "/self": redirect("#top")}
    assert failure(client, server.url("/a")).kind == "redirect"
    assert failure(client, server.url("/self")).kind == "redirect"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "location",
    ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
     "http://2130706433/", "//inside.example/"],
)  # fmt: skip
def test_every_hop_is_checked_anew(server: ScriptedServer, location: str) -> None:
    names = ScriptedResolver({"inside.example": [["192.168.0.1"]]})
    server.scripts["/"] = redirect(location, 301)
    error = failure(Client(AGENT, allow=LOOPBACK, resolver=names), server.url())
    assert error.kind == "blocked_address"
    assert server.connections == 1


@pytest.mark.parametrize(
    "location", ["ftp://other.example/", "http://u:p@other.example/", "http://["]
)
def test_redirects_to_no_web_address_are_refused(
    server: ScriptedServer, client: Client, location: str
) -> None:
    server.scripts["/"] = redirect(location)
    assert failure(client, server.url()).kind in ("bad_url", "redirect")
    assert server.connections == 1


def test_a_location_in_raw_utf8_is_read_as_such(server: ScriptedServer, client: Client) -> None:
    server.scripts["/"] = answer(status=301, headers={"Location": "/\xc3\xbc"})
    server.scripts["/%C3%BC"] = answer(b"umlaut")
    assert client.get(server.url()).body == b"umlaut"


# --- statuses and bodies -------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 203, 304, 401, 403, 404, 410, 429, 500, 503])
def test_every_final_status_is_returned(
    server: ScriptedServer, client: Client, status: int
) -> None:
    # A body in a coding nobody asked for must not hide an error's status.
    coding = {"Content-Encoding": "br"} if status >= 400 else {}
    body = b"" if status == 304 else b"words"
    server.scripts["/"] = answer(
        body, status=status, headers={"ETag": '"1"', "Retry-After": "60", **coding}
    )
    response = client.get(server.url())
    assert (response.status, response.headers["etag"]) == (status, '"1"')
    assert response.body == (b"words" if status in (200, 203) else b"")
    assert retry_after(response.headers["retry-after"], datetime.now(UTC)) == 60


def test_a_redirect_status_without_a_location_is_final(
    server: ScriptedServer, client: Client
) -> None:
    server.scripts["/"] = answer(b"choose", status=302)
    assert client.get(server.url()).status == 302


def test_gzip_is_unpacked(server: ScriptedServer, client: Client) -> None:
    text = b"The clinic said. " * 1000
    server.scripts["/"] = answer(text, packed=True)
    server.scripts["/tail"] = answer(
        gzip.compress(text) + b"\0" * 50, headers={"Content-Encoding": "gzip"}
    )
    assert client.get(server.url()).body == text
    assert client.get(server.url("/tail")).body == text


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "compress", "x" * 5000])
def test_other_codings_are_refused(server: ScriptedServer, client: Client, coding: str) -> None:
    server.scripts["/"] = answer(zlib.compress(b"x"), headers={"Content-Encoding": coding})
    assert failure(client, server.url()).kind == "encoding"


def test_damaged_and_cut_gzip_is_no_body(server: ScriptedServer, client: Client) -> None:
    whole = gzip.compress(b"The clinic said. " * 1000, mtime=0)
    coding = {"Content-Encoding": "gzip"}
    server.scripts["/cut"] = answer(whole[:-20], headers=coding)
    server.scripts["/not"] = answer(b"<rss/>", headers=coding)
    assert failure(client, server.url("/cut")).kind == "protocol"
    assert failure(client, server.url("/not")).kind == "encoding"


def test_a_compressed_bomb_stops_at_ten_megabytes(server: ScriptedServer) -> None:
    pack = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = b"".join([*(pack.compress(bytes(1 << 20)) for _ in range(128)), pack.flush()])
    server.scripts["/"] = answer(bomb, headers={"Content-Encoding": "gzip"})
    client = Client(AGENT, allow=LOOPBACK)
    tracemalloc.start()
    error = failure(client, server.url())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.kind == "too_large"
    assert peak < 48_000_000  # a network's piece of 64 kB alone unpacks to 67 MB


def test_the_bound_is_exact(server: ScriptedServer, client: Client) -> None:
    for packed in (False, True):
        server.scripts["/"] = answer(b"x" * 100_000, packed=packed)
        assert len(client.get(server.url()).body) == 100_000
        server.scripts["/"] = answer(b"x" * 100_001, packed=packed)
        assert failure(client, server.url()).kind == "too_large"


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def endless(_: Request) -> Iterable[bytes]:
    yield HEAD + b"\r\n"
    while True:
        yield b"<p>more</p>" * 1000


def chunked(_: Request) -> Iterable[bytes]:
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"1\r\nx\r\n" * 1000


def hints(_: Request) -> Iterable[bytes]:
    """Interim answers without end: never a body, and each head is small."""
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100


@pytest.mark.parametrize("script", [endless, chunked, hints])
def test_endless_answers_end(server: ScriptedServer, client: Client, script: object) -> None:
    server.scripts["/"] = script  # type: ignore[assignment]
    assert failure(client, server.url()).kind == "too_large"


def dripping_body(_: Request) -> Iterable[bytes | float]:
    yield HEAD + b"\r\n"
    while True:
        yield b"x"
        yield 0.05


def dripping_headers(_: Request) -> Iterable[bytes | float]:
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    while True:
        yield b"x"
        yield 0.05


def informational(_: Request) -> Iterable[bytes | float]:
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\n\r\n"
        yield 0.05


def silent(_: Request) -> Iterable[bytes | float]:
    yield 30.0


def slow_redirects(_: Request) -> Iterable[bytes | float]:
    yield 0.2
    yield redirect(f"/{time.monotonic_ns()}")


@pytest.mark.parametrize(
    "script", [dripping_body, dripping_headers, informational, silent, slow_redirects]
)
def test_one_deadline_counts_for_everything(
    server: ScriptedServer, hasty: Client, script: object
) -> None:
    class Everywhere(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            return script

    server.scripts = Everywhere()  # type: ignore[assignment]
    started = time.monotonic()
    error = failure(hasty, server.url("/0"))
    assert error.kind == "timeout"
    assert 0.4 < time.monotonic() - started < 3
    assert "within 0.5 seconds" in str(error)


@pytest.mark.parametrize(
    "flood",
    [
        b"X-Flood: y\r\n" * 100_000,
        b"".join(b"X-%d: y\r\n" % n for n in range(300)) + b"\r\n",
        b"X-Long: " + b"y" * 1_000_000 + b"\r\n\r\n",
    ],
    ids=["endless", "many", "long"],
)
def test_header_floods_are_refused(server: ScriptedServer, client: Client, flood: bytes) -> None:
    server.scripts["/"] = HEAD + flood
    assert failure(client, server.url()).kind in ("protocol", "too_large")


def test_a_content_length_that_lies_costs_nobody_anything(
    server: ScriptedServer, client: Client
) -> None:
    server.scripts["/long"] = answer(b"short", headers={"Content-Length": "500"})
    server.scripts["/short"] = answer(
        b"12345HTTP/1.1 200 OK\r\n\r\n", headers={"Content-Length": "5"}
    )
    server.scripts["/huge"] = answer(b"x", headers={"Content-Length": "9" * 19})
    server.scripts["/absurd"] = answer(b"x", headers={"Content-Length": "9" * 5000})
    server.scripts["/negative"] = answer(b"x", headers={"Content-Length": "-1"})
    server.scripts["/next"] = answer(b"clean")
    for path in ("/long", "/huge", "/absurd", "/negative"):
        assert failure(client, server.url(path)).kind == "protocol"
    assert client.get(server.url("/short")).body == b"12345"
    assert client.get(server.url("/next")).body == b"clean"


@pytest.mark.parametrize(
    "rubbish",
    [b"", b"\0" * 5000, b"220 mail.example ESMTP\r\n", b"HTTP/1.1 xyz\r\n\r\n", b"SSH-2.0-x\r\n",
     b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
     b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
)  # fmt: skip
def test_what_is_not_http_is_an_error_of_protocol(
    server: ScriptedServer, client: Client, rubbish: bytes
) -> None:
    server.scripts["/"] = rubbish
    assert failure(client, server.url()).kind == "protocol"


# --- TLS, local names, threads -------------------------------------------------------------------

CERTIFICATE = Path(__file__).parent / "tls" / "outlet.example.pem"


@pytest.fixture
def secure() -> Iterator[tuple[int, list[str | None]]]:
    """A TLS server with a certificate for outlet.example: its port, and the names asked for."""
    asked: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as stream:
                    if stream.recv(65_536):
                        stream.sendall(answer(b"secure"))
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1], asked
    # Closing alone does not wake `accept`.
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()


def test_tls_asks_for_the_name_while_it_dials_the_address(
    secure: tuple[int, list[str | None]], names: ScriptedResolver
) -> None:
    port, asked = secure
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    client = Client(AGENT, allow=LOOPBACK, resolver=names, tls=trusting)
    assert client.get(f"https://outlet.example:{port}/").body == b"secure"
    assert asked == ["outlet.example"]
    error = failure(client, f"https://other.example:{port}/")
    assert error.kind == "tls"
    assert "certificate" in str(error)


def test_tls_trusts_public_authorities_only(
    secure: tuple[int, list[str | None]], hasty: Client, server: ScriptedServer
) -> None:
    assert failure(hasty, f"https://outlet.example:{secure[0]}/").kind == "tls"
    server.scripts["/"] = answer(b"plain")
    assert failure(hasty, f"https://outlet.example:{server.port}/").kind in ("tls", "timeout")


def test_local_names_are_served_by_this_process_alone(server: ScriptedServer) -> None:
    server.scripts["/"] = answer(b"demonstration")
    names = ScriptedResolver({})
    client = Client(AGENT, resolver=names, local={"herald.example": ("127.0.0.1", server.port)})
    for url in ("http://herald.example/", "https://herald.example/"):
        assert client.get(url).body == b"demonstration"
    assert names.asked == []
    assert server.requests[0].headers["host"] == "herald.example"
    assert failure(client, server.url()).kind == "bad_url"
    for name, host in (("outlet.com", "127.0.0.1"), ("herald.example", "10.0.0.1")):
        with pytest.raises(ValueError, match="reserved"):
            Client(AGENT, local={name: (host, 80)})


def test_many_threads_share_a_client(server: ScriptedServer, client: Client) -> None:
    for n in range(16):
        server.scripts[f"/{n}"] = answer(str(n).encode(), packed=True)
    got: dict[int, bytes] = {}

    def ask(n: int) -> None:
        got[n] = client.get(server.url(f"/{n}")).body

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {n: str(n).encode() for n in range(16)}


def test_a_closed_client_asks_nothing(server: ScriptedServer, client: Client) -> None:
    client.close()
    assert failure(client, server.url()).message == "the service is stopping"
    assert server.connections == 0


# --- Retry-After ---------------------------------------------------------------------------------

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), (" 0 ", 0), ("999999", 86_400), ("9" * 6000, 86_400), (None, None),
        ("", None),
        ("soon", None), ("-5", None), ("1.5", None), ("²", None),
        (format_datetime(NOW + timedelta(hours=2), usegmt=True), 7200),
        (format_datetime(NOW - timedelta(hours=2), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 86_400),
        ("Sun, 01 Nov 2026 12:01:00 -0000", 60), ("Mon, 99 Xxx 9999 99:99:99 GMT", None),
    ],
)  # fmt: skip
def test_retry_after_in_seconds_or_as_a_date(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_errors_are_one_readable_line(client: Client) -> None:
    error = failure(client, "http://nowhere.example/\x1b[31mred")
    assert re.fullmatch(r"[ -~…]+", str(error))
