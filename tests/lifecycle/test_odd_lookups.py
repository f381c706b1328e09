"""The functions of module index on answers that are odd: told right, or refused with the place."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import Stage
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.functions import of_module
from pulumi_livechannels.ground import errors
from pulumi_livechannels.ground.http import Answer, Request
from pulumi_livechannels.ground.retry import RetryBudget

BY_NAME = {kind.name(): kind for kind in of_module("index")}


def asked(stage: Stage, name: str, **inputs: Any) -> dict[str, Any]:
    stage.clock.let_pass(60)
    return ask(stage.account, BY_NAME[name], inputs)


class Liar:
    """A platform of one answer for each action: those it gave itself, with something odd put into one of them."""

    def __init__(self, stage: Stage) -> None:
        self.good: dict[str, Any] = {}
        self.odd: dict[str, bytes] = {}
        self._stage = stage
        client: Any = stage.account.wangsu
        send = client._transport.send

        def answer(request: Request) -> Answer:
            action = request.url.rpartition("/")[2]
            if action in self.odd:
                return Answer(200, {}, self.odd[action])
            told: Answer = send(request)
            self.good[action] = json.loads(told.body)
            return told

        client._transport.send = answer

    def put(self, action: str, keys: tuple[str | int, ...], odd: str) -> None:
        """Answer an action with an odd piece of JSON in a place. Nothing is kept of what was answered before."""
        changed = copy.deepcopy(self.good[action])
        inside = changed
        for key in keys[:-1]:
            inside = inside[key]
        inside[keys[-1]] = "@odd@"
        self.odd = {action: json.dumps(changed).replace('"@odd@"', odd).encode()}
        client: Any = self._stage.account.wangsu
        client._retries = RetryBudget(self._stage.clock)
        self._stage.clock.let_pass(3600)


def places(value: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield keys
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(each, (*keys, key))


ODD = [
    *(
        "Infinity",
        "NaN",
        "-1e999",
        "1" + "0" * 400,
        '"1' + "0" * 400 + '"',
        '"inf"',
        "-1",
        "0",
        "9999999",
        "1.5",
        "true",
    ),
    *('"many"', '"\\ud800"', '"\\u00b2"', '"9999999-11-01 00:00:00"', '"http://["', '""', "null", "[]", "{}", "[1]"),
    *('{"a": 1}', "1723726121000"),
]


@pytest.mark.rule("R34")
@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_whatever_stands_in_an_answer_is_told_right_or_refused(stage: Stage, name: str) -> None:
    channel = stage.up("Channel", **stage.sample("Channel"))
    made = {kind: stage.up(kind, **stage.sample(kind)) for kind in ("PullChannel", "RecordDirectory", "ForwardTask")}
    record = stage.up("RecordTask", **stage.sample("RecordTask", pullId=channel.id))
    stage.clock.let_pass(3 * 3600)
    inputs: dict[str, Any] = {
        "getPullChannel": {"pullId": made["PullChannel"].id},
        "getRecordDirectory": {"directoryId": made["RecordDirectory"].id},
        "getRecordTask": {"taskId": record.id},
        "getLiveStates": {"pullIds": [channel.id]},
        "getRecordFiles": {"pullIds": [channel.id]},
        "getForwardTasks": {},
        "getChannels": {},
        "getPullChannels": {},
        "getRecordDirectories": {},
    }.get(name, {"pullId": channel.id})
    # What the account has read of its lists is forgotten, so that this function reads all that it tells.
    stage.new_run()
    platform = Liar(stage)
    model = BY_NAME[name].output()
    model.model_validate(asked(stage, name, **inputs), strict=True)
    every = [(action, keys) for action, good in platform.good.items() for keys in places(good["data"], ("data",))]
    assert every

    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(every), st.sampled_from(ODD))
    def holds(place: tuple[str, tuple[str | int, ...]], odd: str) -> None:
        platform.put(*place, odd)
        try:
            told = ask(stage.account, BY_NAME[name], inputs, anew=True)
        except (errors.NoAnswerError, errors.NotFoundError) as refusal:
            assert "Nothing was changed" in str(refusal)  # noqa: PT017 - either is right
        else:
            json.dumps(told, ensure_ascii=False, allow_nan=False).encode()
            assert set(told) <= set(properties(model))

    holds()


@pytest.mark.parametrize(
    ("name", "action", "keys", "odd", "said"),
    [
        ("getForwardTasks", "getForwardTaskList", ("startTime",), "1" + "0" * 400, "forwardTastList[0].startTime"),
        ("getForwardTasks", "getForwardTaskList", ("endTime",), "NaN", "[0].endTime is no finite number: NaN"),
        ("getForwardTasks", "getForwardTaskList", ("taskId",), "[]", "fields: forwardTastList[0].taskId"),
        ("getChannels", "getChannelList", ("createTime",), '"soon"', 'channelList[0].createTime is no time: "soon"'),
    ],
)  # fmt: skip
def test_the_error_says_where(stage: Stage, name: str, action: str, keys: tuple[str, ...], odd: str, said: str) -> None:
    stage.up("ForwardTask", **stage.sample("ForwardTask"))
    platform = Liar(stage)
    asked(stage, name)
    listed = "forwardTastList" if "Forward" in name else "channelList"
    platform.put(action, ("data", listed, 0, *keys), odd)
    with pytest.raises(errors.NoAnswerError) as caught:
        asked(stage, name)
    assert said in str(caught.value)


LISTS = ["getChannels", "getPullChannels", "getForwardTasks"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_whose_pages_never_fit_is_an_error(stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    calls: list[Any] = []

    def page(action: Any) -> Any:
        calls.append(action)
        items = [SimpleNamespace(pull_id=f"{len(calls)}/{number}", task_id=f"{number}") for number in range(50)]
        return SimpleNamespace(channel_list=items, tasks=items)

    monkeypatch.setattr(stage.account.wangsu, "call", page)
    with pytest.raises(errors.NoAnswerError, match=f"{name}: the list (changes while it is read|does not end)"):
        asked(stage, name)
    assert len(calls) < 10
