"""`LIVECHANNELS_LOG`: where the lines go, who may read them, and that nothing stops when they go nowhere."""

from __future__ import annotations

import logging
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_livechannels.ground.logs import VARIABLE, follow_environment

LOGGER = logging.getLogger("pulumi_livechannels")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """A process that has not been asked to log yet."""
    yield
    LOGGER.handlers.clear()
    LOGGER.setLevel(logging.NOTSET)


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> object:
    def asked(value: object) -> tuple[list[str], list[str]]:
        """Set the variable and follow it twice; answers what is shown and what is warned of from then on."""
        shown: list[str] = []
        warned: list[str] = []
        monkeypatch.setenv(VARIABLE, str(value))
        for _ in range(2):
            follow_environment(shown.append, warned.append)
        return shown, warned

    return asked


@pytest.mark.parametrize("word", ["debug", "DEBUG", " debug "])
def test_lines_are_shown_once_where_the_face_shows_them(ask, word: str) -> None:
    shown, warned = ask(word)
    LOGGER.debug("/ask %s -> ok", "{}")
    LOGGER.error("first\nsecond")
    assert shown == ["livechannels debug: /ask {} -> ok", r"livechannels debug: first\nsecond"]
    assert warned == []


def test_they_are_on_stderr_where_the_face_says_nothing_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, "debug")
    follow_environment()
    LOGGER.debug("/ask")
    assert capsys.readouterr() == ("", "livechannels debug: /ask\n")


def test_nothing_is_logged_unasked(ask) -> None:
    shown, warned = ask("")
    LOGGER.debug("/ask")
    assert (shown, warned, LOGGER.handlers) == ([], [], [])


def test_a_path_is_a_private_file_that_lines_are_appended_to(ask, tmp_path: Path) -> None:
    file = tmp_path / "calls.log"
    file.write_text("before\n")
    file.chmod(0o644)
    shown, warned = ask(file)
    LOGGER.debug("/ask 直播")
    first, line = file.read_text(encoding="utf-8").splitlines()
    assert first == "before"
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z {os.getpid()} /ask 直播", line)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (shown, warned) == ([], [])


def test_a_new_file_is_private_whatever_the_mask(ask, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ask(tmp_path / "calls.log")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "calls.log").stat().st_mode) == 0o600


def _link(place: Path) -> None:
    (place.parent / "target").touch()
    place.symlink_to(place.parent / "target")


@pytest.mark.parametrize(
    ("stand_there", "reason"),
    [
        (Path.mkdir, "Is a directory"),
        (_link, "a symbolic link stands at its place"),
        (os.mkfifo, "No such device"),
        (lambda place: place.parent.rmdir(), "No such file or directory"),
    ],
)
def test_a_path_that_cannot_be_written_is_told_once_and_stops_nothing(ask, tmp_path: Path, stand_there, reason) -> None:
    place = tmp_path / "folder" / "calls.log"
    place.parent.mkdir()
    stand_there(place)
    shown, (warned,) = ask(place)
    LOGGER.debug("/ask")
    assert VARIABLE in warned
    assert reason in warned
    assert shown == []


def test_a_device_is_no_file(ask) -> None:
    mode = os.stat(os.devnull).st_mode
    assert "no plain file" in ask(os.devnull)[1][0]
    assert os.stat(os.devnull).st_mode == mode, "and stays as it is"


def test_a_word_that_means_nothing_makes_no_file_of_its_name(
    ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "must be debug or the path of a file" in ask("info")[1][0]
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_is_told_once_and_stops_nothing(
    ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, warned = ask(tmp_path / "calls.log")

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    LOGGER.debug("/ask")
    LOGGER.debug("/ask")
    (told,) = warned
    assert "No space left" in told


SCRIBBLER = """
import logging
from pulumi_livechannels.ground.logs import follow_environment
follow_environment()
for number in range(200):
    logging.getLogger("pulumi_livechannels").debug("%d %s.", number, "x" * 9000)
"""


def test_processes_that_share_a_file_tear_no_line(tmp_path: Path) -> None:
    file = tmp_path / "calls.log"
    surroundings = {**os.environ, VARIABLE: str(file)}
    running = [subprocess.Popen([sys.executable, "-c", SCRIBBLER], env=surroundings) for _ in range(3)]
    assert [each.wait() for each in running] == [0, 0, 0]
    lines = [line.split(" ") for line in file.read_text().splitlines()]
    assert len(lines) == 600
    assert all(len(parts) == 4 and parts[3] == "x" * 9000 + "." for parts in lines)
    assert len({parts[1] for parts in lines}) == 3
