"""A query past one call's limits answers what one call without limits would: no slot twice, none missing."""

from __future__ import annotations

import typing
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit import Stage
from pulumi_livechannels.core.check import require
from pulumi_livechannels.core.reporting.report import Report
from pulumi_livechannels.core.reporting.slots import SECONDS, rfc3339
from reports_kit import TIMED, TIMELESS, midnight

DOMAINS = [f"d{number}.example.com" for number in range(6)]
QUICK = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def answer(stage: Stage, kind: type[Report], inputs: dict[str, Any], **limits: Any) -> dict[str, Any]:
    """What a report answers with these limits of ours."""
    stage.clock.let_pass(1)
    report = kind(stage.account, replace(kind.limits, **limits))
    want = require(kind.inputs(), inputs, None, stage.clock.now())
    assert not report.problems(want), report.problems(want)
    return report.answer(want)


def intervals(kind: type[Report]) -> list[str]:
    return words(kind, "interval") or [kind.interval or "1h"]


def words(kind: type[Report], name: str) -> list[str]:
    """What a query word can be."""
    return literals(kind.Query.model_fields[name].annotation) if name in kind.Query.model_fields else []


def literals(annotation: Any) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return list(typing.get_args(annotation))
    return [word for part in typing.get_args(annotation) if not isinstance(part, str) for word in literals(part)]


@st.composite
def queries(draw: st.DrawFn, kind: type[Report], now: float) -> tuple[dict[str, Any], float]:
    """A query of some slots that are over, and a window for one call that is shorter."""
    interval = draw(st.sampled_from(intervals(kind)))
    step = SECONDS[kind.whole or interval]
    count = draw(st.integers(2, 6 if step < SECONDS["1d"] else 4))
    start = midnight(now, 8) + step * draw(st.integers(0, 20 if step < SECONDS["1d"] else 2))
    inputs: dict[str, Any] = {
        **kind.example,
        "startTime": rfc3339(start),
        "endTime": rfc3339(start + step * count),
        **({"interval": interval} if "interval" in kind.Query.model_fields else {}),
    }
    groups = words(kind, "group_by")
    if groups:
        least = 1 if kind.Query.model_fields["group_by"].is_required() else 0
        drawn = draw(st.lists(st.sampled_from(groups), min_size=least, max_size=2, unique=True))
        exclusive = {"country", "mainland"} <= set(drawn)
        inputs["groupBy"] = drawn[:1] if exclusive else drawn or None
    if "domains" in inputs and kind.limits.each.get("domains", 2) > 1:
        inputs["domains"] = draw(st.lists(st.sampled_from(DOMAINS), min_size=1, max_size=2, unique=True))
    if "isp" in groups and kind.vendor == "volcengine":
        inputs["isps"] = ["telecom", "mobile"]
    if "viewers" in inputs:
        inputs["viewers"] = inputs.get("interval") == "1m"
    return inputs, float(step * draw(st.integers(1, count - 1)))


SPLIT_IN_TIME = [kind for kind in TIMED if not kind.keeps_order]


@pytest.mark.slow
@pytest.mark.parametrize("kind", SPLIT_IN_TIME, ids=lambda kind: kind.name())
@given(data=st.data())
@QUICK
def test_windows_are_put_together_without_a_seam(unlimited: Stage, kind: type[Report], data: st.DataObject) -> None:
    inputs, window = data.draw(queries(kind, unlimited.clock.now()))
    whole = answer(unlimited, kind, inputs, window=None)
    calls = unlimited.calls()
    parts = answer(unlimited, kind, inputs, window=window)
    means = [key for key in whole if key.startswith("average")]
    for key in means:
        # Whether a half is rounded up is the vendor's secret.
        assert parts.pop(key) == pytest.approx(whole.pop(key), abs=1.01e-4)
    assert parts == whole
    assert unlimited.calls() - calls >= 2, "it took several calls"


def _by_domain(kind: type[Report]) -> bool:
    return "domains" in kind.limits.each and kind.limits.each["domains"] > 1 and kind.Slot is not None


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in TIMED if _by_domain(kind)], ids=lambda kind: kind.name())
@given(data=st.data())
@QUICK
def test_domains_are_put_together_exactly_or_not_at_all(
    unlimited: Stage, kind: type[Report], data: st.DataObject
) -> None:
    inputs, _ = data.draw(queries(kind, unlimited.clock.now()))
    inputs["domains"] = data.draw(st.lists(st.sampled_from(DOMAINS), min_size=2, unique=True))
    inputs.pop("streams", None)
    grouped = data.draw(st.booleans())
    if "group_by" in kind.Query.model_fields:
        inputs["groupBy"] = ["domain"] if grouped else None
    each = {**kind.limits.each, "domains": data.draw(st.integers(1, len(inputs["domains"]) - 1))}
    report = kind(unlimited.account, replace(kind.limits, window=None, each=each))
    want = require(kind.inputs(), inputs, None, unlimited.clock.now())
    refused = report.problems(want)
    if refused:
        assert not grouped or "group_by" not in kind.Query.model_fields
        assert "cannot be added" in refused[0].text
        return
    whole = answer(unlimited, kind, inputs, window=None, each={**each, "domains": 100})
    apart = answer(unlimited, kind, inputs, window=None, each=each)
    if not grouped:
        # What one call tells of its busiest minute, several tell of their largest slot.
        for row, held in zip(whole["rows"], apart["rows"], strict=True):
            for name in [name for name in row if name.startswith("peak")]:
                assert name.endswith("Time") or held[name] <= row[name]
                row[name] = held[name]
    # A bandwidth of long slots is a peak of each call's own domains.
    added = {"time", *(column.key for column in report.columns_of(want).values())}
    for slots in (whole.get("series", []), *(row["series"] for row in whole["rows"])):
        left_out = {key for slot in slots for key in slot.keys() - added}
        assert all(any(f"{key} is left out" in told for told in unlimited.told) for key in left_out)
        slots[:] = [{key: value for key, value in slot.items() if key in added} for slot in slots]
    assert apart == whole


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in TIMED if kind.limits.rows], ids=lambda kind: kind.name())
@pytest.mark.parametrize("rows", [100, 137])
def test_pages_are_put_together(unlimited: Stage, kind: type[Report], rows: int) -> None:
    start = midnight(unlimited.clock.now(), 20)
    inputs = {
        "domains": [f"d{number}.example.com" for number in range(60)],
        "startTime": rfc3339(start),
        "endTime": rfc3339(start + 12 * SECONDS["1h"]),
    }
    whole = answer(unlimited, kind, inputs, rows=1000)
    assert len(whole["rows"]) > rows, "there is more than a page"
    calls = unlimited.calls()
    assert answer(unlimited, kind, inputs, rows=rows) == whole
    assert unlimited.calls() - calls == -(-len(whole["rows"]) // rows)


def test_addresses_are_asked_fifty_at_a_time(unlimited: Stage) -> None:
    kind = next(kind for kind in TIMELESS if kind.name() == "getIpInfo")
    ips = [f"203.0.113.{number}" for number in range(120)]
    calls = unlimited.calls()
    found = answer(unlimited, kind, {"ips": ips})
    assert [row["ip"] for row in found["rows"]] == ips
    assert unlimited.calls() - calls == 3
