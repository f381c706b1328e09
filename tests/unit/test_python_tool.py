"""`tools/python`: one line on stdout, what is there before what is fetched, and interrupted fetches that harm nobody.

Scripts play apt, dpkg and the Pythons of a machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit import PATIENCE

pytestmark = pytest.mark.slow

TOOL = Path(__file__).resolve().parents[2] / "tools" / "python"
OLDEST, NEWEST = "3.10", "3.14"
APT = """#!/bin/sh
case "$*" in
  *indextargets*) for name in debian-security debian debian; do echo "https://mirror.test/$name/"; done ;;
  *update*) cat "$(echo "$*" | sed 's/.*SourceList=\\([^ ]*\\).*/\\1/')" >> {log} ;;
  *install*) {act}; touch "$(echo "$*" | sed 's/.*Dir::Cache=\\([^ ]*\\).*/\\1/')/archives/python.deb" ;;
esac
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/bin" "$3/usr/lib/triplet" "$3/usr/lib/python{version}"
touch "$3/usr/lib/triplet/libc.so.6" "$3/usr/bin/python{version}"
echo "'WHEEL_PKG_DIR': '/usr/share/python-wheels/'," > "$3/usr/lib/python{version}/_sysconfigdata_x.py"
printf '#!/bin/sh\\necho "$0 $*"\\n' > "$3/usr/lib/triplet/ld-linux-x.so.2"
chmod +x "$3/usr/lib/triplet/ld-linux-x.so.2"
"""


class Machine:
    """A machine with nothing on PATH but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "bin"
        self.log = folder / "log"
        self.pyenv = folder / "pyenv"

    def has(self, path: Path, text: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def has_python(self, path: Path, version: str) -> str:
        return str(self.has(path, f'#!/bin/sh\necho "$0" {version.replace(".", " ")}\n'))

    def has_debian(self, act: str = ":") -> None:
        self.has(self.path / "apt-get", APT.format(log=self.log, act=act))
        self.has(self.path / "dpkg-deb", DPKG.format(version=NEWEST))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        surroundings = {"PATH": f"{self.path}:/nothing", "PYENV_ROOT": str(self.pyenv), "HOME": str(self.folder)}
        for name in ("cat", "sed", "touch", "mkdir", "chmod", "printf", "sleep"):
            if not (self.path / name).exists():
                self.has(self.path / name, f'#!/bin/sh\nPATH=/usr/bin:/bin exec {name} "$@"\n')
        return subprocess.Popen(
            [sys.executable, str(TOOL), *arguments],
            env={**surroundings, "XDG_CACHE_HOME": str(self.folder / "cache")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int | None, str, str]:
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    @property
    def cached(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "cache/livechannels/python").glob("*"))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_python_on_path_or_in_pyenv_is_taken(machine: Machine) -> None:
    on_path = machine.has_python(machine.path / f"python{NEWEST}", NEWEST)
    kept = machine.has_python(machine.pyenv / "versions/3.12.1/bin/python", "3.12")
    assert machine.run() == (0, f"{on_path}\n", "")
    assert machine.run("3.12") == machine.run("oldest") == (0, f"{kept}\n", "")
    oldest = machine.has_python(machine.pyenv / f"versions/{OLDEST}.13/bin/python", OLDEST)
    assert machine.run("oldest") == (0, f"{oldest}\n", "")


def test_one_that_does_not_run_or_is_another_is_not_taken(machine: Machine) -> None:
    machine.has(machine.path / f"python{NEWEST}", "#!/bin/sh\nexit 1\n")
    machine.has_python(machine.pyenv / f"versions/{NEWEST}.0/bin/python", "3.13")
    assert machine.run()[:2] == (1, "")


def test_it_is_fetched_once_from_the_mirror_that_the_machine_is_set_up_for(machine: Machine) -> None:
    machine.has_debian()
    first, second = machine.run(), machine.run()
    assert first[:2] == second[:2]
    assert "fetching Python 3.14" in first[2]
    assert second[2] == ""
    (line,) = machine.log.read_text().splitlines()
    assert line.endswith(" https://mirror.test/debian/ forky main")
    interpreter = Path(first[1].strip())
    assert os.access(interpreter, os.X_OK)
    home = interpreter.parents[2]
    started = subprocess.run([interpreter, "-c", "pass"], capture_output=True, text=True, check=True).stdout
    libraries = home / "usr/lib/triplet"
    assert started == (
        f"{libraries}/ld-linux-x.so.2 --library-path {libraries} --argv0 {interpreter} {interpreter}.elf -c pass\n"
    )
    settings = (home / f"usr/lib/python{NEWEST}/_sysconfigdata_x.py").read_text()
    assert f"'{home}/usr/share/python-wheels/'" in settings


def test_where_nothing_is_in_reach_one_sentence_says_so(machine: Machine) -> None:
    code, out, err = machine.run()
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "Python 3.14 is neither on PATH nor in pyenv" in err
    machine.has_debian("exit 100")
    assert machine.run()[:2] == (1, "")


def test_a_killed_fetch_is_not_taken_for_a_finished_one(machine: Machine) -> None:
    machine.has_debian("kill -9 $PPID")
    assert machine.run()[0] == -9
    machine.has_debian()
    assert machine.run()[0] == 0
    assert [name for name in machine.cached if name.startswith(".building")] == []


def test_two_fetches_at_once_are_one(machine: Machine) -> None:
    machine.has_debian("sleep 0.2")
    with machine.start() as one, machine.start() as two:
        answers = [process.communicate(timeout=PATIENCE)[0] for process in (one, two)]
    assert answers[0] == answers[1] != ""
    assert len(machine.log.read_text().splitlines()) == 1


def test_a_version_that_is_not_supported_is_bad_usage(machine: Machine) -> None:
    code, out, err = machine.run("3.9")
    assert (code, out) == (2, "")
    assert "usage: tools/python [oldest|newest|3.10|" in err
