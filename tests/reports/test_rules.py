"""What a query may be: each documented rule with the message that names the word, the rule and the way out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kit import Stage
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.core.reporting.slots import rfc3339
from pulumi_livechannels.ground.errors import InputError
from pulumi_livechannels.reports import REPORTS
from reports_kit import BY_NAME, TIMED, midnight, query


def refused(stage: Stage, name: str, inputs: dict[str, Any]) -> dict[str, str]:
    """The problems of a query, by word; nothing may have been sent."""
    with pytest.raises(InputError) as caught:
        ask(stage.account, BY_NAME[name], inputs)
    assert stage.calls() == 0
    return {problem.path: problem.text for problem in caught.value.problems}


def ago(stage: Stage, **delta: float) -> str:
    return rfc3339(int(stage.clock.now() - timedelta(**delta).total_seconds()))


@pytest.mark.parametrize("kind", TIMED, ids=lambda kind: kind.name())
def test_the_window_begins_before_it_ends(stage: Stage, kind: Any) -> None:
    inputs = query(kind, stage.clock.now())
    inputs["endTime"] = inputs["startTime"]
    assert "must be after startTime" in refused(stage, kind.name(), inputs)["endTime"]


@pytest.mark.parametrize("kind", TIMED, ids=lambda kind: kind.name())
def test_the_window_begins_in_the_past(stage: Stage, kind: Any) -> None:
    inputs = query(kind, stage.clock.now(), days_ago=-2)
    assert "must be in the past" in refused(stage, kind.name(), inputs)["startTime"]


@pytest.mark.parametrize("kind", [kind for kind in TIMED if kind.limits.history], ids=lambda kind: kind.name())
def test_the_window_begins_where_there_still_is_data(stage: Stage, kind: Any) -> None:
    days = int(kind.limits.history // 86400)
    inputs = query(kind, stage.clock.now(), days_ago=days + 1)
    text = refused(stage, kind.name(), inputs)["startTime"]
    assert f"the platform keeps {days} days" in text
    assert "write a later time" in text
    ask(stage.account, kind, query(kind, stage.clock.now(), days_ago=days - 1))


@pytest.mark.parametrize("kind", TIMED, ids=lambda kind: kind.name())
def test_a_time_has_an_offset(stage: Stage, kind: Any) -> None:
    inputs = query(kind, stage.clock.now(), startTime="2026-11-01 00:00")
    assert "RFC 3339" in refused(stage, kind.name(), inputs)["startTime"]


@pytest.mark.parametrize(
    "kind", [kind for kind in TIMED if kind.window_by_default is None], ids=lambda kind: kind.name()
)
def test_a_window_that_is_required_is_asked_for(stage: Stage, kind: Any) -> None:
    inputs = query(kind, stage.clock.now())
    del inputs["startTime"]
    assert "is required" in refused(stage, kind.name(), inputs)["startTime"]


@pytest.mark.parametrize(
    "kind", [kind for kind in TIMED if kind.window_by_default is not None], ids=lambda kind: kind.name()
)
def test_a_window_has_both_ends_or_neither(stage: Stage, kind: Any) -> None:
    inputs = query(kind, stage.clock.now())
    del inputs["startTime"]
    text = "is missing, but endTime is set: set both, or neither for the newest data"
    assert refused(stage, kind.name(), inputs) == {"startTime": text}
    del inputs["endTime"]
    assert ask(stage.account, kind, inputs)["rows"] is not None


def with_domains(kind: Any) -> bool:
    return "domains" in kind.Query.model_fields


@pytest.mark.parametrize("kind", [kind for kind in TIMED if with_domains(kind)], ids=lambda kind: kind.name())
def test_a_domain_is_a_bare_name_and_a_list_is_never_empty(stage: Stage, kind: Any) -> None:
    inputs = {key: value for key, value in query(kind, stage.clock.now()).items() if key != "streams"}
    text = refused(stage, kind.name(), {**inputs, "domains": ["https://pull.example.com/x"]})["domains[0]"]
    assert "must be a domain name" in text
    # An empty list would ask for all domains of the account, which nobody meant who wrote one.
    assert "must name at least 1 value" in refused(stage, kind.name(), {**inputs, "domains": []})["domains"]


@pytest.mark.parametrize("kind", TIMED, ids=lambda kind: kind.name())
def test_an_unknown_word_is_named_with_its_neighbour(stage: Stage, kind: Any) -> None:
    inputs = query(kind, stage.clock.now(), startTimes="x")
    assert "did you mean startTime?" in refused(stage, kind.name(), inputs)["startTimes"]


def with_intervals(kind: Any) -> bool:
    return "interval" in kind.Query.model_fields


@pytest.mark.parametrize("kind", [kind for kind in TIMED if with_intervals(kind)], ids=lambda kind: kind.name())
def test_an_interval_is_one_that_the_vendor_has(stage: Stage, kind: Any) -> None:
    text = refused(stage, kind.name(), query(kind, stage.clock.now(), interval="7m"))["interval"]
    assert "must be" in text
    assert "'7m'" in text


@pytest.mark.parametrize(
    ("name", "inputs", "word", "text"),
    [
        ("getDirectoryTrafficSummary", {"depth": 5}, "depth", "must be at most 4"),
        ("getDirectoryTraffic", {"domains": None}, "domains", "so is directories: name what the report is about"),
        (
            "getDirectoryTraffic",
            {"directories": ["pull.example.com/live"]},
            "domains",
            "names pull.example.com, and so does directories: name each domain in one of them only",
        ),
        (
            "getDirectoryTraffic",
            {"directories": ["live"]},
            "directories[0]",
            "must be a domain, a slash and a directory",
        ),
        ("getStreamTraffic", {"streams": ["nonsense"]}, "streams[0]", "must be a domain, a slash and a stream"),
        ("getStreamTrafficAndViewers", {"interval": "5m"}, "viewers", "set interval to 1m, or take viewers out"),
        ("getTrafficByCountry", {"groupBy": ["country", "mainland"]}, "groupBy", "exclude each other: leave one out"),
        ("getTrafficByIspProvince", {"groupBy": ["domain", "domain"]}, "groupBy", "must not name a value twice"),
        ("getP2pShareRatio", {"platforms": ["amiga"]}, "platforms[0]", "must be"),
        ("getStreamPushDuration", {"startTime": "noon"}, "startTime", "must be a midnight of +08:00"),
        ("getDailyTrafficPeaks", {"startTime": "noon"}, "startTime", "must be a midnight of +08:00"),
        ("getTopPlay", {"startTime": "half"}, "startTime", "must be a whole hour"),
        ("getTopPlay", {"limit": 1001}, "limit", "must be at most 1000"),
        ("getTopPlay", {"limit": 0}, "limit", "must be at least 1"),
        ("getTopPlay", {"domains": ["a.com"], "domainSpaces": ["b"]}, "domainSpaces", "leave one of them out"),
        ("getPushStreamMetrics", {"streams": ["push.example.com/main"]}, "streams[0]", "a domain, an app and a stream"),
        ("getBatchPushStreamMetrics", {"domains": None}, "domains", "is missing, and so is streams: set one of them"),
        ("getBatchPushStreamMetrics", {"streams": ["a.com/b/c"]}, "domains", "are both set: set one of them"),
        ("getStreamSessions", {"streams": ["a.com/b/c"]}, "streams", "and so are domains: leave one of them out"),
        ("getStreamSessions", {"domains": None, "streams": ["a.com/b/c"] * 2}, "streams", "at most 1 value"),
        ("getStreamSessions", {"protocols": ["QUIC", "RTMP"]}, "protocols", "ask for QUIC alone"),
        ("getStreamSessions", {"regions": ["CN/US/x"]}, "regions[0]", "a province for the country CN only"),
        ("getStreamSessions", {"regions": ["CN//beijing"]}, "regions[0]", "an area, a country in it, and a province"),
        ("getBatchStreamTraffic", {"regions": ["CN"], "userRegions": ["CN"]}, "userRegions", "leave one of them out"),
        ("getPlayStatusCodes", {"regions": ["CN"], "userRegions": ["CN"]}, "userRegions", "leave one of them out"),
        ("getEdgeStats", {"regions": ["CN"], "userRegions": ["CN"]}, "userRegions", "leave one of them out"),
        ("getPushStreams", {"app": "a/b"}, "app", "1 to 30 letters, digits"),
        ("getPushStreams", {"streamName": "x" * 101}, "streamName", "1 to 100 letters, digits"),
        ("getTranscodeTasks", {"app": "live"}, "streamName", "is missing, but app is set: set both or neither"),
        ("getIpInfo", {"ips": ["999.1.1.1"]}, "ips[0]", "must be an IPv4 or IPv6 address"),
    ],
)
def test_a_rule_of_one_report(stage: Stage, name: str, inputs: dict[str, Any], word: str, text: str) -> None:
    kind = BY_NAME[name]
    start = midnight(stage.clock.now(), 9)
    meant = {"noon": rfc3339(start + 12 * 3600), "half": rfc3339(start + 1800)}
    changed = {key: meant.get(value, value) if isinstance(value, str) else value for key, value in inputs.items()}
    assert text in refused(stage, name, {**query(kind, stage.clock.now()), **changed})[word]


@pytest.mark.parametrize(
    "kind", [kind for kind in TIMED if kind.interval or with_intervals(kind)], ids=lambda kind: kind.name()
)
def test_a_window_begins_and_ends_with_a_slot_or_the_two_nearest_are_told(stage: Stage, kind: Any) -> None:
    start = midnight(stage.clock.now(), 9)
    inputs = query(kind, stage.clock.now()) | {"startTime": rfc3339(start + 1), "endTime": rfc3339(start + 86399)}
    problems = refused(stage, kind.name(), inputs)
    assert set(problems) == {"startTime", "endTime"}
    assert f"write {rfc3339(start)} or " in problems["startTime"]
    assert f" or {rfc3339(start + 86400)}, the two nearest" in problems["endTime"]


def test_days_of_another_zone_lead_to_the_word_that_asks_for_them(stage: Stage) -> None:
    inputs = query(BY_NAME["getDomainTraffic"], stage.clock.now(), interval="1d")
    inputs |= {"startTime": "2026-09-01T00:00:00Z", "endTime": "2026-09-03T00:00:00Z"}
    text = refused(stage, "getDomainTraffic", inputs)["startTime"]
    assert "must be a midnight of +08:00" in text
    assert "write 2026-09-01T00:00:00+08:00 or 2026-09-02T00:00:00+08:00, the two nearest" in text
    assert text.endswith("or set timeZone to +00:00")


@pytest.mark.parametrize("name", ["getTrafficByCountry", "getBandwidthSaving"])
def test_days_that_cannot_be_added_up_are_days_of_the_vendors_zone(stage: Stage, name: str) -> None:
    inputs = query(BY_NAME[name], stage.clock.now(), interval="1d", timeZone="+00:00")
    inputs |= {"startTime": "2026-09-01T00:00:00Z", "endTime": "2026-09-03T00:00:00Z"}
    text = refused(stage, name, inputs)["timeZone"]
    assert "must be +08:00, whose days the platform cuts, but is '+00:00'" in text


@pytest.mark.parametrize("kind", [kind for kind in REPORTS if kind.vendor == "wangsu"], ids=lambda kind: kind.name())
def test_a_report_that_a_site_does_not_have_is_refused_by_name(stage: Stage, kind: Any) -> None:
    stage.new_run(site="cdnetworks")
    inputs = query(kind, stage.clock.now())
    if "cdnetworks" in kind.sites:
        ask(stage.account, kind, inputs)
        return
    text = refused(stage, kind.name(), inputs)["site"]
    assert text.startswith(f"is cdnetworks, which has no {kind.name()} ({kind.path}): ask an account of wangsu")


def test_these_are_the_reports_of_cdnetworks() -> None:
    assert {kind.name() for kind in REPORTS if "cdnetworks" in kind.sites} == {
        *("getDirectoryTraffic", "getStreamTraffic", "getShieldTraffic", "getStreamTrafficAndViewers"),
        *("getTranscodingUsage", "getAccountTrafficBytes", "getEdgeHitRatio", "getServerBandwidthByCountry"),
        "getStreamPushDuration",
    }


def test_a_ranking_over_more_than_one_call_takes_is_refused(stage: Stage) -> None:
    inputs = query(BY_NAME["getTopPlay"], stage.clock.now(), days_ago=60, days=40)
    text = refused(stage, "getTopPlay", inputs)["endTime"]
    assert "40 days after startTime, but one call takes 31 days" in text


@pytest.mark.parametrize(
    ("name", "most", "words"),
    [
        ("getHitRateByIspProvince", 20, {"groupBy": ["isp"]}),
        ("getTotalHitRateByIspProvince", 20, {"groupBy": None}),
        ("getEdgeHitRatio", 200, {}),
        ("getBandwidthSaving", 200, {}),
        ("getP2pShareRatio", 20, {}),
    ],
)
def test_ratios_and_peaks_of_more_domains_than_one_call_takes_are_refused(
    stage: Stage, name: str, most: int, words: dict[str, Any]
) -> None:
    kind = BY_NAME[name]
    domains = [f"d{number}.example.com" for number in range(most + 1)]
    text = refused(stage, name, query(kind, stage.clock.now(), domains=domains, **words))["domains"]
    assert f"names {most + 1} values, but one call takes {most} and these numbers cannot be added" in text
    assert "ask for fewer at once" in text
    if "group_by" in kind.Query.model_fields:
        assert "or group by domain" in text
        grouped = query(kind, stage.clock.now(), domains=domains, **{**words, "groupBy": ["domain"]})
        assert len(ask(stage.account, kind, grouped)["rows"]) == most + 1


def test_groups_that_the_platform_will_not_tell_apart_are_told(stage: Stage) -> None:
    kind = BY_NAME["getStreamSessions"]
    ask(stage.account, kind, query(kind, stage.clock.now(), groupBy=["isp"]))
    assert stage.told == ["getStreamSessions: groupBy isp tells nothing apart unless isps lists two or more"]


def test_filters_that_count_for_pushed_streams_only_are_told(stage: Stage) -> None:
    kind = BY_NAME["getStreamCount"]
    ask(stage.account, kind, query(kind, stage.clock.now(), types=None, isps=["telecom"]))
    assert "documented for types [push] only" in stage.told[0]


@pytest.mark.parametrize(
    ("name", "word", "value"),
    [
        ("getEdgeStats", "apps", ["bad app!"]),
        ("getEdgeStats", "streamNames", ["a b"]),
        ("getPushStreams", "app", "x" * 31),
        ("getExactDomainTraffic", "domains", ["*.*.example.com"]),
    ],
)
def test_names_have_their_characters(stage: Stage, name: str, word: str, value: Any) -> None:
    problems = refused(stage, name, query(BY_NAME[name], stage.clock.now(), **{word: value}))
    assert any(path.startswith(word) and "write" in text for path, text in problems.items())


@pytest.mark.parametrize("domain", ["*.example.com", ".example.com", "example.com"])
def test_exact_domains_are_asked_for_by_their_wildcard(stage: Stage, domain: str) -> None:
    kind = BY_NAME["getExactDomainTraffic"]
    assert "series" in ask(stage.account, kind, query(kind, stage.clock.now(), domains=[domain]))["rows"][0]


def test_a_domain_is_the_same_in_any_case(stage: Stage) -> None:
    kind = BY_NAME["getStreamSessions"]
    twice = query(kind, stage.clock.now(), domains=["A.example.com", "a.example.com"])
    once = query(kind, stage.clock.now(), domains=["a.example.com"])
    assert ask(stage.account, kind, twice) == ask(stage.account, kind, once)
    both = query(
        BY_NAME["getStreamTraffic"],
        stage.clock.now(),
        domains=["A.example.com"],
        streams=["a.example.com/live/main"],
    )
    stage.new_run()
    stage.platform.journal.clear()
    assert "names a.example.com, and so does streams" in refused(stage, "getStreamTraffic", both)["domains"]


def test_pushes_can_be_asked_for_without_naming_domains(stage: Stage) -> None:
    kind = BY_NAME["getStreamPushDuration"]
    inputs = query(kind, stage.clock.now())
    del inputs["domains"]
    assert ask(stage.account, kind, inputs)["rows"]
