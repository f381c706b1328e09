"""A stack on the real Pulumi engine, against an emulated platform. A missing engine fails; nothing is skipped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running

NOTHING_CHANGES = ("preview", "--non-interactive", "--expect-no-changes")
DRIFT_ON_THE_PLATFORM = ("refresh", "--preview-only", "--expect-no-changes", "--non-interactive")
DRIFT_FROM_THE_PROGRAM = ("preview", "--refresh", "--expect-no-changes", "--non-interactive")
DRIFT = 7


def on_python(environment: Path | str) -> dict[str, Any]:
    """The runtime of a program that has this virtual environment."""
    return {"name": "python", "options": {"virtualenv": str(environment)}}


PYTHON = on_python(sys.prefix)


@dataclass
class Stack:
    """A project in a folder of its own, with its own engine home and file backend."""

    folder: Path
    port: int
    platform: Platform
    surroundings: dict[str, str]
    said: str = ""
    # The runtime of a Python program, and who keeps the key of the stack's secrets.
    python: dict[str, Any] = field(default_factory=lambda: PYTHON)
    secrets_provider: str = "passphrase"

    def project(self, runtime: Any, **more: Any) -> None:
        """Begin a stack with this runtime."""
        self.runs_on(runtime, **more)
        self.pulumi("stack", "init", "dev", "--secrets-provider", self.secrets_provider, "--non-interactive")

    def runs_on(self, runtime: Any, **more: Any) -> None:
        """Write the project, which has this runtime."""
        (self.folder / "Pulumi.yaml").write_text(json.dumps({"name": "test", "runtime": runtime, **more}))

    def run(self, *command: str, folder: Path | None = None) -> None:
        """Run a tool of the language, which has to succeed."""
        done = subprocess.run(
            command, cwd=folder or self.folder, env=self.surroundings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"

    def program(self, text: str) -> None:
        """What the stack declares."""
        head = "import pulumi\nimport pulumi_livechannels as live\n"
        (self.folder / "__main__.py").write_text(head + textwrap.dedent(text))

    def pulumi(self, *arguments: str, code: int = 0) -> str:
        """Run the engine, which has to exit with `code`; answers what it said."""
        done = subprocess.run(
            ["pulumi", *arguments],
            cwd=self.folder,
            env=self.surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.said += done.stdout
        assert done.returncode == code, f"pulumi {' '.join(arguments)} exited with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def up(self, code: int = 0, *more: str) -> str:
        return self.pulumi("up", "--yes", "--skip-preview", "--non-interactive", *more, code=code)

    def destroy(self, code: int = 0) -> str:
        return self.pulumi("destroy", "--yes", "--skip-preview", "--non-interactive", code=code)

    def refresh(self, code: int = 0) -> str:
        return self.pulumi("refresh", "--yes", "--skip-preview", "--non-interactive", code=code)

    def export(self, *more: str) -> dict[str, Any]:
        done = subprocess.run(
            ["pulumi", "stack", "export", *more],
            cwd=self.folder,
            env=self.surroundings,
            capture_output=True,
            check=True,
        )
        exported: dict[str, Any] = json.loads(done.stdout)
        return exported

    def resources(self, kind: str) -> list[dict[str, Any]]:
        """The state's resources of one kind."""
        found = self.export()["deployment"].get("resources", [])
        types = (f"pulumi-python:dynamic/livechannels:{kind}", f"livechannels:index:{kind}")
        return [item for item in found if item["type"] in types]

    def calls(self, action: str) -> int:
        return sum(1 for call in self.platform.journal if call["action"] == action)

    def order(self, *actions: str) -> list[str]:
        """The successful calls of these actions, in their order."""
        return [
            call["action"] for call in self.platform.journal if call["action"] in actions and call["outcome"] == "ok"
        ]


@contextmanager
def empty_stack(folder: Path) -> Iterator[Stack]:
    """A folder for a project in `folder`, beside an engine home and a file backend of its own, and a new platform."""
    with running(quota=0) as (port, platform):
        stack = Stack(folder / "project", port, platform, {})
        stack.folder.mkdir()
        stack.surroundings = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LIVECHANNELS", "PULUMI"))},
            **environment(port, 0),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{folder}",
            "PULUMI_CONFIG_PASSPHRASE": "x",
            # It is over before there is much to collect.
            "GOGC": "off",
            "GOMEMLIMIT": "512MiB",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        }
        yield stack


VERSION = version("pulumi-livechannels")
PLUGIN = Path(sys.prefix) / "bin" / "pulumi-resource-livechannels"
SCHEMA = Path(__file__).parents[2] / "schema.json"
EXAMPLES = Path(__file__).parents[2] / "examples"


def install_plugin(stack: Stack, plugin: Path = PLUGIN) -> None:
    """Put a plugin, of this environment unless said, into the engine's cache."""
    stack.surroundings["PULUMI_IGNORE_AMBIENT_PLUGINS"] = "true"
    stack.pulumi("plugin", "install", "resource", "livechannels", VERSION, "--file", str(plugin))


def python_sdk(stack: Stack) -> None:
    """The generated Python SDK, importable by the stack's program."""
    out = stack.folder.parent / "sdk"
    stack.run("pulumi", "package", "gen-sdk", str(SCHEMA), "--language", "python", "--out", str(out))
    made = out / "python"
    # It asks for its own version, which an installation would know.
    metadata = made / f"pulumi_livechannels_native-{VERSION}.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: pulumi_livechannels_native\nVersion: {VERSION}\n")
    inherited = stack.surroundings.get("PYTHONPATH")
    stack.surroundings["PYTHONPATH"] = f"{made}{os.pathsep}{inherited}" if inherited else str(made)


def made_by_hand(native: Stack, name: str) -> str:
    """A channel that somebody made in the console."""
    from pulumi_livechannels.emulator.wangsu.channels import create_channel
    from pulumi_livechannels.emulator.wangsu.wire import Call

    words = {"channelName": name, "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0,3"}
    return str(create_channel(Call(words, native.platform.store))["pullId"])
