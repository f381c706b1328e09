"""`livechannels recover`: what a killed run was making is taken, cleared, or named for a person to decide."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from drift_kit import DYNAMIC
from kit import KINDS, Stage
from pulumi_livechannels.core.custody import MARK
from pulumi_livechannels.core.states import UNSURE
from pulumi_livechannels.deployments import has_secret, plain, secret
from recover_kit import FACES, LIST, carry_out, creating, export, held, holder_of, recovered, undecided
from shell_kit import livechannels


@pytest.mark.rule("R19")
@FACES
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_was_made_becomes_the_resource_and_the_next_up_says_unchanged(shell: Stage, kind: str, face: str) -> None:
    operation = creating(shell, kind, "main", face)
    key = carry_out(shell, operation, face)
    writes = shell.writes()
    deployment, (decision,) = recovered(stdin=export(operation))
    assert (decision["outcome"], decision["id"]) == ("taken", key)
    assert not deployment["pending_operations"]
    resource = deployment["resources"][-1]
    kept = ("urn", "type", "parent", "provider", "propertyDependencies", "additionalSecretOutputs", "inputs")
    assert {name: resource[name] for name in kept} == {name: operation["resource"][name] for name in kept}
    assert (resource["id"], resource["custom"]) == (key, True)
    outputs, inputs = plain(resource["outputs"]), plain(resource["inputs"])
    assert outputs.get("__provider") == inputs.get("__provider")
    assert outputs[MARK].startswith(holder_of(kind, "main", face).label)
    live, ours = shell.of(kind), {name: value for name, value in inputs.items() if not name.startswith("__")}
    assert not live.diff(outputs, ours).any
    assert all(has_secret(resource["outputs"][name]) for name in live.secrets if name in resource["outputs"])
    assert live.read(key, outputs) is not None
    assert shell.writes() == writes, "nothing is written on the platform"
    assert len(shell.objects(kind)) >= 1


def test_a_secret_of_the_program_is_one_in_the_outputs_too(shell: Stage) -> None:
    operation = creating(shell, "Channel", "main", **shell.sample("Channel", streamCheck="geheim"))
    operation["resource"]["inputs"]["channelName"] = secret("Main stage")
    carry_out(shell, operation)
    done = livechannels("recover", "--stack-state", "-", stdin=export(operation))
    outputs = json.loads(done.stdout)["deployment"]["resources"][-1]["outputs"]
    assert has_secret(outputs["channelName"])
    assert has_secret(outputs["streamCheck"])
    assert has_secret(outputs["pushUrl"])
    assert "geheim" not in done.stderr
    assert "rtmp://" not in done.stderr


@FACES
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_was_certainly_not_made_is_cleared(shell: Stage, kind: str, face: str) -> None:
    deployment, (decision,) = recovered(stdin=export(creating(shell, kind, "main", face)))
    assert decision["outcome"] == "cleared"
    assert not deployment["pending_operations"]
    assert len(deployment["resources"]) == 2


def test_a_list_that_lags_is_looked_at_again(shell: Stage) -> None:
    operation = creating(shell, "Channel", "main")
    key = carry_out(shell, operation)
    shell.fault(LIST, "stale-list", times=3)
    _, (decision,) = recovered(stdin=export(operation))
    assert decision["id"] == key


def test_an_outage_decides_nothing(shell: Stage) -> None:
    shell.fault(LIST, "error-code", code=4002, times=30)
    done = livechannels("recover", "--stack-state", "-", stdin=export(creating(shell, "Channel", "main")), code=1)
    assert done.stdout == ""


def test_several_that_agree_are_named_and_a_person_decides(shell: Stage) -> None:
    operation = creating(shell, "Channel", "main")
    keys = [carry_out(shell, operation) for _ in range(2)]
    state, urn = export(operation), operation["resource"]["urn"]
    (decision,) = undecided(stdin=state)
    assert sorted(decision["candidates"]) == sorted(keys)
    assert "--take" in livechannels("recover", "--stack-state", "-", stdin=state, code=3).stderr
    deployment, (decision,) = recovered("--take", f"{urn}={keys[1]}", stdin=state)
    assert deployment["resources"][-1]["id"] == keys[1]
    deployment, (decision,) = recovered("--forget", urn, stdin=state)
    assert decision["outcome"] == "cleared"
    assert not deployment["pending_operations"]
    assert len(deployment["resources"]) == 2


def test_two_creates_that_could_have_made_one_object_are_both_left_open(shell: Stage) -> None:
    one, two = (creating(shell, "Channel", name) for name in ("one", "two"))
    key = carry_out(shell, one)
    told = undecided(stdin=export(one, two))
    assert [each["candidates"] for each in told] == [[key], [key]]
    deployment, told = recovered("--take", f"{two['resource']['urn']}={key}", stdin=export(one, two))
    assert [each["outcome"] for each in told] == ["cleared", "taken"]
    assert deployment["resources"][-1]["urn"] == two["resource"]["urn"]


def test_one_that_is_left_open_keeps_the_others_from_being_written(shell: Stage) -> None:
    open_one, clear = creating(shell, "Channel", "open"), creating(shell, "PullChannel", "clear")
    for operation in (open_one, open_one, clear):
        carry_out(shell, operation)
    told = undecided("--out", "state.json", stdin=export(open_one, clear))
    assert [each["outcome"] for each in told] == ["undecided", "taken"]
    assert not Path("state.json").exists()


def test_one_of_the_same_name_that_differs_is_not_taken_by_itself(shell: Stage) -> None:
    operation = creating(shell, "Channel", "main")
    key = carry_out(shell, operation)
    shell.click("Channel", key, pullRate="0")
    (decision,) = undecided(stdin=export(operation))
    assert decision["candidates"] == [key]
    _, (decision,) = recovered("--take", f"{operation['resource']['urn']}={key}", stdin=export(operation))
    assert "brings pullRates in line" in decision["why"]


def test_one_that_no_call_can_bring_in_line_is_not_even_taken_when_asked_for(shell: Stage) -> None:
    operation = creating(shell, "Channel", "main")
    other = shell.up("Channel", **shell.sample("Channel", pullProtocols=["rtmp"])).id
    (decision,) = undecided("--take", f"{operation['resource']['urn']}={other}", stdin=export(operation))
    assert "another pullProtocols, which no call changes" in decision["why"]
    (decision,) = undecided("--take", f"{operation['resource']['urn']}=none", stdin=export(operation))
    assert decision["why"] == "there is no Channel none"


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_another_resource_holds_is_not_taken(shell: Stage, elsewhere: bool) -> None:
    operation = creating(shell, "Channel", "main")
    key = carry_out(shell, operation)
    other = held(shell, "Channel", "other", key, **shell.sample("Channel"))
    Path("elsewhere.json").write_text(export(resources=(other,)))
    more = ("--stack-state", "elsewhere.json") if elsewhere else ()
    state = export(operation, resources=() if elsewhere else (other,))
    deployment, (decision,) = recovered(*more, stdin=state)
    assert decision["outcome"] == "cleared"
    assert key in decision["why"]
    assert sum(each.get("id") == key for each in deployment["resources"]) == (0 if elsewhere else 1)
    (decision,) = undecided("--take", f"{operation['resource']['urn']}={key}", *more, stdin=state)
    assert "is held by" in decision["why"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_another_program_only_reads_is_taken(shell: Stage, elsewhere: bool) -> None:
    operation = creating(shell, "Channel", "main")
    key = carry_out(shell, operation)
    reader = {**held(shell, "Channel", "seen", key, **shell.sample("Channel")), "external": True}
    Path("elsewhere.json").write_text(export(resources=(reader,)))
    more = ("--stack-state", "elsewhere.json") if elsewhere else ()
    _, (decision,) = recovered(*more, stdin=export(operation, resources=() if elsewhere else (reader,)))
    assert (decision["outcome"], decision["id"]) == ("taken", key)


@FACES
def test_a_callback_becomes_a_resource_that_is_sent_again(shell: Stage, face: str) -> None:
    inputs = {"pushDomain": "Push.example.com", "notifyUrl": "https://hooks.example.com/live"}
    operation = creating(shell, "ChannelStateCallback", "hook", face, **inputs)
    deployment, (decision,) = recovered(stdin=export(operation))
    resource = deployment["resources"][-1]
    assert (decision["outcome"], resource["id"]) == ("taken", "push.example.com")
    assert resource["outputs"][UNSURE] == ["notifyUrl"]
    ours = {key: value for key, value in resource["inputs"].items() if not key.startswith("__")}
    live = shell.of("ChannelStateCallback")
    assert live.diff(resource["outputs"], ours).any
    made = live.update(resource["id"], resource["outputs"], ours)
    assert shell.calls("setChannelStateRealtimeBack") == 1
    assert not live.diff(made.state, ours).any


def test_a_ban_is_taken_when_the_channel_is_banned_and_cleared_when_not(shell: Stage) -> None:
    operation = creating(shell, "ChannelBan", "ban", pullId=shell.a_channel())
    _, (decision,) = recovered(stdin=export(operation))
    assert decision["outcome"] == "cleared"
    key = carry_out(shell, operation)
    deployment, (decision,) = recovered(stdin=export(operation))
    assert (decision["outcome"], decision["id"]) == ("taken", key)
    resource = deployment["resources"][-1]
    assert not shell.of("ChannelBan").diff(resource["outputs"], resource["inputs"]).any


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [("StreamDisconnect", {}), ("SignedPushUrl", {"effectiveHours": 24}), ("SignedPullUrls", {"effectiveHours": 24})],
)
def test_an_action_is_cleared(shell: Stage, kind: str, inputs: dict[str, Any]) -> None:
    operation = creating(shell, kind, "now", pullId=shell.a_channel(), **inputs)
    _, (decision,) = recovered(stdin=export(operation))
    assert (decision["outcome"], shell.calls()) == ("cleared", 0)
    assert "an action" in decision["why"]


def test_an_adoption_that_was_under_way_is_cleared(shell: Stage) -> None:
    operation = creating(shell, "Channel", "main", DYNAMIC)
    operation["resource"]["inputs"]["adopt"] = carry_out(shell, operation, DYNAMIC)
    _, (decision,) = recovered(stdin=export(operation))
    assert decision["outcome"] == "cleared"


def test_a_resource_stands_after_whatever_it_needs(shell: Stage) -> None:
    channel = creating(shell, "Channel", "main")
    key = carry_out(shell, channel)
    relay = creating(shell, "ForwardTask", "relay", pullId=key, forwardUrl="rtmp://relay.example.net/app/relaykey")
    carry_out(shell, relay)
    urn = channel["resource"]["urn"]
    relay["resource"]["dependencies"] = [urn, "urn:pulumi:dev::test::other::never-made"]
    relay["resource"]["propertyDependencies"] = {"pullId": [urn]}
    hanging = {"urn": "urn:pulumi:dev::test::other::b", "type": "other", "dependencies": [urn]}
    deployment, _ = recovered(stdin=export(relay, channel, resources=(hanging,)))
    urns = [each["urn"] for each in deployment["resources"]]
    assert urns.index(urn) < urns.index(hanging["urn"])
    assert urns.index(urn) < urns.index(relay["resource"]["urn"])
    assert deployment["resources"][-1]["dependencies"] == [urn]
    assert recovered(stdin=export(channel, relay, resources=(hanging,)))[0]["resources"] != []


def test_what_was_to_replace_an_object_replaces_it(shell: Stage) -> None:
    old = shell.up("Channel", **shell.sample("Channel", pullProtocols=["rtmp"]))
    operation = creating(shell, "Channel", "main")
    key = carry_out(shell, operation)
    before = held(shell, "Channel", "main", old.id, **shell.sample("Channel", pullProtocols=["rtmp"]))
    deployment, _ = recovered(stdin=export(operation, resources=(before,)))
    assert [(each["id"], each.get("delete")) for each in deployment["resources"][2:]] == [(key, None), (old.id, True)]
    ended = {**before, "id": "gone", "pendingReplacement": True}
    deployment, _ = recovered(stdin=export(operation, resources=(ended,)))
    assert [each["id"] for each in deployment["resources"][2:]] == [key]


def test_a_double_that_a_second_run_made_is_named(shell: Stage) -> None:
    operation = creating(shell, "Channel", "main")
    lost, made = (carry_out(shell, operation) for _ in range(2))
    state = export(operation, resources=(held(shell, "Channel", "main", made, **shell.sample("Channel")),))
    (decision,) = undecided(stdin=state)
    assert decision["candidates"] == [lost]
    assert made in decision["why"]
    urn = operation["resource"]["urn"]
    deployment, _ = recovered("--take", f"{urn}={lost}", stdin=state)
    assert [(each["id"], each.get("delete")) for each in deployment["resources"][2:]] == [(lost, None), (made, True)]
    deployment, _ = recovered("--forget", urn, stdin=state)
    assert [each["id"] for each in deployment["resources"][2:]] == [made]


def test_an_up_that_comes_first_says_what_it_sees(shell: Stage) -> None:
    key = carry_out(shell, creating(shell, "Channel", "main"))
    shell.up("Channel", **shell.sample("Channel"))
    (said,) = [text for text in shell.told if "livechannels recover" in text]
    assert key in said
    assert "one more is made" in said
