"""`livechannels drift`: what differs from a stack's state, what is gone, and what cannot be found out."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from drift_kit import DYNAMIC, NATIVE, FakeStack, drift, fleet, ran
from kit import Stage
from pulumi_livechannels.deployments import secret
from shell_kit import livechannels

FACES = pytest.mark.parametrize("face", [NATIVE, DYNAMIC])
DEPTHS = pytest.mark.parametrize("depth", ["listed", "full"])
LIST, CONFIGURE = "/live/channelManage/getChannelList", "/live/channelManage/getChannelConfigure"
NOTHING = ("differs", "gone", "unmanaged", "twice", "pending", "failed", "skipped", "left", "lists", "encrypted")


def everything(stage: Stage, face: str = NATIVE) -> FakeStack:
    """A stack with a resource of each kind, switches included; all that the account has."""
    stack = FakeStack(stage, face=face)
    channel = stack.channel("main")
    stack.up("RecordDirectory", "matches", directoryType="matches", path="matches/2026")
    stack.up("PullChannel", "guest", **stage.sample("PullChannel"))
    stack.up("RecordTask", "evening", pullId=channel.id, endTime=stage.later(hours=2))
    stack.up("ForwardTask", "relay", pullId=channel.id, forwardUrl="rtmp://relay.example.net/app/relaykey")
    stack.up("ChannelStateCallback", "hook", pushDomain="push.example.com", notifyUrl="https://hooks.example.com/live")
    banned = stack.channel("banned")
    stack.up("ChannelBan", "ban", pullId=banned.id)
    stack.up("SignedPushUrl", "signed", pullId=channel.id, effectiveHours=2)
    stack.up("StreamDisconnect", "cut", pullId=channel.id)
    return stack


@FACES
@DEPTHS
@pytest.mark.parametrize("encrypted", [False, True])
def test_what_is_as_its_stack_says_is_no_drift(shell: Stage, face: str, depth: str, encrypted: bool) -> None:
    stack = everything(shell, face)
    writes = shell.writes()
    told = drift(stack, code=0, arguments=("--depth", depth), encrypted=encrypted)
    assert (told["found"], told["resources"], told["lookedAt"]) == (False, 10, 10)
    assert {key: told[key] for key in NOTHING if told[key]} == ({"encrypted": ["test/dev"]} if encrypted else {})
    assert shell.writes() == writes, "it only looks"


@FACES
def test_a_click_is_told_with_property_state_and_platform(shell: Stage, face: str) -> None:
    stack = FakeStack(shell, face=face)
    main = stack.channel("main")
    shell.click("Channel", main.id, channelName="clicked", pullRate="0")
    told = drift(stack, code=3)
    (one,) = told["differs"]
    assert (one["stack"], one["urn"], one["kind"], one["id"]) == ("test/dev", main.urn, "Channel", main.id)
    name, rates = one["differences"]
    assert (name["property"], name["state"], name["platform"], name["secret"]) == (
        "channelName", "main", "clicked", False,
    )  # fmt: skip
    assert name["says"] == "channelName is 'clicked' on the platform and 'main' in the program"
    assert (rates["property"], rates["state"], rates["platform"]) == ("pullRates", ["source", "hd"], ["source"])
    assert [
        item["property"] for item in drift(stack, code=3, arguments=("--depth", "listed"))["differs"][0]["differences"]
    ] == ["channelName"], "the list carries the name alone"


@pytest.mark.rule("R28")
def test_a_secret_is_told_by_its_name_and_left_out_where_it_is_encrypted(shell: Stage) -> None:
    stack = FakeStack(shell)
    guest = stack.up("PullChannel", "guest", **shell.sample("PullChannel"))
    shell.click("PullChannel", guest.id, sourcePullUrl="rtmp://origin.example.net/app/geheim")
    done = ran(stack, code=3, arguments=("--format", "json"))
    (one,) = json.loads(done.stdout)["differs"][0]["differences"]
    assert (one["property"], one["secret"], one["state"], one["platform"]) == ("sourceUrl", True, None, None)
    for format in ("table", "markdown", "junit", "json"):
        shown = ran(stack, code=3, arguments=("--format", format)).output
        assert "sourceUrl" in shown
        assert "geheim" not in shown
        assert "guestkey" not in shown
    done = ran(stack, code=0, arguments=("--format", "json"), encrypted=True)
    assert json.loads(done.stdout)["encrypted"] == ["test/dev"]
    assert "the secrets of test/dev are encrypted, so they were not compared" in done.stderr


def test_what_the_program_marks_secret_or_ignores_is_treated_so(shell: Stage) -> None:
    stack = FakeStack(shell)
    hidden = stack.channel("hidden")
    ignored = stack.channel("ignored", more={"ignoreChanges": ["channelName"]})
    for held in (hidden, ignored):
        shell.click("Channel", held.id, channelName="clicked")
    hidden.inputs = {**hidden.inputs, "channelName": secret("hidden")}
    (one,) = drift(stack, code=3)["differs"]
    assert one["id"] == hidden.id
    assert one["differences"][0]["says"] == "channelName differs; it is a secret, so its values are not shown"


@DEPTHS
@pytest.mark.parametrize("kind", ["Channel", "PullChannel", "ForwardTask"])
def test_what_is_gone_is_told(shell: Stage, kind: str, depth: str) -> None:
    stack = FakeStack(shell)
    held = stack.up(kind, "one", **shell.sample(kind))
    shell.remove(kind, held.id)
    told = drift(stack, code=3, arguments=("--depth", depth))
    assert [(item["kind"], item["id"]) for item in told["gone"]] == [(kind, held.id)]


def test_what_no_stack_holds_is_told_and_counts_only_when_asked(shell: Stage) -> None:
    stack = FakeStack(shell)
    stack.channel("ours")
    theirs = shell.up("Channel", **shell.sample("Channel", channelName="theirs"))
    told = drift(stack, code=0)
    assert told["unmanaged"] == [{"kind": "Channel", "id": theirs.id, "name": "theirs"}]
    assert told["found"] is False
    assert drift(stack, code=3, arguments=("--unmanaged",))["found"] is True


def test_what_only_waits_for_its_deletion_is_held_and_not_missed(shell: Stage) -> None:
    stack = FakeStack(shell)
    stack.channel("old", more={"delete": True})
    other = stack.channel("other", more={"delete": True})
    stack.channel("ended", more={"pendingReplacement": True})
    shell.remove("Channel", other.id)
    told = drift(stack, code=3)
    assert (told["gone"], told["unmanaged"], told["resources"]) == ([], [], 0)
    assert [item["doing"] for item in told["pending"]] == ["deleting", "deleting", "replacing"]


@FACES
def test_what_a_program_only_reads_holds_nothing_and_is_compared_with_what_it_read(shell: Stage, face: str) -> None:
    owner, reader = FakeStack(shell, "owner", face), FakeStack(shell, "reader", face)
    main = owner.channel("main")
    reader.channel("read", more={"external": True, "id": main.id})
    (read,) = reader.resources
    shell.remove("Channel", read.id)
    read.inputs, read.state = {}, {key: value for key, value in main.state.items() if not key.startswith("__")}
    assert drift(owner, reader, code=0)["twice"] == []
    assert drift(reader, code=0)["unmanaged"] == [{"kind": "Channel", "id": main.id, "name": "main"}]
    shell.click("Channel", main.id, channelName="clicked")
    told = drift(reader, code=3)
    assert [one["property"] for item in told["differs"] for one in item["differences"]] == ["channelName"]


def test_what_two_stacks_or_two_resources_hold_is_told(shell: Stage) -> None:
    one, two = FakeStack(shell, "one"), FakeStack(shell, "two", DYNAMIC)
    main = one.channel("main")
    two.resources.append(main)
    again = one.channel("again")
    one.resources.append(type(again)(**{**vars(again), "urn": one.urn("Channel", "twin")}))
    told = drift(one, two, code=3)
    held = {item["id"]: [holder["urn"].rpartition("::")[2] for holder in item["holders"]] for item in told["twice"]}
    assert held == {again.id: ["again", "twin"]}
    main.urn = two.urn("Channel", "main")
    two.resources = [main]
    one.resources = [type(main)(**{**vars(main), "urn": one.urn("Channel", "main")})]
    told = drift(one, two, code=3)
    assert {holder["stack"] for holder in told["twice"][0]["holders"]} == {"test/one", "test/two"}


def namesakes(stage: Stage) -> tuple[FakeStack, FakeStack]:
    """Two organisations whose stacks, resources and names are the same; one has lost its channel."""
    here, there = FakeStack(stage), FakeStack(stage)
    here.channel("main")
    stage.remove("Channel", there.channel("main").id)
    return here, there


@pytest.mark.parametrize("arguments", [(), ("--calls", "50")])
def test_resources_of_one_urn_and_of_other_ids_are_all_looked_at(shell: Stage, arguments: tuple[str, ...]) -> None:
    here, there = namesakes(shell)
    for stacks in ((here, there), (there, here), (here, there, there)):
        told = drift(*stacks, code=3, arguments=arguments)
        assert (told["resources"], told["lookedAt"]) == (2, 2)
        assert [item["id"] for item in told["gone"]] == [there.resources[0].id]
    assert drift(here, here, code=0, arguments=arguments)["resources"] == 1, "the same, given twice"


def test_a_round_tells_resources_of_one_urn_apart(shell: Stage) -> None:
    here, there = namesakes(shell)
    drift(here, code=0, arguments=("--calls", "6"))
    told = drift(here, there, code=3, arguments=("--calls", "9"))
    assert [item["id"] for item in told["gone"]] == [there.resources[0].id]


def test_every_format_tells_resources_of_one_urn_apart_by_their_ids(shell: Stage) -> None:
    here, there = namesakes(shell)
    for format in ("table", "markdown", "junit"):
        done = ran(here, there, code=3, arguments=("--format", format))
        assert there.resources[0].id in done.stdout
        assert "test/dev came more than once" in done.stderr
    cases = [case.get("name") for case in ElementTree.fromstring(done.stdout).iter("testcase")]
    assert [name for name in cases if "main" in name] == [
        f"Channel main ({stack.resources[0].id})" for stack in (here, there)
    ]


def test_what_two_stacks_of_one_name_hold_is_told(shell: Stage) -> None:
    here, there = FakeStack(shell), FakeStack(shell)
    here.channel("main")
    theirs = there.channel("main")
    here.resources.append(type(theirs)(**{**vars(theirs), "urn": here.urn("Channel", "other")}))
    (twice,) = drift(here, there, code=3)["twice"]
    assert (twice["id"], [each["urn"].rpartition("::")[2] for each in twice["holders"]]) == (
        theirs.id, ["other", "main"],
    )  # fmt: skip


def test_what_two_stacks_of_one_name_had_begun_is_told_of_each(shell: Stage) -> None:
    here, there = FakeStack(shell), FakeStack(shell)
    for number, stack in enumerate((here, there)):
        made = stack.channel("made", channelName=f"made {number}")
        stack.resources.remove(made)
        stack.pending = [{"type": "creating", "resource": {**stack.raw(made), "id": ""}}]
    assert len(drift(here, there, there, code=3)["pending"]) == 2


def test_what_was_being_made_when_a_run_died_is_told(shell: Stage) -> None:
    stack = FakeStack(shell)
    stack.channel("main")
    made = stack.channel("made")
    stack.resources.remove(made)
    stack.pending = [{"type": "creating", "resource": {**stack.raw(made), "id": ""}}]
    done = ran(stack, code=3, arguments=("--format", "json"))
    told = json.loads(done.stdout)
    assert told["pending"] == [{"stack": "test/dev", "urn": made.urn, "kind": "Channel", "doing": "creating"}]
    assert "livechannels recover" in done.stderr


@pytest.mark.rule("R9")
@DEPTHS
def test_an_outage_is_never_drift(shell: Stage, depth: str) -> None:
    stack = FakeStack(shell)
    shell.click("Channel", stack.channel("main").id, channelName="clicked")
    shell.fault(LIST, "error-code", code=4002, times=99)
    done = ran(stack, code=1, arguments=("--format", "json", "--depth", depth))
    told = json.loads(done.stdout)
    assert (told["gone"], told["differs"], told["lookedAt"]) == ([], [], 0)
    assert told["lists"] == ["Channel", "ChannelBan"]
    assert "Vendor code 4002" in done.stderr


@pytest.mark.rule("R9")
def test_one_that_cannot_be_found_out_hides_nothing_of_the_others(shell: Stage) -> None:
    stack = FakeStack(shell)
    main, guest = stack.channel("main"), stack.up("PullChannel", "guest", **shell.sample("PullChannel"))
    shell.click("PullChannel", guest.id, channelName="clicked")
    shell.fault(CONFIGURE, "error-code", code=4002, times=99)
    told = drift(stack, code=1)
    assert [(item["id"], "Vendor code 4002" in item["why"]) for item in told["failed"]] == [(main.id, True)]
    assert [item["id"] for item in told["differs"]] == [guest.id]


@pytest.mark.rule("R9")
def test_stacks_without_anything_of_ours_have_an_inventory_too(shell: Stage) -> None:
    stack = FakeStack(shell)
    there = shell.a_channel()
    assert [item["id"] for item in drift(stack, code=0)["unmanaged"]] == [there]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say which stacks: --stack-state FILE, before any further files, or --all-stacks"),
        (("--stack-state", "none.json"), "--stack-state none.json: No such file"),
        (("--stack-state", "-"), "it is not what `pulumi stack export` writes"),
        (("--stack-state", "-", "--depth", "deep"), "--depth must be full or listed, but is 'deep'"),
        (("--stack-state", "-", "--format", "yaml"), "--format must be one of table, json, markdown, junit"),
        (("--stack-state", "-", "--calls", "0"), "--calls"),
    ],
)
def test_bad_usage_is_told(shell: Stage, arguments: tuple[str, ...], said: str) -> None:
    shell.platform.journal.clear()
    assert said in livechannels("drift", *arguments, stdin="{}", code=2).output
    assert not shell.platform.journal


def test_without_keys_nothing_is_found_out(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = FakeStack(shell)
    stack.channel("main")
    monkeypatch.delenv("LIVECHANNELS_ACCESS_KEY")
    assert "set the environment variables LIVECHANNELS_ACCESS_KEY" in ran(stack, code=2).output


ENGINE = """#!/bin/sh
case "$*" in
  "stack ls --json --non-interactive") test -e Pulumi.yaml && echo '[{"name": "two"}]' ;;
  "stack ls --json --all "*) echo '[{"name": "organization/test/one"}, {"name": "organization/test/two"}]' ;;
  *"export --stack"*one*"--show-secrets"*) echo 'incorrect passphrase' >&2; exit 1 ;;
  *"export --stack"*one*) cat "$STACKS/one.json" ;;
  *"export --stack"*two*) cat "$STACKS/two.json" ;;
  *) echo "asked for $*" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A script that plays the engine, with a stack whose secrets it cannot decrypt."""
    tool = tmp_path / "bin" / "pulumi"
    tool.parent.mkdir()
    tool.write_text(ENGINE)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    monkeypatch.setenv("STACKS", str(tmp_path))
    return tool


def test_the_engine_is_asked_for_all_stacks(shell: Stage, engine: Path) -> None:
    one, two = fleet(shell, stacks=2, channels=2)
    Path("one.json").write_text(json.dumps(one.export(encrypted=True)))
    Path("two.json").write_text(json.dumps(two.export()))
    done = livechannels("drift", "--all-stacks", "--format", "json")
    told = json.loads(done.stdout)
    assert (told["resources"], told["encrypted"], told["unmanaged"]) == (4, ["test/s0"], [])
    assert "organization/test/one: its secrets cannot be decrypted from here" in done.stderr
    Path("Pulumi.yaml").write_text("name: test")
    shell.clock.let_pass(1)
    told = json.loads(livechannels("drift", "--all-stacks", "--format", "json").stdout)
    assert (told["resources"], len(told["unmanaged"])) == (2, 2), "in a project only its own stacks"


def test_an_engine_that_fails_or_lacks_is_told(shell: Stage, engine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "stack export --stack organization/test/one" in livechannels("drift", "--all-stacks", code=1).output
    monkeypatch.setenv("PATH", "/nowhere")
    assert "pulumi is not on PATH" in livechannels("drift", "--all-stacks", code=2).output


@pytest.mark.parametrize(
    "says",
    [
        "echo A new version of Pulumi is out; echo '[\"geheim\"]'",
        "echo 'null'",
        "echo '[\"geheim\"]'",
        "echo '{\"geheim\": 1}'",
        "exec sleep 60",
        "cat",
    ],
)
def test_an_engine_that_answers_something_else_or_nothing_ends_the_command(
    shell: Stage, engine: Path, monkeypatch: pytest.MonkeyPatch, says: str
) -> None:
    monkeypatch.setattr("pulumi_livechannels.cli.stacks.PATIENCE_SECONDS", 0.5)
    engine.write_text(f"#!/bin/sh\n{says}\n")
    output = livechannels("drift", "--all-stacks", code=1).output
    assert "--all-stacks: `pulumi stack ls" in output
    assert "geheim" not in output, "an export has secrets in clear"


def test_a_cache_that_cannot_be_written_spoils_no_report(shell: Stage) -> None:
    (stack,) = fleet(shell, stacks=1, channels=6)
    Path("cache").write_text("no folder")
    done = ran(stack, code=0, arguments=("--format", "json", "--calls", "8"))
    assert json.loads(done.stdout)["lookedAt"] == 3
    assert "cannot be kept, so the next run begins anew" in done.stderr
