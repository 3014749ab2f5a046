"""Every kind of page by the HTML validator: vnu's jar (`make vnu`), skipped where it is missing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser.looking import Site, get

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
VNU = Path(os.environ.get("BREACHWIRE_VNU", ROOT / ".venv" / "vnu" / "vnu.jar"))


def test_the_validator_finds_nothing(site: Site, tmp_path: Path) -> None:
    """HTML, CSS and SVG by vnu, offline, in one call each."""
    if shutil.which("java") is None or not VNU.exists():
        pytest.skip("no Java or no vnu.jar: `make vnu` fetches the jar")
    for name, path in site.pages:
        cookie = "; ".join(f"{one['name']}={one['value']}" for one in site.cookies)
        _, body = get(site.url + path, Cookie=cookie)
        (tmp_path / f"{re.sub('[^a-z]+', '-', name)}.html").write_bytes(body)
    static = ROOT / "api" / "static"
    calls = {
        "html": ["--skip-non-html", str(tmp_path)],
        "css": ["--css", *map(str, static.glob("*.css"))],
        "svg": ["--svg", *map(str, static.glob("*.svg"))],
    }
    wrong = {}
    for kind, args in calls.items():
        done = subprocess.run(
            ["java", "-Xmx512m", "-jar", str(VNU), "--errors-only", "--format", "json", *args],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        told = json.loads(done.stderr)["messages"]
        wrong[kind] = [(one["url"].rpartition("/")[2], one["message"]) for one in told]
    assert wrong == {"html": [], "css": [], "svg": []}
