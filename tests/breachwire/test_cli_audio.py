"""`breachwire audio ID` as an operator types it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mutagen.mp3 import MP3
from mutagen.oggopus import OggOpus

from breachwire.model import Embedder
from breachwire.pipeline.derive import Deriver
from breachwire.pipeline.intake import import_items
from breachwire.store import ThreadFilter, open_store
from tests import commands
from tests.databases import Stores

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def kept(stores: Stores) -> str:
    return stores.new()


@pytest.fixture
def wire(kept: str, embedder: Embedder, item: Callable[..., dict[str, Any]]) -> tuple[str, str]:
    """A store with one threaded article, and the thread's id."""
    with closing(open_store(kept)) as store:
        if not store.counts().articles:
            import_items(store, [json.dumps(item()).encode()], now=NOW)
            Deriver(store, embedder, now=lambda: NOW).run()
        (thread,) = store.threads(ThreadFilter(), limit=2).threads
    return kept, thread.id


def run(*args: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return commands.run_bytes(*args, env={**os.environ, **environ})


def test_a_brief_becomes_a_file(wire: tuple[str, str], tmp_path: Path) -> None:
    db, thread = wire
    out = tmp_path / "story.mp3"
    done = run("--db", db, "audio", thread, "--to", str(out))
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert f"{out.stat().st_size:,} bytes" in done.stderr.decode()
    opus = tmp_path / "story.opus"
    assert run("--db", db, "audio", thread, "--to", str(opus)).returncode == 0
    assert abs(OggOpus(opus).info.length - MP3(out).info.length) < 0.2
    piped = run("--db", db, "audio", thread, "--to", "-")
    assert piped.stdout == out.read_bytes()


@pytest.mark.parametrize(
    ("args", "environ", "code", "line"),
    [
        (["audio", "nope"], {}, 1, "no thread 'nope'"),
        (["audio", "ID", "--format", "wav"], {}, 2, "no format 'wav'"),
        (["audio", "ID", "--to", "/no/such/folder/a.mp3"], {}, 2, "cannot write"),
        (["audio", "ID"], {"BREACHWIRE_SPEECH": "off"}, 2, "speech is off"),
        (["audio", "ID"], {"BREACHWIRE_SPEECH": "loud"}, 2, "is none of espeak"),
        (["audio", "ID"], {"BREACHWIRE_SPEECH": "piper"}, 2, "needs the path of a voice"),
        (["audio", "ID", "--to", "-"], {"BREACHWIRE_VOICE": "xx-nope"}, 1, "no voice 'xx-nope'"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    wire: tuple[str, str], args: list[str], environ: dict[str, str], code: int, line: str
) -> None:
    db, thread = wire
    named = [thread if arg == "ID" else arg for arg in args]
    done = run("--db", db, *named, **environ)
    assert done.returncode == code
    lines = done.stderr.decode().strip().splitlines()
    assert len(lines) == 1
    assert line in lines[0]
