"""Every field of the 51 reports, in the query and in the answer, held against the vendors' contract."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.core.reporting.columns import columns
from pulumi_livechannels.core.reporting.report import Report
from pulumi_livechannels.reports import REPORTS
from pulumi_livechannels.reports.volcengine.base import VolcengineReport
from pulumi_livechannels.reports.wangsu.base import WangsuReport

CONTRACT = json.loads((Path(__file__).parent / "reports.json").read_text())
WANGSU = [kind for kind in REPORTS if issubclass(kind, WangsuReport)]
VOLCENGINE = [kind for kind in REPORTS if issubclass(kind, VolcengineReport)]

# Words of the vendors that are no words of ours, each with why.
NOT_ASKED = {
    "date": "the window says it",
    "optionalFields": "what it adds to the answer is documented nowhere",
    "PageNum": "every page is read",
    "StreamPriority": "on no page, with values that nobody documents",
}
# Fields of answers that are no columns of ours, each with why.
NOT_TOLD = {
    "code": "the envelope",
    "message": "the envelope",
    "Pagination": "every page is read",
    "StreamPriority": "on no page, with values that nobody documents",
}
ECHOES = {
    *("StartTime", "EndTime", "Aggregation", "AggType", "DetailField", "DomainList", "ISPList", "ProtocolList"),
    *("RegionList", "UserRegionList", "AppList", "StreamList", "StreamType", "Type", "QueryType", "SortBy"),
    *("VhostList", "Resolution", "TranscodeType", "Domain", "App", "Stream"),
}
VIEW_ECHOES = {"provider.name", "provider.type", "provider.resultType", "startdate", "enddate", "transcoding"}


def asked(kind: type[Report]) -> set[str]:
    """The wire names that a report's query can become."""
    found = set()
    for field in kind.Query.model_fields.values():
        extra = field.json_schema_extra
        word = extra.get("word") if isinstance(extra, dict) else None
        if word is not None and word.wire:  # type: ignore[union-attr]
            found.add(word.wire)  # type: ignore[union-attr]
    return found


def leaves(fields: dict[str, Any], path: str = "") -> Iterator[str]:
    for name, field in fields.items():
        inner = field.get("fields")
        if inner:
            yield from leaves(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}"


def told(kind: type[Report]) -> set[str]:
    """The wire names that a report's columns are read from."""
    groups = (kind.Row, kind.Slot, kind.Totals)
    names = {column.wire.split(".")[-1] for group in groups for column in columns(group).values() if column.wire}
    return {*names, kind.shape.label} if kind.Slot else names


@pytest.mark.parametrize("kind", WANGSU, ids=lambda kind: kind.name())
def test_a_wangsu_query_has_the_words_of_the_contract(kind: type[WangsuReport]) -> None:
    contract = CONTRACT["wangsu"][kind.path]
    words = asked(kind) | set(kind.window_words) | set(kind.fixed)
    if kind.grouped:
        words.add(kind.grouped[1])
        assert {"domain", kind.grouped[2]} == set(contract["request"][kind.grouped[1]]["fields"])
    assert words == set(contract["request"]) - set(NOT_ASKED)
    assert (kind.method, kind.action) == (contract["method"], kind.action)
    assert kind.action in contract["action"]
    for name, field in kind.Query.model_fields.items():
        word = field.json_schema_extra["word"]  # type: ignore[index,call-overload]
        if word.wire and contract["request"][word.wire].get("required"):
            assert field.is_required() or field.default is not None, name
        if word.wire:
            assert word.query == (contract["request"][word.wire].get("in") == "query"), name
    in_address = contract["request"][kind.window_words[0]].get("in") == "query"
    assert kind.window_in_address == in_address


@pytest.mark.parametrize("kind", WANGSU, ids=lambda kind: kind.name())
def test_a_wangsu_answer_is_read_whole(kind: type[WangsuReport]) -> None:
    response = CONTRACT["wangsu"][kind.path]["response"]
    expected = {path.split(".")[-1] for path in leaves(response) if not (path in NOT_TOLD or _is_view_echo(path))}
    # An http query answers under a key that the vendor's own model lacks.
    assert told(kind) == expected, kind.name()
    lists = {part for path in leaves(response) for part in path.split(".")[:-1]}
    slots = (kind.shape.slots,) if isinstance(kind.shape.slots, str) else kind.shape.slots
    used = {*filter(None, kind.shape.rows.split(".")), *slots[:1], kind.envelope.value}
    assert used >= lists - {"flow-data"}
    assert lists >= used - {"data", "httpFlowData", "provider"} or kind.path.endswith("country-bandwidth")


def _is_view_echo(path: str) -> bool:
    name = path.rsplit(".", maxsplit=1)[-1]
    if not path.startswith("provider."):
        return False
    return (
        path in VIEW_ECHOES
        or name in VIEW_ECHOES
        or path
        in (
            "provider.date.name",
            "provider.date.transcodingType",
        )
    )


@pytest.mark.parametrize("kind", VOLCENGINE, ids=lambda kind: kind.name())
def test_a_volcengine_query_has_the_words_of_the_contract(kind: type[VolcengineReport]) -> None:
    contract = CONTRACT["volcengine"][kind.action]
    words = asked(kind)
    if not kind.timeless:
        words |= {"StartTime", "EndTime"}
    if "streams" in kind.Query.model_fields:
        words |= {"Domain", "App", "Stream"}
    if kind.items:
        words.add("PageSize")
    assert words == set(contract["request"]) - set(NOT_ASKED)
    assert (kind.limits.a_second or 30) == contract["rate"]
    assert bool(kind.items or "limit" in kind.Query.model_fields) == contract["paging"]
    for name, field in kind.Query.model_fields.items():
        word = field.json_schema_extra["word"]  # type: ignore[index,call-overload]
        expected = contract["request"].get(word.wire)
        if expected is None:
            continue
        if expected.get("required") and word.wire != "Domain":
            assert field.is_required(), name
        default = expected.get("default")
        if default is not None:
            assert (word.encode(field.default) if word.encode else field.default) == default, name
        allowed = expected.get("enum")
        if allowed and word.wire != "ISPList":
            assert {_on_the_wire(word, value) for value in _choices(kind, name)} == set(allowed), name


def _choices(kind: type[Report], name: str) -> tuple[Any, ...]:
    import typing

    from pulumi_livechannels.core.fields import bare

    annotation = bare(kind.Query.model_fields[name].annotation)
    if typing.get_origin(annotation) is list:
        annotation = bare(typing.get_args(annotation)[0])
    return typing.get_args(annotation)


def _on_the_wire(word: Any, value: Any) -> Any:
    if word.encode is None:
        return value
    if word.wire == "DetailField":
        return word.encode([value])[0]
    return word.encode(value)


@pytest.mark.parametrize("kind", VOLCENGINE, ids=lambda kind: kind.name())
def test_a_volcengine_answer_is_read_whole(kind: type[VolcengineReport]) -> None:
    response = CONTRACT["volcengine"][kind.action]["response"]
    inside = {
        path
        for path in leaves(response)
        if path.split(".")[0] not in NOT_TOLD
        and path.split(".")[-1] not in NOT_TOLD
        and (path.split(".")[0] not in ECHOES - {kind.shape.rows} or path in _named_at_the_top(kind))
    }
    names = {path.split(".")[-1] for path in inside}
    if kind.name() == "getRegions":
        # The tree of areas, countries and provinces becomes rows, each level with its code and its name.
        assert {"Code", "Name"} == names
        assert len(columns(kind.Row)) == 2 * 3
        return
    assert told(kind) - _named_at_the_top(kind) == names - _named_at_the_top(kind), kind.name()


def _named_at_the_top(kind: type[Report]) -> set[str]:
    return {column.wire for column in columns(kind.Row).values()} & {"Domain", "App", "Stream"}


def test_every_report_of_the_contract_is_a_function() -> None:
    assert {kind.path for kind in WANGSU} == set(CONTRACT["wangsu"])
    assert {kind.action for kind in VOLCENGINE} == set(CONTRACT["volcengine"])
    assert len(REPORTS) == len({kind.name() for kind in REPORTS}) == 51


@pytest.mark.parametrize("kind", REPORTS, ids=lambda kind: kind.name())
def test_a_number_has_its_unit_in_its_name(kind: type[Report]) -> None:
    units = ("mb", "gb", "bytes", "mbps", "kbps", "bps", "ms", "seconds", "minutes", "ratio", "percent", "rate")
    counts = ("requests", "users", "viewers", "streams", "count", "usage", "total", "code")
    for group in (kind.Row, kind.Slot, kind.Totals):
        for name, column in columns(group).items():
            if not column.text:
                assert name.rpartition("_")[2] in units + counts, name
    assert kind.sentence().endswith("."), kind.name()
    assert all(item.doc for item in [*properties(kind.inputs()).values(), *properties(kind.output()).values()])
