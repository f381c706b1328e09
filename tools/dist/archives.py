"""Archives whose bytes depend on nothing but what is in them: same order, same time, same owner, same modes.

The engine unpacks plain files and folders only, so a link goes in as what it leads to.
"""

from __future__ import annotations

import gzip
import os
import stat
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path


def epoch() -> int:
    """The time that everything in a release bears: `SOURCE_DATE_EPOCH`, which `__main__.py` sets."""
    return int(os.environ["SOURCE_DATE_EPOCH"])


def tar(folder: Path, archive: Path, prefix: str = "") -> None:
    """Pack what is in a folder as .tar.gz, under `prefix`."""
    with (
        archive.open("wb") as raw,
        # The highest level takes three times as long for half a percent.
        gzip.GzipFile("", "wb", compresslevel=6, mtime=epoch(), fileobj=raw) as packed,
        tarfile.open(fileobj=packed, mode="w", dereference=True) as out,
    ):
        for file in _files(folder):
            entry = out.gettarinfo(file, f"{prefix}{file.relative_to(folder).as_posix()}")
            entry.mode = 0o755 if entry.mode & stat.S_IXUSR else 0o644
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname = epoch(), 0, 0, "", ""
            # Two names of one file would become a link.
            entry.type, entry.linkname, entry.size = tarfile.REGTYPE, "", file.stat().st_size
            with file.open("rb") as content:
                out.addfile(entry, content)


def zipped(folder: Path, archive: Path, prefix: str) -> None:
    """Pack what is in a folder as .zip, under `prefix`."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for file in _files(folder):
            name = f"{prefix}{file.relative_to(folder).as_posix()}"
            entry = zipfile.ZipInfo(name, time.gmtime(epoch())[:6])
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            out.writestr(entry, file.read_bytes())


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.as_posix())
