"""Waiting while the platform says that calls come too fast: for as long as allowed, and never all at one moment."""

from __future__ import annotations

import heapq
import itertools
import random
import threading
from collections import deque
from collections.abc import Callable

import pytest

from kit import PATIENCE, FakeClock, Stage, eventually
from pulumi_livechannels.ground.limiter import WINDOW_SECONDS, Limiter
from pulumi_livechannels.ground.retry import ThrottlePatience
from pulumi_livechannels.ground.windows import in_memory


@pytest.mark.rule("R25")
def test_waits_are_anything_up_to_a_doubling_ceiling(clock: FakeClock) -> None:
    most = ThrottlePatience(clock, 1800, lambda: 1.0)
    assert [most.next_wait() for _ in range(6)] == [5, 10, 20, 40, 60, 60]
    least = ThrottlePatience(clock, 1800, lambda: 0.0)
    assert [least.next_wait() for _ in range(3)] == [0, 0, 0]


@pytest.mark.rule("R25")
def test_volcengine_is_left_alone_for_half_a_second_at_least(stage: Stage) -> None:
    stage.account.volcengine.jitter = lambda: 0.0
    stage.fault("DescribeLiveISPData", "throttle", times=2)
    stage.account.volcengine.call("DescribeLiveISPData", {}, 30)
    assert len(stage.clock.slept) == 2
    assert min(stage.clock.slept) >= 0.5


def test_patience_counts_from_the_first_answer_and_ends(clock: FakeClock) -> None:
    patience = ThrottlePatience(clock, 100, lambda: 1.0)
    clock.let_pass(1000)
    assert patience.left == 100
    waited = 0.0
    while (wait := patience.next_wait()) is not None:
        clock.sleep(wait)
        waited += wait
        assert patience.left == pytest.approx(100 - waited)
    assert waited == 100
    assert patience.next_wait() is None
    assert ThrottlePatience(clock, 0, lambda: 1.0).next_wait() is None


def test_what_the_platform_asks_for_is_waited_and_not_believed_beyond_reason(clock: FakeClock) -> None:
    patience = ThrottlePatience(clock, 1800, lambda: 0.5)
    assert patience.next_wait(30.0) == 32.5
    assert patience.next_wait(1e9) == 305.0
    assert ThrottlePatience(clock, 60, lambda: 1.0).next_wait(1e9) == 60


def test_what_is_left_of_patience_is_told(clock: FakeClock) -> None:
    told: list[str] = []
    limiter = Limiter(clock, None, told.append)
    limiter.close_for(40, patience=371)
    limiter.acquire()
    assert told == [
        "waiting 40 s because the platform says that calls come too fast (goes on for about 6 min more)",
    ]


class Time:
    """A fake clock for many threads: one runs at a time, and time passes when all of them sleep."""

    def __init__(self, threads: int) -> None:
        self._lock = threading.Lock()
        self._passed = 0.0
        self._awake = threads
        self._asleep: list[tuple[float, int, threading.Event]] = []
        self._number = itertools.count()

    def now(self) -> float:
        return 1_700_000_000 + self._passed

    def monotonic(self) -> float:
        return self._passed

    def bound(self, seconds: float) -> float:
        return seconds

    def sleep(self, seconds: float) -> None:
        woken = threading.Event()
        with self._lock:
            heapq.heappush(self._asleep, (self._passed + seconds, next(self._number), woken))
        self.end()
        assert woken.wait(PATIENCE)

    def end(self) -> None:
        """The calling thread sleeps, or is done."""
        with self._lock:
            self._awake -= 1
            if self._awake == 0 and self._asleep:
                self._passed, _, woken = heapq.heappop(self._asleep)
                self._awake = 1
                woken.set()


class Platform:
    """Takes so many calls in a window; `strict` ones count those that they refuse too."""

    def __init__(self, clock: Time, strict: bool) -> None:
        self._clock = clock
        self._strict = strict
        self._taken: deque[float] = deque()
        self.refused = 0

    def takes(self) -> bool:
        now = self._clock.monotonic()
        while self._taken and now - self._taken[0] > WINDOW_SECONDS:
            self._taken.popleft()
        takes = len(self._taken) < 300
        self.refused += not takes
        if takes or self._strict:
            self._taken.append(now)
        return takes


def run(clock: Time, platform: Platform, calls: int, workers: int, chance: Callable[[], float]) -> list[bool]:
    """Begin the threads of one run, which all share its gate; what they fill in is whether each call got through."""
    limiter = Limiter(clock, in_memory(300, WINDOW_SECONDS, clock.monotonic), lambda text: None)
    left, done = iter(range(calls)), []

    def call() -> bool:
        patience = ThrottlePatience(clock, 30 * 60, chance)
        while True:
            limiter.acquire()
            clock.sleep(0.3)
            if platform.takes():
                return True
            wait = patience.next_wait()
            if wait is None:
                return False
            limiter.close_for(wait, patience.left)

    def work() -> None:
        for _ in left:
            done.append(call())
        clock.end()

    for _ in range(workers):
        threading.Thread(target=work, daemon=True).start()
    return done


@pytest.mark.parametrize("strict", [False, True], ids=["refused calls are free", "refused calls count"])
def test_five_runs_that_know_nothing_of_each_other_all_finish(strict: bool) -> None:
    workers, channels = 16, 60
    calls = channels * 3
    clock = Time(5 * workers)
    platform = Platform(clock, strict)
    ends = [run(clock, platform, calls, workers, random.Random(seed).random) for seed in range(5)]
    eventually(lambda: clock._awake == 0 and not clock._asleep)
    assert [len(end) for end in ends] == [calls] * 5
    assert all(all(end) for end in ends), "and none gives up"
    assert 0 < platform.refused < 5 * calls / 2, "nor is the platform hammered"
