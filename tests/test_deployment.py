"""What the deployment files say is what the program takes: commands, options, settings."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from breachwire.cli import app
from breachwire.config import Config

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = ("compose.yaml", "compose.postgres.yaml")
FILES = (*COMPOSE, "Containerfile", "deploy/systemd/breachwire@.service", "docs/deployment.md")
SETTINGS = {f"BREACHWIRE_{field.name.upper()}" for field in fields(Config)} | {"BREACHWIRE_CONFIG"}
RUN = r"(?:run --rm(?: -v \S+)? \w+|--rm -p \S+ breachwire|exec \w+ breachwire|bin/breachwire)"
"""What stands before a command in the page's blocks."""
PASSWORD = "BREACHWIRE_PASSWORD"
"""Of the database's role: compose's, not a setting."""


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def services(file: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(read(file))["services"]
    return found


def parsed(words: list[str]) -> Any:
    """As the command line reads them, nothing run; raises where it does not take them."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("breachwire", list(words))
    while hasattr(command, "commands"):
        name, command, words = command.resolve_command(context, words)
        if hasattr(command, "commands"):
            context = command.make_context(name, list(words[:1]), parent=context)
        else:
            context = command.make_context(name, list(words), parent=context)
    return context


def documented() -> Iterator[str]:
    """The commands in the page's blocks: what stands behind the program's name, or after what runs
    it in a container."""
    for block in re.findall(r"```sh\n(.*?)```", read("docs/deployment.md"), re.DOTALL):
        for line in block.splitlines():
            if found := re.search(RUN + " (.+)$", line):
                yield found[1]


def test_the_services_commands_are_the_programs() -> None:
    given = [
        (name, one["command"])
        for file in COMPOSE
        for name, one in services(file).items()
        if one["image"] == "breachwire"
    ]
    assert {one for one, _ in given} == {"wire", "prepare", "work", "serve-1", "serve-2"}
    for _, words in given:
        parsed(words)
    with pytest.raises(Exception, match="No such option"):
        parsed(["serve", "--hosts", "0.0.0.0"])
    with pytest.raises(Exception, match="No such command"):
        parsed(["server"])


def test_the_workers_queues_are_the_programs() -> None:
    pytest.importorskip("procrastinate", reason="without the extra postgres")
    from breachwire.work import worker

    queues = services("compose.postgres.yaml")["work"]["command"][-1]
    assert set(worker.chosen(queues)) == set(worker.QUEUES)


def test_the_pages_commands_are_found() -> None:
    # One by each way to run it; where none is found, the test below has nothing to try.
    assert set(documented()) >= {
        "demo --host 0.0.0.0",
        "doctor",
        "restore /data/monday.sqlite3",
        "migrate --from sqlite:////old/breachwire/breachwire.sqlite3"
        " --to postgresql://breachwire@db/breachwire",
        "backup /var/lib/breachwire/monday.sqlite3",
    }


@pytest.mark.parametrize("line", sorted(set(documented())))
def test_the_pages_commands_are_the_programs(line: str) -> None:
    parsed(shlex.split(line))


@pytest.mark.parametrize("file", FILES)
def test_settings_have_the_programs_names(file: str) -> None:
    named = set(re.findall(r"BREACHWIRE_[A-Z_]+", read(file)))
    assert named - SETTINGS <= {PASSWORD}


def test_the_proxy_knows_the_replicas_and_they_it() -> None:
    all_ = services("compose.postgres.yaml")
    replicas = {
        f"{name}:8000" for name, one in all_.items() if one.get("command", [""])[0] == "serve"
    }
    (named,) = re.findall(r"reverse_proxy \{\$REPLICAS:([^}]+)\}", read("deploy/Caddyfile"))
    assert set(named.split()) == replicas
    proxy = all_["proxy"]["networks"]["wire"]["ipv4_address"]
    assert {all_[one.split(":")[0]]["environment"]["FORWARDED_ALLOW_IPS"] for one in replicas} == {
        proxy
    }


def test_the_image_is_pinned_and_its_user_is_not_root() -> None:
    text = read("Containerfile")
    assert re.search(r"^ARG BASE=\S+:\d+\.\d+-slim$", text, re.MULTILINE)
    assert re.findall(r"^USER (.+)$", text, re.MULTILINE) == ["10001:10001"]
    assert all(re.search(r":\d+\.\d+", one["image"]) for file in COMPOSE
               for one in services(file).values() if "build" not in one)  # fmt: skip


def test_what_the_image_is_made_from_is_there() -> None:
    kept = [line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")]
    copied = re.findall(r"^COPY (?!--from)(.+) \./$", read("Containerfile"), re.MULTILINE)
    assert all((ROOT / one).exists() for one in kept)
    assert set(copied[0].split()) <= set(kept)
    assert {"api", "breachwire", "ingest", "nlp", "pyproject.toml", "README.md"} <= set(kept)
