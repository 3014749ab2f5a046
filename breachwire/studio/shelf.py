"""Recordings in a folder: bounded in bytes and age, written whole or not at all.

In: a name that stands for everything a file was made from, the file's bytes. Out: `Recording`. A
recording is a file and a JSON file beside it; the second is renamed into place last, so that a
recording without it does not exist. What nobody asked for in a while goes, longest unused first.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from breachwire.errors import SpeechError
from breachwire.model import AudioForm, Cue, Recording

A_DAY: Final = 86_400


class Shelf:
    """Safe from any thread and process: writes are renames."""

    def __init__(self, folder: Path, *, most: int, days: int) -> None:
        """`most`: bytes; `days`: how long an unused recording is kept."""
        self._folder = folder
        self._most, self._days = most, days

    def stamp(self) -> str:
        """Differs after every recording that was made or dropped."""
        try:
            return str(self._folder.stat().st_mtime_ns)
        except OSError:
            return ""

    def get(self, name: str, form: AudioForm) -> Recording | None:
        """The recording, if it is there; it counts as used."""
        path = self._folder / f"{name}.{form}"
        try:
            about = json.loads(_beside(path).read_text("utf-8"))
            size = path.stat().st_size
            os.utime(_beside(path))  # not the file's own: readers are told that one
        except (OSError, ValueError):
            return None
        if size != about["size"]:
            return None
        cues = tuple(Cue(label, at) for label, at in about["cues"])
        return Recording(path, form, about["seconds"], size, about["digest"], cues)

    def put(
        self, name: str, form: AudioForm, data: bytes, seconds: float, cues: Sequence[Cue]
    ) -> Recording:
        """Keep a recording. Raises SpeechError where the folder can't be written."""
        path = self._folder / f"{name}.{form}"
        digest = f"{name}.{form}"
        listed = [[cue.label, cue.start] for cue in cues]
        about = {"seconds": seconds, "size": len(data), "digest": digest, "cues": listed}
        self.write(path.name, data)
        self.write(_beside(path).name, json.dumps(about).encode())
        self._prune(path)
        return Recording(path, form, seconds, len(data), digest, tuple(cues))

    def read(self, name: str) -> Any:
        """A JSON document kept beside the recordings; None: there is none."""
        try:
            return json.loads((self._folder / name).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def write(self, name: str, data: bytes) -> None:
        """A file, whole or not at all. Raises SpeechError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, made = tempfile.mkstemp(dir=self._folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(made).replace(self._folder / name)
            except OSError:
                Path(made).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise SpeechError(f"cannot keep audio in {self._folder}: {error.strerror}") from None

    def _prune(self, newest: Path) -> None:
        """Drop what is too old or too much, and what a killed process left half-written."""
        oldest, kept = time.time() - self._days * A_DAY, 0
        for used, size, path in sorted(self._files(), reverse=True):
            kept += size
            if path != newest and (used < oldest or kept > self._most):
                for one in (_beside(path), path):
                    with suppress(OSError):
                        one.unlink()

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._folder.iterdir():
            with suppress(OSError):
                if path.suffix in (".mp3", ".opus"):
                    yield _used(path), path.stat().st_size, path
                elif path.suffix == ".part" and time.time() - path.stat().st_mtime > A_DAY:
                    path.unlink()


def _used(path: Path) -> float:
    """When a recording was last asked for; one that is being finished, when it was written."""
    beside = _beside(path)
    return (beside if beside.exists() else path).stat().st_mtime


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".json")
