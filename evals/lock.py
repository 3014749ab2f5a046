"""What running needs, pinned by hash: requirements.lock → requirements.hashes (`make lock`), and
what the extra `postgres` needs besides → requirements.postgres.hashes.

In: the versions of requirements.lock, the metadata of this environment's distributions, `uv`. Out:
a line a distribution with the SHA-256 of each file that the index has of it, so that any platform's
will do. Left out is torch alone, which comes from the index that the operator chose (CPU, CUDA).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parents[1]
BUILDING: Final = ("setuptools",)
"""What `pip install --no-build-isolation --editable .` needs besides."""
FREE: Final = frozenset({"torch"})
_GRAPHICS: Final = re.compile(r"nvidia-|cuda-|triton|pytorch-triton")
"""What builds of torch for graphics cards bring."""


FILES: Final = {"requirements.hashes": "", "requirements.postgres.hashes": "postgres"}
"""The extra of each; what the first holds is not in the others."""


def needed(extra: str = "") -> set[str]:
    """Names of all that pyproject.toml's dependencies need here, and what those need, with the
    extras that they ask for; of an extra of ours, what it adds."""
    return _needed(extra) - needed() if extra else _needed()


def _needed(extra: str = "") -> set[str]:
    # Not of our own installed metadata, which an editable installation lets grow old.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    own = (
        project["optional-dependencies"][extra] if extra else [*project["dependencies"], *BUILDING]
    )
    ahead = list(map(Requirement, own))
    seen: set[str] = set()
    while ahead:
        asked = ahead.pop()
        name = canonicalize_name(asked.name)
        if str(asked) in seen or _GRAPHICS.match(name):
            continue
        seen.add(str(asked))
        ahead += [one for one in _wanted(name) if _applies(one, asked.extras)]
    return {canonicalize_name(Requirement(one).name) for one in seen} - FREE


def _wanted(name: str) -> list[Requirement]:
    try:
        return list(map(Requirement, distribution(name).requires or []))
    except PackageNotFoundError:
        sys.exit(f"{name} is not installed: `make setup` first")


def _applies(one: Requirement, extras: set[str]) -> bool:
    """Whether it is needed here, for the package itself or one of its extras."""
    return one.marker is None or any(one.marker.evaluate({"extra": e}) for e in ["", *extras])


def pinned() -> dict[str, str]:
    """Version by name."""
    lines = re.findall(
        r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE
    )
    return {canonicalize_name(name): version for name, version in lines}


def main() -> None:
    """Write the files with `uv`, whose path is the one argument."""
    versions = pinned()
    for file, extra in FILES.items():
        if missing := sorted(needed(extra) - versions.keys()):
            sys.exit(f"not in requirements.lock: {', '.join(missing)}")
        lines = "".join(f"{name}=={versions[name]}\n" for name in sorted(needed(extra)))
        subprocess.run(
            [sys.argv[1], "pip", "compile", "--quiet", "--no-deps", "--generate-hashes",
             "--no-header", "--no-annotate", "--python-version", "3.11", "--universal",
             "--output-file", file, "-"],
            input=lines.encode(), check=True, cwd=ROOT,
        )  # fmt: skip


if __name__ == "__main__":
    main()
