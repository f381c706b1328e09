"""Texts as programs of any platform write and read them: files and standard input in, the two outputs out."""

from __future__ import annotations

import codecs
import io
import sys
from pathlib import Path


def read_text(file: str) -> str:
    """What a file holds, or standard input where it is `-`. Shells of Windows write UTF-16, and a mark before UTF-8.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is neither UTF-8 nor marked as UTF-16.
    """
    data = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if is_wide else "utf-8-sig")


def speak_utf8() -> None:
    """Write UTF-8 to whatever is no terminal, as JSON, JUnit and CSV have to be; no character ends a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = stream.encoding if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")
