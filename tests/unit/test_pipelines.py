"""The pipelines to copy are what their hosts read: held against the published schemas, offline."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from kit import require_valid

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PIPELINES = ROOT / "examples" / "pipelines"
CONTRACT = ROOT / "tests" / "contract"
PUBLISHED = {
    "github/preview.yml": "vendor.github-workflows",
    "github/deploy.yml": "vendor.github-workflows",
    "github/drift.yml": "vendor.github-workflows",
    "gitlab/.gitlab-ci.yml": "vendor.gitlab-ci",
}
OTHERS = {"atlantis/atlantis.yaml": "atlantis.json", "operator/stack.yaml": "operator-stack.json"}


def test_every_pipeline_is_held_against_a_schema() -> None:
    there = {str(path.relative_to(PIPELINES)) for path in PIPELINES.rglob("*.y*ml")}
    assert there == PUBLISHED.keys() | OTHERS.keys()


@pytest.mark.parametrize(("file", "schema"), PUBLISHED.items())
def test_a_workflow_is_one_by_its_hosts_schema(file: str, schema: str) -> None:
    require_valid(PIPELINES / file, schema)


@pytest.mark.parametrize(("file", "schema"), OTHERS.items())
def test_the_rest_names_only_fields_that_there_are(file: str, schema: str) -> None:
    from jsonschema import Draft202012Validator  # takes seconds to load, which no other test has to wait for

    validator = Draft202012Validator(json.loads((CONTRACT / schema).read_text()))
    documents = list(yaml.safe_load_all((PIPELINES / file).read_text()))
    checked = [each for each in documents if each.get("kind", "Stack") == "Stack"]
    assert checked
    for document in checked:
        validator.validate(document)


def test_the_operator_deploys_with_one_stack_and_looks_with_the_other() -> None:
    stacks = [each for each in yaml.safe_load_all((PIPELINES / "operator/stack.yaml").read_text()) if "spec" in each]
    deploys, looks = (each["spec"] for each in stacks)
    shared = {key for key in deploys if deploys[key] == looks.get(key)}
    assert {"stack", "backend", "secretsProvider", "envRefs", "workspaceTemplate", "projectRepo", "branch"} <= shared
    assert not deploys.get("preview")
    assert (looks["preview"], looks["continueResyncOnCommitMatch"]) == (True, True)


@pytest.mark.parametrize("file", [*PUBLISHED, *OTHERS])
def test_no_key_stands_in_a_file(file: str) -> None:
    text = (PIPELINES / file).read_text()
    for name in ("LIVECHANNELS_ACCESS_KEY", "LIVECHANNELS_SECRET_KEY"):
        for value in re.findall(rf"^\s*{name}: *(\S.*)?$", text, re.MULTILINE):
            assert value in ("", f"${{{{ secrets.{name} }}}}")


def test_a_deployment_is_never_cut_short_by_the_next_one() -> None:
    deploy = yaml.safe_load((PIPELINES / "github/deploy.yml").read_text())
    assert deploy["concurrency"]["cancel-in-progress"] is False
    gitlab = yaml.safe_load((PIPELINES / "gitlab/.gitlab-ci.yml").read_text())
    assert gitlab["deploy"]["resource_group"]
    assert gitlab["default"]["interruptible"] is False


def test_an_issue_about_drift_holds_whole_lines_in_any_script(tmp_path: Path) -> None:
    steps = yaml.safe_load((PIPELINES / "github/drift.yml").read_text())["jobs"]["drift"]["steps"]
    (issue,) = (step["run"] for step in steps if step.get("name") == "Issue")
    (tmp_path / "drift.md").write_text("# 漂移\n" + "| 主舞台 | 名称不同 |\n" * 9_000)
    (tmp_path / "gh").write_text("#!/bin/sh\n")
    (tmp_path / "gh").chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "FOUND": "true", "RUN": "run-1", "STACK": "dev"}
    subprocess.run(["bash", "-eo", "pipefail", "-c", issue], cwd=tmp_path, env=env, check=True)
    text = (tmp_path / "issue.md").read_text()
    assert len(text) < 65_536
    *told, last = text.rstrip("\n").split("\n\n")
    assert last == "Seen by run-1, which has all of it."
    assert set("".join(told).splitlines()) == {"# 漂移", "| 主舞台 | 名称不同 |"}
