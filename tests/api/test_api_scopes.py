"""No route does more than its scope: each of them with every kind of token (`evals.scopes`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.app import create_app
from api.services import Services
from breachwire.config import Config
from breachwire.editing import Editors
from breachwire.store import Store
from breachwire.store.engine import path_of
from evals.scopes import check
from nlp import calibration

Look = Callable[[], list[str]]


@pytest.fixture
def look(store: Store, fill: Callable[..., Any], tmp_path: Path, address: str) -> Iterator[Look]:
    """What is wrong with an application over a filled store that editors work on."""
    material = fill(store)
    origin = {"model": material.model, "origin": "the shipped parameters"}
    own = calibration.folder_of(material.model, tmp_path)
    calibration.write(calibration.shipped(), origin, own)
    mails = {"smtp_host": "localhost", "mail_from": "Breachwire <news@wire.example>"}
    services = Services(
        store=store,
        config=Config(base_url="https://wire.example", **mails),
        editing=Editors(store, lambda: material.model, lambda: datetime.now(UTC), tmp_path),
    )
    app = create_app(lambda: services)
    behind: Any = ProxyHeadersMiddleware(app, trusted_hosts="*")
    with TestClient(behind, base_url="https://wire.example", follow_redirects=False) as client:
        yield lambda: check.problems(app, client, store, path_of(address))


@pytest.mark.sqlite  # what a request wrote is seen in the file
def test_no_route_does_more_than_its_scope(look: Look) -> None:
    assert look() == []
