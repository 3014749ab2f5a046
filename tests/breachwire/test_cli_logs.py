"""A log is a line a record, whatever an outlet wrote into it, and holds no secret."""

from __future__ import annotations

import logging
import sys

import pytest

from breachwire.cli.common import _Lines
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
