"""What runs the shell steps of pipelines as their hosts do, and stand-ins for the hosts' own tools."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from engine_kit import EXAMPLES, Stack
from servers_kit import Answers, serving

PIPELINES = EXAMPLES / "pipelines"
# Of GitHub's command, as far as the steps use it: comments and issues stand in a file beside it.
GH = f"""#!{sys.executable}
import json, pathlib, re, sys
held = pathlib.Path(__file__).with_name("github.json")
state = json.loads(held.read_text()) if held.exists() else {{"comments": [], "issues": [], "calls": []}}
words = sys.argv[1:]
state["calls"].append(words)
option = lambda name: words[words.index(name) + 1] if name in words else ""
text = lambda name: pathlib.Path(option(name)).read_text()
if words[0] == "api" and "--method" not in words:
    print(json.dumps(state["comments"]))
elif words[0] == "api":
    body = pathlib.Path(option("--field").removeprefix("body=@")).read_text()
    if option("--method") == "POST":
        state["comments"].append({{"id": len(state["comments"]) + 1, "body": body}})
    else:
        (path,) = [word for word in words if word.startswith("repos/")]
        state["comments"][int(path.rpartition("/")[2]) - 1]["body"] = body
elif words[:2] == ["issue", "list"]:
    print(next((each["number"] for each in state["issues"] if each["open"]), ""))
elif words[:2] == ["issue", "create"]:
    state["issues"].append({{"number": len(state["issues"]) + 1, "open": True, "body": text("--body-file")}})
elif words[:2] == ["issue", "edit"]:
    state["issues"][int(words[2]) - 1]["body"] = text("--body-file")
elif words[:2] == ["issue", "close"]:
    state["issues"][int(words[2]) - 1]["open"] = False
held.write_text(json.dumps(state))
"""


@dataclass
class Host:
    """A machine of a pipeline's host: the checkout is the stack's folder, PATH has our commands and the host's own."""

    stack: Stack
    variables: dict[str, str] = field(default_factory=dict)
    said: str = ""

    def __post_init__(self) -> None:
        self.bin = self.stack.folder.parent / "bin"
        self.bin.mkdir()
        (self.bin / "gh").write_text(GH)
        (self.bin / "gh").chmod(0o755)
        # The commands of this checkout, and not those of wherever it is installed.
        command = f'#!/bin/sh\nexec "{sys.executable}" -m pulumi_livechannels.cli "$@"\n'
        (self.bin / "livechannels").write_text(command)
        (self.bin / "livechannels").chmod(0o755)
        self.variables = {"STACK": "dev", **self.variables}

    def file(self, name: str) -> Path:
        return self.stack.folder / name

    def run(self, script: str, env: Mapping[str, str] | None = None, code: int = 0, shell: str = "bash") -> str:
        """Run a script; it has to exit with `code`."""
        options = ["--noprofile", "--norc", "-eo", "pipefail"] if shell == "bash" else []
        surroundings = {**self.stack.surroundings, **self.variables, **(env or {})}
        path = f"{self.bin}:{Path(sys.executable).parent}:{surroundings['PATH']}"
        done = subprocess.run(
            [shell, *options, "-c", script],
            cwd=self.stack.folder,
            env={**surroundings, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        self.said += done.stdout + done.stderr
        assert done.returncode == code, f"{script}\nexited with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def github(self, file: str, job: str, step: str, code: int = 0) -> None:
        """A step of a workflow."""
        steps = yaml.safe_load((PIPELINES / "github" / file).read_text())["jobs"][job]["steps"]
        (found,) = [each for each in steps if each.get("name") == step]
        summary, env = self.file("summary.md"), self.file("github.env")
        given = {name: value for name, value in found.get("env", {}).items() if name not in self.variables}
        assert not given, f"the test gives no value for {', '.join(given)}"
        self.run(found["run"], {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ENV": str(env)}, code)
        if env.exists():
            self.variables |= dict(line.split("=", 1) for line in env.read_text().splitlines())

    def gitlab(self, job: str, code: int = 0) -> str:
        """The script of a job, which the runner gives to one shell."""
        jobs = yaml.safe_load((PIPELINES / "gitlab" / ".gitlab-ci.yml").read_text())
        return self.run("\n".join(jobs[job]["script"]), jobs[job].get("variables"), code)

    def atlantis(self, stage: str, code: int = 0) -> str:
        """A stage of the workflow."""
        config = yaml.safe_load((PIPELINES / "atlantis" / "atlantis.yaml").read_text())
        (step,) = config["workflows"]["livechannels"][stage]["steps"]
        given = {"WORKSPACE": self.variables["STACK"], "PLANFILE": str(self.file("dev.tfplan"))}
        return self.run(step["run"], given, code, shell="sh")

    def on_github(self) -> dict[str, Any]:
        """What stands on GitHub."""
        held: dict[str, Any] = json.loads((self.bin / "github.json").read_text())
        return held


def project(stack: Stack, name: str = "Main stage", **more: Any) -> None:
    """A program with one channel."""
    channel = {
        "channelName": name,
        "channelType": "live",
        "pushDomain": "push.example.com",
        "pullRates": ["source"],
        **more,
    }
    declared = {"main": {"type": "livechannels:Channel", "properties": channel}}
    (stack.folder / "Pulumi.yaml").write_text(json.dumps({"name": "test", "runtime": "yaml", "resources": declared}))


@contextmanager
def gitlab_server() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """GitLab's notes of a merge request, a page at a time: its address, and the notes."""
    notes: list[dict[str, Any]] = []

    class Notes(Answers):
        def do_GET(self) -> None:
            told = {
                name: int(values[0]) for name, values in parse_qs(urlsplit(self.path).query).items() if name != "sort"
            }
            size = min(told.get("per_page", 20), 100)
            first = size * (told.get("page", 1) - 1)
            self._answer(notes[first : first + size])

        def do_POST(self) -> None:
            notes.append({"id": len(notes) + 1, "body": self._body()})
            self._answer(notes[-1])

        def do_PUT(self) -> None:
            notes[int(self.path.rpartition("/")[2]) - 1]["body"] = self._body()
            self._answer({})

        def _body(self) -> str:
            head = f"Content-Type: {self.headers['Content-Type']}\n\n".encode()
            form = BytesParser().parsebytes(head + self.rfile.read(int(self.headers["Content-Length"])))
            (part,) = form.get_payload()
            content = part.get_payload(decode=True)  # type: ignore[union-attr]
            return str(content.decode())  # type: ignore[union-attr]

        def _answer(self, value: Any) -> None:
            assert re.fullmatch(r"/projects/7/merge_requests/3/notes(/\d+)?(\?.*)?", self.path)
            assert self.headers["PRIVATE-TOKEN"] == "token"
            self.answer(value)

    with serving(Notes) as address:
        yield address, notes
