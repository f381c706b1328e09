"""Functions in both faces: the plugin's Invoke over gRPC, and Python's get_x and get_x_output."""

from __future__ import annotations

import asyncio
import inspect
import time
from typing import Any

import grpc
import pulumi
import pytest
from pulumi.runtime.proto import provider_pb2 as messages

import pulumi_livechannels as live
from faces_kit import Face, Listener
from pulumi_livechannels import volcengine, wangsu
from pulumi_livechannels.core.fields import UNKNOWN
from pulumi_livechannels.core.reporting.slots import down_to_slot, rfc3339
from pulumi_livechannels.dynamic.records import Record
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.ground import errors
from pulumi_livechannels.plugin.codec import decode, encode
from pulumi_livechannels.reports.wangsu.domains import DomainTraffic

# Days are those of the vendors' zone.
NOW = down_to_slot(time.time(), 86400)
QUERY = {
    "domains": ["pull.example.com"],
    "startTime": rfc3339(int(NOW) - 9 * 86400),
    "endTime": rfc3339(int(NOW) - 2 * 86400),
}
IN_PYTHON = {"domains": QUERY["domains"], "start_time": QUERY["startTime"], "end_time": QUERY["endTime"]}


def invoke(native: Face, token: str, arguments: dict[str, Any]) -> Any:
    return native.stub.Invoke(messages.InvokeRequest(tok=token, args=encode(arguments, {})))


def test_the_plugin_answers_what_a_program_gets(native: Face, program: Platform) -> None:
    answer = invoke(native, "livechannels:wangsu:getDomainTraffic", QUERY)
    told, secrets = decode(getattr(answer, "return"))
    assert not secrets
    assert Record(told, DomainTraffic.output()) == wangsu.get_domain_traffic(**IN_PYTHON)
    assert len(told["rows"][0]["series"]) in (6, 7), "whole days of the vendor's zone"


def test_what_is_wrong_with_arguments_is_told_by_name(native: Face) -> None:
    wrong = {**QUERY, "domains": ["x/y"], "endTimes": "z"}
    failures = invoke(native, "livechannels:wangsu:getDomainTraffic", wrong).failures
    assert {failure.property for failure in failures} == {"domains[0]", "endTimes"}


def test_what_is_not_known_yet_is_waited_for(native: Face, platform: Platform) -> None:
    answer = invoke(native, "livechannels:wangsu:getDomainTraffic", {**QUERY, "domains": [UNKNOWN]})
    assert decode(getattr(answer, "return"))[0]["rows"] is UNKNOWN
    assert not platform.journal


def test_a_function_that_does_not_exist_is_named(native: Face) -> None:
    with pytest.raises(grpc.RpcError, match="there is no function livechannels:wangsu:getNothing"):
        invoke(native, "livechannels:wangsu:getNothing", {})


def test_ten_invokes_are_one_call(native: Face, platform: Platform) -> None:
    waiting = [
        native.stub.Invoke.future(
            messages.InvokeRequest(tok="livechannels:wangsu:getDomainTraffic", args=encode(QUERY, {}))
        )
        for _ in range(10)
    ]
    assert len({each.result().SerializeToString(deterministic=True) for each in waiting}) == 1
    assert len(platform.journal) == 1


def test_a_failing_function_says_so_without_a_traceback(native: Face, platform: Platform) -> None:
    platform.faults.add({"path": "/api/report/domainflow", "kind": "error-code", "code": "24102008"})
    with pytest.raises(grpc.RpcError) as caught:
        invoke(native, "livechannels:wangsu:getDomainTraffic", QUERY)
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "Vendor code 24102008" in caught.value.details()
    assert "Traceback" not in caught.value.details()


def test_notices_of_a_function_reach_the_user(native: Face, engine: tuple[str, Listener]) -> None:
    native.stub.Handshake(messages.ProviderHandshakeRequest(engine_address=engine[0]))
    native.configure()
    words = {"startTime": QUERY["startTime"], "endTime": QUERY["endTime"], "groupBy": ["isp"]}
    invoke(native, "livechannels:volcengine:getStreamSessions", words)
    assert any("groupBy isp tells nothing apart" in text for _, text in engine[1].heard)


def test_a_program_reads_answers_by_name(program: Platform) -> None:
    answer = wangsu.get_traffic_and_request_peaks(domains=["pull.example.com"], group_by=["domain"])
    (row,) = answer.rows
    assert row.domain == row["domain"] == "pull.example.com"
    assert row.peak_requests >= row.series[0].requests
    assert answer.settling_from is not None
    assert set(answer) == {"rows", "settling_from"}
    assert list(row.series[0]) == ["time", "traffic_mb", "bandwidth_mbps", "requests"]
    assert row.series[0].bandwidth_mbps is not None
    assert wangsu.get_domain_traffic(**{**IN_PYTHON, "end_time": rfc3339(int(NOW) - 8 * 86400)}).settling_from is None
    with pytest.raises(AttributeError, match="no peak_request in this answer: did you mean peak_requests"):
        row.peak_request  # noqa: B018
    with pytest.raises(AttributeError):
        answer.rows = []


def test_a_program_is_told_its_mistakes_in_its_own_words(program: Platform) -> None:
    with pytest.raises(errors.InputError) as caught:
        wangsu.get_domain_traffic(**{**IN_PYTHON, "end_time": IN_PYTHON["start_time"]})
    assert [problem.path for problem in caught.value.problems] == ["end_time"]
    assert "must be after start_time" in str(caught.value)
    with pytest.raises(errors.InputError, match="did you mean domains"):
        wangsu.get_domain_traffic(**IN_PYTHON, domain=["a.example.com"])
    assert not program.journal


def test_ten_questions_in_a_program_are_one_call(program: Platform) -> None:
    for _ in range(10):
        wangsu.get_domain_traffic(**IN_PYTHON)
    assert len(program.journal) == 1


def test_an_output_waits_for_its_inputs(program: Platform) -> None:
    async def ask() -> Any:
        domains = pulumi.Output.from_input(asyncio.sleep(0, ["pull.example.com"]))
        rows = wangsu.get_domain_traffic_output(**{**IN_PYTHON, "domains": domains}).rows
        unknown = pulumi.Output(set(), _done(None), _done(False))  # type: ignore[no-untyped-call]
        never = wangsu.get_domain_traffic_output(**{**IN_PYTHON, "domains": unknown})
        return await rows.future(), await never.is_known()

    rows, known = asyncio.run(ask())
    assert rows == wangsu.get_domain_traffic(**IN_PYTHON).rows
    assert not known
    assert len(program.journal) == 1


def _done(value: Any) -> Any:
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future


def test_every_function_is_there_with_its_words_and_its_docs() -> None:
    assert len([name for name in dir(wangsu) if not name.endswith("_output")]) == 35
    assert len([name for name in dir(volcengine) if not name.endswith("_output")]) == 18
    for module in (wangsu, volcengine):
        for name in dir(module):
            function = getattr(module, name)
            assert function.__module__ == module.__name__
            assert "Source: " in inspect.getdoc(function)
            assert inspect.signature(function)
    assert live.wangsu is wangsu
    with pytest.raises(AttributeError, match="get_nothing"):
        wangsu.get_nothing  # noqa: B018
