"""examples/emulator/: the steps of its Dockerfile, done one by one without Docker, and its compose file.

A folder stands for the image: what a step names at its root is there, and no variable of this environment is in it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from kit import PATIENCE, eventually, require_valid
from pulumi_livechannels.emulator.server import environment
from servers_kit import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "emulator"
PORT = 8080
PLACES = ("/opt/livechannels", "/state")


def steps(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, each with the rest of its line."""
    joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", text))
    return [(name.upper(), rest.strip()) for name, rest in re.findall(r"(?m)^(\w+) (.*)$", joined)]


class Image:
    """What the steps make of an empty folder and an empty environment."""

    def __init__(self, root: Path, port: int) -> None:
        self.root, self.port = root, port
        self.folder = root
        tools = root / "tools"
        tools.mkdir()
        (tools / "python3").symlink_to(sys.executable)
        self.variables = {"PATH": f"{tools}:/usr/bin:/bin", "HOME": str(root)}
        for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE", "SSL_CERT_FILE", "HTTPS_PROXY"):
            if name in os.environ:
                self.variables[name] = os.environ[name]
        if (config := Path.home() / ".config" / "pip" / "pip.conf").is_file():
            self.variables.setdefault("PIP_CONFIG_FILE", str(config))
        self.words: dict[str, list[str]] = {}

    def inside(self, text: str) -> str:
        """A step's words, with the image's folders and our port in place of a container's."""
        for place in PLACES:
            text = text.replace(place, f"{self.root}{place}")
        return text.replace(str(PORT), str(self.port))

    def do(self, name: str, rest: str) -> None:
        """Carry out one step."""
        getattr(self, f"_{name.lower()}")(self.inside(rest))

    def _from(self, rest: str) -> None:
        assert re.fullmatch(r"python:3\.1[0-4]-slim", rest)

    def _workdir(self, rest: str) -> None:
        self.folder = Path(rest)
        self.folder.mkdir(parents=True)

    def _copy(self, rest: str) -> None:
        *sources, target = shlex.split(rest)
        for source in sources:
            there = ROOT / source
            if there.is_dir():
                shutil.copytree(there, self.folder / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                (self.folder / target).mkdir(exist_ok=True)
                shutil.copy(there, self.folder / target)

    def _run(self, rest: str) -> None:
        # A test is not root, and is whom the folder belongs to anyway.
        script = re.sub(r"&& chown 1000:1000 (\S+)", r"&& test -d \1", rest)
        done = subprocess.run(
            ["sh", "-e", "-c", script], cwd=self.folder, env=self.variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{rest}\n{done.stdout}{done.stderr}"

    def _env(self, rest: str) -> None:
        name, _, value = rest.partition("=")
        self.variables[name] = value.replace(f"${name}", self.variables.get(name, ""))

    def _volume(self, rest: str) -> None:
        assert Path(rest).is_dir()

    def _user(self, rest: str) -> None:
        assert rest.partition(":")[0] not in ("0", "root")

    def _healthcheck(self, rest: str) -> None:
        self.words["healthcheck"] = json.loads(rest.partition("CMD ")[2])

    def _entrypoint(self, rest: str) -> None:
        self.words["entrypoint"] = json.loads(rest)

    def _cmd(self, rest: str) -> None:
        self.words["cmd"] = json.loads(rest)

    def started(self) -> subprocess.Popen[str]:
        """The container's process."""
        return subprocess.Popen(
            self._found([*self.words["entrypoint"], *self.words["cmd"]]),
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            text=True,
        )

    def is_healthy(self) -> bool:
        """What Docker asks now and then."""
        command = self._found(self.words["healthcheck"])
        return subprocess.run(command, env=self.variables, capture_output=True, check=False).returncode == 0

    def _found(self, command: list[str]) -> list[str]:
        """Docker looks a program up in the image's PATH, and not in ours."""
        program = shutil.which(command[0], path=self.variables["PATH"])
        assert program, command
        return [program, *command[1:]]


@pytest.mark.engine
def test_the_steps_of_the_dockerfile_make_an_emulator_that_serves(tmp_path: Path) -> None:
    port = free_port()
    image = Image(tmp_path, port)
    for name, rest in steps((FOLDER / "Dockerfile").read_text()):
        image.do(name, rest)
    with image.started() as served:
        try:
            eventually(image.is_healthy)
            assert served.stdout is not None
            expected = environment(port, 300)
            assert [served.stdout.readline().strip() for _ in expected] == [f"{k}={v}" for k, v in expected.items()]
            assert (tmp_path / "state" / "platform.sqlite").is_file()
        finally:
            served.send_signal(signal.SIGTERM)
        assert served.wait(PATIENCE) == 0
    assert not image.is_healthy()


def test_the_dockerfile_installs_as_the_documentation_does() -> None:
    script = next(rest for name, rest in steps((FOLDER / "Dockerfile").read_text()) if name == "RUN")
    documented = ("python3 -m venv .venv && . .venv/bin/activate", "pip install 'path/to/livechannels[emulator]'")
    assert "\n$ ".join(documented) in (ROOT / "README.md").read_text()
    assert script.replace(" --no-cache-dir", "").replace("'.[", "'path/to/livechannels[") == " && ".join(documented)


def test_the_compose_file_is_one() -> None:
    require_valid(FOLDER / "compose.yaml", "vendor.compose-spec")


def test_the_compose_file_is_about_the_emulator_that_the_dockerfile_makes() -> None:
    composed: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    emulator, pulumi = composed["services"]["emulator"], composed["services"]["pulumi"]
    build = emulator["build"]
    assert ((FOLDER / build["context"]).resolve() / build["dockerfile"]).resolve() == FOLDER / "Dockerfile"
    made = dict(steps((FOLDER / "Dockerfile").read_text()))
    assert str(PORT) in made["ENTRYPOINT"]
    assert [volume.partition(":")[2] for volume in emulator["volumes"]] == [made["VOLUME"]]
    assert pulumi["environment"] == environment(PORT, 300)
    assert pulumi["network_mode"] == "service:emulator", "the emulator answers on the loopback address only"
    assert pulumi["depends_on"]["emulator"]["condition"] == "service_healthy"
    assert "HEALTHCHECK" in made
