"""What running needs is pinned by version and by hash, and the two files agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from evals import lock

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(("file", "extra"), lock.FILES.items())
def test_every_distribution_has_its_version_and_hashes(file: str, extra: str) -> None:
    if extra:
        pytest.importorskip("procrastinate", reason=f"without the extra {extra}")
    hashes = (ROOT / file).read_text("utf-8")
    entries = re.findall(r"^([\w.-]+)==(\S+) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
                         hashes, re.MULTILINE)  # fmt: skip
    found = {canonicalize_name(name): version for name, version, _ in entries}
    versions = lock.pinned()
    assert found == {name: versions[name] for name in found}
    assert lock.needed(extra) <= found.keys(), "run `make lock`"
    # Nothing else stands there: no index, no address, nothing without a hash.
    assert sum(2 + text.count("\n") - 1 for _, _, text in entries) == len(hashes.splitlines())
