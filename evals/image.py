"""The image without a container engine: the Containerfile's steps in a fresh root, and the result.

    make image-check [IMAGE_OPTIONS='--volume FOLDER:FOLDER:ro']

First the compose files are read by the library `compose-spec`, which refuses what the specification
doesn't know, and the proxy's file by Debian's `caddy`.

In: Debian's `mmdebstrap` (a root as the base image's, from Debian's packages) and `buildah`, which
runs the Containerfile's steps by chroot; root, and a network for packages. Out: a line a finding,
exit status 1 where one is wrong. The finished image then runs in a network of its own that leads
nowhere: as which user, with which tools, and whether `demo` answers. Not tried: an engine's own
isolation (namespaces, cgroups, a root that can't be written), the real base image.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[1]
SUITE: Final = {"12": "bookworm", "13": "trixie"}
IMAGE: Final = "breachwire"
BUILDING: Final = ("cc", "gcc", "make", "pip", "pip3", "git", "curl")
"""Tools that build or fetch: the image has none of them."""
DEMO: Final = """
ip link set lo up
{run} breachwire demo --port 8000 2>/dev/null & pid=$!
for i in $(seq 150); do
    curl --silent --fail --max-time 2 --output /dev/null http://127.0.0.1:8000/healthz && break
    kill -0 $pid || exit 1
    sleep 1
done
set -e
curl --silent --fail http://127.0.0.1:8000/healthz; echo
for i in $(seq 150); do
    page="$(curl --silent --fail http://127.0.0.1:8000/)"
    address="$(echo "$page" | grep --only-matching --max-count=1 '/wire/[^"#]*' || true)"
    [ -n "$address" ] && break
    sleep 2
done
curl --silent --fail "http://127.0.0.1:8000$address" | grep 'Key Details' >/dev/null
echo "a thread's page is whole: $address"
curl --silent --fail --output /dev/null 'http://127.0.0.1:8000/search?q=ransomware'
{run} {health}
echo "health check: ok"
kill $pid
wait $pid 2>/dev/null || true
"""


class Buildah:
    """`buildah` with a place of its own for images."""

    def __init__(self, folder: Path) -> None:
        self.options = ["--root", f"{folder}/images", "--runroot", f"{folder}/run",
                        "--storage-driver", "vfs"]  # fmt: skip

    def __call__(self, *words: str, shown: bool = False) -> str:
        """What it printed; shown as it comes instead. Raises CalledProcessError."""
        done = subprocess.run(["buildah", *self.options, *words], check=True, cwd=ROOT, text=True,
                              stdout=None if shown else subprocess.PIPE)  # fmt: skip
        return (done.stdout or "").strip()

    def inside(self, container: str, *words: str) -> str:
        """What a command in the image prints, as its user."""
        return self("run", "--isolation", "chroot", container, "--", *words)


def files() -> None:
    """Raises ValueError, CalledProcessError."""
    from compose_spec import PyCompose  # `make image-check` installs it

    for file in sorted(ROOT.glob("compose*.yaml")):
        # Through YAML first: the library reads no merge keys.
        document = yaml.safe_load(file.read_text("utf-8"))
        print(file.name, *PyCompose.from_json(json.dumps(document)).service_names())
    subprocess.run(["caddy", "validate", "--config", "deploy/Caddyfile", "--adapter", "caddyfile"],
                   check=True, cwd=ROOT, stderr=subprocess.PIPE)  # fmt: skip
    print("deploy/Caddyfile: ok")


def base() -> str:
    """The base image that the Containerfile names."""
    (name,) = re.findall(r"^ARG BASE=(\S+)$", (ROOT / "Containerfile").read_text("utf-8"), re.M)
    return str(name)


def fresh(buildah: Buildah, folder: Path) -> None:
    """A root as the base image's, made of Debian's packages, under its name."""
    (release,) = re.findall(r"debian:(\d+)", base())
    archive = folder / "root.tar"
    subprocess.run(["mmdebstrap", "--variant=minbase", SUITE[release], archive], check=True)
    container = buildah("from", "scratch")
    buildah("add", "--quiet", container, str(archive), "/")
    buildah("commit", "--quiet", "--rm", container, base())
    archive.unlink()


def wrong(buildah: Buildah, container: str) -> Iterator[str]:
    """What the image has or does that it should not."""
    if (user := buildah.inside(container, "id", "-u")) in ("", "0"):
        yield f"it runs as user {user}"
    found = buildah.inside(container, "sh", "-c", f"command -v {' '.join(BUILDING)} || true")
    yield from (f"there is {tool}" for tool in found.split())
    script = "touch /etc/x /opt/breachwire/x /usr/bin/x 2>/dev/null && echo yes || true"
    if buildah.inside(container, "sh", "-c", script):
        yield "its user can write the program"
    buildah.inside(container, "python3", "-c", "import procrastinate, psycopg, nlp.embed")
    print(buildah.inside(container, "breachwire", "--version"), "runs as user", user)


def demo(buildah: Buildah, container: str) -> None:
    """Raises CalledProcessError where the demonstration does not answer without a network."""
    text = (ROOT / "Containerfile").read_text("utf-8")
    health = json.loads(re.findall(r"^HEALTHCHECK [^\[]+(\[.+\])$", text, re.M)[0])
    run = ["buildah", *buildah.options, "run", "--isolation", "chroot", container, "--"]
    script = DEMO.format(run=shlex.join(run), health=shlex.join(health))
    subprocess.run(["unshare", "--net", "--", "bash", "-c", script], check=True)


def main(given: Sequence[str] | None = None) -> int:
    """Build and look; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=None, help="where images are kept after")
    parser.add_argument("--built", action="store_true", help="look at the one in --folder")
    options, rest = parser.parse_known_args(given)
    files()
    with tempfile.TemporaryDirectory() as folder:
        buildah = Buildah(options.folder or Path(folder))
        if not options.built:
            fresh(buildah, Path(folder))
            buildah("bud", "--isolation", "chroot", "--pull-never", "--layers=false", "--format",
                    "docker", "--file", "Containerfile", "--tag", IMAGE, *rest, ".",
                    shown=True)  # fmt: skip
        container = buildah("from", "--pull-never", IMAGE)
        try:
            problems = list(wrong(buildah, container))
            demo(buildah, container)
        except subprocess.CalledProcessError as error:
            problems = [f"failed: {error}"]
        finally:
            buildah("rm", container)
    print(*(f"BAD  {line}" for line in problems), sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
