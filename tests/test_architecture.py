"""Imports point one way, third-party libraries have one home, the wheel holds what it should."""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("api", "breachwire", "ingest", "nlp")

# What each part may import of the project (DESIGN, “Layout and the data's way”).
CORE = {"breachwire.model", "breachwire.errors", "breachwire.config"}
MAY = {
    "breachwire.model": set(),
    "breachwire.errors": set(),
    "breachwire.config": {"breachwire.model", "breachwire.errors"},
    "breachwire.net": CORE,
    "breachwire.testing": CORE | {"breachwire.net"},
    "breachwire.store": CORE,
    "breachwire.demo": CORE,
    "breachwire.mail": CORE | {"breachwire.net", "breachwire.store"},
    "ingest": CORE | {"breachwire.net"},
    "nlp": CORE,
    "breachwire.pipeline": CORE | {"breachwire.net", "breachwire.store", "ingest", "nlp"},
    "breachwire.work": CORE
    | {"breachwire.net", "breachwire.store", "breachwire.pipeline", "ingest", "nlp"},
    "api": CORE | {"breachwire.store"},
}
HOMES = {
    "httpx": {"breachwire.net"},
    "httpcore": {"breachwire.net"},
    "requests": {"breachwire.net"},  # comes with stix2 and pymisp; nobody goes out by it
    "feedparser": {"ingest"},
    "trafilatura": {"ingest"},
    "lxml": {"ingest"},
    "protego": {"ingest"},
    "ioc_finder": {"nlp"},
    "torch": {"nlp"},
    "sentence_transformers": {"nlp"},
    "faiss": {"nlp"},
    "espeakng_loader": {"nlp"},
    "piper": {"nlp"},
    "num2words": {"nlp"},
    "soxr": {"nlp"},
    "soundfile": {"nlp"},
    "mutagen": {"nlp"},
    "fastapi": {"api"},
    "starlette": {"api"},
    "jinja2": {"api"},
    "css_inline": {"api"},
    "email_validator": {"api"},
    "smtplib": {"breachwire.net"},
    "dkim": {"breachwire.mail"},
    "flufl": {"breachwire.mail"},
    "prometheus_client": {"api"},
    "rapidfuzz": {"api"},
    "stix2": {"api.stix"},
    "pymisp": {"api.misp"},
    "mcp": {"api.mcp.server"},
    "mcp_types": {"api.mcp.server"},
    "polars": {"api.table_formats"},
    "sqlalchemy": {"breachwire.store"},
    "alembic": {"breachwire.store"},
    "psycopg": {"breachwire.store"},
    "procrastinate": {"breachwire.work.queue"},
}


def modules() -> Iterator[tuple[str, str]]:
    """(module, imported name) for every import in the four packages."""
    for path in sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((name, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield name, node.module
                yield from ((name, f"{node.module}.{alias.name}") for alias in node.names)


def part(module: str) -> str | None:
    """The longest named part a module belongs to; None: the command line and what it wires."""
    inside = [p for p in MAY if module == p or module.startswith(p + ".")]
    return max(inside, key=len, default=None)


def test_imports_point_one_way() -> None:
    wrong = [
        f"{module} imports {name}"
        for module, name in modules()
        if (here := part(module)) and (there := part(name)) and there not in MAY[here] | {here}
    ]
    assert not wrong


def test_nothing_imports_the_command_line() -> None:
    wrong = [f"{m} imports {n}" for m, n in modules() if part(m) and n.startswith("breachwire.cli")]
    assert not wrong


def test_each_library_has_one_home() -> None:
    wrong = [
        f"{module} imports {name}"
        for module, name in modules()
        if (homes := HOMES.get(name.split(".")[0]))
        and not any(module == home or module.startswith(home + ".") for home in homes)
    ]
    assert not wrong


def test_importing_anything_loads_nothing_heavy() -> None:
    """The command line and the pages, in a process of its own, leave these out."""
    code = (
        "import sys, api.app, breachwire.cli, breachwire.pipeline\n"
        "import nlp.brief, nlp.claims, nlp.thread\n"
        "print([m for m in ('torch','sentence_transformers','faiss','sklearn','trafilatura',"
        " 'stix2', 'pymisp', 'polars', 'mcp', 'mcp_types', 'jwt')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_needs_no_numpy() -> None:
    code = "import sys, breachwire.cli; print('numpy' in sys.modules, 'pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"


def test_no_foreign_distribution_owns_our_names() -> None:
    owners = importlib.metadata.packages_distributions()
    assert {name: set(owners.get(name, ["breachwire"])) for name in PACKAGES} == {
        name: {"breachwire"} for name in PACKAGES
    }


def test_wheel_holds_the_four_packages(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "setuptools" in done.stderr:
        pytest.skip("no setuptools to build with")
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    tops = {name.split("/")[0] for name in names if not name.startswith("breachwire-")}
    assert tops == set(PACKAGES)
    assert not [name for name in names if name.startswith(("tests", "evals", "bench"))]
    for needed in (
        "api/static/", "api/templates/", "breachwire/store/migrations/versions/",
        "breachwire/demo/corpus", "ingest/catalog/", "nlp/parameters/", "nlp/lexicon/",
    ):  # fmt: skip
        files = [n for n in names if n.startswith(needed) and not n.endswith("__init__.py")]
        assert files, f"the wheel lacks {needed}"
