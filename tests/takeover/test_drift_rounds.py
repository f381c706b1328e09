"""`livechannels drift` of many stacks: one inventory for all, and rounds that keep to a share of the calls."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from xml.etree import ElementTree

import pytest

from drift_kit import drift, fleet, ran
from kit import Stage
from pulumi_livechannels.emulator.wangsu.channels import create_channel
from pulumi_livechannels.emulator.wangsu.wire import Call


def cached() -> list[Path]:
    return list(Path("cache/livechannels/drift").glob("*"))


def theirs(stage: Stage, count: int) -> None:
    """So many channels of others."""
    words = {"channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
    for number in range(count):
        create_channel(Call({**words, "channelName": f"theirs {number}"}, stage.platform.store))


# The lists of pull channels, directories, recordings and relays are a page each.
OTHER_LISTS = 4


@pytest.mark.rule("R41")
@pytest.mark.parametrize(("depth", "each"), [("listed", 0), ("full", 1)])
def test_many_stacks_share_one_inventory(shell: Stage, depth: str, each: int) -> None:
    stacks = fleet(shell, stacks=5, channels=8)
    theirs(shell, 260)
    shell.platform.journal.clear()
    told = drift(*stacks, code=0, arguments=("--depth", depth))
    assert (told["resources"], told["lookedAt"], len(told["unmanaged"])) == (40, 40, 260)
    least = 300 / 50 + OTHER_LISTS + each * 40
    # A full page does not tell that it is the last one.
    assert shell.calls() == least + 1
    assert shell.calls("getChannelConfigure") == each * 40


def test_a_run_keeps_to_its_calls_and_the_next_one_goes_on(shell: Stage) -> None:
    stacks = fleet(shell, stacks=2, channels=10)
    shell.click("Channel", stacks[1].resources[-1].id, channelName="clicked")
    looked = []
    for code in (0, 0, 0, 3):
        shell.platform.journal.clear()
        shell.clock.let_pass(3600)
        done = ran(*stacks, code=code, arguments=("--format", "json", "--calls", "7"))
        assert shell.calls() <= 7
        told = json.loads(done.stdout)
        looked.append(told["lookedAt"])
        if told["left"]:
            assert f"{len(told['left'])} left: run again to go on" in done.stderr
            (kept,) = cached()
            assert stat.S_IMODE(kept.stat().st_mode) == 0o600
            assert "rtmp://" not in kept.read_text()
    assert looked == [2, 9, 16, 20]
    assert (told["left"], told["lists"]) == ([], [])
    told = drift(*stacks, code=3, arguments=("--calls", "7"))
    assert told["lookedAt"] == 2, "a finished round begins anew, and with what was found"
    assert len(told["differs"]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[" * 100_000,
        '{"clean": {}, "found": {}, "lists": {"a Channel": [[{}], 1]}}',
        '{"clean": {"a": ["b", 1%s]}, "found": {}, "lists": {}}' % ("0" * 400),
    ],
    ids=["empty", "deep", "ids", "time"],
)
def test_a_round_that_is_damaged_begins_anew(shell: Stage, text: str) -> None:
    stacks = fleet(shell, stacks=2, channels=10)
    ran(*stacks, code=0, arguments=("--calls", "7"))
    (kept,) = cached()
    kept.write_text(text)
    assert drift(*stacks, code=0)["lookedAt"] == 20


def test_a_state_that_has_changed_since_is_looked_at_once_more_in_a_round(shell: Stage) -> None:
    (stack,) = fleet(shell, stacks=1, channels=6)
    assert len(drift(stack, code=0, arguments=("--calls", "8"))["left"]) == 3
    first = stack.resources[0]
    shell.click("Channel", first.id, channelName="clicked")
    assert drift(stack, code=0, arguments=("--calls", "1"))["differs"] == [], "it was looked at in this round"
    first.more = {"modified": "2026-11-27T00:00:00Z"}
    assert [item["id"] for item in drift(stack, code=3, arguments=("--calls", "9"))["differs"]] == [first.id]


def test_what_was_found_is_looked_at_again_and_first(shell: Stage) -> None:
    (stack,) = fleet(shell, stacks=1, channels=6)
    first = stack.resources[0]
    shell.click("Channel", first.id, channelName="clicked")
    assert [item["id"] for item in drift(stack, code=3, arguments=("--calls", "8"))["differs"]] == [first.id]
    shell.click("Channel", first.id, channelName="s0-0")
    told = drift(stack, code=0, arguments=("--calls", "1"))
    assert (told["differs"], len(told["left"])) == ([], 3)


def test_what_was_found_and_could_not_be_looked_at_again_still_counts(shell: Stage) -> None:
    (stack,) = fleet(shell, stacks=1, channels=6)
    for held in stack.resources[:3]:
        shell.click("Channel", held.id, channelName="clicked")
    assert len(drift(stack, code=3, arguments=("--calls", "8"))["differs"]) == 3
    told = drift(stack, code=3, arguments=("--calls", "2"))
    assert (len(told["differs"]), len(told["still"]), told["lookedAt"]) == (1, 2, 2), "half of the calls are for others"
    found = ElementTree.fromstring(ran(stack, code=3, arguments=("--calls", "2", "--format", "junit")).stdout)
    assert (len(found.findall(".//failure")), len(found.findall(".//skipped"))) == (3, 1)


def test_a_run_gets_on_however_much_was_found(shell: Stage) -> None:
    (stack,) = fleet(shell, stacks=1, channels=30)
    for held in stack.resources:
        shell.click("Channel", held.id, channelName="clicked")
    for _ in range(6):
        told = drift(stack, code=3, arguments=("--calls", "10"))
    assert len(told["differs"]) + len(told["still"]) == 30
    shell.click("Channel", stack.resources[0].id, channelName="s0-0")
    kept = {each["id"] for _ in range(4) for each in drift(stack, code=3, arguments=("--calls", "10"))["still"]}
    assert stack.resources[1].id in kept, "each run looks at some of them"
    told = drift(stack, code=3, arguments=("--calls", "100"))
    assert (len(told["differs"]), told["still"]) == (29, [])


@pytest.mark.parametrize("trouble", ["a list", "a state"])
def test_what_always_fails_keeps_no_round_from_ending(shell: Stage, trouble: str) -> None:
    (stack,) = fleet(shell, stacks=1, channels=3)
    if trouble == "a list":
        shell.fault("/live/forwardTask/getForwardTaskList", "error-code", code=1008, times=1000)
    else:
        stack.resources[2].inputs["pullRates"] = 7
    assert drift(stack, code=1, arguments=("--calls", "500"))["differs"] == []
    first = stack.resources[0].id
    shell.click("Channel", first, channelName="clicked")
    assert [each["id"] for each in drift(stack, code=1, arguments=("--calls", "500"))["differs"]] == [first]


def test_a_relay_that_was_found_is_looked_at_before_channels_that_were_not(shell: Stage) -> None:
    (stack,) = fleet(shell, stacks=1, channels=6)
    relay = stack.up(
        "ForwardTask", "relay", pullId=stack.resources[0].id, forwardUrl="rtmp://relay.example.net/app/one"
    )
    stack.up("ChannelBan", "ban", pullId=stack.resources[0].id)
    shell.click("ForwardTask", relay.id, notifyUrl="https://hooks.example.com/x")
    told = drift(stack, code=3, arguments=("--calls", "11"))
    assert ([item["id"] for item in told["differs"]], [item["kind"] for item in told["left"]]) == (
        [relay.id],
        ["ChannelBan"],
    )
    for held in stack.resources:
        held.more = {"modified": "later"}
    told = drift(stack, code=3, arguments=("--calls", "1"))
    assert ([item["id"] for item in told["differs"]], len(told["left"])) == ([relay.id], 7)


def test_calls_that_suffice_for_nothing_are_no_clean_report(shell: Stage) -> None:
    (stack,) = fleet(shell, stacks=1, channels=1)
    theirs(shell, 60)
    done = ran(stack, code=1, arguments=("--calls", "1"))
    assert "--calls 1 is too few to get any further" in done.stderr


def test_what_no_stack_holds_is_told_only_after_a_look_in_the_same_run(shell: Stage) -> None:
    (stack,) = fleet(shell, stacks=1, channels=6)
    stray = shell.up("Channel", **shell.sample("Channel")).id
    told = drift(stack, code=3, arguments=("--unmanaged", "--calls", "8"))
    assert ([each["id"] for each in told["unmanaged"]], told["lists"], len(told["left"])) == ([stray], [], 3)
    told = drift(stack, code=0, arguments=("--unmanaged", "--calls", "2"))
    assert (told["unmanaged"], told["lists"], len(told["left"])) == ([], ["Channel"], 1), "no calls for the list"
    shell.remove("Channel", stray)
    left = stack.resources.pop(0)
    told = drift(stack, code=3, arguments=("--unmanaged", "--calls", "8"))
    assert ([each["id"] for each in told["unmanaged"]], told["lists"]) == ([left.id], [])


def test_a_round_ends_even_if_no_run_can_read_every_list_once_more(shell: Stage) -> None:
    (stack,) = fleet(shell, stacks=1, channels=6)
    shell.up("Channel", **shell.sample("Channel"))
    drift(stack, code=3, arguments=("--unmanaged", "--calls", "8"))
    told = drift(stack, code=0, arguments=("--unmanaged", "--calls", "3"))
    assert (told["left"], told["lists"]) == ([], ["Channel"])
    assert cached() == [], "a finished round begins anew"
