"""Which routes there are, and what scope each needs.

In: the application. Out: a `Way` a method and path, from its routes and its OpenAPI document; the
document of the editors' pages, which the public one leaves out, with the answers that a scope may
get. The rule is the one that README and SECURITY.md tell: /edit is for tokens, reading it for any,
acting there for `edit` and `admin`; everything else is for everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import FastAPI

from breachwire.model import Scope
from breachwire.model.tokens import SCOPES

DOORS: Final = ("/edit/login", "/edit/logout")
_EDITORS: Final = re.compile(r"/edit(?:/|\Z)")
_NAME: Final = re.compile(r"\{(\w+)(?::\w+)?\}")
_REFUSED: Final[Mapping[Scope | None, tuple[int, ...]]] = {None: (401,), "read": (403,)}
_READ: Final = (200, 303, 400, 404)
_ACTED: Final = (200, 303, 400, 404, 409)
_NO_FORM: Final = (413, 415)
"""What isn't a form is refused before anybody asks who sent it."""


@dataclass(frozen=True, slots=True)
class Way:
    """A route by one method."""

    method: str
    path: str
    """With names in braces."""
    needs: Scope | None
    """The smallest scope that may; None: everybody."""

    def filled(self, values: Mapping[str, str]) -> str:
        """The path with `values` for its names; `x` for those that have none."""
        return _NAME.sub(lambda found: values.get(found[1], "x"), self.path)


def ways(app: FastAPI) -> list[Way]:
    """Every route by every method that it names; HEAD is GET without a body."""
    pages = {
        (method, getattr(route, "path", ""))
        for route in app.routes
        for method in getattr(route, "methods", None) or ()
    }
    api = {
        (method.upper(), path) for path, all_ in app.openapi()["paths"].items() for method in all_
    }
    found = sorted((path, method) for method, path in pages | api if method != "HEAD")
    return [Way(method, path, _needs(method, path)) for path, method in found]


def _needs(method: str, path: str) -> Scope | None:
    if not _EDITORS.match(path) or path in DOORS:
        return None
    return "read" if method == "GET" else "edit"


def document(
    app: FastAPI, scope: Scope | None, examples: Mapping[str, tuple[str, Mapping[str, str]]]
) -> dict[str, Any]:
    """An OpenAPI document of the editors' pages as a scope sees them.

    `examples`: a form's path, as the application writes it, with the value of its {id} and its
    fields.
    """
    paths: dict[str, dict[str, Any]] = {}
    for way in ways(app):
        if way.needs:
            paths.setdefault(way.path, {})[way.method.lower()] = _operation(
                way, scope, examples.get(way.path)
            )
    return {
        "openapi": "3.1.0",
        "info": {"title": f"Editors' pages for {scope or 'nobody'}", "version": "1"},
        "paths": paths,
    }


def _operation(
    way: Way, scope: Scope | None, example: tuple[str, Mapping[str, str]] | None
) -> dict[str, Any]:
    id_, form = example or ("1", {})
    answers = _answers(way, scope)
    operation: dict[str, Any] = {
        "parameters": list(_parameters(way, id_)),
        "responses": {str(code): {"description": "as the scope may"} for code in answers},
    }
    if form:
        schema = {
            "type": "object",
            "properties": {name: {"type": "string", "maxLength": 600} for name in form},
            "required": list(form),
            "example": dict(form),
        }
        content = {"application/x-www-form-urlencoded": {"schema": schema}}
        operation["requestBody"] = {"content": content, "required": True}
    return operation


def _answers(way: Way, scope: Scope | None) -> tuple[int, ...]:
    if way.method == "GET":
        return _READ
    if scope is None or SCOPES.index(scope) < SCOPES.index("edit"):
        return _REFUSED[scope] + _NO_FORM
    return _ACTED + _NO_FORM


def _parameters(way: Way, id_: str) -> Iterator[dict[str, Any]]:
    for name in _NAME.findall(way.path):
        schema = {"type": "string", "minLength": 1, "pattern": "^[0-9a-z]+$", "example": id_}
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for name in ("a", "b", "before", "id", "page", "done") if way.method == "GET" else ():
        yield {"name": name, "in": "query", "schema": {"type": "string", "maxLength": 60}}
