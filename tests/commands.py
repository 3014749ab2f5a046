"""`breachwire ARGS` in a process of its own that has nothing to import any more.

In: words, environment, standard input. Out: what a `subprocess` would give. A command's imports
cost a second of a core, with the model four; here one process a test run has made them and read the
parameters, and each command is a fork of it: own memory, own exit code, own signals. Nothing of a
command gets back into that process. That one starts from nothing, is stopped and killed, is for
what tests/breachwire/test_up.py starts and test_durability.py kills; which imports are left out,
for tests/test_architecture.py and tests/nlp/test_nlp_embed.py.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, NoReturn

CODE = "from tests.commands import serve; serve()"
ROOT = Path(__file__).resolve().parents[1]
IMPORTED = (
    "alembic.command", "api.app", "api.related", "breachwire.cli", "breachwire.pipeline.backfill",
    "breachwire.pipeline.derive", "breachwire.pipeline.edits", "breachwire.pipeline.improve",
    "breachwire.pipeline.poll", "breachwire.postroom", "breachwire.service.site",
    "breachwire.store.sqlite", "faiss", "ioc_finder", "nlp.audio", "nlp.embed",
    "sentence_transformers", "trafilatura", "typer._adapters", "uvicorn",
)  # fmt: skip
"""What commands import as they go."""
LONG = 120.0


class Command:
    """A running command; what `subprocess.Popen` calls the same does the same."""

    def __init__(self, args: tuple[str, ...], env: Mapping[str, str], given: bytes = b"") -> None:
        self.args = args
        self.returncode: int | None = None
        self._files: list[IO[bytes]] = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115
        self._files[0].write(given)
        self._files[0].seek(0)
        self._told, theirs = socket.socketpair()
        asked = json.dumps({"args": args, "env": dict(env), "cwd": str(Path.cwd())}).encode()
        with theirs:
            fds = [file.fileno() for file in self._files] + [theirs.fileno()]
            header = len(asked).to_bytes(8, "big")
            socket.send_fds(_server(), [header], fds)
            _server().sendall(asked)
        self.pid = self._number(LONG)
        assert self.pid is not None

    def _number(self, timeout: float) -> int | None:
        """What is told next, None where that takes longer."""
        self._told.settimeout(timeout)
        try:
            data = self._told.recv(8)
        except (TimeoutError, BlockingIOError):
            return None
        assert data, "the process that commands are forked from is gone"
        return int.from_bytes(data, "big", signed=True)

    def poll(self) -> int | None:
        """The exit code, None while it runs."""
        return self.wait(0.0, raises=False)

    def wait(self, timeout: float = LONG, *, raises: bool = True) -> int | None:
        """The exit code; of a killed one the signal's number below zero."""
        if self.returncode is None:
            self.returncode = self._number(timeout)
        if self.returncode is None and raises:
            raise subprocess.TimeoutExpired(self.args, timeout)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        if self.poll() is None:
            os.kill(self.pid or 0, number)

    def kill(self) -> None:
        """At once."""
        self.send_signal(signal.SIGKILL)

    def output(self) -> tuple[bytes, bytes]:
        """What it has written to standard output and error."""
        for file in self._files[1:]:
            file.seek(0)
        return self._files[1].read(), self._files[2].read()

    def communicate(self, timeout: float = LONG) -> tuple[str, str]:
        """The same as text, once it has ended."""
        self.wait(timeout)
        out, err = self.output()
        self.close()
        return _text(out), _text(err)

    def close(self) -> None:
        """Let go of its files."""
        self._told.close()
        for file in self._files:
            file.close()


def run_bytes(
    *args: str, env: Mapping[str, str], given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run `breachwire ARGS` to its end; `given` on its standard input."""
    command = Command(args, env, given)
    try:
        code = command.wait()
    except subprocess.TimeoutExpired:
        command.kill()
        raise
    out, err = command.output()
    command.close()
    return subprocess.CompletedProcess(args, code or 0, out, err)


def run(*args: str, env: Mapping[str, str], given: str = "") -> subprocess.CompletedProcess[str]:
    """The same with text."""
    done = run_bytes(*args, env=env, given=given.encode())
    texts = _text(done.stdout), _text(done.stderr)
    return subprocess.CompletedProcess(args, done.returncode, *texts)


def _text(written: bytes) -> str:
    return written.decode().replace("\r\n", "\n")


@cache
def _server() -> socket.socket:
    """The connection to the process that commands are forked from, which ends with ours."""
    ours, theirs = socket.socketpair()
    with theirs:
        # One thread: what OpenMP has started does not come through a fork.
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def serve() -> None:
    """Fork a command for each that is asked for; return where nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests; they end us
    channel = socket.socket(fileno=int(sys.argv[1]))
    _warm()
    gc.freeze()
    while True:
        header, fds, _, _ = socket.recv_fds(channel, 8, 4)
        if not header:
            return
        asked = channel.recv(int.from_bytes(header, "big"), socket.MSG_WAITALL)
        if os.fork() == 0:
            channel.close()
            _watched(json.loads(asked), fds)
        for fd in fds:
            os.close(fd)
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _watched(asked: dict[str, Any], fds: list[int]) -> NoReturn:
    """Become a command's parent, which tells its id and its exit code; or the command."""
    told = socket.socket(fileno=fds.pop())
    pid = os.fork()
    if pid:
        told.sendall(pid.to_bytes(8, "big", signed=True))
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        told.sendall(code.to_bytes(8, "big", signed=True))
        os._exit(0)
    told.close()
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
        os.close(fd)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    sys.argv = ["-c", *asked["args"]]
    _end(_code())


def _code() -> int:
    """Run the command; what it exits with."""
    from breachwire.cli import main

    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _end(code: int) -> NoReturn:
    """Exit as an interpreter does, but for freeing every object there is: as multiprocessing."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _warm() -> None:
    """Import what commands import, and read what they read of the packages."""
    for name in IMPORTED:
        import_module(name)
    from breachwire.testing import an_article
    from nlp import claims

    told = "Harbour Clinic said that hackers stole names of 400 patients."
    claims.extract(an_article(1, told, told, source="Outlet", at=datetime.now(UTC)))
