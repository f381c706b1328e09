"""Calls that travel together: each caller has its own answer, its own error and its own time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from kit import PATIENCE, eventually
from pulumi_livechannels.ground.batching import Batcher
from pulumi_livechannels.ground.company import MEMORY_SECONDS, MOMENT_SECONDS, Company
from pulumi_livechannels.ground.errors import (
    CancelledError,
    Changed,
    InputError,
    LiveChannelsError,
    NoAnswerError,
    Problem,
    ThrottledError,
)


class Platform:
    """Takes one call at a time; the first waits until the test lets it go on."""

    def __init__(self, answer: Callable[[int, list[str]], dict[str, bool]]) -> None:
        self.sent: list[list[str]] = []
        self.leaders: list[str] = []
        self.begun, self.go = threading.Event(), threading.Event()
        self._answer = answer

    def send(self, keys: list[str]) -> dict[str, bool]:
        self.sent.append(keys)
        self.leaders.append(threading.current_thread().name)
        if len(self.sent) == 1:
            self.begun.set()
            assert self.go.wait(PATIENCE)
        return self._answer(len(self.sent), keys)


def together(platform: Platform, keys: str, most: int = 50) -> list[Future[bool]]:
    """Ask for the first id, then for the others while its call is under way."""
    batcher = Batcher(platform.send, False, Company(), most)
    pool = ThreadPoolExecutor(len(keys))
    asked = [pool.submit(batcher.ask, keys[0])]
    assert platform.begun.wait(PATIENCE)
    asked += [pool.submit(batcher.ask, key) for key in keys[1:]]
    eventually(lambda: len(batcher._waiting) == len(keys) - 1)
    platform.go.set()
    pool.shutdown()
    assert not batcher._waiting
    return asked


def cancelled() -> CancelledError:
    return CancelledError("the time limit has passed", next_step="run again.")


def lost() -> NoAnswerError:
    return NoAnswerError("the answer was lost", next_step="run again.")


def test_calls_at_the_same_moment_travel_together() -> None:
    platform = Platform(lambda call, keys: {key: key == "b" for key in keys})
    asked = together(platform, "abcd")
    assert [answer.result() for answer in asked] == [False, True, False, False]
    assert platform.sent[0] == ["a"]
    assert sorted(platform.sent[1]) == ["b", "c", "d"]


def test_a_call_carries_no_more_ids_than_it_may_and_each_once() -> None:
    platform = Platform(lambda call, keys: dict.fromkeys(keys, True))
    assert all(answer.result() for answer in together(platform, "abbccdde", most=2))
    assert all(len(keys) == len(set(keys)) <= 2 for keys in platform.sent)
    assert sorted(key for keys in platform.sent for key in keys) == ["a", "b", "c", "d", "e"]


def test_an_error_is_each_callers_own() -> None:
    def answer(call: int, keys: list[str]) -> dict[str, bool]:
        if call == 2:
            raise lost() from OSError("reset")
        return {}

    errors = [asked.exception() for asked in together(Platform(answer), "abcd")[1:]]
    assert len({id(error) for error in errors}) == 3
    for number, error in enumerate(errors):
        assert isinstance(error, NoAnswerError)
        assert str(error) == str(lost())
        assert isinstance(error.__cause__, OSError)
        error.operation = str(number)
    assert [error.operation for error in errors] == ["0", "1", "2"]  # type: ignore[union-attr]


def test_a_leader_whose_time_is_over_ends_alone_and_another_leads_anew() -> None:
    def answer(call: int, keys: list[str]) -> dict[str, bool]:
        if call == 2:
            raise cancelled()
        return dict.fromkeys(keys, True)

    platform = Platform(answer)
    ends = [asked.exception() for asked in together(platform, "abcd")]
    assert sorted(type(error).__name__ for error in ends) == ["CancelledError", *["NoneType"] * 3]
    (over,) = (key for key, error in zip("abcd", ends, strict=True) if error)
    assert sorted(platform.sent[2]) == sorted({"b", "c", "d"} - {over}), "and what it asked for is not asked for again"
    assert platform.leaders[1] != platform.leaders[2]


def test_when_the_run_is_cancelled_each_caller_hears_it_for_itself() -> None:
    def answer(call: int, keys: list[str]) -> dict[str, bool]:
        raise cancelled()

    platform = Platform(answer)
    errors = [asked.exception() for asked in together(platform, "abcd")]
    assert all(isinstance(error, CancelledError) for error in errors)
    assert len({id(error) for error in errors}) == len(set(platform.leaders)) == 4


def test_two_who_ask_for_the_same_id_do_not_share_a_leaders_end() -> None:
    def answer(call: int, keys: list[str]) -> dict[str, bool]:
        if call == 1:
            raise cancelled()
        return dict.fromkeys(keys, True)

    first, second = together(Platform(answer), "aa")
    assert isinstance(first.exception(), CancelledError)
    assert second.result()


def test_the_first_after_a_pause_waits_for_those_who_begin_with_it_and_a_lone_one_only_once() -> None:
    now = [100.0]
    company = Company(lambda: now[0])
    with company.joined():
        assert company.beginning() == pytest.approx(MOMENT_SECONDS)
        now[0] += MOMENT_SECONDS
        assert company.beginning() == 0
    with company.joined():
        assert (company.beginning(), company.expected()) == (0, 1)
    now[0] += 2 * MEMORY_SECONDS
    with company.joined():
        assert company.beginning() > 0


def test_a_failed_call_leaves_nothing_behind() -> None:
    def send(keys: list[str]) -> dict[str, bool]:
        raise ValueError("no")

    batcher = Batcher(send, False, Company())
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            batcher.ask("a")


@pytest.mark.parametrize(
    "error",
    [
        cancelled(),
        lost(),
        InputError([Problem("a", "is wrong")]),
        ThrottledError("too fast", code="429", status=429, request_id="r", next_step="wait."),
    ],
)
def test_every_error_can_be_copied(error: LiveChannelsError) -> None:
    import copy

    error.changed = Changed.YES
    twin = copy.copy(error)
    assert type(twin) is type(error)
    assert str(twin) == str(error)
    assert vars(twin) == vars(error)
