"""The shell steps of examples/pipelines, taken out of the files and run on the real engine against the emulator."""

from __future__ import annotations

import pytest

from engine_kit import Stack
from pipelines_kit import PIPELINES, Host, gitlab_server, project
from pulumi_livechannels.cli.main import app

pytestmark = pytest.mark.engine
MARKER = "<!-- livechannels comment: test/dev -->\n"
NEW_URL = "gets a new push URL (encoders must be told) and new pull URLs"
COMMANDS = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]


@pytest.fixture
def host(native: Stack) -> Host:
    native.project("yaml")
    project(native)
    return Host(native)


def names(host: Host) -> list[str]:
    return [item["channelName"] for item in host.stack.platform.objects("channel")]


def click(host: Host, name: str) -> None:
    """Somebody renames the channel in the console."""
    (channel,) = host.stack.platform.objects("channel")
    host.stack.platform.edit("channel", channel["id"], {"channelName": name})


def test_github_plans_deploys_and_comments(host: Host) -> None:
    host.variables |= {"GH_TOKEN": "token", "GITHUB_REPOSITORY": "team/channels", "PULL_REQUEST": "7"}
    host.github("deploy.yml", "plan", "Plan")
    assert host.file("summary.md").read_text().startswith(MARKER)
    assert names(host) == [], "a plan changes nothing"
    host.github("deploy.yml", "deploy", "Deploy")
    assert names(host) == ["Main stage"]
    project(host.stack, channelType="event")
    host.github("deploy.yml", "deploy", "Deploy", code=1)
    assert "violates plan" in host.said
    host.github("preview.yml", "preview", "Preview")
    host.github("preview.yml", "preview", "Comment")
    (first,) = host.on_github()["comments"]
    assert first["body"].startswith(MARKER)
    assert NEW_URL in first["body"]
    assert "and is not on air" in first["body"], "the platform was asked"
    project(host.stack, pullRates=["bogus"])
    host.github("preview.yml", "preview", "Preview", code=1)
    host.github("preview.yml", "preview", "Comment")
    (second,) = host.on_github()["comments"]
    assert second["id"] == first["id"]
    assert "#### Errors" in second["body"]
    assert "'bogus'" in second["body"]


def test_github_tells_drift_by_one_issue(host: Host) -> None:
    host.variables |= {"GH_TOKEN": "token", "GH_REPO": "team/channels", "RUN": "run-1"}
    host.stack.up()
    host.file("drift.md").write_text("# What differs\n")
    for clicked, open_issues in ((None, []), ("Clicked", [True]), ("Again", [True]), ("Main stage", [False])):
        host.variables.pop("FOUND", None)
        host.file("github.env").unlink(missing_ok=True)
        if clicked:
            click(host, clicked)
        host.github("drift.yml", "drift", "Would `pulumi up` change anything?")
        host.github("drift.yml", "drift", "Issue")
        assert [each["open"] for each in host.on_github()["issues"]] == open_issues
    assert host.on_github()["issues"][0]["body"].startswith("# What differs")
    host.stack.platform.faults.add({"path": "/live/channelManage/getChannelConfigure", "kind": "html", "times": 9})
    host.github("drift.yml", "drift", "Would `pulumi up` change anything?", code=1)
    assert "FOUND" not in host.variables, "an outage is no drift"


def test_drift_is_reported_where_it_was_clicked(host: Host) -> None:
    host.stack.up()
    host.github("drift.yml", "drift", "What differs?")
    assert "FOUND" not in host.variables
    host.gitlab("drift")
    click(host, "Clicked")
    host.github("drift.yml", "drift", "What differs?")
    assert host.variables["FOUND"] == "true"
    assert "channelName" in host.file("summary.md").read_text()
    assert "channelName" in host.gitlab("drift", code=3)


def test_gitlab_plans_deploys_and_keeps_one_note(host: Host) -> None:
    host.gitlab("plan")
    host.gitlab("deploy")
    assert names(host) == ["Main stage"]
    project(host.stack, channelType="event")
    with gitlab_server() as (address, notes):
        host.variables |= {
            "CI_API_V4_URL": address,
            "CI_PROJECT_ID": "7",
            "CI_MERGE_REQUEST_IID": "3",
            "COMMENT_TOKEN": "token",
        }
        older = 250  # on three pages
        notes += [{"id": number, "body": f"added {number} commits"} for number in range(1, older + 1)]
        host.gitlab("preview")
        assert [note["id"] for note in notes if note["body"].startswith(MARKER)] == [older + 1]
        assert NEW_URL in notes[older]["body"]
        project(host.stack, pullRates=["bogus"])
        host.gitlab("preview", code=1)
        assert len(notes) == older + 1
        assert "#### Errors" in notes[older]["body"]


def test_atlantis_plans_and_applies_that_plan_alone(host: Host) -> None:
    assert host.atlantis("plan").startswith(MARKER)
    project(host.stack, "Another")
    host.atlantis("apply", code=1)
    assert names(host) == []
    assert host.atlantis("plan").startswith(MARKER)
    host.atlantis("apply")
    assert names(host) == ["Another"]
    project(host.stack, pullRates=["bogus"])
    assert "#### Errors" in host.atlantis("plan", code=1)


def test_a_fleet_is_driven_within_its_share_of_calls(host: Host) -> None:
    host.stack.pulumi("stack", "init", "other", "--non-interactive")
    fleet = f"python '{PIPELINES / 'automation' / 'fleet.py'}'"
    assert host.run(f"{fleet} preview dev other") == "dev: 2 create\nother: 2 create\n"
    assert host.run(f"{fleet} up --calls 100 dev other") == "dev: 2 create\nother: 2 create\n"
    assert names(host) == ["Main stage", "Main stage"]
    told = host.run(f"{fleet} up --calls=-1 dev missing other", code=1)
    assert told == ""
    assert "callsPerFiveMinutes" in host.said, "the share reaches the provider"
    assert host.run(f"{fleet} up other") == "other: 2 same\n"
