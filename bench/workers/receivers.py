"""A webhook's receiver and a mail server on localhost, which write down what comes in.

In: a free port each. Out: `Got`, of each message the id that it is told apart by, for whom it was,
which process sent it (workers name their number in what they call themselves) and when it was here
whole. All is taken, after a moment, as by servers far away, in which a sender may be killed; what
one leaves half-sent is none.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import socket
import threading
import time
import warnings
from dataclasses import dataclass
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from bench.workers.one import SENDER

warnings.filterwarnings("ignore", module="aiosmtpd")  # of logins without TLS: it is this machine


@dataclass(frozen=True, slots=True)
class Got:
    """A message."""

    id: str
    """`webhook-id` or Message-ID: the same each time that it comes."""
    to: str
    """The webhook's path, or an address."""
    by: int
    at: float
    """Monotonic seconds."""
    digest: str
    """Of its body."""
    opened: str = ""
    """Of a new thread: the address of the article that opened it."""


class Receivers:
    """Both, and what they got; in threads of their own."""

    def __init__(self, moment: float) -> None:
        """`moment`: seconds before an answer."""
        self.hooked: list[Got] = []
        self.mailed: list[Got] = []
        self._web = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.hooked, moment))
        self._web.daemon_threads = True
        threading.Thread(target=self._web.serve_forever, daemon=True).start()
        self.smtp = _free()
        self._mail = Controller(
            _Office(self.mailed, moment), hostname="127.0.0.1", port=self.smtp, auth_required=True,
            auth_require_tls=False, authenticator=_known, command_call_limit=10_000,
        )  # fmt: skip
        self._mail.start()

    def hook(self, name: str) -> str:
        """An address for a webhook."""
        return f"http://127.0.0.1:{self._web.server_address[1]}/{name}"

    def close(self) -> None:
        """Nothing more comes in."""
        self._mail.stop()
        self._web.shutdown()
        self._web.server_close()


def _handler(got: list[Got], moment: float) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) == length:
                sender = int(self.headers["user-agent"].rpartition(SENDER)[2])
                digest, opened = hashlib.sha256(body).hexdigest(), _opened(json.loads(body))
                id = self.headers["webhook-id"]
                got.append(Got(id, self.path, sender, time.monotonic(), digest, opened))
                time.sleep(moment)
                self.send_response(204)
                self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing is said."""

    return Handler


def _opened(told: dict[str, Any]) -> str:
    first = told["data"].get("first_report") if told["type"] == "thread.created" else None
    return str(first["url"]) if first else ""


class _Office:
    def __init__(self, got: list[Got], moment: float) -> None:
        self._got, self._moment = got, moment

    async def handle_DATA(self, _: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        (to,), body = envelope.rcpt_tos, envelope.original_content
        digest, at = hashlib.sha256(body).hexdigest(), time.monotonic()
        id = str(message_from_bytes(body)["Message-ID"])
        self._got.append(Got(id, to, session.auth_data, at, digest))
        await asyncio.sleep(self._moment)
        return "250 OK"


def _known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    number = data.login.decode().removeprefix(SENDER)
    return AuthResult(success=number.isdecimal(), auth_data=int(number or 0))


def _free() -> int:
    """A port, which aiosmtpd can't choose by itself."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
