"""Work side by side: in order, several at once, and stopped without waiting."""

from __future__ import annotations

import threading

import pytest

from kit import PATIENCE
from pulumi_livechannels.ground.side_by_side import side_by_side


def test_answers_come_in_order_whatever_is_done_first() -> None:
    second = threading.Event()

    def work(number: int) -> int:
        if number == 1:
            assert second.wait(PATIENCE)
        if number == 2:
            second.set()
        return number * 10

    assert list(side_by_side(work, [1, 2, 3], at_once=2)) == [10, 20, 30]
    assert list(side_by_side(work, [], at_once=2)) == []


def test_one_at_a_time_is_one_at_a_time() -> None:
    under_way: list[int] = []

    def work(number: int) -> int:
        under_way.append(number)
        assert len(under_way) == 1
        under_way.pop()
        return number

    assert list(side_by_side(work, list(range(50)), at_once=1)) == list(range(50))


def test_what_was_raised_is_raised() -> None:
    answers = side_by_side(lambda number: 1 / number, [1, 0], at_once=1)
    assert next(answers) == 1
    with pytest.raises(ZeroDivisionError):
        next(answers)


def test_whoever_stops_asking_waits_for_none_and_nothing_more_is_begun() -> None:
    begun: list[int] = []
    waits, end = threading.Event(), threading.Event()

    def work(number: int) -> int:
        begun.append(number)
        if number == 2:
            waits.set()
            end.wait(PATIENCE)
        return number

    answers = side_by_side(work, [1, 2, 3], at_once=1)
    assert next(answers) == 1
    assert waits.wait(PATIENCE)
    answers.close()  # type: ignore[attr-defined]
    end.set()
    assert begun == [1, 2]
