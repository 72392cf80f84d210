"""Bytes of any file as text, with bounded memory and without ever failing half-way.

People hand over what their tool wrote: gzip under a wrong name, UTF-16 from Google Play, Latin-1
that calls itself UTF-8, a download that broke off. All of that is settled here, so that the
readers above see characters only. Damage found late ends the text and is told by `damage`.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from bot.errors import UserError

SAMPLE_BYTES: Final = 256 * 1024

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN: Final = (
    (b"PK\x03\x04", "a spreadsheet or zip archive: save the sheet as CSV, or unpack the archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document: save the sheet as CSV"),
    (b"%PDF", "a PDF: export the tickets as CSV or JSON"),
    (b"SQLite format 3\0", "a database: export the tickets as CSV or JSON"),
    (b"<?xml", "XML: export the tickets as JSON or CSV"),
    (b"<!doctype", "a web page: export the tickets as CSV or JSON"),
    (b"<html", "a web page: export the tickets as CSV or JSON"),
)
_MULTIBYTE: Final = re.compile(rb"[\xc2-\xf4][\x80-\xbf]{1,3}")
_CONTROL: Final = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_GUESS: Final = "earshot.windows-1252"


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_GUESS, _as_windows_1252)


def encoding_of(sample: bytes) -> tuple[str, str]:
    """The encoding, and what to do with bytes that do not fit it."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding, "replace"
    if sample.count(0) > len(sample) // 5:
        is_big = sample[::2].count(0) > sample[1::2].count(0)
        return ("utf-16-be" if is_big else "utf-16-le"), "replace"
    high = sum(len(run) for run in re.findall(rb"[\x80-\xff]+", sample))
    if not high:
        # Nothing speaks for UTF-8 yet: a stray byte later is more likely of the old code page.
        return "utf-8", _GUESS
    fitting = sum(len(run) for run in _MULTIBYTE.findall(sample))
    return ("utf-8" if fitting * 2 >= high else "cp1252"), "replace"


class _Counted(io.RawIOBase):
    """The bytes on disk or in the pipe, counted for the progress bar."""

    def __init__(self, stream: BinaryIO, *, owned: bool) -> None:
        self._stream, self._owned, self.count = stream, owned, 0
        self.damage = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._stream.read(len(buffer))
        except OSError:
            self.damage = "the file could not be read further"
            data = b""
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)

    def close(self) -> None:
        # The caller's own stream (standard input) outlives us.
        if self._owned and not self.closed:
            self._stream.close()
        super().close()


class _Replayed(io.RawIOBase):
    """The sample once more, then the rest; faults of the archive or disk become its end."""

    def __init__(self, stream: io.BufferedIOBase, inner: io.BufferedIOBase) -> None:
        self._stream, self._inner = stream, inner
        self.damage = ""
        self._head = memoryview(b"")
        pieces: list[bytes] = []
        while sum(map(len, pieces)) < SAMPLE_BYTES and (piece := self._next(SAMPLE_BYTES)):
            pieces.append(piece)
        self.sample = b"".join(pieces)
        self._head = memoryview(self.sample)

    def _next(self, size: int) -> bytes:
        if self.damage:
            return b""
        try:
            return self._stream.read1(size)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.damage = "the compressed file is damaged or cut off here"
        return b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size = len(buffer)
        data = self._head[:size] if self._head else self._next(size)
        self._head = self._head[size:]
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        self._inner.close()
        super().close()


class Text:
    """A file's characters, read forward once. Lines end as they do in the file."""

    def __init__(self, origin: Path | BinaryIO, name: str) -> None:
        self.name = name
        self.total_bytes: int | None = None
        stream = self._open(origin) if isinstance(origin, Path) else origin
        self._raw = _Counted(stream, owned=isinstance(origin, Path))
        plain = io.BufferedReader(self._raw, 64 * 1024)
        self.compressed = plain.peek(2)[:2] == b"\x1f\x8b"
        opened = gzip.GzipFile(fileobj=plain) if self.compressed else plain
        self._replayed = _Replayed(opened, plain)
        sample = self._replayed.sample
        self.encoding, errors = encoding_of(sample)
        decoder = codecs.getincrementaldecoder(self.encoding)(errors)
        self.sample = decoder.decode(sample).replace("\0", "")
        self.sample_is_all = len(sample) < SAMPLE_BYTES
        self._text = io.TextIOWrapper(
            io.BufferedReader(self._replayed, 64 * 1024), self.encoding, errors, newline=""
        )

    def _open(self, path: Path) -> BinaryIO:
        faults: dict[type[Exception], str] = {
            FileNotFoundError: f"There is no file {self.name}.",
            IsADirectoryError: f"{self.name} is a folder: name the files in it.",
            PermissionError: f"Earshot may not read {self.name}: check the file's permissions.",
        }
        try:
            stream = path.open("rb")
            self.total_bytes = path.stat().st_size
        except (OSError, ValueError) as error:
            fallback = f"{self.name} cannot be opened: check the name and the disk."
            raise UserError(faults.get(type(error), fallback)) from error
        return stream

    def check(self) -> None:
        """Refuse what is no text, in a sentence that says what to do."""
        start = self._replayed.sample[:512].lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower()
        for magic, what in _FOREIGN:
            if start.startswith(magic.lower()):
                raise UserError(f"{self.name} is {what}.")
        if not self.sample.strip():
            fault = self.damage or "it is empty"
            raise UserError(f"{self.name} holds no tickets: {fault}. Export it again.")
        if len(_CONTROL.findall(self.sample)) > len(self.sample) // 20 + 2:
            raise UserError(f"{self.name} is not text: export the tickets as CSV or JSON.")

    @property
    def bytes_read(self) -> int:
        return self._raw.count

    @property
    def damage(self) -> str:
        return self._raw.damage or self._replayed.damage

    def line(self, most: int) -> str:
        """The next line, or its next `most` characters; "" at the end. NULs are dropped."""
        while line := self._text.readline(most):
            if "\0" not in line:
                return line
            if line := line.replace("\0", ""):
                return line
        return ""

    def chunk(self, size: int) -> str:
        """The next characters, wherever lines end; "" at the end. NULs are dropped."""
        while piece := self._text.read(size):
            if kept := piece.replace("\0", ""):
                return kept
        return ""

    def close(self) -> None:
        self._text.close()
