"""Fakes for what tests can't have: the internet's names, its servers, time. And articles.

In: scripts. Out: `ScriptedResolver` for `net.Client(resolver=…)`, `ScriptedServer` on 127.0.0.1
that answers byte for byte as told, `FakeClock`. `an_article`: what a store would hold. All else in
tests is the real thing.
"""

from __future__ import annotations

import gzip
import socket
import socketserver
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from breachwire.model import Article

Step = bytes | float
"""Bytes to send, or seconds to wait."""
Script = Callable[["Request"], Iterable[Step]]
"""What a server does with one request; the connection ends after it."""


def an_article(
    number: int, title: str, text: str = "", *, source: str, at: datetime, **fields: Any
) -> Article:
    """An article as the store would hold it, published and seen `at`; `fields` replace the rest."""
    plain: dict[str, Any] = {
        "url": f"https://news.example/{number}",
        "lead": text,
        "authors": (),
        "family": "",
        "section": "",
        "published": at,
        "first_seen_at": at,
        "content_hash": f"{number}:{title}:{text}",
        "revision": 1,
        "state": "stored",
        "language": "en",
        "text_from": "feed",
        "page_state": "unknown",
        "page_note": "",
        "credit": "",
    }
    return Article(id=number, title=title, text=text, source=source, **(plain | fields))


class ScriptedResolver:
    """Names as a test wants them: each lookup gives the next answer, the last one for ever."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        """`answers`: a name's answers in turn, each a list of addresses."""
        self._answers = {name: list(turns) for name, turns in answers.items()}
        self.asked: list[str] = []
        """Every name looked up, in order."""

    def __call__(self, host: str, port: int) -> Sequence[str]:  # noqa: ARG002
        """Addresses of `host`. Raises OSError for a name that isn't scripted."""
        self.asked.append(host)
        turns = self._answers.get(host)
        if not turns:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return turns.pop(0) if len(turns) > 1 else turns[0]


@dataclass(slots=True)
class FakeClock:
    """Time that passes when a test says so; call it for monotonic seconds, or read `.now`."""

    now: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)
    seconds: float = 1000.0

    def __call__(self) -> float:
        """Monotonic seconds."""
        return self.seconds

    def pass_(self, seconds: float) -> None:
        """Let time pass, on both clocks."""
        self.seconds += seconds
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Request:
    """What a scripted server was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Lower-case names."""


def answer(
    body: bytes = b"",
    *,
    status: int = 200,
    packed: bool = False,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A whole HTTP answer; `headers` win over the ones computed."""
    body = gzip.compress(body) if packed else body
    own = {
        "Content-Length": str(len(body)),
        "Content-Type": "text/html; charset=utf-8",
        "Connection": "close",  # as the server does: who kept it would ask into the void
    }
    if packed:
        own["Content-Encoding"] = "gzip"
    lines = [f"HTTP/1.1 {status} Scripted"]
    lines += [f"{name}: {value}" for name, value in (own | dict(headers or {})).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def redirect(location: str, status: int = 302) -> bytes:
    """An answer that sends the client elsewhere."""
    return answer(status=status, headers={"Location": location})


class ScriptedServer:
    """An HTTP server on a free port of 127.0.0.1 whose every byte is scripted.

    As a context manager it serves until the block ends. A path without a script is answered 404.
    """

    def __init__(self, scripts: Mapping[str, Script | bytes] | None = None) -> None:
        self.scripts: dict[str, Script | bytes] = dict(scripts or {})
        self.log = _Log()
        self._ended = threading.Event()
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                server._serve(self.request)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    @property
    def connections(self) -> int:
        """How many came in."""
        return self.log.connections

    @property
    def requests(self) -> list[Request]:
        """What was asked, in order."""
        return self.log.requests

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """An address on this server."""
        return f"http://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, connection: socket.socket) -> None:
        self.log.connections += 1
        try:
            request = _read(connection)
            if request is None:
                return
            self.log.requests.append(request)
            script = self.scripts.get(request.path, answer(b"none", status=404))
            for step in [script] if isinstance(script, bytes) else script(request):
                if isinstance(step, bytes):
                    connection.sendall(step)
                elif self._ended.wait(step):
                    return
        except OSError:
            # The client hung up, as it may at any point of a hostile answer.
            return


@dataclass(slots=True)
class _Log:
    connections: int = 0
    requests: list[Request] = field(default_factory=list)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


def _read(connection: socket.socket) -> Request | None:
    raw = b""
    while b"\r\n\r\n" not in raw:
        data = connection.recv(65_536)
        if not data:
            return None
        raw += data
    first, *lines = raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    return Request(method, path, {name.strip().lower(): value.strip() for name, _, value in pairs})


MADE: Final[dict[str, tuple[str, ...]]] = {
    "0019": (),  # on PostgreSQL alone
    "0018": (
        "ALTER TABLE article DROP COLUMN reread_at",
        *(f"DROP TABLE {table}" for table in ("alert_letter", "alert_link", "alert", "delivery")),
        *(f"DROP TABLE {table}" for table in ("webhook_secret", "webhook", "happening")),
    ),
    "0016": (
        "INSERT INTO meta(key, value) SELECT 'wishes:' || id, wishes FROM feed"
        " WHERE wishes IS NOT NULL",
        "ALTER TABLE feed DROP COLUMN wishes",
    ),
    "0015": (
        *(f"DROP TRIGGER opening_search_{event}" for event in ("add", "remove", "change")),
        "DROP TABLE opening_search",
        "DROP TABLE thread_card",
    ),
    "0014": ("DROP INDEX ix_party_sector_key", "ALTER TABLE party DROP COLUMN sector_key"),
    "0013": ("DROP TABLE withdrawn", "DROP TABLE left_out"),
    "0012": tuple(
        f"DROP TABLE {table}"
        for table in ("outbox", "issue_thread", "issue", "mail_link", "subscriber", "suppressed")
    ),
    "0011": ("DROP TABLE watch_entry", "DROP TABLE saved_search"),
    "0010": (
        "DROP TRIGGER party_form_name",
        *(f"DROP TABLE {table}" for table in ("thread_search", "name_search")),
        *(f"DROP TABLE {table}" for table in ("thread_document", "name")),
    ),
    "0009": tuple(f"DROP TABLE model_{table}" for table in ("try", "answer", "use")),
    "0008": ("DROP TABLE waiting_entry", "DROP TABLE archive_page", "DROP TABLE backfill"),
    "0007": ("DROP TABLE signoff",),
    "0006": ("DROP TABLE party_form", "DROP TABLE party"),
    "0005": (
        *(f'DROP TABLE "{table}"' for table in ("change", "correction", "error_report")),
        "ALTER TABLE article DROP COLUMN claims_hash",
    ),
    "0004": ("DROP TABLE indicator",),
}
"""What undoes each later revision of the store, newest first."""


def set_back(path: Path, revision: str) -> None:
    """A closed SQLite store as a revision before would have left it."""
    with closing(sqlite3.connect(path)) as old, old:
        for newer, statements in MADE.items():
            for statement in statements if newer > revision else ():
                old.execute(statement)
        old.execute("UPDATE alembic_version SET version_num = ?", (revision,))
