"""The Python client against a real server of the small wire, and one that fails by script."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import openapi_spec_validator
import pytest
import uvicorn

from api.app import create_app
from api.services import Services
from breachwire.cli import openapi
from breachwire.errors import UsageError
from breachwire.testing import ScriptedServer, answer
from breachwire_client import (
    AsyncClient,
    Client,
    EntryAsked,
    NoAnswerError,
    NotFoundError,
    NoTokenError,
    ProblemError,
    Retrying,
    TooManyError,
    UnavailableError,
    UnexpectedAnswerError,
    WrongUseError,
    aio,
    client,
    types,
)
from breachwire_client.decoding import decode
from breachwire_client.markdown import link, links, plain, sentence
from tests.api.conftest import Material

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs/openapi.json").read_text("utf-8")
STALE = "run `make openapi`, look at what changed, commit it"


@pytest.fixture(scope="module")
def address(services: Services) -> Iterator[str]:
    """The small wire, served."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(lambda: services), log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


class Seen(httpx.HTTPTransport):
    """httpx's own way out; what went through it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[httpx.Request, httpx.Response]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        self.seen.append((request, response))
        return response

    @property
    def statuses(self) -> list[int]:
        return [response.status_code for _, response in self.seen]


@pytest.fixture
def way() -> Seen:
    return Seen()


@pytest.fixture
def wire(address: str, way: Seen) -> Iterator[Client]:
    with Client(address, transport=way) as made:
        yield made


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that the client would have slept."""
    slept: list[float] = []
    monkeypatch.setattr(client, "sleep", slept.append)
    return slept


def generator() -> Any:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "clients/python/generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- the document, the types, and the two clients are one ----------------------------------------


def test_the_document_is_what_the_service_serves(address: str) -> None:
    assert openapi.text(openapi.document()) == DOCUMENT, STALE
    assert httpx.get(f"{address}/api/v1/openapi.json").json() == json.loads(DOCUMENT)
    assert re.fullmatch(r"\d+\.\d+\.\d+", json.loads(DOCUMENT)["info"]["version"])


def test_the_document_is_valid_openapi() -> None:
    openapi_spec_validator.validate(json.loads(DOCUMENT))


def test_the_document_goes_to_a_file(tmp_path: Path) -> None:
    openapi.openapi(tmp_path / "openapi.json")
    assert (tmp_path / "openapi.json").read_text("utf-8") == DOCUMENT
    with pytest.raises(UsageError, match=r"--to: .*No such file"):
        openapi.openapi(tmp_path / "none" / "openapi.json")


def test_the_types_are_the_documents() -> None:
    made = generator()
    package = Path(types.__file__).parent
    assert made.types(json.loads(DOCUMENT)) == (package / "types.py").read_text("utf-8"), STALE
    written = (package / "aio.py").read_text("utf-8")
    assert made.sync(written) == (package / "client.py").read_text("utf-8"), STALE


def test_shapes_that_a_later_document_may_have() -> None:
    made = generator()
    with pytest.raises(SystemExit, match="can't tell"):
        made._type({"oneOf": [{"type": "string"}]})
    event = {"type": "string", "enum": ["new", "gone"], "description": "What happened."}
    assert made._shape("Event", event) == 'Event = Literal[\'new\', \'gone\']\n"""What happened."""'
    either: Any = int | datetime | None
    assert decode(list[either], [3, "2026-11-29T08:00:00Z", None])[::2] == [3, None]


def test_client_and_service_are_of_one_version() -> None:
    assert json.loads(DOCUMENT)["info"]["version"] == client.VERSION


# --- every method, on a real server --------------------------------------------------------------


def every_method(wire: Client, material: Material, folder: Path) -> None:
    """Ask for all there is, and look at what came."""
    bank, supplier = material.threads["bank"].id, material.threads["supplier"].id
    article = str(material.articles["quarrybank-offline"].id)
    assert {row.id for row in wire.threads(kind=["breach"], section="Breaches")} >= {bank}
    assert wire.thread(bank).headline.evidence[0].in_ == "title"
    assert wire.thread(bank).updated_at.tzinfo
    assert list(wire.changes(bank, since="2020-01-01")) == list(wire.changes(bank))
    assert list(wire.corrections()) == []
    assert [row.version for row in wire.briefs(bank)] == [1]
    assert wire.brief(bank, 1).signal_summary == wire.thread(bank).signal_summary
    with pytest.raises(NotFoundError):
        wire.brief_difference(bank, 2, since=1)
    assert [one.thread for one in wire.search("Quarrybank", status="confirmed", most=1)] == [bank]
    assert wire.search_page("Quarrybank", limit=1).facets
    assert [one.thread for one in wire.related(thread=bank).results] == [supplier]
    with pytest.raises(WrongUseError):
        wire.related(url="gopher://ledger.example")
    assert wire.entity("victim", "Quarrybank").threads[0].id == bank
    assert [row.id for row in wire.entity_threads("third_party", "Tidewater Sync")] == [bank]
    assert wire.entity("cve", "CVE-2026-90001").name == "CVE-2026-90001"
    assert [row.id for row in wire.storyline("s1").threads] == [supplier, bank]
    assert wire.article(article).outlet == "Harbor Ledger"
    assert wire.feeds() == []
    assert wire.trends(days=30).spans[0].from_.year >= 2026
    assert wire.stix(bank)["type"] == "bundle"
    assert [one["type"] for one in wire.stix_bundles(most=2)] == ["bundle"]
    assert wire.export("claims", "jsonl", folder / "c.jsonl") == [folder / "c.jsonl"]
    assert wire.misp_address.endswith("/misp")
    watched(wire, bank)


def watched(wire: Client, bank: str) -> None:
    made = wire.make_watch(entries=["Quarrybank", EntryAsked(name="CVE-20", kind="cve")])
    assert [one.text for one in made.refused] == ["CVE-20"]
    assert [one.threads for one in wire.watch(made.token).entries] == [[bank]]
    news = wire.watch_news(made.token)
    assert f"/wire/{bank}/" in news[0].url
    assert "- First report: " in "\n".join(item.text for item in news)
    search = wire.change_watch(made.token, query={"q": "hospital"}, label="Hospitals")
    assert search.query == {"q": "hospital"}
    wire.erase_watch(made.token)
    with pytest.raises(NotFoundError):
        wire.watch(made.token)


def test_every_method_asks_for_what_the_document_has(
    wire: Client, way: Seen, material: Material, tmp_path: Path
) -> None:
    every_method(wire, material, tmp_path)
    asked = {operation(request) for request, _ in way.seen} - {""}
    paths = json.loads(DOCUMENT)["paths"]
    there = {f"{verb.upper()} {path}" for path, verbs in paths.items() for verb in verbs}
    assert asked <= there
    assert len(asked) == 22  # all of the first release but a brief's bytes


def operation(request: httpx.Request) -> str:
    """As the document names it; its parameters are there. Empty for a watch's feed."""
    path = request.url.path
    if not path.startswith("/api/v1/"):
        return ""
    paths: dict[str, Any] = json.loads(DOCUMENT)["paths"]
    matching = [p for p in paths if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", p), path)]
    found = min(matching, key=lambda p: p.count("{"))
    described = paths[found][request.method.lower()].get("parameters", ())
    names = {one["name"] for one in described if one["in"] == "query"}
    assert set(request.url.params) <= names, path
    return f"{request.method} {found}"


def test_asyncio_answers_the_same(address: str, wire: Client, material: Material) -> None:
    bank = material.threads["bank"].id

    async def ask() -> tuple[list[types.Row], types.WireThread]:
        async with AsyncClient(address) as other:
            return [row async for row in other.threads()], await other.thread(bank)

    assert asyncio.run(ask()) == (list(wire.threads()), wire.thread(bank))
    assert {name for name in vars(aio.AsyncClient) if name[0] != "_"} - {"aclose"} == {
        name for name in vars(client.Client) if name[0] != "_"
    } - {"close"}


def test_pages_are_asked_for_as_they_are_wanted(
    wire: Client, way: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [row.id for row in wire.threads()]
    ask = Client._get

    def small(self: Client, path: str, kind: Any, params: Any = None, **more: Any) -> Any:
        return ask(self, path, kind, {**params, "limit": 2}, **more)

    monkeypatch.setattr(Client, "_get", small)
    rows, before = wire.threads(), len(way.seen)
    assert len(way.seen) == before
    assert next(rows).id == every[0]
    assert len(way.seen) == before + 1
    assert [row.id for row in rows] == every[1:]
    assert [row.id for row in wire.threads(most=3)] == every[:3]


def test_what_has_not_changed_is_not_sent_again(
    wire: Client, way: Seen, material: Material
) -> None:
    first, again = (
        wire.thread(material.threads["bank"].id),
        wire.thread(material.threads["bank"].id),
    )
    assert first == again
    assert way.statuses == [200, 304]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_table_in_pages_is_the_table_in_one(
    wire: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Any
) -> None:
    import polars

    whole, parts = tmp_path / f"whole.{form}", tmp_path / f"parts.{form}"
    assert wire.export("claims", form, whole) == [whole]
    monkeypatch.setitem(client._AT_ONCE, form, 2)
    written = wire.export("claims", form, parts)
    assert [path.name for path in written] == (
        ["parts.parquet", "parts.2.parquet"] if form == "parquet" else [f"parts.{form}"]
    )
    if form == "parquet":
        assert polars.concat(map(polars.read_parquet, written)).equals(polars.read_parquet(whole))
    else:
        assert parts.read_bytes() == whole.read_bytes()
    assert wire.export("threads", form, parts, most=1) == [parts]


def test_a_failed_export_leaves_what_was_there(wire: Client, tmp_path: Path) -> None:
    there = tmp_path / "claims.csv"
    there.write_text("of last week")
    with pytest.raises(WrongUseError):
        wire.export("claims", "csv", there, since="yesterweek")
    assert there.read_text() == "of last week"
    assert list(tmp_path.iterdir()) == [there]


# --- what goes wrong -----------------------------------------------------------------------------


def test_problems_are_told(wire: Client) -> None:
    with pytest.raises(NotFoundError) as told:
        wire.thread("1nope")
    assert (told.value.status, told.value.title) == (404, "Not Found")
    assert "1nope" in told.value.detail
    assert told.value.instance == "/api/v1/threads/1nope"
    with pytest.raises(WrongUseError, match="400 Bad Request: since"):
        list(wire.threads(since="yesterweek"))
    with pytest.raises(NoTokenError):
        wire.watch("")
    with pytest.raises(ValueError, match="one of text, url, thread"):
        wire.related(text="a", thread="b")
    with pytest.raises(ValueError, match="http"):
        Client("wire.example")


FEEDS = answer(b'{"feeds": []}', headers={"Content-Type": "application/json"})


def in_turn(*answers: bytes) -> Callable[[Any], list[bytes]]:
    """One after the other; the last for ever."""
    left = list(answers)
    return lambda _: [left.pop(0) if len(left) > 1 else left[0]]


def refusal(status: int, **headers: str) -> bytes:
    return answer(
        b"<h1>no</h1>", status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


@pytest.mark.parametrize(
    ("first", "least", "most"),
    [
        (refusal(503, Retry_After="7"), 7, 7),
        (refusal(429, Retry_After="0"), 0, 0),
        (refusal(504), 0.25, 0.5),
        (b"", 0.25, 0.5),  # hangs up
    ],
)
def test_what_passes_is_asked_again(
    waits: list[float], first: bytes, least: float, most: float
) -> None:
    with (
        ScriptedServer({"/api/v1/feeds": in_turn(first, FEEDS)}) as server,
        Client(server.url("")) as c,
    ):
        assert c.feeds() == []
        assert len(server.requests) == 2
    assert least <= waits[0] <= most  # a connection that hangs up late is tried again besides


@pytest.mark.parametrize(
    ("status", "headers", "error", "times"),
    [
        (502, {}, UnavailableError, 1),
        (500, {}, ProblemError, 1),
        (429, {"Retry_After": "3600"}, TooManyError, 1),
        (503, {}, UnavailableError, 3),
    ],
)
def test_what_stays_is_given_up(
    status: int, headers: dict[str, str], error: type[ProblemError], times: int
) -> None:
    with ScriptedServer({"/api/v1/feeds": refusal(status, **headers)}) as server:
        with (
            Client(server.url(""), retrying=Retrying(attempts=3)) as c,
            pytest.raises(error) as told,
        ):
            c.feeds()
        assert len(server.requests) == times
    assert told.value.status == status
    assert told.value.title


def test_a_date_in_retry_after_is_waited_for(waits: list[float]) -> None:
    past = refusal(503, Retry_After="Fri, 27 Nov 2020 08:00:00 GMT")
    with (
        ScriptedServer({"/api/v1/feeds": in_turn(past, FEEDS)}) as server,
        Client(server.url("")) as c,
    ):
        c.feeds()
    assert waits == [0.0]


def test_waits_grow_and_end() -> None:
    patient, down = Retrying(attempts=20), UnavailableError(503, "Service Unavailable")
    longest = [patient.wait(n, down, True) or 0 for n in range(1, 20)]
    assert 0.25 <= longest[0] <= 0.5
    assert 30 <= longest[7] <= 60
    assert max(longest) <= 60
    assert patient.wait(20, down, True) is None


def test_making_a_watch_is_sent_twice_only_where_it_was_refused() -> None:
    with ScriptedServer({"/api/v1/watches": refusal(503)}) as server, Client(server.url("")) as c:
        with pytest.raises(UnavailableError):
            c.make_watch(entries=["Quarrybank"])
        server.scripts["/api/v1/watches"] = b""
        with pytest.raises(NoAnswerError):
            c.make_watch(entries=["Quarrybank"])
        assert len(server.requests) == 2
        server.scripts["/api/v1/watches"] = in_turn(refusal(429), refusal(400))
        with pytest.raises(WrongUseError):
            c.make_watch(entries=["Quarrybank"])
        assert len(server.requests) == 4


def test_who_does_not_answer_is_named_without_secrets() -> None:
    with ScriptedServer() as server:
        closed = server.url("")
    with Client(closed, retrying=Retrying(attempts=1)) as c, pytest.raises(NoAnswerError) as told:
        c.watch_news("bw_secret")
    assert closed in str(told.value)
    assert "bw_secret" not in str(told.value)


def test_a_slow_answer_ends_with_the_timeout() -> None:
    slow: Any = lambda _: [30.0]  # noqa: E731
    with ScriptedServer({"/api/v1/feeds": slow}) as server:
        quick = Client(server.url(""), timeout=0.05, retrying=Retrying(attempts=2))
        with quick, pytest.raises(NoAnswerError, match="in time"):
            quick.feeds()
        assert server.connections == 2


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"feeds": [{}]}', b'{"feeds": "none"}', b"7"])
def test_an_odd_answer_is_said_to_be_one(body: bytes) -> None:
    odd = ScriptedServer({"/api/v1/feeds": answer(body)})
    with odd as server, Client(server.url("")) as c, pytest.raises(UnexpectedAnswerError):
        c.feeds()


def test_token_and_name_are_sent_and_the_token_to_nobody_else() -> None:
    with ScriptedServer({"/api/v1/feeds": FEEDS}) as elsewhere, ScriptedServer() as server:
        to = elsewhere.url("/api/v1/feeds", host="localhost")
        server.scripts["/api/v1/feeds"] = refusal(301, Location=to)
        with Client(server.url(""), token="bw_t", user_agent="desk/2") as c:
            c.feeds()
        (ours,), (theirs,) = server.requests, elsewhere.requests
    assert ours.headers["authorization"] == "Bearer bw_t"
    assert ours.headers["user-agent"] == f"desk/2 breachwire-client/{client.VERSION}"
    assert "authorization" not in theirs.headers


def test_what_a_newer_service_adds_is_passed_over() -> None:
    told = {"status": "ok", "since": 2030}
    assert decode(types.Health, told) == types.Health(status="ok")


def test_hostile_words_stay_words_in_markdown() -> None:
    assert (
        plain("1. [x](http://y.example) <b>*z*\n# a")
        == r"1\. \[x\](http://y.example) \<b\>\*z\* \# a"
    )
    assert link("a]b", "javascript:alert(1)") == r"a\]b"
    assert link("a", "http://x.example/(b) c") == "[a](http://x.example/%28b%29%20c)"
    at = {"article": "1", "quote": "q", "start": 0, "end": 1, "in": "text"}
    evidence = [{**at, "url": f"http://{n}.example/", "outlet": n} for n in ("a", "b", "a")]
    quoted = decode(
        types.WireStatement, {"text": "It *is*.", "kind": "quoted", "evidence": evidence}
    )
    assert links(quoted.evidence) == " ([a](http://a.example/), [b](http://b.example/))"
    assert sentence(quoted) == f"“It \\*is\\*.”{links(quoted.evidence)}"
    guessed = types.WireStatement(text="It may.", kind="inferred", evidence=[])
    assert sentence(guessed) == "Analysis: It may."
