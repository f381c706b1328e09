"""Keys of another account change nothing there, and take nothing for gone; rotated keys need no word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kit import ALL, KINDS, FakeClock, Stage
from pulumi_livechannels.core.belonging import ACCOUNT
from pulumi_livechannels.core.lifecycle import Made
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.ground import errors

EVERY = pytest.mark.parametrize("name", sorted(KINDS))


@pytest.fixture
def elsewhere(clock: FakeClock) -> Iterator[Stage]:
    """A second account with other objects, on a platform of its own."""
    with running(quota=0, now=clock.now) as (port, platform):
        yield Stage(port, platform, clock)


def held(stage: Stage) -> dict[str, tuple[dict[str, Any], Made]]:
    """One object of each kind."""
    inputs = {name: stage.sample(name) for name in KINDS}
    inputs["ChannelBan"] = {"pullId": stage.a_channel()}
    inputs["ChannelStateCallback"] = {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"}
    return {name: (wanted, stage.up(name, name, **wanted)) for name, wanted in inputs.items()}


def _verbs(stage: Stage, name: str, wanted: dict[str, Any], made: Made) -> list[Callable[[], Any]]:
    verbs, holder = stage.of(name), stage.holder(name, name)
    return [
        lambda: verbs.plan(made.id, made.state, wanted, holder),
        lambda: verbs.update(made.id, made.state, wanted, holder),
        lambda: verbs.delete(made.id, made.state),
        lambda: verbs.create(wanted, holder),
        lambda: verbs.adopt(made.id, wanted, holder),
    ]


def refused(error: errors.LiveChannelsError) -> bool:
    return "another account" in str(error) and error.changed is errors.Changed.NO


@EVERY
@pytest.mark.rule("R30")
def test_what_another_account_does_not_show_is_not_gone(stage: Stage, elsewhere: Stage, name: str) -> None:
    made = stage.up(name, "x", **stage.sample(name))
    with pytest.raises(errors.LiveChannelsError) as caught:
        elsewhere.of(name).read(made.id, made.state)
    assert refused(caught.value)
    assert "allowAccountChange" in str(caught.value)
    assert "use the keys" in str(caught.value)
    assert f"show nothing of {name} {made.id}." in str(caught.value)


@pytest.mark.rule("R30")
def test_no_verb_drops_makes_changes_or_deletes_anything_there(stage: Stage, elsewhere: Stage) -> None:
    before = held(stage)
    objects = elsewhere.platform.objects()
    for name, (wanted, made) in before.items():
        for verb in _verbs(elsewhere, name, wanted, made):
            with pytest.raises(errors.LiveChannelsError) as caught:
                verb()
            assert "another account" in str(caught.value)
    assert elsewhere.platform.objects() == objects
    assert not elsewhere.writes()


def test_it_is_said_in_full_once(stage: Stage, elsewhere: Stage) -> None:
    said = []
    for number in range(20):
        made = stage.up("Channel", **stage.sample("Channel", channelName=f"c{number}"))
        with pytest.raises(errors.ConflictError) as caught:
            elsewhere.of("Channel").read(made.id, made.state)
        said.append(str(caught.value))
    assert sum("allowAccountChange" in text for text in said) == 1
    assert all("another account" in text for text in said)


@pytest.mark.rule("R30")
def test_rotated_keys_of_the_account_need_no_word(stage: Stage) -> None:
    before = held(stage)
    stage.new_run(username="emulator-user", apiKey="emulator-api-key")
    for name, (wanted, made) in before.items():
        state = stage.of(name).read(made.id, made.state, stage.holder(name, name))
        assert state is not None
        assert state[ACCOUNT] == made.state[ACCOUNT], "the account keeps the name that it had first"
        assert not stage.of(name).plan(made.id, state, wanted, stage.holder(name, name)).any
    stage.new_run(username="emulator-user", apiKey="emulator-api-key")
    for name in reversed(list(before)):
        stage.of(name).delete(before[name][1].id, before[name][1].state)
    assert not stage.platform.objects("channelBan")


def test_one_that_is_really_gone_is_told_by_the_others(stage: Stage) -> None:
    there = stage.up("Channel", "there", **stage.sample("Channel"))
    gone = stage.up("PullChannel", "gone", **stage.sample("PullChannel"))
    stage.remove("PullChannel", gone.id)
    stage.new_run(username="emulator-user", apiKey="emulator-api-key")
    assert stage.of("Channel").read(there.id, there.state) is not None
    assert stage.of("PullChannel").read(gone.id, gone.state) is None


def test_another_channel_of_the_stack_speaks_for_what_is_gone(stage: Stage) -> None:
    stage.up("Channel", "there", **stage.sample("Channel"))
    gone = stage.up("PullChannel", "gone", **stage.sample("PullChannel"))
    stage.remove("PullChannel", gone.id)
    stage.new_run(username="emulator-user", apiKey="emulator-api-key")
    # The first that this run looks at, and nothing else has been seen yet.
    assert stage.of("PullChannel").read(gone.id, gone.state) is None


@pytest.mark.rule("R30")
def test_a_stack_that_really_moves_says_so_for_one_run(stage: Stage, elsewhere: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", "main", **inputs)
    elsewhere.new_run(allowAccountChange="true")
    assert elsewhere.of("Channel").read(made.id, made.state) is None
    there = elsewhere.up("Channel", "main", **inputs)
    elsewhere.new_run()
    assert elsewhere.of("Channel").read(there.id, there.state) is not None
    assert stage.objects("Channel")


@EVERY
def test_nothing_of_a_stack_that_moves_is_held_to_be_there_already(stage: Stage, elsewhere: Stage, name: str) -> None:
    _, made = held(stage)[name]
    elsewhere.new_run(allowAccountChange="true")
    assert elsewhere.of(name).read(made.id, made.state) is None


def test_the_states_of_a_run_that_may_move_agree_whatever_keys_come(stage: Stage) -> None:
    _, made = held(stage)["ChannelStateCallback"]
    other = stage.up("Channel", "other", **stage.sample("Channel"))
    stage.new_run(username="emulator-user", apiKey="emulator-api-key", allowAccountChange="true")
    accounts = set()
    for name, one in (("ChannelStateCallback", made), ("Channel", other)):
        state = stage.of(name).read(one.id, one.state)
        assert state is not None
        accounts.add(state[ACCOUNT])
    assert len(accounts) == 1


def test_the_account_of_a_state_tells_no_key(stage: Stage) -> None:
    for name, (_, made) in held(stage).items():
        assert ALL[name].adoptable
        assert len(made.state[ACCOUNT]) == 12
        assert "emulator" not in str(made.state[ACCOUNT])


def test_a_state_of_an_earlier_release_is_believed(stage: Stage) -> None:
    made = stage.up("Channel", "main", **stage.sample("Channel"))
    old = {key: value for key, value in made.state.items() if not key.startswith("__")}
    stage.new_run()
    state = stage.of("Channel").read(made.id, old)
    assert state is not None
    assert state[ACCOUNT]


READS = (
    "channelManage/getChannelLiveState",
    "channelManage/batchChannelLiveState",
    "channelManage/getChannelConfigure",
    "channelManage/getPullChannelConfigure",
    "recordDirectoryManage/getDirectory",
    "channelManage/recordTaskQuery",
    "forwardTask/getForwardTaskList",
)


@EVERY
@pytest.mark.parametrize("data", [None, {}, [], ""])
def test_an_answer_that_means_nothing_shows_no_account(stage: Stage, elsewhere: Stage, name: str, data: Any) -> None:
    made = stage.up(name, "x", **stage.sample(name))
    for action in READS:
        body = {"code": 200, "message": "success", "data": data}
        elsewhere.fault(f"/live/{action}", "answer", status=200, body=body, times=99)
    with pytest.raises(errors.LiveChannelsError):
        elsewhere.of(name).delete(made.id, made.state)
    with pytest.raises(errors.LiveChannelsError):
        elsewhere.of(name).read(made.id, made.state)
    assert not elsewhere.writes()


def test_a_callback_that_nothing_speaks_for_is_left_as_it_is_by_other_keys(stage: Stage, elsewhere: Stage) -> None:
    wanted = {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"}
    made = stage.up("ChannelStateCallback", "cb", **wanted)
    verbs, holder = elsewhere.of("ChannelStateCallback"), elsewhere.holder("ChannelStateCallback", "cb")
    assert not verbs.plan(made.id, made.state, wanted, holder).any
    assert "so it was left as it is. If the stack has moved" in elsewhere.told[-1]
    other = {**wanted, "notifyUrl": "https://hooks.example.com/other"}
    for change in (
        lambda: verbs.plan(made.id, made.state, other, holder),
        lambda: verbs.update(made.id, made.state, other, holder),
    ):
        with pytest.raises(errors.ConflictError, match="another account"):
            change()
    assert not elsewhere.writes()


def test_a_callback_changes_once_another_object_has_shown_the_account(stage: Stage) -> None:
    wanted = {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"}
    made = stage.up("ChannelStateCallback", "cb", **wanted)
    channel = stage.up("Channel", "main", **stage.sample("Channel"))
    rotated = {key: {**state, ACCOUNT: "older-keys"} for key, state in (("cb", made.state), ("main", channel.state))}
    stage.new_run()
    stage.of("Channel").read(channel.id, rotated["main"])
    other = {**wanted, "notifyUrl": "https://hooks.example.com/other"}
    assert stage.of("ChannelStateCallback").plan(made.id, rotated["cb"], other).changed == ["notifyUrl"]
    stage.of("ChannelStateCallback").update(made.id, rotated["cb"], other)
