"""Chat completions of an OpenAI-compatible endpoint: messages and a schema → the answer's text.

In: a way to post JSON (from the composition root: this package knows no network), messages, a
JSON schema. Out: `Answer`, or ModelError. Temperature 0; structured output by `response_format`, by
its plainer form where a server refuses that, else by words alone; retries with backoff where the
server is busy or fails, by its own Retry-After where it states one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import orjson

from breachwire.errors import FetchError, ModelError
from nlp.llm import tokens
from nlp.llm.prompt import Message

TRIES: Final = 3
BACKOFF: Final = (2.0, 8.0)
"""Seconds before the second and the third try."""
LONGEST_WAIT: Final = 60.0
"""Seconds of a Retry-After that are waited for on the spot; longer ones are for the caller."""
MOST_TOKENS: Final = 3_000
"""Of an answer: eight fields of 200, their ids and the JSON around them."""
_FORMATS: Final = ("json_schema", "json_object", "")
_REFUSES_FORMAT: Final = frozenset({400, 404, 415, 422, 501})
_BUSY: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Reply:
    """What the endpoint sent back."""

    status: int
    body: bytes
    retry_after: float | None = None
    """Seconds it asked to be left alone."""


Post = Callable[[bytes], Reply]
"""JSON to `…/chat/completions`. Raises FetchError."""
Wait = Callable[[float], bool]
"""Let seconds pass; True: stop, whatever is under way."""


class Meter(Protocol):
    """What use is counted by, and what bounds it."""

    def afford(self, wanted: int) -> bool:
        """Whether today's budget has that many tokens left."""

    def count(self, name: str, number: int = 1) -> None:
        """Add to a counter."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's text and who says it wrote it."""

    text: str
    model: str


class Chat:
    """One endpoint and one model of it."""

    def __init__(self, post: Post, model: str, meter: Meter, wait: Wait) -> None:
        self._post = post
        self._model = model
        self._meter = meter
        self._wait = wait
        self._format = 0

    def ask(self, messages: Sequence[Message], schema: dict[str, Any]) -> Answer:
        """One answer. Raises ModelError: of every kind."""
        asked = sum(tokens.count(message["content"]) for message in messages)
        if not self._meter.afford(asked + MOST_TOKENS):
            raise ModelError("budget", "today's tokens are spent")
        while True:
            reply = self._tried(self._body(messages, schema))
            if reply.status in _REFUSES_FORMAT and self._format + 1 < len(_FORMATS):
                self._format += 1
                continue
            return self._answer(reply, asked)

    def _body(self, messages: Sequence[Message], schema: dict[str, Any]) -> bytes:
        body: dict[str, Any] = {
            "model": self._model,
            "messages": list(messages),
            "temperature": 0,
            "max_tokens": MOST_TOKENS,
            "stream": False,
        }
        form = _FORMATS[self._format]
        if form == "json_schema":
            named = {"name": "brief", "strict": True, "schema": schema}
            body["response_format"] = {"type": form, "json_schema": named}
        elif form:
            body["response_format"] = {"type": form}
        return orjson.dumps(body)

    def _tried(self, body: bytes) -> Reply:
        """The first reply that is worth reading, within TRIES."""
        for turn in range(TRIES):
            last = turn + 1 == TRIES
            try:
                reply = self._once(body)
            except FetchError as error:
                if error.kind in ("redirect", "bad_url", "tls"):
                    raise ModelError("refused", str(error)) from None
                if last:
                    raise ModelError("unreachable", str(error)) from None
                self._pause(BACKOFF[turn])
                continue
            if (reply.status not in _BUSY and reply.status < 500) or reply.status == 501:
                return reply
            wait = BACKOFF[min(turn, 1)] if reply.retry_after is None else reply.retry_after
            if last or wait > LONGEST_WAIT:
                words = f"the endpoint answered {reply.status}"
                raise ModelError("busy", words, retry_after=reply.retry_after)
            self._pause(wait)
        raise AssertionError("every turn returns, raises or goes on")

    def _once(self, body: bytes) -> Reply:
        self._meter.count("requests")
        try:
            reply = self._post(body)
        except FetchError as error:
            self._meter.count(f"failed:{error.kind}")
            raise
        if reply.status != 200:
            self._meter.count(f"failed:{reply.status}")
        return reply

    def _pause(self, seconds: float) -> None:
        self._meter.count("retries")
        if self._wait(seconds):
            raise ModelError("unreachable", "the service is stopping")

    def _answer(self, reply: Reply, asked: int) -> Answer:
        if reply.status != 200:
            kind = "refused" if reply.status in (401, 403, 404) else "declined"
            raise ModelError(kind, f"the endpoint answered {reply.status}")  # type: ignore[arg-type]
        try:
            document = orjson.loads(reply.body)
            choice = document["choices"][0]
            message = choice["message"]
        except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
            self._spend({}, asked, "")
            raise ModelError("broken", "the endpoint's answer is no chat completion") from None
        text = message.get("content") if isinstance(message, dict) else None
        self._spend(document.get("usage"), asked, text if isinstance(text, str) else "")
        if not isinstance(text, str) or message.get("refusal"):
            raise ModelError("declined", "the model declined to answer")
        if choice.get("finish_reason") in ("length", "content_filter"):
            raise ModelError("broken", "the model's answer is cut off")
        return Answer(text, _name(document.get("model")) or self._model)

    def _spend(self, usage: Any, asked: int, text: str) -> None:
        """By the endpoint's own count, else by ours."""
        usage = usage if isinstance(usage, dict) else {}
        for name, own in (("prompt", asked), ("completion", tokens.count(text))):
            given = usage.get(f"{name}_tokens")
            sound = type(given) is int and 0 < given < 10_000_000
            self._meter.count(f"tokens:{name}", given if sound else own)


def _name(value: Any) -> str:
    """A model's name fit to be shown."""
    text = value if isinstance(value, str) else ""
    return " ".join("".join(c for c in text if c.isprintable()).split())[:80]
