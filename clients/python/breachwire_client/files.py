"""Pages of a table → one file (of Parquet, a file a page), which is there whole or not at all.

In: a path, the form, the bytes of each page as they come. Out: files. CSV says its columns on each
page: all but the first go.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self


class Pages:
    """As a context manager: the file is put in place where the block ends well."""

    def __init__(self, to: Path, form: str) -> None:
        """`to`: its folder must be there. Raises OSError."""
        self._to, self._form = to, form
        self._part = to.with_name(f"{to.name}.part")
        self._file: BinaryIO = self._part.open("wb")
        self._start = 0
        self._heading = False
        """The line of columns is yet to come, and to be passed over."""
        self.paths = [to]

    def begin(self, number: int) -> None:
        """A page, counted from 1, from its beginning: what came of it before is taken back."""
        if number > len(self.paths) and self._form == "parquet":
            self._place()
            self.paths.append(self._to.with_name(f"{self._to.stem}.{number}{self._to.suffix}"))
            self._file, self._start = self._part.open("wb"), 0
        self._file.seek(self._start)
        self._file.truncate()
        self._heading = self._form == "csv" and number > 1

    def write(self, chunk: bytes) -> None:
        """The next bytes of the page."""
        if self._heading:
            _, found, chunk = chunk.partition(b"\n")
            self._heading = not found
        self._file.write(chunk)

    def end(self) -> None:
        """The page is whole."""
        self._start = self._file.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._place()
            return
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _place(self) -> None:
        self._file.close()
        self._part.replace(self.paths[-1])
