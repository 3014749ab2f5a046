"""`breachwire webhooks`: a secret once and never again; what was given up goes out once more."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from breachwire import cli

PATH = "https://hooks.example/secret-path"
Run = Callable[..., Any]


@pytest.fixture
def run(new_file: Path, tmp_path: Path) -> Run:
    path = tmp_path / "wire.sqlite3"
    path.write_bytes(new_file.read_bytes())

    def run(*args: str) -> Any:
        return CliRunner().invoke(cli.app, ["--db", str(path), "webhooks", *args])

    return run


def test_a_secret_is_told_at_birth_and_rotation_alone(run: Run) -> None:
    made = run("add", PATH, "--search", "victim=Quarrybank&since=7d", "--events", "thread.changed")
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    assert secret.startswith("whsec_")
    turned = run("rotate", "1", "--hours", "1", "--json")
    listed, as_json = run("list"), run("list", "--json")
    (hook,) = json.loads(as_json.stdout)["webhooks"]
    assert hook["search"] == {"victim": "Quarrybank", "since": "7d"}
    assert (hook["host"], hook["events"], hook["state"]) == (
        "hooks.example", ["thread.changed"], "active",
    )  # fmt: skip
    assert "hooks.example of a search, 0 waiting, 0 dead" in listed.stdout
    for hidden in (secret, json.loads(turned.stdout)["secret"], "secret-path"):
        assert hidden not in listed.output + as_json.output
    assert run("dead", "--json").stdout.strip().replace("\n", "") == '{  "dead": []}'
    assert "0 deliveries" in run("replay", "1", "--since", "12h").stdout
    assert run("remove", "1").exit_code == 0
    assert run("list", "--json").stdout.split() == ["{", '"webhooks":', "[]", "}"]


@pytest.mark.parametrize(
    "args",
    [
        ("add", "ftp://hooks.example/"),
        ("add", PATH, "--events", "thread.exploded"),
        ("add", PATH, "--search", "x", "--watch", "1"),
        ("add", PATH, "--search", "section="),
        ("add", PATH, "--search", "victm=Quarrybank"),
        ("replay", "1", "--since", "yesterday"),
        ("check", "7"),
        ("remove", "7"),
    ],
)
def test_wrong_use_is_one_line(run: Run, args: tuple[str, ...]) -> None:
    failed = run(*args)
    assert failed.exit_code != 0
    assert failed.exception is not None
    assert len(str(failed.exception).splitlines()) == 1


def test_a_trial_goes_out_by_the_safe_way_alone(run: Run) -> None:
    run("add", "https://127.0.0.1/hook")
    failed = run("check", "1")
    assert "loopback" in str(failed.exception)
