"""The state that `livechannels recover` reads and writes: keys, secrets, what is not ours, and what is no state."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from drift_kit import CIPHERTEXT
from kit import Stage
from pulumi_livechannels.deployments import secret
from recover_kit import FACES, carry_out, creating, export, held, recovered, undecided, urn_of
from shell_kit import livechannels


def test_keys_that_show_nothing_of_the_stack_clear_nothing(shell: Stage) -> None:
    foreign = held(shell, "Channel", "other", "of-another-account", **shell.sample("Channel"))
    operation = creating(shell, "Channel", "main")
    (decision,) = undecided(stdin=export(operation, resources=(foreign,)))
    assert "another account" in decision["why"]
    assert recovered("--forget", operation["resource"]["urn"], stdin=export(operation, resources=(foreign,)))


def test_the_keys_of_its_provider_in_the_state_are_used(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = creating(shell, "Channel", "main")
    key = carry_out(shell, operation)
    told: dict[str, Any] = {"accessKey": "emulator-access-key", "secretKey": secret("emulator-secret-key")}
    state = json.loads(export(operation))
    state["deployment"]["resources"][1]["inputs"] = {**told, "version": "0.1.0"}
    monkeypatch.setenv("LIVECHANNELS_ACCESS_KEY", "of-somebody-else")
    monkeypatch.setenv("LIVECHANNELS_SECRET_KEY", "of-somebody-else")
    _, (decision,) = recovered(stdin=json.dumps(state))
    assert decision["id"] == key
    state["deployment"]["resources"][1]["inputs"]["secretKey"] = CIPHERTEXT
    assert "--show-secrets" in livechannels("recover", "--stack-state", "-", stdin=json.dumps(state), code=2).stderr


@FACES
def test_secrets_that_are_needed_and_encrypted_are_asked_for(shell: Stage, face: str) -> None:
    operation = creating(shell, "PullChannel", "main", face)
    operation["resource"]["inputs"]["sourceUrl"] = CIPHERTEXT
    done = livechannels("recover", "--stack-state", "-", stdin=export(operation), code=2)
    assert "pulumi stack export --show-secrets" in done.stderr
    assert done.stdout == ""


def test_secrets_that_are_not_needed_may_stay_encrypted(shell: Stage) -> None:
    operation = creating(shell, "RecordDirectory", "main")
    other = {"urn": "urn:pulumi:dev::test::other::b", "type": "other", "inputs": {"password": CIPHERTEXT}}
    deployment, _ = recovered(stdin=export(operation, resources=(other,)))
    assert deployment["resources"][-1] == other


@pytest.mark.parametrize("doing", ["creating", "deleting", "updating", "reading"])
def test_operations_of_other_providers_are_kept_and_named(shell: Stage, doing: str) -> None:
    other = {"resource": {"urn": "urn:pulumi:dev::test::aws:s3:Bucket::b", "type": "aws:s3:Bucket"}, "type": doing}
    deployment, (decision,) = recovered(stdin=export(other))
    assert deployment["pending_operations"] == [other]
    assert decision["outcome"] == "kept"
    assert "look there what is true of it" in decision["why"]
    urn = other["resource"]["urn"]  # type: ignore[index]
    assert (
        "is no create of this provider"
        in livechannels("recover", "--stack-state", "-", "--forget", urn, stdin=export(other), code=2).stderr
    )


@pytest.mark.parametrize(
    ("doing", "words"), [("deleting", "pulumi up"), ("updating", "pulumi up"), ("reading", "reads it again")]
)
def test_what_else_was_under_way_is_explained(shell: Stage, doing: str, words: str) -> None:
    operation = {**creating(shell, "Channel", "main"), "type": doing}
    deployment, (decision,) = recovered(stdin=export(operation))
    assert (decision["outcome"], deployment["pending_operations"]) == ("kept", [operation])
    assert words in decision["why"]


def test_a_stack_in_which_nothing_was_under_way_stays_as_it_is(shell: Stage) -> None:
    done = livechannels("recover", "--stack-state", "-", stdin=export())
    assert json.loads(done.stdout) == json.loads(export())
    assert "nothing was under way" in done.stderr
    assert shell.calls() == 0


def test_the_state_is_written_where_nobody_else_reads_it(shell: Stage) -> None:
    operation = creating(shell, "PullChannel", "main")
    carry_out(shell, operation)
    Path("in.json").write_text(export(operation))
    done = livechannels("recover", "--stack-state", "in.json", "--out", "out.json")
    assert done.stdout == ""
    assert "guestkey" not in done.stderr
    assert stat.S_IMODE(Path("out.json").stat().st_mode) == 0o600
    assert not json.loads(Path("out.json").read_text())["deployment"]["pending_operations"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--take", "nonsense"), "write it as URN=ID"),
        (("--take", "urn:a=b"), "is no create of this provider that was under way"),
        (("--take", "urn:a=b", "--forget", "urn:a"), "named twice"),
        (("--out", "no/folder/file"), "name a file in a folder that is there"),
        (("--stack-state", "none.json"), "--stack-state none.json: No such file"),
    ],
)
def test_what_cannot_be_meant_is_bad_usage(shell: Stage, arguments: tuple[str, ...], words: str) -> None:
    done = livechannels("recover", "--stack-state", "-", *arguments, stdin=export(), code=2)
    assert words in done.stderr
    assert done.stdout == ""


def test_orphans_names_what_was_being_made_and_what_is_held_twice(shell: Stage) -> None:
    key = shell.up("Channel", **shell.sample("Channel")).id
    Path("two.json").write_text(export(resources=(held(shell, "Channel", "b", key),)))
    state = export(creating(shell, "PullChannel", "feed"), resources=(held(shell, "Channel", "a", key),))
    states = ("--stack-state", "-", "--stack-state", "two.json")
    done = livechannels("orphans", *states, "--format", "json", stdin=state, code=3)
    told = json.loads(done.stdout)
    assert [(item["kind"], item["id"]) for item in told["twice"]] == [("Channel", key)]
    assert [item["name"] for item in told["pending"]] == [urn_of("PullChannel", "feed")]
    assert (told["platform"], told["stack"]) == ([], [])
    assert "livechannels recover" in done.stderr
    livechannels("orphans", "--stack-state", "-", "--stack-state", "two.json", stdin=Path("two.json").read_text())


def test_inputs_that_no_version_of_ours_can_have_sent_are_named(shell: Stage) -> None:
    operation = creating(shell, "Channel", "main")
    operation["resource"]["inputs"]["channelNam"] = "x"
    done = livechannels("recover", "--stack-state", "-", stdin=export(operation), code=1)
    assert f"recover {operation['resource']['urn']}: channelNam is not a property here" in done.stderr
