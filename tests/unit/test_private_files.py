"""Files that nobody else may read: written whole or not at all, and nowhere but where they were meant."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path
from typing import Any

import pytest

from pulumi_livechannels.ground.private_files import beside, write_private


def test_a_file_is_written_whole_and_for_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    for text in ("one", "other"):
        write_private(file, text)
        assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (text, 0o600)
    assert os.listdir(tmp_path) == ["state.json"]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path, there: bool) -> None:
    volume = tmp_path / "encrypted" / "state.json"
    volume.parent.mkdir()
    if there:
        volume.write_text("old")
    link = tmp_path / "link"
    link.symlink_to(volume)
    write_private(link, "secret")
    assert link.is_symlink()
    assert volume.read_text() == "secret"
    assert sorted(os.listdir(tmp_path)) == ["encrypted", "link"]


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_plain_file_is_not_replaced(tmp_path: Path, make: Any) -> None:
    make(tmp_path / "there")
    before = (tmp_path / "there").stat()
    with pytest.raises(OSError, match="no plain file"):
        write_private(tmp_path / "there", "secret")
    assert (tmp_path / "there").stat().st_ino == before.st_ino


def test_nobody_can_prepare_where_it_is_written_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two containers on one volume have the same process numbers, and may write at the same time."""
    with beside(tmp_path / "state.json") as one, beside(tmp_path / "state.json") as other:
        assert one != other
    monkeypatch.setattr(secrets, "token_hex", lambda size: "known")
    (tmp_path / ".state.json.known").symlink_to(tmp_path / "victim")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "state.json", "secret")
    assert not (tmp_path / "victim").exists()


def test_a_link_that_leads_to_itself_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(OSError, match=r"[Ll]evels of symbolic links"):
        write_private(tmp_path / "loop", "secret")


def test_a_disk_that_fills_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_private(tmp_path / "state.json", "secret")
    assert os.listdir(tmp_path) == []
