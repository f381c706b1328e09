"""What the repository says of itself to its host: one version, sound workflows, forms that can be filled in."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

from kit import require_valid
from pulumi_livechannels.cli.doctor import LIBRARIES
from pulumi_livechannels.schema import schema

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
CODE = {".py", ".js", ".css", ".html", ".md", ""}
HOST = ROOT / ".github"
WORKFLOWS = sorted((HOST / "workflows").iterdir())
SCHEMAS = {
    **{path: "vendor.github-workflows" for path in WORKFLOWS},
    HOST / "dependabot.yml": "vendor.dependabot",
    HOST / "ISSUE_TEMPLATE" / "config.yml": "vendor.github-issue-config",
    HOST / "ISSUE_TEMPLATE" / "bug.yml": "vendor.github-issue-forms",
    HOST / "ISSUE_TEMPLATE" / "idea.yml": "vendor.github-issue-forms",
}
SAYS = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
# Where users copy from; the changelog tells of other versions too.
PAGES = (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/**/*.md"))


def tracked() -> list[Path]:
    """The files of the repository that people write."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def test_no_file_of_code_is_longer_than_anybody_reads() -> None:
    code = [path for path in tracked() if path.suffix in CODE]
    assert len(code) > 500
    assert not [path for path in code if len(path.read_text().splitlines()) > LONGEST_FILE]


def test_a_folder_says_why_it_exists() -> None:
    """A package in its docstring, any other in its README or in that of the folder above."""
    packages = {path.parent for path in tracked() if path.is_relative_to(ROOT / "provider") and path.suffix == ".py"}
    for folder in packages:
        assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text())), folder
    for top in ("tests", "tools", "examples"):
        told = (ROOT / top / "README.md").read_text()
        for name in {path.relative_to(ROOT / top).parts[0] for path in tracked() if path.is_relative_to(ROOT / top)}:
            assert (ROOT / top / name).is_file() or name in told, f"{top}/{name}"


def test_every_version_is_the_one_of_the_project() -> None:
    assert SAYS
    assert re.fullmatch(r"\d+\.\d+\.\d+", SAYS[1]), "it is a version in every language"
    assert version("pulumi-livechannels") == SAYS[1]
    assert (schema()["version"], json.loads((ROOT / "schema.json").read_text())["version"]) == (SAYS[1], SAYS[1])
    for page in PAGES:
        for told in re.findall(r"(?:resource livechannels |livechannels-v)(\d+\.\d+\.\d+)", page.read_text()):
            assert told == SAYS[1], page


def test_the_version_is_written_nowhere_else() -> None:
    assert SAYS
    for path in (*ROOT.glob("provider/**/*.py"), *ROOT.glob("tools/**/*.py")):
        assert f'"{SAYS[1]}"' not in path.read_text(), path


@pytest.mark.slow
@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_file_for_the_host_is_one_by_its_schema(path: Path) -> None:
    require_valid(path, SCHEMAS[path])


def test_every_file_for_the_host_is_checked() -> None:
    assert {path for path in HOST.rglob("*") if path.is_file()} == SCHEMAS.keys()


def test_the_linter_of_workflows_finds_nothing() -> None:
    """Among much else: what is pinned, what a job may do, what is injected, whether credentials are kept."""
    command = [str(Path(sys.executable).parent / "zizmor"), "--offline", "--no-progress", str(HOST)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_are_pinned_to_a_commit_and_say_of_which_release() -> None:
    used = [line.strip() for path in WORKFLOWS for line in path.read_text().splitlines() if "uses:" in line]
    assert used
    for line in used:
        assert re.fullmatch(r"- uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_publishing_trusts_the_workflow_and_no_stored_token() -> None:
    jobs = yaml.safe_load((HOST / "workflows" / "release.yml").read_text())["jobs"]
    assert "secrets." not in (HOST / "workflows" / "release.yml").read_text()
    for index in ("pypi", "npm"):
        assert (jobs[index]["environment"], jobs[index]["permissions"]) == (index, {"id-token": "write"})
    assert set(jobs["release"]["needs"]) == {"test", "plugin", "packages"}
    assert all(jobs[index]["needs"] == "release" for index in ("pypi", "npm"))


def test_ci_runs_what_has_to_hold() -> None:
    """`.ci/run` and the workflow name the same targets, the demo aside, which a test plays too."""
    own = set(re.findall(r"^make (\S+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)) - {"setup", "demo"}
    jobs = yaml.safe_load((HOST / "workflows" / "ci.yml").read_text())["jobs"]
    assert own == {"check", *jobs["test"]["strategy"]["matrix"]["what"]}


def test_the_form_for_bugs_asks_for_the_doctor() -> None:
    body = yaml.safe_load((HOST / "ISSUE_TEMPLATE" / "bug.yml").read_text())["body"]
    required = {item["id"] for item in body if item.get("validations", {}).get("required")}
    assert {"doctor", "face", "happened", "changed"} == required
    assert {"grpcio", "protobuf"} <= set(LIBRARIES)
