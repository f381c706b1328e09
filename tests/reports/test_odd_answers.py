"""Whatever stands anywhere in a report's answer: the right value, nothing, or an error that says what and where."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import Stage
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.core.reporting.report import Report
from pulumi_livechannels.ground import errors
from pulumi_livechannels.ground.http import Answer, Request
from pulumi_livechannels.ground.retry import RetryBudget
from pulumi_livechannels.reports import REPORTS
from reports_kit import BY_NAME, query

Keys = tuple[str | int, ...]
RAW = ["Infinity", "-Infinity", "NaN", "1e999", "-1e999"]
DIGITS = "1" + "0" * 400
# Words that are JSON already, and values; a raw word is written as it stands.
ODD: list[Any] = [
    *RAW,
    int(DIGITS),
    -int(DIGITS),
    DIGITS,
    "inf",
    "nan",
    "many",
    "\ud800",
    "a\udfffb",
    "9999999-11-01 00:05",
    "9999-12-31T23:59:59-23:59",
    "0000-00-00 00:00",
    "2026-11-01 99:99",
    "²",
    9999999,
    -1,
    0,
    1e300,
    1723726121000,
    None,
    True,
    False,
    [],
    {},
    [[]],
    [1],
    {"a": 1},
    "",
]
POINT = ("result", 0, "ispData", 0, "provinceData", 0, "flowData", 3)
CODE = ("Result", "StatusDataList", 0, "StatusSummaryDataList", 1)
PLACE = re.compile(r"\([\w-]+(\[\d+\])?(\.[\w-]+|\[\d+\])* (is|does|tells) |counts \d+ rows|\(no [\w-]+ in it\)")


class Liar:
    """A platform whose answer was good until something odd was put into it."""

    def __init__(self, stage: Stage) -> None:
        self.good: Any = None
        self.odd: bytes | None = None
        self._stage = stage
        self._clients: list[Any] = [stage.account.wangsu, stage.account.volcengine]
        for client in self._clients:
            self._tap(client, client._transport.send)

    def honest(self, kind: type[Report], inputs: dict[str, Any]) -> dict[str, Any]:
        """The report of the good answer, which is kept."""
        self.odd = None
        self._believe_again()
        return ask(self._stage.account, kind, inputs, anew=True)

    def put(self, keys: Keys, odd: Any) -> None:
        """Answer from now on with something odd in a place."""
        self.odd = body(self.good, keys, odd)
        self._believe_again()

    def _tap(self, client: Any, send: Any) -> None:
        client._transport.send = lambda request: self._answer(send, request)

    def _believe_again(self) -> None:
        for client in self._clients:
            client._retries = RetryBudget(self._stage.clock)

    def _answer(self, send: Any, request: Request) -> Answer:
        if self.odd is not None:
            return Answer(200, {}, self.odd)
        answer: Answer = send(request)
        self.good = short(json.loads(answer.body))
        return answer


def short(value: Any) -> Any:
    """An answer with at most four items in each list, which are as odd as a thousand."""
    if isinstance(value, dict):
        counted = {"TotalCount": 4} if "TotalCount" in value else {}
        return {**{key: short(each) for key, each in value.items()}, **counted}
    return [short(each) for each in value[:4]] if isinstance(value, list) else value


def places(value: Any, keys: Keys = ()) -> Iterator[Keys]:
    """Every place in the first two items of each list."""
    if keys:
        yield keys
    if isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*keys, key))
    elif isinstance(value, list):
        for index, each in enumerate(value[:2]):
            yield from places(each, (*keys, index))


def body(good: Any, keys: Keys, odd: Any) -> bytes:
    """The good answer with something odd in a place."""
    changed = copy.deepcopy(good)
    inside = changed
    for key in keys[:-1]:
        inside = inside[key]
    inside[keys[-1]] = "@odd@" if odd in RAW else odd
    text = json.dumps(changed)
    return (text.replace('"@odd@"', odd) if odd in RAW else text).encode()


def assert_tellable(told: Any, kind: type[Report]) -> None:
    """No number without a value, no half character, every time a time: a program may do with it what it likes."""
    text = json.dumps(told, ensure_ascii=False, allow_nan=False)
    text.encode()
    kind.output().model_validate(told, strict=True)
    for time in re.findall(r'"\w*[tT]ime": "([^"]*)"', text):
        assert re.fullmatch(r"[2-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)", time), time


def shown_place(keys: Keys) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


@pytest.fixture(scope="module")
def answers(unlimited: Stage) -> Iterator[Liar]:
    yield Liar(unlimited)
    unlimited.new_run()


@pytest.mark.slow
@pytest.mark.rule("R34")
@pytest.mark.parametrize("kind", REPORTS, ids=lambda kind: kind.name())
def test_whatever_stands_in_an_answer_is_told_right_or_refused_with_its_place(
    kind: type[Report], unlimited: Stage, answers: Liar
) -> None:
    asked = query(kind, unlimited.clock.now())
    assert_tellable(answers.honest(kind, asked), kind)
    good = answers.good
    under = kind(unlimited.account).under()
    every = [keys for keys in places(good) if keys[0] == under or (not under and keys[0] not in ("code", "message"))]

    @settings(max_examples=60, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(every), st.sampled_from(ODD))
    def holds(keys: Keys, odd: Any) -> None:
        answers.put(keys, odd)
        refusal = None
        try:
            assert_tellable(ask(unlimited.account, kind, asked, anew=True), kind)
        except errors.NoAnswerError as error:
            refusal = error
        if refusal is not None:
            assert refusal.operation.startswith(kind.name())
            assert refusal.changed is errors.Changed.NO
            assert PLACE.search(refusal.what), refusal.what

    holds()


@pytest.mark.parametrize(
    ("name", "keys", "odd", "said"),
    [
        ("getTrafficByIspProvince", (*POINT, "value"), "Infinity", "is no finite number: Infinity"),
        ("getTrafficByIspProvince", (*POINT, "value"), "inf", 'is no number: "inf"'),
        ("getTrafficByIspProvince", (*POINT, "value"), int(DIGITS), "is no number: one of 401 characters"),
        ("getTrafficByIspProvince", (*POINT, "timestamp"), [], "is no time: a list"),
        ("getTrafficByIspProvince", ("result", 0, "ispData", 0, "isp"), {}, "is no text: an object"),
        ("getTrafficByIspProvince", ("result", 0, "ispData", 0), "many", 'is no object: "many"'),
        ("getDomainTraffic", ("flow-data", 0, "timestamp"), 12, "is no time: 12"),
        ("getChannelTraffic", ("provider", "date", "channel", "flow", 1, "time"), "later", 'is no time: "'),
        ("getPlayStatusCodes", (*CODE, "Value"), "x", 'is no number: "x"'),
        ("getRegions", ("Result", "Areas", 1, "Code"), True, "is no text: true"),
        ("getPushStreams", ("Result", "Pagination", "TotalCount"), -4, "is below 0"),
        ("getPushStreams", ("Result", "PushStreamInfoDataList", 1, "StartTime"), "soon", 'is no time: "soon"'),
    ],
)  # fmt: skip
def test_the_error_names_the_way_to_what_is_odd(
    name: str, keys: Keys, odd: Any, said: str, unlimited: Stage, answers: Liar
) -> None:
    kind = BY_NAME[name]
    asked = query(kind, unlimited.clock.now())
    answers.honest(kind, asked)
    answers.put(keys, odd)
    with pytest.raises(errors.NoAnswerError) as caught:
        ask(unlimited.account, kind, asked, anew=True)
    assert f"({shown_place(keys)} {said}" in str(caught.value)


@pytest.mark.rule("R34")
@pytest.mark.parametrize("kind", REPORTS, ids=lambda kind: kind.name())
def test_an_answer_that_tells_nothing_is_no_answer_of_nothing(
    kind: type[Report], unlimited: Stage, answers: Liar
) -> None:
    asked = query(kind, unlimited.clock.now())
    answers.honest(kind, asked)
    under = kind(unlimited.account).under()
    for keys, odd in [((under,), None), ((under,), {})] if under else [(("flow-data",), None)]:
        answers.put(keys, odd)
        with pytest.raises(errors.NoAnswerError, match=r"tells nothing|is no object|no [\w-]+ in it"):
            ask(unlimited.account, kind, asked, anew=True)


def test_numbers_stay_finite_when_they_are_put_together() -> None:
    from pulumi_livechannels.core.reporting.answers import LARGEST

    assert math.isfinite(LARGEST * 1_000_000_000)
