"""Shared fixtures: the real embedding model, a real store, items of invented news.

`--store postgres` (`make test-postgres`): every store of a test is on PostgreSQL, one server a run.
Tests that are about one engine alone say so by its mark, and are left out of the other's run.
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from breachwire.model import Embedder
from breachwire.store import Store, open_store
from tests.databases import Databases, Files, Stores, server

# `make test` says the same of the same code; `make fuzz` looks for what nobody has seen yet.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None, max_examples=2_000)
settings.load_profile("repeatable")
"""No test asserts a time: beside other work an example may take longer than 200 ms."""
ENGINES = ("sqlite", "postgres")
SHARED = Path(__file__).resolve().parents[1].parent / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which engine's stores."""
    parser.addoption("--store", choices=ENGINES, default=ENGINES[0], help="the stores' engine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is about the other engine alone is left out; on PostgreSQL, what needs no store, too."""
    engine = config.getoption("--store")
    (other,) = set(ENGINES) - {engine}
    left = {item for item in items if other in {mark.name for mark in item.iter_markers()}}
    if engine == "postgres":
        left |= {item for item in items if not {"stores", engine} & _needs(item)}
    if left:
        config.hook.pytest_deselected(items=list(left))
        items[:] = [item for item in items if item not in left]


def _needs(item: pytest.Item) -> set[str]:
    """Its fixtures, all the way down, and its marks."""
    fixtures: list[str] = getattr(item, "fixturenames", [])
    return {*fixtures, *(mark.name for mark in item.iter_markers())}


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real default model, loaded once a run."""
    from nlp import embed

    return embed.load("all-MiniLM-L6-v2")


@pytest.fixture(scope="session", autouse=True)
def readers_end() -> Iterator[None]:
    """The processes that read pages for this one end before it does."""
    yield
    if apart := sys.modules.get("ingest.apart"):
        apart.shared.close()


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that was just made: copying it saves each test 0.1 s of migrations."""
    path = tmp_path_factory.mktemp("store") / "new.sqlite3"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """PostgreSQL's, for a run of its tests."""
    with server() as address, Databases(address) as made:
        yield made


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """New stores on the engine that this run is of."""
    if request.config.getoption("--store") == "postgres":
        made: Databases = request.getfixturevalue("databases")
        return made
    return Files(tmp_path_factory, request.getfixturevalue("new_file"))


@pytest.fixture
def address(stores: Stores) -> Iterator[str]:
    """A new store's address."""
    found = stores.new()
    yield found
    stores.free(found)


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    """A new store, open."""
    opened = open_store(address)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled data beside the checkout, where there is one."""
    if not (SHARED / "data" / "README.md").exists():
        pytest.skip("no ../shared/data beside this checkout")
    return SHARED


@pytest.fixture
def item() -> Callable[..., dict[str, Any]]:
    """An import item; keyword arguments replace its fields."""

    def make(**fields: Any) -> dict[str, Any]:
        return {
            "url": "https://ledger.example/2026/harbour-clinic",
            "title": "Harbour Clinic confirms ransomware attack",
            "summary": "Harbour Clinic said on Monday that a ransomware attack exposed the names "
            "and Social Security numbers of 24,937 patients. The Grey Lantern group claims it.",
            "source": "The Ledger",
            "published": "2026-10-05T09:00:00+00:00",
            **fields,
        }

    return make


CERTIFICATE = Path(__file__).parent / "tls" / "localhost.pem"


class PostOffice:
    """A real mail server on localhost, with TLS: what it took, and what it refuses."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []
        """Recipient and raw bytes, in order."""
        self.answers: dict[str, list[str]] = {}
        """Address → what it answers to RCPT, in turn; then it takes mail."""
        self.on_data: Callable[[str], str | None] | None = None
        """Called with the recipient once a mail is taken, before the answer; may replace it."""
        self.certificate = CERTIFICATE
        self.port = 0
        self.logins: list[tuple[bytes, bytes]] = []

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if turns := self.answers.get(address):
            return turns.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        (to,) = envelope.rcpt_tos
        self.mails.append((to, envelope.original_content or envelope.content))
        return (self.on_data(to) if self.on_data else None) or "250 OK"

    def settings(self) -> dict[str, Any]:
        """What `Config` takes."""
        return {
            "smtp_host": "localhost",
            "smtp_port": self.port,
            "smtp_ca": str(CERTIFICATE),
            "smtp_user": "breachwire",
            "smtp_password": "s3cret",
            "smtp_rate": 100_000,
            "mail_from": "Breachwire <news@wire.example>",
            "base_url": "https://wire.example",
        }

    def to(self, address: str) -> list[Message]:
        """What came for an address, parsed."""
        return [message_from_bytes(raw) for to, raw in self.mails if to == address]


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """STARTTLS and a login are asked for."""
    controller = pytest.importorskip("aiosmtpd.controller", reason="aiosmtpd: `make setup-dev`")
    from aiosmtpd.smtp import AuthResult

    office = PostOffice()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def log_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        office.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"s3cret", handled=False)

    with socket.create_server(("127.0.0.1", 0)) as free:  # aiosmtpd can't take port 0
        office.port = free.getsockname()[1]
    running = controller.Controller(
        office, hostname="127.0.0.1", port=office.port, tls_context=context,
        require_starttls=True, authenticator=log_in, auth_required=True,
    )  # fmt: skip
    running.start()
    yield office
    running.stop()


def jsonl(path: Path, items: list[dict[str, Any]]) -> Path:
    """Write items, one a line."""
    path.write_text("".join(json.dumps(i) + "\n" for i in items), "utf-8")
    return path


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
