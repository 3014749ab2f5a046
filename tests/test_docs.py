"""The README names every command; every route and field of the API is described."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.main

from api.app import create_app
from api.services import Services
from breachwire.cli import app
from breachwire.config import Config
from breachwire.store import Store

README = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")


def commands() -> list[str]:
    """Every command, groups as `group sub`."""
    group: Any = typer.main.get_command(app)
    found = []
    for name, command in group.commands.items():
        subs = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in subs] if subs else [name]
    return found


@pytest.mark.parametrize("command", commands())
def test_the_readme_names_every_command(command: str) -> None:
    first, _, second = command.partition(" ")
    assert f"breachwire {command}" in README or (
        f"breachwire {first} " in README and f"`{second}" in README
    )


@pytest.fixture
def document(store: Store) -> dict[str, Any]:
    return create_app(lambda: Services(store=store, config=Config())).openapi()


def test_every_route_of_the_contract_is_there(document: dict[str, Any]) -> None:
    wanted = {
        "/api/v1/threads", "/api/v1/threads/{id}", "/api/v1/search", "/api/v1/related",
        "/api/v1/entities/{kind}/{slug}", "/api/v1/storylines/{id}", "/api/v1/articles/{id}",
        "/api/v1/feeds", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    assert wanted <= set(document["paths"])


def test_every_parameter_and_field_is_described(document: dict[str, Any]) -> None:
    bare = [
        f"{path} {parameter['name']}"
        for path, methods in document["paths"].items()
        for method in methods.values()
        for parameter in method.get("parameters", ())
        if not parameter.get("description")
    ]
    bare += [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, about in schema.get("properties", {}).items()
        if not about.get("description") and "$ref" not in about
    ]
    assert not bare
