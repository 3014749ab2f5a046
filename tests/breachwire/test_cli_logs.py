"""A log is a line a record, whatever an outlet wrote into it, and holds no secret."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest

from breachwire.cli.common import _Lines, _Steps
from breachwire.errors import FetchError
from breachwire.net.addresses import parse


def written(message: str, *args: object, tracebacks: bool = False, error: bool = False) -> str:
    """A record as it is written."""
    record = logging.LogRecord(
        "ingest.fetch", logging.ERROR, __file__, 1, message, args, sys.exc_info() if error else None
    )
    return _Lines(tracebacks).format(record)


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b[2J\x1b]0;owned\x07",
        "line\nERROR forged: line",
        "a\r\nb",
        "\u202egnorw",
        "\u2028new",
        "\x00",
    ],
)
def test_an_outlets_words_stay_in_their_line(hostile: str) -> None:
    line = written("%s: entry %s left out", "https://a.example/", hostile)
    assert line.isprintable()
    assert line.startswith("ERROR ingest.fetch: https://a.example/: entry ")


def test_an_error_is_a_line_without_its_traceback() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        line = written("unexpected error", error=True)
    assert line == "ERROR ingest.fetch: unexpected error: ValueError('two\\nlines')"


def test_an_addresss_password_is_not_repeated() -> None:
    with pytest.raises(FetchError) as refused:
        parse("https://ida:s3cret@outlet.example/feed")
    assert "s3cret" not in str(refused.value)


def stepped(message: str, *args: object, ids: dict[str, Any] | None = None) -> dict[str, Any]:
    """A record as `log_format = "json"` writes it, read back."""
    record = logging.LogRecord("a.b", logging.INFO, __file__, 1, message, args, None)
    if ids is not None:
        record.ids = ids
    line = _Steps().format(record)
    assert line.isascii()
    assert "\n" not in line
    read: dict[str, Any] = json.loads(line)
    return read


def test_a_step_is_a_json_line_with_its_ids() -> None:
    told = stepped("placed", ids={"article": 17, "thread": "1k8p0"})
    assert told.pop("at").endswith("+00:00")
    assert told == {
        "level": "info", "logger": "a.b", "what": "placed", "article": 17, "thread": "1k8p0"
    }  # fmt: skip
    assert stepped("plain")["what"] == "plain"


def test_a_step_stays_in_its_line_whatever_an_outlet_wrote() -> None:
    assert stepped("%s", "a\r\n\u2028{}", ids={"url": "\x1b[2J"})["url"] == "\x1b[2J"
