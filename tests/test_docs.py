"""The README names every command; every route and field of the API is described; the tests that the
docs name exist, and so do the limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.main

from api import export_routes, fetches, listen, lockout, reports
from api.app import create_app
from api.mcp import route as mcp_route
from api.misp import routes as misp_routes
from api.newsletter import subscribe
from api.services import Services
from api.watch import keeping
from api.watch import pages as watch_pages
from api.webhooks import routes as webhook_routes
from breachwire.cli import app
from breachwire.config import Config
from breachwire.store import Store
from evals import protections

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
OPEN_ROUTES = (ROOT / "docs/open-routes.md").read_text("utf-8")


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
        "/api/v1/feeds", "/api/v1/exports/{what}.{form}", "/healthz", "/readyz", "/metrics",
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


def test_every_test_that_holds_an_attack_exists() -> None:
    missing = []
    for held in protections.every():
        file, name = held.test.split("::")
        if not (ROOT / file).is_file() or f"def {name}(" not in (ROOT / file).read_text("utf-8"):
            missing.append(held.test)
    assert missing == []
    takes = [
        (held, (ROOT / held.file).read_text("utf-8").count(held.take))
        for held in protections.every()
    ]
    assert [held.what for held, times in takes if held.take and times != 1] == []
    wrong = "run `python -m evals.protections --table` and put it into docs/attacks.md"
    assert protections.table() in (ROOT / "docs/attacks.md").read_text("utf-8"), wrong


def test_every_open_route_that_takes_something_is_in_the_docs(store: Store) -> None:
    app = create_app(lambda: Services(store=store, config=Config()))
    taking = {
        f"{method} {getattr(route, 'path', '')}"
        for route in app.routes
        for method in getattr(route, "methods", None) or ()
    }
    taking |= {
        f"{method.upper()} {path}"
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    taking = {one for one in taking if not one.startswith(("GET ", "HEAD "))}
    assert "POST /report" in taking
    assert "PUT /api/v1/watches" in taking
    inner = {one for one in taking if one.startswith("POST /edit/")} - {"POST /edit/login"}
    assert [one for one in taking - inner if f"`{one}`" not in OPEN_ROUTES] == []


@pytest.mark.parametrize(
    ("row", "each", "every", "window"),
    [
        ("`POST /subscribe` ", subscribe.EACH, subscribe.ALL, subscribe.WINDOW),
        ("`POST /watch`, ", keeping.EACH, keeping.ALL, keeping.WINDOW),
        (
            "`POST /watch/{name}` with a mail",
            watch_pages.ASKS,
            watch_pages.ASKS_ALL,
            watch_pages.WINDOW,
        ),
        (
            "`POST /api/v1/watches/webhooks`",
            webhook_routes.EACH,
            webhook_routes.ALL,
            webhook_routes.WINDOW,
        ),
        ("`POST /report`", reports.EACH, reports.ALL, reports.WINDOW),
        ("`GET /related`", fetches.EACH, fetches.ALL, fetches.WINDOW),
        ("`POST /related`", fetches.EACH_TEXT, fetches.ALL_TEXTS, fetches.WINDOW),
        ("`GET /wire/", listen.EACH, listen.ALL, listen.WINDOW),
        ("`GET /api/v1/exports/", export_routes.EACH, export_routes.ALL, export_routes.WINDOW),
        ("`POST /mcp`", mcp_route.EACH, mcp_route.ALL, mcp_route.WINDOW),
        ("`GET /misp/", misp_routes.EACH, misp_routes.ALL, misp_routes.WINDOW),
        ("`POST /edit/login`", lockout.EACH, lockout.ALL, lockout.WINDOW),
    ],
)
def test_the_limits_in_the_docs_are_the_codes(
    row: str, each: int, every: int, window: float
) -> None:
    (line,) = (line for line in OPEN_ROUTES.splitlines() if line.startswith(f"| {row}"))
    within = "1 hour" if window == 3600 else f"{window / 60:.0f} minutes"
    assert [cell.strip() for cell in line.split("|")[3:6]] == [str(each), str(every), within]
