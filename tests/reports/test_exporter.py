"""The exporter: newest settled values under Prometheus' names, errors, budget, and a dashboard that fits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from kit import FakeClock, Stage, tool
from pulumi_livechannels.cli.metrics import Exporter, OwnCalls, metric_of, newest
from pulumi_livechannels.core.account import Account
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.core.reporting.columns import columns
from pulumi_livechannels.core.reporting.slots import rfc3339, unix
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.emulator.volcengine import auth as volcengine_auth
from pulumi_livechannels.emulator.wangsu import auth as wangsu_auth
from pulumi_livechannels.ground.errors import InputError
from pulumi_livechannels.reports import REPORTS
from reports_kit import BY_NAME

ROOT = Path(__file__).parents[2]
DASHBOARD = json.loads((ROOT / "examples" / "grafana" / "livechannels.json").read_text())
QUERIES = [(panel["title"], each["expr"]) for panel in DASHBOARD["panels"] for each in panel["targets"]]
DOMAINS = ("pull.example.com", "live.example.com")
PEAKS = "livechannels_traffic_and_request_peaks"
Samples = dict[str, dict[tuple[tuple[str, str], ...], float]]


def exporter(stage: Stage, *names: str, domains: tuple[str, ...] = DOMAINS, streams: tuple[str, ...] = ()) -> Exporter:
    own = OwnCalls(stage.clock)
    account = Account(stage.account.settings, stage.told.append, stage.clock, allowance=own)
    return Exporter(account, own, [BY_NAME[name] for name in names], domains, streams)


def exposed(of: Exporter) -> str:
    registry = CollectorRegistry()
    registry.register(of)
    return generate_latest(registry).decode()


def samples(of: Exporter) -> Samples:
    """What is exported, as an OpenMetrics parser reads it."""
    found: Samples = {}
    for family in text_string_to_metric_families(exposed(of)):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


@pytest.fixture(scope="module")
def promql() -> ModuleType:
    return tool("promql")


def test_the_newest_settled_slot_is_told_in_base_units_with_its_time(stage: Stage) -> None:
    of = exporter(stage, "getTrafficAndRequestPeaks")
    of.refresh()
    told = samples(of)
    (start,) = told["livechannels_report_slot_timestamp_seconds"].values()
    settled = stage.clock.now() - 15 * 60
    assert settled - 600 < start <= settled - 300
    window = {"startTime": rfc3339(start), "endTime": rfc3339(start + 300)}
    report = BY_NAME["getTrafficAndRequestPeaks"]
    rows = ask(stage.account, report, {"domains": list(DOMAINS), "groupBy": ["domain"], **window})["rows"]
    for row in rows:
        (slot,) = row["series"]
        assert unix(slot["time"]) == start
        domain = (("domain", row["domain"]),)
        assert told[f"{PEAKS}_traffic_bytes"][domain] == pytest.approx(slot["trafficMb"] * 1e6)
        assert told[f"{PEAKS}_bandwidth_bits_per_second"][domain] == pytest.approx(slot["bandwidthMbps"] * 1e6)
        assert told[f"{PEAKS}_requests"][domain] == slot["requests"]
    assert len(rows) == 2


def test_streams_have_labels_of_their_own(stage: Stage) -> None:
    of = exporter(stage, "getStreamTraffic", streams=("pull.example.com/live/main",))
    of.refresh()
    (labels,) = samples(of)["livechannels_stream_traffic_traffic_bytes"]
    assert labels == (("domain", "pull.example.com"), ("stream", "live/main"))


def test_a_domain_that_is_asked_for_alone_is_a_label_too(stage: Stage) -> None:
    of = exporter(stage, "getStreamSessions", domains=("pull.example.com",))
    of.refresh()
    assert list(samples(of)["livechannels_stream_sessions_online_users"]) == [(("domain", "pull.example.com"),)]


@pytest.mark.parametrize("kind", [kind for kind in REPORTS if kind.has_series()], ids=lambda kind: kind.name())
def test_every_number_has_a_name_of_its_own_with_a_base_unit(kind: Any) -> None:
    names = [metric_of(kind, column)[0] for column in columns(kind.Slot).values() if not column.text]
    assert len(set(names)) == len(names)
    for name in names:
        assert re.fullmatch(r"livechannels_[a-z0-9_]+", name)
        assert not re.search(r"_(mb|gb|mbps|kbps|bps|ms|percent|get)(_|$)", name)


def test_what_is_not_due_is_not_asked_again_and_a_new_slot_is(stage: Stage) -> None:
    of = exporter(stage, "getTrafficAndRequestPeaks")
    assert of.refresh() == 300
    before, calls = samples(of)["livechannels_report_slot_timestamp_seconds"], stage.calls()
    stage.clock.let_pass(299)
    assert of.refresh() == 1
    assert stage.calls() == calls
    stage.clock.let_pass(1)
    of.refresh()
    assert stage.calls() == calls + 1
    after = samples(of)["livechannels_report_slot_timestamp_seconds"]
    assert {labels: time + 300 for labels, time in before.items()} == after


def test_an_error_is_a_metric_and_takes_the_old_values_away(stage: Stage) -> None:
    of = exporter(stage, "getTrafficAndRequestPeaks", "getStreamSessions")
    of.refresh()
    stage.fault("/api/report/flow-request", "error-code", code="24102006")
    stage.clock.let_pass(300)
    of.refresh()
    told = samples(of)
    name = ("report", "getTrafficAndRequestPeaks")
    error = (("code", "24102006"), ("error", "RefusedError"), name)
    assert told["livechannels_report_errors_total"] == {error: 1}
    assert told["livechannels_report_up"] == {(name,): 0, (("report", "getStreamSessions"),): 1}
    assert f"{PEAKS}_traffic_bytes" not in told
    assert "livechannels_stream_sessions_online_users" in told
    stage.clock.let_pass(60)
    of.refresh()
    assert samples(of)["livechannels_report_up"][(name,)] == 1


def test_a_report_whose_call_waits_is_down_and_loses_its_values(stage: Stage) -> None:
    of = exporter(stage, "getTrafficAndRequestPeaks")
    of.refresh()
    up = (("report", "getTrafficAndRequestPeaks"),)
    stage.clock.let_pass(300 + 59)
    assert samples(of)["livechannels_report_up"] == {up: 1}
    stage.clock.let_pass(1)
    told = samples(of)
    assert told["livechannels_report_up"] == {up: 0}
    assert f"{PEAKS}_traffic_bytes" not in told
    assert "livechannels_report_slot_timestamp_seconds" not in told


def test_a_code_that_nobody_documents_is_counted_with_the_others(stage: Stage) -> None:
    of = exporter(stage, "getTrafficAndRequestPeaks")
    for code in ("odd-1", "odd-2"):
        stage.fault("/api/report/flow-request", "error-code", code=code)
        of.refresh()
        stage.clock.let_pass(300)
    told = samples(of)["livechannels_report_errors_total"]
    assert {dict(labels)["code"] for labels in told} == {"other"}
    assert sum(told.values()) == 2


def test_own_calls_are_forgotten_as_new_ones_are_made() -> None:
    clock = FakeClock()
    own = OwnCalls(clock)
    for _ in range(1000):
        own.take()
        clock.let_pass(60)
    assert len(own._made) <= 5


def test_of_several_pushes_of_a_stream_the_newest_tells_and_none_is_a_label() -> None:
    kind = BY_NAME["getBatchPushStreamMetrics"]
    at = "2026-11-01T00:00:00+08:00"
    rows = [
        {
            "domain": "push.example.com",
            "app": "live",
            "stream": "main",
            "sessionId": session,
            "series": [{"time": at, "videoFrameRate": rate, "pushStartTime": f"2026-10-31T{hour}:00:00+08:00"}],
        }
        for session, rate, hour in (("b", 25, "23"), ("a", 10, "20"))
    ]
    _, values = newest(kind, {"rows": rows}, unix(at), {})
    assert [(dict(value.labels), value.number) for value in values] == [
        ({"domain": "push.example.com", "app": "live", "stream": "main"}, 25)
    ]


def test_a_row_without_the_newest_slot_is_a_gap(stage: Stage) -> None:
    label = rfc3339(int(stage.clock.now() - 15 * 60) // 300 * 300)[:16].replace("T", " ")
    early = rfc3339(int(stage.clock.now() - 25 * 60) // 300 * 300)[:16].replace("T", " ")
    slot = {"flow": "1", "bandwidth": "1", "request": "1"}
    rows = [
        {"domain": "pull.example.com", "flowRequestData": [{"timestamp": label, **slot}]},
        {"domain": "live.example.com", "flowRequestData": [{"timestamp": early, **slot}]},
    ]
    stage.fault("/api/report/flow-request", "answer", status=200, body=json.dumps({"result": rows}))
    of = exporter(stage, "getTrafficAndRequestPeaks")
    of.refresh()
    assert list(samples(of)[f"{PEAKS}_traffic_bytes"]) == [(("domain", "pull.example.com"),)]


def test_the_budget_tells_what_all_use_and_what_the_exporter_does() -> None:
    clock = FakeClock()
    with running(quota=0, now=clock.now) as (port, platform):
        stage = Stage(port, platform, clock)
        stage.new_run(callsPerFiveMinutes="200")
        of = exporter(stage, "getTrafficAndRequestPeaks", "getStreamTraffic")
        of.refresh()
        told = {name: next(iter(values.values())) for name, values in samples(of).items() if "_budget_" in name}
        assert told == {
            "livechannels_budget_calls": 200,
            "livechannels_budget_used_calls": 2,
            "livechannels_budget_own_calls": 2,
            "livechannels_budget_own_share_ratio": 0.01,
        }
        clock.let_pass(290)
        assert samples(of)["livechannels_budget_own_calls"] == {(): 2}
        clock.let_pass(20)
        assert samples(of)["livechannels_budget_own_calls"] == {(): 0}


def test_no_secret_is_exported(stage: Stage) -> None:
    of = exporter(stage, *[kind.name() for kind in REPORTS if kind.has_series() and _asks(kind)])
    of.refresh()
    stage.fault("/api/report/flow-request", "error-code", code="24102500", times=9)
    stage.clock.let_pass(300)
    of.refresh()
    text = exposed(of)
    secrets = (wangsu_auth.ACCESS_KEY, wangsu_auth.SECRET_KEY, wangsu_auth.API_KEY, volcengine_auth.SECRET_KEY)
    assert not [secret for secret in (*secrets, volcengine_auth.ACCESS_KEY) if secret in text]
    assert "24102500" in text


def _asks(kind: Any) -> bool:
    """Whether domains alone are enough to ask it."""
    return kind.name() not in (
        "getAreaTraffic",
        "getPushStreamMetrics",
        "getSourceStreamMetrics",
        "getExactDomainTraffic",
    )


def test_a_report_that_needs_more_than_domains_is_refused_by_name(stage: Stage) -> None:
    with pytest.raises(InputError, match=r"getAreaTraffic: .*areas is required"):
        exporter(stage, "getAreaTraffic")
    assert not stage.calls()


@pytest.mark.parametrize(("title", "query"), QUERIES)
def test_each_query_of_the_dashboard_reads_what_is_exported(
    all_exported: Samples, promql: ModuleType, title: str, query: str
) -> None:
    asked = promql.selectors(query)
    assert asked, title
    for name, labels in asked:
        assert name in all_exported, f"{title}: nothing is exported as {name}"
        there = {label for each in all_exported[name] for label, _ in each}
        assert labels | promql.grouped_by(query) <= there, f"{title}: {name} has {sorted(there)}"
    assert promql.answer(promql.parsed(query), [(0.0, all_exported)]), f"{title} would show nothing"


@pytest.mark.parametrize(("title", "query"), QUERIES)
def test_each_legend_of_the_dashboard_is_made_of_labels_that_are_there(
    all_exported: Samples, promql: ModuleType, title: str, query: str
) -> None:
    (legend,) = {
        target["legendFormat"]
        for panel in DASHBOARD["panels"]
        for target in panel["targets"]
        if target["expr"] == query and panel["title"] == title
    }
    answered = promql.answer(promql.parsed(query), [(0.0, all_exported)])
    assert set(re.findall(r"{{(\w+)}}", legend)) <= {label for each in answered for label, _ in each}


def test_the_dashboards_variable_is_a_label_that_is_exported(all_exported: Samples) -> None:
    (variable,) = (each for each in DASHBOARD["templating"]["list"] if each["type"] == "query")
    asked = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"])
    assert asked is not None
    assert asked[2] in {label for each in all_exported[asked[1]] for label, _ in each}


@pytest.fixture(scope="module")
def all_exported() -> Iterator[Samples]:
    """What the reports of the guide tell, one of them having failed once."""
    guide = (ROOT / "docs" / "exporter.md").read_text()
    names = [name for name in BY_NAME if name in re.findall(r"--report (\S+)", guide)[0].split(",")]
    clock = FakeClock()
    with running(quota=0, seed=0, now=clock.now) as (port, platform):
        stage = Stage(port, platform, clock)
        stage.new_run(callsPerFiveMinutes="300")
        of = exporter(stage, *names)
        stage.fault("/api/report/flow-request", "error-code", code="24102006")
        of.refresh()
        clock.let_pass(300)
        of.refresh()
        yield samples(of)
