"""`token create`, `list`, `revoke`: shown once, never again; wrong use is one line."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from breachwire.model.tokens import digest
from breachwire.store import open_store
from tests import commands

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(address: str, tmp_path: Path) -> Run:
    """Run `breachwire token ARGS` on a store of its own."""
    environ = {
        **os.environ,
        "BREACHWIRE_DB": address,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }

    def call(*args: str) -> subprocess.CompletedProcess[str]:
        return commands.run(*args, env=environ)

    return call


def listed(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("token", "list", "--json").stdout)["tokens"]
    return found


def test_a_token_is_printed_once_and_only_its_hash_is_kept(run: Run, address: str) -> None:
    made = run("token", "create", " Ida   Okafor ", "--scope", "edit", "--expires", "90d")
    assert made.returncode == 0, made.stderr
    secret = made.stdout.removesuffix("\n")
    assert re.fullmatch(r"bw_[A-Za-z0-9_-]{43}", secret)
    assert "token 1 of Ida Okafor, scope edit" in made.stderr
    assert secret not in made.stderr
    (row,) = listed(run)
    assert (row["name"], row["scope"], row["state"]) == ("Ida Okafor", "edit", "valid")
    assert secret not in json.dumps(row) + run("token", "list").stdout
    store = open_store(address)
    token = store.token_by_digest(digest(secret))
    store.close()
    assert token is not None
    assert token.expires_at is not None
    assert (token.expires_at - token.created_at).days == 90


def test_the_least_scope_is_the_default_and_nothing_expires_unasked(run: Run) -> None:
    run("token", "create", "reader")
    (row,) = listed(run)
    assert (row["scope"], row["expires_at"]) == ("read", None)


def test_revoking_is_for_good_and_ids_are_not_given_again(run: Run) -> None:
    assert "nobody can edit" in run("token", "list").stderr
    first = run("token", "create", "a").stdout
    assert run("token", "revoke", "1").stdout == "revoked token 1 of a\n"
    assert run("token", "revoke", "1").returncode == 0
    assert "revoked" in run("token", "list").stdout
    assert run("token", "create", "b").stdout != first
    assert [(row["id"], row["state"]) for row in listed(run)] == [(1, "revoked"), (2, "valid")]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["create", " "], 2, "one line of 1 to 60"),
        (["create", "x" * 61], 2, "one line of 1 to 60"),
        (["create", "a\x1b[2Jb"], 2, "one line of 1 to 60"),
        (["create", "Threader"], 2, "stands for the program itself"),
        (["create", "x", "--expires", "soon"], 2, "no length of time"),
        (["create", "x", "--expires", "0d"], 2, "no length of time"),
        (["revoke", "7"], 1, "no token '7'"),
    ],
)
def test_wrong_use_is_one_line(run: Run, args: list[str], code: int, says: str) -> None:
    done = run("token", *args)
    assert done.returncode == code
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert listed(run) == []


def test_a_scope_is_one_of_three(run: Run) -> None:
    assert run("token", "create", "x", "--scope", "root").returncode == 2
