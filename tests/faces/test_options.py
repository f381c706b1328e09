"""The options that every Pulumi package takes, as the Python classes hand them on: what the engine and our process see."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2 as messages

import pulumi_livechannels as live
from kit import ALL
from options_kit import MAIN, OtherProvider, caught, options
from pulumi_livechannels import InputError
from pulumi_livechannels.emulator.server import environment
from test_dynamic import CHANNEL, GOLDEN, Recorder, check, emulated, provider_process, struct

__all__ = ["caught", "emulated"]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("channel_name", "channelName"),
        ("channelName", "channelName"),
        ("whiteboard.whiteboard_id", "whiteboard.whiteboardId"),
        ("pull_rates[0]", "pullRates[0]"),
        ("*", "*"),
    ],
)
def test_paths_in_options_may_be_written_in_python_names_at_any_depth(
    caught: dict[str, Any], written: str, stored: str
) -> None:
    live.Channel("main", options(ignore_changes=[written], replace_on_changes=[written]), **MAIN)
    assert caught["opts"].ignore_changes == [stored]
    assert caught["opts"].replace_on_changes == caught["props"]["__replaceOnChanges"] == [stored]


def test_a_program_may_go_on_with_its_options(caught: dict[str, Any]) -> None:
    mine = options(import_="abc", ignore_changes=["channel_name"])
    live.Channel("main", mine, **MAIN)
    assert (mine.import_, mine.ignore_changes, mine.additional_secret_outputs) == ("abc", ["channel_name"], None)


def test_import_is_adopt(caught: dict[str, Any]) -> None:
    live.Channel("main", options(import_="abc"), **MAIN)
    assert (caught["props"]["adopt"], caught["opts"].import_) == ("abc", None)
    with pytest.raises(InputError, match="name two objects"):
        live.Channel("main", options(import_="abc"), adopt="def", **MAIN)


@pytest.mark.parametrize("name", sorted(ALL))
def test_get_only_reads(caught: dict[str, Any], name: str) -> None:
    getattr(live, name).get("seen", "abc")
    assert caught["opts"].id == "abc"
    assert caught["token"] == f"pulumi-python:dynamic/livechannels:{name}"
    assert [key for key, value in caught["props"].items() if value is not None] == ["__provider"]


def test_a_subclass_is_of_the_same_kind(caught: dict[str, Any]) -> None:
    class Stage(live.Channel):  # type: ignore[misc, name-defined]
        pass

    Stage("main", **MAIN)
    assert caught["token"] == "pulumi-python:dynamic/livechannels:Channel"
    assert caught["props"]["__urn"] == "urn:pulumi:dev::test::Channel::main"


def test_what_the_program_ignores_is_left_alone_by_an_adoption_too(emulated: tuple[int, Any]) -> None:
    port, platform = emulated
    with provider_process({}, environment(port, 0)) as stub:
        there = stub.Create(messages.CreateRequest(properties=check(stub).inputs)).id
    with provider_process({}, environment(port, 0)) as stub:
        more = {"adopt": there, "channelName": "Typo", "__ignoreChanges": ["channelName"]}
        check(stub, **more, __preview=True)
        checked = check(stub, **more).inputs
        made = stub.Create(messages.CreateRequest(properties=checked))
        found = stub.Diff(messages.DiffRequest(id=there, olds=made.properties, news=checked))
        assert found.changes == messages.DiffResponse.DIFF_NONE
        stub.process.kill()
        assert "changes the live object" not in stub.process.stderr.read()
    assert [item["channelName"] for item in platform.objects("channel")] == ["Main"]


def test_an_adoption_of_another_object_than_the_one_that_is_held_is_refused(emulated: tuple[int, Any]) -> None:
    with provider_process({}, environment(emulated[0], 0)) as stub:
        made = stub.Create(messages.CreateRequest(properties=check(stub).inputs))
        news = struct(**{**CHANNEL, "adopt": "another"})
        with pytest.raises(grpc.RpcError, match=f"holds {made.id}, and the program adopts another in its place"):
            stub.Diff(messages.DiffRequest(id=made.id, olds=made.properties, news=news))


def test_a_secret_that_a_transform_has_set_is_one(emulated: tuple[int, Any]) -> None:
    guest = {
        "channelName": "Guest",
        "sourceUrl": "rtmp://origin.example.net/app/guestcanary",
        "sourceProtocol": "rtmp",
        "pullDomain": "pull.example.com",
        "pullRates": ["source"],
    }
    with provider_process({}, environment(emulated[0], 0)) as stub:
        checked = stub.Check(messages.CheckRequest(news=struct(**guest, __provider=GOLDEN["PullChannel"])))
    assert rpc._special_secret_sig in str(checked.inputs["sourceUrl"])


def test_a_preview_tells_what_an_adoption_would_change_and_up_does_it(emulated: tuple[int, Any]) -> None:
    port, platform = emulated
    with provider_process({}, environment(port, 0)) as stub:
        there = stub.Create(messages.CreateRequest(properties=check(stub).inputs)).id
        typo = check(stub, adopt=there, channelName="Typo", pullRates=["hd"], __preview=True)
        assert not typo.failures
        wrong = check(stub, adopt=there, channelType="other", __preview=True)
        assert "channelType is 'live' on the platform and 'other' in the program" in wrong.failures[0].reason
        stub.process.kill()
        said = stub.process.stderr.read()
    assert [item["channelName"] for item in platform.objects("channel")] == ["Main"], "a preview writes nothing"
    told = f"adopting Channel {there} changes the live object: "
    assert f"{told}channelName is 'Main' on the platform and 'Typo' in the program" in said
    assert f"{told}pullRates is ['source'] on the platform and ['hd'] in the program" in said


def test_an_adoption_names_secrets_and_shows_none(emulated: tuple[int, Any]) -> None:
    port, _ = emulated
    with provider_process({}, environment(port, 0)) as stub:
        there = stub.Create(messages.CreateRequest(properties=check(stub, channelName="oldcanary").inputs)).id
        check(
            stub,
            adopt=there,
            channelName="newcanary",
            streamCheck="checkcanary",
            __preview=True,
            __hidden=["channelName"],
        )
        stub.process.kill()
        said = stub.process.stderr.read()
    assert "channelName differs; it is a secret" in said
    assert "streamCheck is sent" in said
    assert "canary" not in said


def test_a_value_that_the_program_has_marked_secret_is_in_no_error(emulated: tuple[int, Any]) -> None:
    with provider_process({}, environment(emulated[0], 0)) as stub:
        failure = check(stub, pullRates=["canary"], __hidden=["pullRates"]).failures[0]
        assert "canary" not in failure.reason
        shown = check(stub, pullRates=["canary"]).failures[0]
        assert "canary" in shown.reason, "as it is without"


@pulumi.runtime.test
def test_the_program_tells_which_inputs_are_secret() -> Any:
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder)
    given = {
        **MAIN,
        "pull_rates": ["hd", pulumi.Output.secret("source")],
        "whiteboard": {"enabled": pulumi.Output.from_input(True)},
        "channel_name": pulumi.Output.secret("x"),
        "push_domain": pulumi.Output.from_input("d.example.com"),
    }
    channel = live.Channel("main", **given)

    def look(_: Any) -> None:
        assert recorder.inputs["main"]["__hidden"] == ["channelName", "pullRates"]

    return channel.urn.apply(look)


@pytest.mark.parametrize("adopt", ["", 3, rpc.UNKNOWN])
def test_an_adoption_needs_an_id(emulated: tuple[int, Any], adopt: Any) -> None:
    with provider_process({}, environment(emulated[0], 0)) as stub:
        assert check(stub, adopt=adopt).failures[0].property == "adopt"


def test_a_refresh_answers_the_inputs_that_it_has_found(emulated: tuple[int, Any]) -> None:
    """So `ignoreChanges` holds against a click, and Pulumi shows what differs."""
    port, platform = emulated
    with provider_process({}, environment(port, 0)) as stub:
        checked = check(stub, __urn="urn:pulumi:dev::test::Channel::main").inputs
        made = stub.Create(messages.CreateRequest(properties=checked))
        again = stub.Read(messages.ReadRequest(id=made.id, properties=made.properties))
        assert again.inputs == checked, "nothing was clicked"
        platform.edit("channel", made.id, {"channelName": "Clicked", "live2vod": 1})
        read = stub.Read(messages.ReadRequest(id=made.id, properties=made.properties))
        found = rpc.deserialize_properties(read.inputs)
        assert (found["channelName"], found["liveToVod"]) == ("Clicked", True)
        asked = stub.Diff(messages.DiffRequest(id=made.id, olds=read.properties, news=read.inputs))
        assert asked.changes == messages.DiffResponse.DIFF_NONE
        old = stub.Read(messages.ReadRequest(id=made.id, properties=_without_notes(made.properties)))
        assert not old.HasField("inputs"), "a state of an earlier release keeps its own"


def _without_notes(state: Any) -> Any:
    return struct(**{key: value for key, value in rpc.deserialize_properties(state).items() if key != "__program"})


def test_what_the_program_wants_replaced_is_replaced(emulated: tuple[int, Any]) -> None:
    port, _ = emulated
    with provider_process({}, environment(port, 0)) as stub:
        made = stub.Create(messages.CreateRequest(properties=check(stub).inputs))
        for patterns, replaces in ((["channelName"], ["channelName"]), (["*"], ["channelName"]), (["pullRates"], [])):
            news = struct(**{**CHANNEL, "channelName": "New", "__replaceOnChanges": patterns})
            found = stub.Diff(messages.DiffRequest(id=made.id, olds=made.properties, news=news))
            assert found.changes == messages.DiffResponse.DIFF_SOME
            assert list(found.replaces) == replaces


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"end_time": timedelta(hours=2)}, "end_time is a timedelta, of which nothing can be made"),
        ({"end_time": date(2026, 12, 24)}, "end_time must be a time, but is a day"),
        ({"pull_id": object()}, "pull_id is a object, of which nothing can be made"),
        ({"pull_id": OtherProvider("aws")}, "pull_id is a resource: write the output of it that is meant"),
    ],
)
def test_a_value_that_pulumi_cannot_send_is_named(caught: dict[str, Any], inputs: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=f"RecordTask rec: {told}"):
        live.RecordTask("rec", **inputs)


def test_a_set_is_sent_as_a_list_in_one_order(caught: dict[str, Any]) -> None:
    live.Channel("main", **{**MAIN, "pull_rates": {"source", "hd", "sd"}})
    assert caught["props"]["pull_rates"] == ["hd", "sd", "source"]


def test_what_is_no_option_is_named(caught: dict[str, Any]) -> None:
    for wrong in ("x", {"channel_name": "Main"}):
        with pytest.raises(InputError, match=r"Channel main: opts must be a pulumi\.ResourceOptions, but is"):
            live.Channel("main", wrong)
    with pytest.raises(InputError, match="Provider b: opts must be"):
        live.Provider("b", "key")
    for wrong_id in (5, None, ""):
        with pytest.raises(InputError, match="Channel seen: id must be text"):
            live.Channel.get("seen", wrong_id)


@pytest.mark.rule("R39")
@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"channel_name": "a", "channelName": "b"}, "channelName is given twice, as channel_name and as channelName"),
        ({"pull_rates": None, "pullRates": ["hd"]}, None),
        (
            {"whiteboard": {"enabled": True, "whiteboard_id": "a", "whiteboardId": "b"}},
            "whiteboard.whiteboardId is given twice, as whiteboard_id and as whiteboardId",
        ),
    ],
)
def test_what_is_given_in_both_spellings_is_refused(
    caught: dict[str, Any], given: dict[str, Any], named: str | None
) -> None:
    if named is None:
        live.Channel("main", **given)
        return
    with pytest.raises(InputError, match=named):
        live.Channel("main", **given)


def test_a_path_that_names_nothing_is_pointed_out(caught: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", told.append)
    live.Channel("main", options(ignore_changes=["chanel_name", "channel_name", "*"]), **MAIN)
    assert told == ["ignore_changes: Channel has no chanel_name: did you mean channel_name?"]
    with pytest.raises(InputError, match="ignore_changes must be a list, but is text"):
        live.Channel("main", options(ignore_changes="channel_name"), **MAIN)


def test_a_misspelt_property_is_hinted_in_python(emulated: tuple[int, Any]) -> None:
    with provider_process({}, environment(emulated[0], 0)) as stub:
        (failure,) = check(stub, chanel_name="x").failures
    assert failure.reason == "is not a property here: did you mean channel_name?"
