"""Callbacks, bans, disconnections and signed URLs: what is particular to resources that no list shows."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kit import Stage
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.core.lifecycle import Made
from pulumi_livechannels.core.switch import Switch
from pulumi_livechannels.ground import errors
from pulumi_livechannels.resources import RESOURCES

BAN = "/live/channelManage/channelForbidden"
STATES = "/live/channelManage/batchChannelLiveState"
CALLBACK = "/live/channelManage/setChannelStateRealtimeBack"
SWITCHES = {kind.__name__: kind for kind in RESOURCES if issubclass(kind, Switch)}
EVERY = pytest.mark.parametrize("name", sorted(SWITCHES))
CALLS = {
    "ChannelStateCallback": CALLBACK,
    "ChannelBan": BAN,
    "StreamDisconnect": "/live/channelManage/disconnectStream",
    "SignedPushUrl": "/live/channelManage/setPushTsatc",
    "SignedPullUrls": "/live/channelManage/setPullTsatc",
}


def inputs(stage: Stage, name: str, **more: Any) -> dict[str, Any]:
    """Inputs that work, with a channel to switch something on."""
    if name == "ChannelStateCallback":
        return {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live", **more}
    hours = {"effectiveHours": 24} if name.startswith("Signed") else {}
    return {"pullId": stage.a_channel(), **hours, **more}


def up(stage: Stage, name: str, **more: Any) -> tuple[Made, dict[str, Any]]:
    wanted = inputs(stage, name, **more)
    return stage.up(name, **wanted), wanted


def again(stage: Stage, name: str, made: Made, wanted: dict[str, Any]) -> Any:
    """What the next run finds to do."""
    state = stage.of(name).read(made.id, made.state)
    assert state is not None
    return stage.of(name).diff(state, stage.of(name).check(wanted, wanted).inputs)


def test_these_are_the_five() -> None:
    assert set(SWITCHES) == set(CALLS)


@EVERY
@pytest.mark.rule("R4", "R5")
def test_it_comes_and_stays_still(stage: Stage, name: str) -> None:
    made, wanted = up(stage, name)
    assert stage.calls(CALLS[name].rsplit("/", 1)[-1]) == 1
    stage.new_run()
    found = again(stage, name, made, wanted)
    assert not found.any
    assert stage.writes() == 1
    assert {key: made.state[key] for key in wanted} == wanted


@EVERY
@pytest.mark.rule("R3")
def test_a_preview_sends_nothing(stage: Stage, name: str) -> None:
    wanted = inputs(stage, name)
    state = stage.of(name).preview_create(wanted)
    assert set(state) == set(wanted) | set(properties(SWITCHES[name].outputs))
    assert not stage.calls()


@EVERY
@pytest.mark.rule("R16", "R22")
@pytest.mark.parametrize("fault", ["lost-answer", "reset", "refuse", "truncate", "throttle"])
def test_a_lost_answer_is_asked_for_again(stage: Stage, name: str, fault: str) -> None:
    stage.fault(CALLS[name], fault)
    up(stage, name)
    assert stage.calls(CALLS[name].rsplit("/", 1)[-1]) == 2


@EVERY
@pytest.mark.rule("R9")
@pytest.mark.parametrize("code", [300, 1001, 4002])
def test_an_outage_is_never_read_as_gone(stage: Stage, name: str, code: int) -> None:
    made, _ = up(stage, name)
    stage.new_run()
    if name == "ChannelBan":
        for path in (STATES, "/live/channelManage/getChannelLiveState"):
            stage.platform.faults.add({"path": path, "kind": "error-code", "code": code, "times": 9})
        with pytest.raises(errors.VendorError):
            stage.of(name).read(made.id, made.state)
        stage.platform.faults.clear()
    assert stage.of(name).read(made.id, made.state) == made.state


@EVERY
@pytest.mark.rule("R10")
def test_ending_it_twice_succeeds(stage: Stage, name: str) -> None:
    made, _ = up(stage, name)
    stage.of(name).delete(made.id, made.state)
    stage.of(name).delete(made.id, made.state)
    assert not stage.platform.objects("channelBan")
    assert not stage.platform.objects("channelStateCallback")


@EVERY
@pytest.mark.rule("R7")
def test_its_target_makes_a_new_one(stage: Stage, name: str) -> None:
    made, wanted = up(stage, name)
    key = SWITCHES[name].id_key
    other = {**wanted, key: "other.example.com" if key == "pushDomain" else "p2"}
    assert stage.of(name).diff(made.state, other).replaces == [key]


@pytest.mark.rule("R12")
@EVERY
def test_a_list_names_bans_and_nothing_else(stage: Stage, name: str) -> None:
    made, _ = up(stage, name)
    stage.new_run()
    assert [item.id for item in stage.of(name).list()] == ([made.id] if name == "ChannelBan" else [])


@EVERY
@pytest.mark.rule("R29")
def test_a_channel_that_does_not_exist_is_a_clear_error(stage: Stage, name: str) -> None:
    wrong = {"pushDomain": "push.nobody.net"} if name == "ChannelStateCallback" else {"pullId": "nobody"}
    with pytest.raises((errors.AccessDeniedError, errors.NotFoundError, errors.RefusedError)) as caught:
        stage.of(name).create({**inputs(stage, name), **wrong})
    assert str(caught.value).startswith(f"create {name} {next(iter(wrong.values()))}")
    assert "Nothing was changed on the platform." in str(caught.value)


@pytest.mark.rule("R8")
def test_a_ban_that_lapsed_is_drift_and_up_renews_it(stage: Stage) -> None:
    made, wanted = up(stage, "ChannelBan")
    assert stage.platform.objects("channelBan")[0]["status"] == 3
    stage.clock.let_pass(7 * 24 * 3600 + 5)
    stage.new_run()
    found = stage.of("ChannelBan").diff(made.state, wanted)
    assert found.unfinished == ["lapsesAt"], "seen without a look at the platform"
    assert stage.of("ChannelBan").read(made.id, made.state) is None, "and with one"
    renewed = stage.of("ChannelBan").update(made.id, made.state, wanted)
    assert not renewed.unfinished
    assert renewed.state["lapsesAt"] > made.state["lapsesAt"]
    assert stage.platform.objects("channelBan")[0]["status"] == 3
    assert not stage.of("ChannelBan").diff(renewed.state, wanted).any


@pytest.mark.rule("R8")
def test_a_ban_that_was_ended_in_the_console_is_gone(stage: Stage) -> None:
    made, _ = up(stage, "ChannelBan")
    stage.remove("ChannelBan", made.id)
    stage.new_run()
    assert stage.of("ChannelBan").read(made.id, made.state) is None


def test_a_ban_goes_with_its_channel(stage: Stage) -> None:
    made, _ = up(stage, "ChannelBan")
    stage.platform.store.remove("channel", made.id)
    stage.new_run()
    assert stage.of("ChannelBan").read(made.id, made.state) is None
    stage.of("ChannelBan").delete(made.id, made.state)


@pytest.mark.rule("R11")
def test_a_ban_is_taken_over_with_what_can_be_known(stage: Stage) -> None:
    made, wanted = up(stage, "ChannelBan")
    stage.new_run()
    taken = stage.of("ChannelBan").adopt(made.id, wanted)
    assert {key for key in taken.state if not key.startswith("__")} == {"pullId"}, (
        "when it lapses is told to whoever banned"
    )
    assert stage.writes() == 1
    stage.new_run()
    with pytest.raises(errors.NotFoundError):
        stage.of("ChannelBan").adopt("nobody", {"pullId": "nobody"})


def test_many_bans_are_looked_at_in_one_call(stage: Stage) -> None:
    made, _ = up(stage, "ChannelBan")
    stage.new_run()
    before = stage.calls()
    stage.of("ChannelBan").read(made.id, made.state)
    assert stage.calls() - before == 1


@pytest.mark.rule("R28")
def test_a_callback_is_set_changed_and_removed(stage: Stage) -> None:
    made, wanted = up(stage, "ChannelStateCallback")
    assert made.id == "push.example.com"
    wanted["notifyUrl"] = "https://hooks.example.com/other"
    found = stage.of("ChannelStateCallback").diff(made.state, wanted)
    assert (found.changed, found.replaces) == (["notifyUrl"], [])
    changed = stage.of("ChannelStateCallback").update(made.id, made.state, wanted)
    assert stage.platform.objects("channelStateCallback")[0]["notifyUrl"] == wanted["notifyUrl"]
    stage.of("ChannelStateCallback").delete(changed.id, changed.state)
    assert not stage.platform.objects("channelStateCallback")


def test_one_domain_has_one_callback(stage: Stage) -> None:
    up(stage, "ChannelStateCallback")
    with pytest.raises(errors.ConflictError, match="is held by r1 already, and r2 asks for it too"):
        up(stage, "ChannelStateCallback", pushDomain="PUSH.example.com")


HELD = pytest.mark.parametrize(
    ("name", "held"), [("ChannelStateCallback", "channelStateCallback"), ("ChannelBan", "channelBan")]
)


@HELD
@pytest.mark.rule("R6")
def test_a_new_name_in_the_program_switches_nothing_off(stage: Stage, name: str, held: str) -> None:
    old, wanted = up(stage, name)
    stage.new_run()
    # The engine makes what has a new name, and then ends what is in no program any more.
    new = stage.of(name).create(wanted)
    stage.of(name).delete(old.id, old.state)
    assert stage.platform.objects(held)
    assert "a resource with another name in the program" in stage.told[-1]
    stage.new_run()
    state = stage.of(name).read(new.id, new.state)
    assert state is not None
    stage.of(name).delete(new.id, state)
    assert not stage.platform.objects(held)


@HELD
def test_what_a_run_makes_and_changes_it_can_end(stage: Stage, name: str, held: str) -> None:
    made, wanted = up(stage, name)
    changed = stage.of(name).update(made.id, made.state, wanted)
    stage.of(name).delete(changed.id, changed.state)
    assert not stage.platform.objects(held)


def test_one_channel_has_one_ban(stage: Stage) -> None:
    up(stage, "ChannelBan")
    with pytest.raises(errors.ConflictError, match="is held by r1 already, and r2 asks for it too"):
        up(stage, "ChannelBan")


@pytest.mark.parametrize("key", ["a,b", "a b", ""])
@pytest.mark.parametrize("name", sorted(set(SWITCHES) - {"ChannelStateCallback"}))
def test_an_id_is_one_id(stage: Stage, name: str, key: str) -> None:
    (problem,) = stage.of(name).check({**inputs(stage, name), "pullId": key}, None).problems
    assert problem.path == "pullId"


@pytest.mark.parametrize("data", [None, {}, {"channelState": ""}, {"channelState": "soon"}])
def test_a_state_that_the_platform_does_not_tell_is_no_end(stage: Stage, data: Any) -> None:
    made, _ = up(stage, "ChannelBan")
    stage.new_run()
    for action in ("batchChannelLiveState", "getChannelLiveState"):
        body = {"code": 200, "message": "success", "data": data}
        stage.fault(f"/live/channelManage/{action}", "answer", status=200, body=body, times=99)
    with pytest.raises(errors.NoAnswerError):
        stage.of("ChannelBan").read(made.id, made.state)
    stage.platform.faults.clear()


@pytest.mark.parametrize(
    ("hours", "sent"), [(24, "24"), (0.5, "0.5"), (0.001, "0.001"), (1e6, "1000000"), (1.1, "1.1")]
)
def test_hours_are_written_as_people_write_them(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, hours: float, sent: str
) -> None:
    written: list[str] = []

    def sign(kind: Any, key: str, text: str) -> str:
        written.append(text)
        return "rtmp://a/b"

    monkeypatch.setattr(SWITCHES["SignedPushUrl"], "sign", sign)
    up(stage, "SignedPushUrl", effectiveHours=hours)
    assert written == [sent]


@pytest.mark.parametrize("hours", [0, -1, 0.0001, float("inf"), float("nan")])
def test_hours_that_cannot_be_are_refused(stage: Stage, hours: float) -> None:
    wanted = inputs(stage, "SignedPushUrl", effectiveHours=hours)
    (problem,) = stage.of("SignedPushUrl").check(wanted, None).problems
    assert problem.path == "effectiveHours"


def test_an_answer_without_a_url_is_no_success(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = inputs(stage, "SignedPushUrl")
    kind = SWITCHES["SignedPushUrl"]
    monkeypatch.setattr(kind, "sign", lambda *_: "")
    with pytest.raises(errors.NoAnswerError, match="without a signed URL"):
        stage.of("SignedPushUrl").create(wanted)


def test_a_callback_is_taken_over_by_setting_it(stage: Stage) -> None:
    taken = stage.of("ChannelStateCallback").adopt("push.example.com", inputs(stage, "ChannelStateCallback"))
    assert taken.state["notifyUrl"] == "https://hooks.example.com/live"
    assert len(stage.platform.objects("channelStateCallback")) == 1


@pytest.mark.rule("R4")
def test_what_cannot_be_read_back_is_said_once_a_refresh(stage: Stage) -> None:
    callback, _ = up(stage, "ChannelStateCallback")
    push, _ = up(stage, "SignedPushUrl")
    pull, _ = up(stage, "SignedPullUrls")
    stage.told.clear()
    stage.new_run()
    for _ in range(2):
        for name, made in (("ChannelStateCallback", callback), ("SignedPushUrl", push), ("SignedPullUrls", pull)):
            assert stage.of(name).read(made.id, made.state) == made.state
    assert stage.told == [
        "ChannelStateCallback: the platform does not show notifyUrl, so these were not verified",
        "SignedPushUrl: the platform does not show url, so these were not verified",
        "SignedPullUrls: the platform does not show urls, so these were not verified",
    ]


@pytest.mark.parametrize("name", ["StreamDisconnect", "SignedPushUrl", "SignedPullUrls"])
@pytest.mark.parametrize("triggers", [["a"], {"a": 1}, "a", 3])
def test_triggers_of_any_form_repeat_the_action(stage: Stage, name: str, triggers: Any) -> None:
    made, wanted = up(stage, name, triggers=triggers)
    assert not stage.of(name).diff(made.state, wanted).any
    changed = {**wanted, "triggers": ["another"]}
    found = stage.of(name).diff(made.state, changed)
    assert found.changed == ["triggers"]
    assert found.replaces == (["triggers"] if name == "StreamDisconnect" else [])


def test_a_stream_is_cut_once_and_nothing_else_happens(stage: Stage) -> None:
    key = stage.a_channel()
    stage.platform.edit("channel", key, {"channelStatus": 1})
    made, _ = up(stage, "StreamDisconnect")
    assert stage.platform.objects("channel")[0]["status"] == 2
    stage.of("StreamDisconnect").delete(made.id, made.state)
    assert stage.calls("disconnectStream") == 1


@pytest.mark.rule("R28")
def test_signed_urls_are_secrets_that_triggers_renew(stage: Stage) -> None:
    for name, key in (("SignedPushUrl", "url"), ("SignedPullUrls", "urls")):
        made, wanted = up(stage, name, triggers={"month": 1})
        assert key in stage.of(name).secrets
        stage.clock.let_pass(60)
        stage.new_run()
        renewed = stage.of(name).update(made.id, made.state, {**wanted, "triggers": {"month": 2}})
        assert renewed.state[key] != made.state[key]
        assert renewed.state["issuedAt"] > made.state["issuedAt"]
    shown = [url["url"] for url in renewed.state["urls"]]
    assert shown
    assert all(re.match(r"(rtmp|https?)://", url) for url in shown)


def test_hours_are_sent_as_the_vendor_wants_them(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    call = stage.account.wangsu.call
    monkeypatch.setattr(
        stage.account.wangsu, "call", lambda action: (sent.append(action.effective_hour_long), call(action))[1]
    )
    up(stage, "SignedPushUrl", effectiveHours=24)
    up(stage, "SignedPushUrl", effectiveHours=1.5)
    assert sent == ["24", "1.5"]


@pytest.mark.parametrize("name", ["StreamDisconnect", "SignedPushUrl", "SignedPullUrls"])
def test_actions_cannot_be_imported_or_taken_over(stage: Stage, name: str) -> None:
    with pytest.raises(errors.ConflictError, match="cannot be taken over"):
        stage.of(name).adopt("p1", inputs(stage, name))
    with pytest.raises(errors.ConflictError, match="cannot be imported"):
        stage.of(name).read("p1", {})


@pytest.mark.rule("R18")
@pytest.mark.parametrize(("name", "unsure"), [("ChannelBan", "pullId"), ("ChannelStateCallback", "notifyUrl")])
def test_a_switch_that_may_be_on_is_switched_on_again_by_the_next_run(stage: Stage, name: str, unsure: str) -> None:
    wanted = inputs(stage, name)
    stage.fault(CALLS[name], "lost-answer", times=9)
    made = stage.of(name).create(wanted, stage.holder(name))
    assert made.unfinished
    stage.platform.faults.clear()
    stage.new_run()
    found = stage.of(name).diff(made.state, wanted)
    assert found.any
    assert unsure in found.unfinished
