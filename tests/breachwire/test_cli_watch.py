"""`watch add`, `list`, `show`, `remove`: an address printed once, bad lines named."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from breachwire.model.tokens import digest
from breachwire.store import open_store
from tests import commands

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(address: str, tmp_path: Path) -> Run:
    """Run `breachwire watch ARGS` on a store of its own."""
    environ = {
        **os.environ,
        "BREACHWIRE_DB": address,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }

    def call(*args: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return commands.run("watch", *args, env=environ, given=stdin)

    return call


def test_a_list_is_added_shown_and_removed(run: Run, address: str) -> None:
    made = run("add", "-", "--label", "Mine", "--base", "https://w.example/", stdin="Acme\n!\nBolt")
    assert made.returncode == 0, made.stderr
    assert "line 2: '!': no name in it" in made.stderr
    assert "watch 1, 2 names, 0 threads now" in made.stderr
    match = re.fullmatch(r"https://w\.example/watch/(bw_[\w-]{43})\n", made.stdout)
    assert match is not None
    store = open_store(address)
    kept = store.watch(digest(match[1]))
    store.close()
    assert kept is not None
    assert [one.name for one in kept.entries] == ["Acme", "Bolt"]
    (row,) = json.loads(run("list", "--json").stdout)["watches"]
    assert (row["id"], row["entries"], row["search"]) == (1, 2, False)
    listed = run("list").stdout
    assert "2 names" in listed
    assert "Acme" not in listed + json.dumps(row)
    assert "Acme" in run("show", "1").stdout
    assert match[1] not in run("show", "1", "--json").stdout
    assert run("remove", "1").stdout == "removed watch 1\n"
    assert "nobody watches" in run("list").stderr


def test_a_search_is_added_too(run: Run) -> None:
    made = run("add", "--query", "hospital ransomware")
    assert "watch 1, a saved search" in made.stderr
    assert "q: hospital ransomware" in run("show", "1").stdout


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["add"], 2, "Name somebody to watch"),
        (["add", "nowhere.csv"], 2, "nowhere.csv: No such file"),
        (["add", "-", "--query", "x"], 2, "either a search or a list"),
        (["show", "7"], 1, "no watch '7'"),
        (["remove", "7"], 1, "no watch '7'"),
    ],
)
def test_wrong_use_is_one_line(run: Run, args: list[str], code: int, says: str) -> None:
    done = run(*args, stdin="Acme")
    assert done.returncode == code
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
