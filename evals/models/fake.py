"""A fake language model behind a real HTTP server: an OpenAI-compatible endpoint, scripted.

In: an answerer, messages → what is sent back. Out: a server on 127.0.0.1 and a log of what it was
asked. `honest` answers with sentences of the passages it is given, as a good model might; tests
bring liars of their own. It is no model and understands nothing.

    python -m evals.models.fake --port 8099     # then BREACHWIRE_MODEL_ENDPOINT=http://127.0.0.1:8099/v1
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

NAME = "fake-model-1"
Message = dict[str, str]
_FENCED = re.compile(r"BEGIN DATA (\w+)\n(.*)\nEND DATA \1", re.DOTALL)


@dataclass(frozen=True)
class Sent:
    """What goes back: a status, headers, a body, and how it is sent."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    """Seconds of silence first."""
    cut: int | None = None
    """Bytes of the body after which the connection breaks."""


Answerer = Callable[[list[Message], dict[str, Any]], Sent | dict[str, Any] | str]
"""Messages and the whole request → raw bytes, or the content as text or an object."""


def completion(content: str, **changes: Any) -> bytes:
    """A chat completion with this content."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content},
        "finish_reason": "stop",
    }
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    document = {"object": "chat.completion", "model": NAME, "choices": [choice], "usage": usage}
    return json.dumps(document | changes).encode()


def data_of(message: Message) -> Any:
    """What stands between the marker lines of a message."""
    found = _FENCED.search(message["content"])
    assert found, "no data in the message"
    return json.loads(found[2])


class FakeModel:
    """The server; serves until the block ends."""

    def __init__(self, answerer: Answerer, port: int = 0) -> None:
        self.asked: list[dict[str, Any]] = []
        """The bodies of all requests."""
        self.headers: list[dict[str, str]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                fake.asked.append(body)
                fake.headers.append({k.lower(): v for k, v in self.headers.items()})
                given = answerer(body["messages"], body)
                fake._send(self, given)

            def do_GET(self) -> None:
                listed = {"object": "list", "data": [{"id": NAME, "object": "model"}]}
                fake._send(self, Sent(json.dumps(listed).encode()))

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        self._ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def _send(self, to: BaseHTTPRequestHandler, given: Sent | dict[str, Any] | str) -> None:
        if isinstance(given, dict):
            given = json.dumps(given)
        sent = Sent(completion(given)) if isinstance(given, str) else given
        if self._ended.wait(sent.after):
            return
        try:
            to.send_response(sent.status)
            for name, value in ({"Content-Length": str(len(sent.body))} | sent.headers).items():
                to.send_header(name, value)
            to.end_headers()
            to.wfile.write(sent.body[: sent.cut])
        except OSError:
            return  # the client hung up, as it may

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def stated(text: str, *cites: str) -> dict[str, Any]:
    """A sentence as the schema has it."""
    return {"text": text, "kind": "stated", "cites": list(cites)}


def inferred(text: str, *cites: str) -> dict[str, Any]:
    """An inference as the schema has it."""
    return {"text": text, "kind": "inferred", "cites": list(cites)}


def honest(messages: list[Message], _: dict[str, Any]) -> dict[str, Any]:
    """A brief of the passages' own sentences; nothing anew where something failed."""
    if len(messages) > 2:
        return {"sentences": []}
    passages = data_of(messages[1])["passages"]
    short = [p for p in passages if 8 <= len(p["text"].split()) <= 24 and _plain(p["text"])]
    lead = short[:1]
    others = [p for p in passages if p not in lead and _plain(p["text"])]
    ahead = [p for p in others if re.search(r"\b(?:will|expects?|plans?)\b", p["text"])]
    theft = [p for p in others if re.search(r"\b(?:stole|stolen|data|records)\b", p["text"])]
    likely = "The stolen data could be used for fraud and phishing."
    return {
        "signal_summary": [stated(p["text"], p["id"]) for p in lead],
        "eli5": [stated(p["text"], p["id"]) for p in short[1:3]],
        "what_happened": _rows(others[:3]),
        "who_and_how": _rows(others[3:6]),
        "what_next": _rows([p for p in ahead if p not in others[:6]][:2]),
        "impact_assessment": [
            *_rows([p for p in theft if p not in others[:6]][:2]),
            *([inferred(likely, theft[0]["id"])] if theft else []),
        ],
        "optimistic_outlook": [],
        "pessimistic_outlook": [],
    }


def _plain(text: str) -> bool:
    return text.endswith(".") and not re.search(r"\b(?:[Ww]e|[Yy]ou|I)\b|[“”\"]", text)


def _rows(passages: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    return [stated(p["text"], p["id"]) for p in passages]


def main(arguments: Iterable[str] | None = None) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="a fake model that answers honestly")
    parser.add_argument("--port", type=int, default=8099)
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    with FakeModel(honest, options.port) as fake:
        print(f"a fake model, {NAME}, at {fake.url} (Ctrl-C stops)", flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
