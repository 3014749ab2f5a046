"""`breachwire mcp`: the protocol alone on standard output, one line where there is no store."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from breachwire.store import open_store
from tests import commands

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config")}


def test_no_store_is_a_line_and_makes_none(tmp_path: Path, environ: dict[str, str]) -> None:
    file = tmp_path / "none.sqlite3"
    done = commands.run("--db", str(file), "mcp", "--no-model", env=environ)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert "no store at" in line
    assert str(file) in line
    assert not file.exists()


def test_standard_output_is_the_protocols(tmp_path: Path, environ: dict[str, str]) -> None:
    """An empty store is told on standard error; what is no message is passed over."""
    file = tmp_path / "wire.sqlite3"
    open_store(f"sqlite:///{file}").close()
    given = "hello?\n\x00\n[[[\n" + json.dumps(HELLO) + "\n"
    done = commands.run("--db", str(file), "mcp", "--no-model", env=environ, given=given)
    assert done.returncode == 0
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [a["result"]["serverInfo"]["name"] for a in answers if "result" in a] == ["breachwire"]
    assert "This store holds no threads yet" in done.stderr
    assert "Traceback" not in done.stderr
