"""Answers that come page by page: no row is lost or told twice, and nothing partial passes for the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kit import Stage
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.core.reporting.slots import rfc3339
from pulumi_livechannels.ground import errors
from pulumi_livechannels.reports.volcengine import base
from reports_kit import BY_NAME, query

SESSIONS = BY_NAME["getBatchStreamSessions"]
Pass = list[list[int]]


class Pages:
    """A vendor whose list is another in each pass; it counts `counted` rows, or as many as a pass has."""

    def __init__(self, *passes: Pass, counted: int | None = None) -> None:
        self.pages = [page for each in passes for page in each]
        self.counts = [sum(map(len, each)) if counted is None else counted for each in passes for _ in each]
        self.calls = 0

    def call(self, action: str, content: Any, calls_a_second: int) -> dict[str, Any]:
        page, count = self.pages[self.calls], self.counts[self.calls]
        self.calls += 1
        rows = [{"Domain": "a", "App": "b", "Stream": str(number), "TotalRequest": 1} for number in page]
        return {"StreamInfoList": rows, "Pagination": {"TotalCount": count} if count >= 0 else None}


@pytest.fixture
def read(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The streams that a report of such a vendor tells, with two rows a page."""

    def streams(pages: Pages, **words: str) -> list[str]:
        monkeypatch.setattr(SESSIONS, "limits", replace(SESSIONS.limits, rows=2))
        monkeypatch.setattr(stage.account.volcengine, "call", pages.call)
        return [
            row["stream"] for row in ask(stage.account, SESSIONS, query(SESSIONS, stage.clock.now(), **words))["rows"]
        ]

    return streams


Read = Callable[..., list[str]]


def newest(stage: Stage) -> dict[str, str]:
    now = int(stage.clock.now())
    return {"startTime": rfc3339(now - 7200), "endTime": rfc3339(now)}


def test_pages_end_with_the_count_and_not_with_an_empty_page(read: Read) -> None:
    pages = Pages([[1, 2], [3, 4]])
    assert read(pages) == ["1", "2", "3", "4"]
    assert pages.calls == 2


@pytest.mark.parametrize(("told", "streams"), [([[1, 2], [3]], ["1", "2", "3"]), ([[1]], ["1"])])
def test_without_a_count_pages_end_with_a_short_one(read: Read, told: Pass, streams: list[str]) -> None:
    assert read(Pages(told, counted=-1)) == streams


def test_rows_that_move_between_pages_make_the_reading_begin_anew(read: Read) -> None:
    # A new row at the front pushes the second one onto the next page, where it is seen again.
    assert read(Pages([[1, 2], [2, 3]], [[0, 1], [2, 3]])) == ["0", "1", "2", "3"]


def test_where_rows_still_come_and_go_two_readings_have_to_agree(stage: Stage, read: Read) -> None:
    # One row left the first page and another came at the end: the count is the same, and row 3 was on neither page.
    pages = Pages([[1, 2], [4, 5]], [[2, 3], [4, 5]], [[2, 3], [4, 5]])
    assert read(pages, **newest(stage)) == ["2", "3", "4", "5"]
    assert pages.calls == 6
    one_page = Pages([[1, 2]])
    stage.clock.let_pass(600)
    assert read(one_page, **newest(stage)) == ["1", "2"]
    assert one_page.calls == 1, "within a page nothing moves"


def test_a_platform_that_answers_smaller_pages_is_asked_on(read: Read) -> None:
    assert read(Pages([[1], [2], [3]])) == ["1", "2", "3"]


def test_fewer_rows_than_the_platform_counts_are_an_error(read: Read) -> None:
    with pytest.raises(errors.NoAnswerError, match="counts 3 rows and told 2 of them"):
        read(Pages([[1, 2], []], [[1, 2], []], counted=3))


def test_a_list_that_never_holds_still_is_an_error(read: Read) -> None:
    with pytest.raises(errors.NoAnswerError, match="kept changing") as caught:
        read(Pages(*([[number, 2], [2, number]] for number in range(10, 10 + base.PASSES))))
    assert "Nothing was changed" in str(caught.value)


def test_a_page_that_fails_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = BY_NAME["getBatchStreamTraffic"]
    monkeypatch.setattr(kind, "limits", replace(kind.limits, rows=100))
    stage.fault(kind.action, "error-code", nth=2, code="InvalidParameter")
    many = [f"d{number}.example.com" for number in range(60)]
    with pytest.raises(errors.RefusedError, match=r"^getBatchStreamTraffic, page 2: "):
        ask(stage.account, kind, query(kind, stage.clock.now(), domains=many))


def test_progress_is_told_page_by_page(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SESSIONS, "limits", replace(SESSIONS.limits, rows=2))
    monkeypatch.setattr(stage.account.volcengine, "call", Pages([[1, 2], [3, 4], [5]]).call)
    told: list[tuple[int, int]] = []
    ask(stage.account, SESSIONS, query(SESSIONS, stage.clock.now()), lambda *each: told.append(each))
    assert told[:3] == [(1, 3), (2, 3), (3, 3)]
