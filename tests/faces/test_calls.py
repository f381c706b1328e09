"""Calls of functions in a program: outputs, mistakes with function and place, and times as Python has them."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pulumi
import pytest

import pulumi_livechannels as live
from pulumi_livechannels import volcengine, wangsu
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.core.values.times import VENDOR_ZONE, moment
from pulumi_livechannels.dynamic.times import as_text
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.functions import FUNCTIONS, MODULES, of_module
from pulumi_livechannels.ground.errors import InputError, LiveChannelsError, NotFoundError
from pulumi_livechannels.reports.wangsu.domains import DomainTraffic
from pulumi_livechannels.resources.record_task import RecordTaskInputs

IN_MODULE = {"index": live, "wangsu": wangsu, "volcengine": volcengine}
SECRET = "rtmp://push.example.com/live/key"
# Whole days that every report tells of.
TODAY = datetime.fromtimestamp(time.time(), VENDOR_ZONE).date()
FIRST, LAST = TODAY - timedelta(days=9), TODAY - timedelta(days=2)


def asked(module: str, kind: Any) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A function and its twin."""
    name = next(name for name in dir(IN_MODULE[module]) if name.replace("_", "") == kind.name().lower())
    return getattr(IN_MODULE[module], name), getattr(IN_MODULE[module], f"{name}_output")


def mistakes(call: Callable[[], Any]) -> InputError:
    with pytest.raises(InputError) as caught:
        call()
    assert isinstance(caught.value, pulumi.RunError), "Pulumi shows it without a traceback"
    return caught.value


def in_a_program(work: Callable[[], Any]) -> Any:
    """What an output comes to, in a program of its own."""

    async def run() -> Any:
        return await work().future()

    return asyncio.run(run())


@pytest.mark.parametrize("module", MODULES)
def test_a_plain_function_that_is_handed_an_output_names_its_twin(module: str) -> None:
    async def outputs() -> list[Any]:
        known = pulumi.Output.from_input("x")
        secret = pulumi.Output.secret(SECRET)
        return [known, secret, [known], ["x", secret], {"x": [secret]}, ("x", known), asyncio.sleep(0, "x")]

    async def program() -> None:
        for kind in of_module(module):
            function, twin = asked(module, kind)
            for name in inspect.signature(function).parameters.keys() - {"provider", "opts"}:
                for output in await outputs():
                    told = str(mistakes(lambda: function(**{name: output})))  # noqa: B023
                    assert f"{name} holds an output, which is not known yet: call {twin.__name__}" in told
                    assert f"{name} is required" not in told
                    assert "object at" not in told
                    assert SECRET not in told
                    if inspect.iscoroutine(output):
                        output.close()

    asyncio.run(program())


@pytest.mark.parametrize("kind", FUNCTIONS, ids=lambda kind: kind.name())
def test_a_mistake_names_the_function_and_the_place_of_the_call(kind: Any) -> None:
    for function in asked(kind.module, kind):
        for arguments in ({"no_such_word": 1}, {"noSuchWord": 1}):
            told = mistakes(lambda: function(**arguments))  # noqa: B023
            line = inspect.getsourcelines(test_a_mistake_names_the_function_and_the_place_of_the_call)[1] + 4
            assert str(told).startswith(f"{function.__name__} at {__file__}:{line}: ")
            assert f"{next(iter(arguments))} is not an argument here: " in str(told)
            required = {item.name for item in properties(kind.inputs()).values() if item.required}
            assert {problem.path for problem in told.problems} >= {*arguments, *required}


def test_a_misspelt_argument_is_a_question_about_the_right_one() -> None:
    assert "did you mean pull_id?" in str(mistakes(lambda: live.get_channel(pul_id="p1")))
    assert "did you mean pull_id?" in str(mistakes(lambda: live.get_channel_output(pullId="p1")))
    assert "did you mean start_time?" in str(mistakes(lambda: wangsu.get_domain_traffic(startTime="x")))
    assert "the arguments are pull_ids" in str(mistakes(lambda: live.get_live_states(x=1)))
    assert "there are none" in str(mistakes(lambda: live.get_pull_channels(x=1)))


def test_arguments_without_names_are_told_how_to_be_written() -> None:
    for function in (live.get_channel, live.get_channel_output):
        told = mistakes(lambda: function(SECRET))  # noqa: B023
        assert f"arguments are given by name: write {function.__name__}(pull_id=…)" in str(told)
        assert len(told.problems) == 1
        assert SECRET not in str(told)
    assert "write get_pull_channels()" in str(mistakes(lambda: live.get_pull_channels(1)))
    with pytest.raises(LiveChannelsError, match=r"write get_channel_share_url\(pull_id=…\)"):
        live.get_channel_share_url("p1", "p2")


def test_what_is_known_is_checked_before_what_is_not() -> None:
    async def program() -> str:
        later = pulumi.Output.from_input("pull.example.com")
        wrong = {"start_time": datetime(2026, 11, 1), "end_time": "tomorrow", "domains": [later]}
        return str(mistakes(lambda: wangsu.get_domain_traffic_output(**wrong)))

    told = asyncio.run(program())
    assert "start_time must be a time with a zone" in told
    assert "end_time must be an RFC 3339 time" in told
    assert "domains" not in told


def test_what_was_waited_for_is_told_with_the_place_of_the_call(program: Platform) -> None:
    def ask() -> Any:
        return live.get_channel_output(pull_id=pulumi.Output.from_input("a,b"))

    told = str(mistakes(lambda: in_a_program(ask)))
    assert told.startswith(f"get_channel_output at {__file__}:{inspect.getsourcelines(ask)[1] + 1}: pull_id must be")
    assert not program.journal


def test_a_secret_argument_is_not_shown(program: Platform) -> None:
    def ask() -> Any:
        return live.get_live_states_output(pull_ids=["p-1", pulumi.Output.secret("hidden, key")])

    told = str(mistakes(lambda: in_a_program(ask)))
    assert "pull_ids[1] must be one id, without commas and spaces, but is a secret that is not shown" in told


def test_rules_of_several_arguments_are_told_in_pythons_words(program: Platform) -> None:
    told = str(mistakes(lambda: wangsu.get_domain_traffic(domains=["a.example.com"], start_time=LAST, end_time=FIRST)))
    assert told.startswith(f"get_domain_traffic at {__file__}:")
    assert "end_time must be after start_time" in told
    assert "Time" not in told


def test_a_failure_is_told_with_function_and_place_too(program: Platform) -> None:
    with pytest.raises(NotFoundError) as caught:
        live.get_channel(pull_id="nobody")
    assert str(caught.value).startswith(f"get_channel at {__file__}:")
    program.faults.add({"path": "/api/report/domainflow", "kind": "error-code", "code": "24102008"})
    with pytest.raises(LiveChannelsError, match=r"^get_domain_traffic at \S+:\d+: .*Vendor code 24102008"):
        wangsu.get_domain_traffic(domains=["pull.example.com"], start_time=FIRST, end_time=LAST)
    program.faults.add({"path": "/live/channelManage/getChannelList", "kind": "error-code", "code": "24102008"})
    with pytest.raises(LiveChannelsError, match=r"^get_channels at \S+:\d+ \(GetChannelList\): "):
        live.get_channels()


def test_functions_without_arguments_wait_for_nothing(program: Platform) -> None:
    assert in_a_program(live.get_pull_channels_output).to_dict() == {"items": []}


SUMMER = timezone(timedelta(hours=2))
EDGE = properties(DomainTraffic.inputs())["endTime"]
INSTANT = properties(RecordTaskInputs)["endTime"]


@pytest.mark.parametrize("item", [EDGE, INSTANT], ids=["window", "resource"])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 11, 8, 20, 30, tzinfo=SUMMER), "2026-11-08T20:30:00+02:00"),
        (datetime(2026, 11, 8, 20, 30, 15, 999999, tzinfo=timezone.utc), "2026-11-08T20:30:15+00:00"),
        (datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=8, minutes=5, seconds=43))), "1899-12-31T15:54:17+00:00"),
        ("2026-11-08T20:30:00+02:00", "2026-11-08T20:30:00+02:00"),
        (None, None),
    ],
)
def test_a_datetime_with_a_zone_is_a_time(item: Any, value: Any, text: str | None) -> None:
    assert as_text(item, value) == text
    assert text is None or moment(text)


@pytest.mark.parametrize("item", [EDGE, INSTANT], ids=["window", "resource"])
def test_a_datetime_without_a_zone_is_told_how_to_get_one(item: Any) -> None:
    with pytest.raises(InputError, match=r"^end_time must be a time with a zone.*\.replace\(tzinfo=.*\.astimezone\(\)"):
        as_text(item, datetime(2026, 11, 8))


def test_a_day_is_where_a_window_begins_or_ends_and_no_time() -> None:
    assert as_text(EDGE, date(2026, 11, 8)) == "2026-11-08T00:00:00+08:00"
    with pytest.raises(InputError, match="end_time must be a time, but is a day: write a datetime with a zone"):
        as_text(INSTANT, date(2026, 11, 8))


def test_what_is_no_time_is_left_for_its_own_rule() -> None:
    name = properties(DomainTraffic.inputs())["domains"]
    assert as_text(name, date(2026, 11, 8)) == date(2026, 11, 8)


def test_one_question_can_be_asked_with_texts_datetimes_and_days(program: Platform) -> None:
    midnights = [datetime(day.year, day.month, day.day, tzinfo=VENDOR_ZONE) for day in (FIRST, LAST)]
    windows = [
        [FIRST, LAST],
        midnights,
        [moment.astimezone(SUMMER) for moment in midnights],
        [moment.isoformat() for moment in midnights],
    ]
    for start, end in windows:
        words = {"domains": ["pull.example.com"], "start_time": start, "end_time": end}
        answer = wangsu.get_domain_traffic(**words)
        assert answer == in_a_program(lambda: wangsu.get_domain_traffic_output(**words))  # noqa: B023
        days = [slot.time[:10] for slot in answer.rows[0].series]
        assert (days[0], days[-1]) == (FIRST.isoformat(), (LAST - timedelta(days=1)).isoformat())


def test_a_datetime_may_come_in_an_output(program: Platform) -> None:
    def ask() -> Any:
        end = pulumi.Output.from_input(LAST)
        return volcengine.get_top_play_output(start_time=LAST - timedelta(days=1), end_time=end)

    assert in_a_program(ask).rows is not None


@pytest.mark.parametrize(
    ("module", "name", "meant"),
    [
        (live, "Chanel", "did you mean Channel?"),
        (live, "get_chanel", "did you mean get_channel?"),
        (live, "get_chanel_output", "did you mean get_channel_output?"),
        (live, "wangso", "did you mean wangsu?"),
        (live, "x", "dir(pulumi_livechannels) tells what there is."),
        (wangsu, "get_domain_trafic", "did you mean get_domain_traffic?"),
        (volcengine, "get_top_plays", "did you mean get_top_play?"),
        (volcengine, "x", "dir(pulumi_livechannels.volcengine) tells what there is."),
    ],
)
def test_a_misspelt_name_of_a_module_is_a_question_about_the_right_one(module: Any, name: str, meant: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(module, name)
    assert str(caught.value) == f"module {module.__name__!r} has no attribute {name!r}: {meant}"
    assert not hasattr(module, name)


def test_looking_for_what_is_no_name_loads_nothing() -> None:
    program = """
import json, sys
import pulumi_livechannels as live
assert not hasattr(live, "__wrapped__") and not hasattr(live, "_x") and not hasattr(live, "a.b") and not hasattr(live, "")
from pulumi_livechannels import config, ground
print(json.dumps([name for name in sys.modules if name == "pulumi" or "dynamic" in name]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
    assert not hasattr(wangsu, "__path__")
