"""A vendor's list by itself: how far its pages are read, how long they serve, and which objects are new."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from kit import PATIENCE, FakeClock
from listing_kit import ENDLESS, Vendor, refused
from pulumi_livechannels.core import listing
from pulumi_livechannels.core.listing import HEAD_SECONDS, Listing
from pulumi_livechannels.ground.company import Company


@pytest.fixture
def vendor(clock: FakeClock) -> Vendor:
    return Vendor(120, clock)


# Finding one.


def test_pages_are_read_only_as_far_as_somebody_needs(vendor: Vendor) -> None:
    shown = vendor.list()
    assert (shown.find("i49"), vendor.asked()) == ("i49", [1])
    assert (shown.find("i0"), vendor.asked()) == ("i0", [])
    assert (shown.find("i50"), vendor.asked()) == ("i50", [2])
    assert (shown.find("missing"), vendor.asked()) == (None, [3])
    assert (shown.find("missing"), vendor.asked()) == (None, [])


@pytest.mark.parametrize("count", [0, 49, 50, 100])
def test_a_list_ends_with_a_page_that_is_not_full(clock: FakeClock, count: int) -> None:
    vendor = Vendor(count, clock)
    shown = vendor.list()
    assert shown.find("missing") is None
    assert vendor.asked() == list(range(1, count // 50 + 2))


def test_nobody_looks_farther_than_within_reach(vendor: Vendor) -> None:
    shown = vendor.list(reach=2)
    assert (shown.find("i110"), vendor.asked()) == (None, [1, 2])
    assert (shown.find("i99"), vendor.asked()) == ("i99", [])
    assert "i110" in shown.whole(), "but a complete reading is complete"


def test_what_is_shown_takes_each_page_once_whatever_is_within_reach(vendor: Vendor) -> None:
    shown = vendor.list(reach=2)
    assert list(shown.shown()) == [f"i{number}" for number in range(120)]
    assert vendor.asked() == [1, 2, 3]
    assert (len(shown.shown()), shown.find("i119"), shown.find("missing"), vendor.asked()) == (120, "i119", None, [])
    shown.outdated("i60")
    assert (len(shown.shown()), vendor.asked()) == (120, [1, 2, 3])
    assert (shown.lacks("missing"), bool(vendor.asked())) == (True, True), "it is no evidence of what is gone"


def test_what_was_written_is_read_anew_and_its_neighbours_are_not(vendor: Vendor) -> None:
    shown = vendor.list()
    shown.find("missing")
    vendor.asked()
    shown.outdated("i60")
    assert (shown.find("i0"), vendor.asked()) == ("i0", [])
    assert (shown.find("i60"), vendor.asked()) == ("i60", [1, 2])
    shown.outdated("i60")
    vendor.items.remove("i60")
    assert (shown.find("i60"), vendor.asked()) == (None, [1, 2, 3])


def test_what_was_shown_since_it_was_written_stays_found_though_others_write_and_push_it_down(vendor: Vendor) -> None:
    shown = vendor.list()
    for made in ("mine", "theirs"):
        vendor.items.insert(0, made)
        shown.outdated(made)
    assert (shown.find("theirs"), vendor.asked()) == ("theirs", [1])
    vendor.items[:0] = [f"later{number}" for number in range(200)]
    shown.outdated("later0")
    assert (shown.find("later0"), vendor.asked()) == ("later0", [1])
    assert (shown.find("mine"), vendor.asked()) == ("mine", [])
    shown.outdated("mine")
    assert (shown.find("mine"), vendor.asked()) == ("mine", [1, 2, 3, 4, 5])


def test_a_look_can_end_before_the_list_does(vendor: Vendor) -> None:
    shown = vendor.list()
    assert (shown.find("i60", 1), vendor.asked()) == (None, [1])
    assert (shown.find("i60"), vendor.asked()) == ("i60", [2])


def test_what_may_be_new_is_looked_for_anew(vendor: Vendor) -> None:
    shown = vendor.list()
    assert shown.find("new") is None
    vendor.items.insert(0, "new")
    assert shown.find("new") is None
    shown.outdated()
    vendor.asked()
    assert (shown.find("i70"), vendor.asked()) == ("i70", [])
    assert (shown.find("new"), vendor.asked()) == ("new", [1])


def test_a_write_while_a_list_is_read_makes_that_reading_too_old_for_who_asks_later(vendor: Vendor) -> None:
    shown = vendor.list()
    vendor.before = lambda: shown.outdated("i0") if len(vendor.calls) == 1 else None
    assert shown.find("i1") == "i1"
    assert vendor.asked() == [1]
    vendor.before = lambda: None
    assert (shown.find("i0"), vendor.asked()) == ("i0", [1])


def test_a_page_that_failed_is_asked_for_again(vendor: Vendor) -> None:
    shown = vendor.list()
    vendor.before = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        shown.find("i0")
    vendor.before = lambda: None
    assert shown.find("i0") == "i0"


def test_while_one_reads_a_page_the_others_wait_for_it(vendor: Vendor) -> None:
    shown, gate = vendor.list(), threading.Event()
    vendor.before = lambda: None if gate.wait(PATIENCE) else pytest.fail("nobody opened the gate")
    found: list[str | None] = []
    threads = [threading.Thread(target=lambda: found.append(shown.find("i7"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    threads[-1].join(0.05)
    gate.set()
    for thread in threads:
        thread.join()
    assert (found, vendor.asked()) == (["i7"] * 4, [1])


@pytest.mark.parametrize("ask", [lambda shown: shown.find("x"), lambda shown: shown.whole()], ids=["find", "whole"])
def test_a_list_without_an_end_is_an_error(
    vendor: Vendor, ask: Callable[[Listing[str]], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_PAGES", 40)

    def longer() -> None:
        vendor.items = [f"i{number}" for number in range(len(vendor.items) + 200)]

    vendor.before = longer
    assert refused(lambda: ask(vendor.list())) == ENDLESS
    assert len(vendor.calls) == 40


def test_a_full_page_that_repeats_itself_is_an_error(vendor: Vendor) -> None:
    page = vendor.items[:50]
    asked: list[int] = []

    def same(number: int, size: int) -> list[str]:
        asked.append(number)
        return page

    shown = Listing(same, lambda item: item, vendor.clock.monotonic, Company())
    assert refused(lambda: shown.find("missing")) == ENDLESS
    assert asked == [1, 2]
    head = shown.head()
    page[:] = [f"new{number}" for number in range(50)]
    asked.clear()
    assert refused(lambda: shown.newer(head)) == ENDLESS
    assert asked == [1, 2]


def test_pages_that_come_in_turns_for_ever_are_an_error(vendor: Vendor) -> None:
    asked: list[int] = []

    def turns(number: int, size: int) -> list[str]:
        asked.append(number)
        return vendor.items[:50] if number % 2 else vendor.items[50:100]

    shown = Listing(turns, lambda item: item, vendor.clock.monotonic, Company())
    before = shown.head()
    vendor.items = [f"new{number}" for number in range(100)]
    asked.clear()
    assert refused(lambda: shown.newer(before)) == ENDLESS
    assert asked == [1, 2, 3]


# The newest.


def test_the_newest_are_known_as_they_were_seconds_ago(vendor: Vendor, clock: FakeClock) -> None:
    shown = vendor.list()
    clock.let_pass(100)
    head = shown.head()
    assert (list(head.items), head.complete, head.read_at) == (vendor.items[:50], False, 100)
    clock.let_pass(HEAD_SECONDS)
    assert shown.head() == head
    clock.let_pass(0.5)
    assert shown.head().read_at == 100.5 + HEAD_SECONDS
    assert vendor.asked() == [1, 1]


def test_any_reading_of_the_first_page_tells_the_newest(vendor: Vendor) -> None:
    shown = vendor.list()
    shown.find("i60")
    vendor.asked()
    assert list(shown.head().items) == vendor.items[:50]
    assert vendor.asked() == []


def test_a_short_first_page_is_all_that_there_is(clock: FakeClock) -> None:
    assert Vendor(49, clock).list().head().complete
    assert not Vendor(50, clock).list().head().complete


@pytest.mark.parametrize("there", [0, 10, 49, 50, 120])
@pytest.mark.parametrize("came", [0, 1, 49, 50, 51, 101, 130])
@pytest.mark.parametrize("left", [0, 5])
def test_what_came_since_is_found(clock: FakeClock, there: int, came: int, left: int) -> None:
    vendor = Vendor(there, clock)
    shown = vendor.list()
    before = shown.head()
    new = [f"new{number}" for number in range(came)]
    vendor.items = new + vendor.items[left:]
    vendor.asked()
    assert shown.newer(before) == new
    assert len(vendor.asked()) <= came // 50 + 2


def test_what_stands_among_the_newest_of_then_came_since(vendor: Vendor) -> None:
    shown = vendor.list()
    before = shown.head()
    vendor.items.insert(0, "new1")
    vendor.items.insert(20, "new2")
    assert shown.newer(before) == ["new1", "new2"]


def test_where_none_of_the_newest_of_then_is_left_nothing_is_taken_for_new(vendor: Vendor) -> None:
    shown = vendor.list()
    before = shown.head()
    vendor.items = vendor.items[50:]
    assert shown.newer(before) == []


def test_what_came_since_is_looked_for_in_no_endless_list(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = vendor.list()
    before = shown.head()
    monkeypatch.setattr(listing, "MOST_PAGES", 10)
    vendor.items = [f"new{number}" for number in range(5000)]
    assert refused(lambda: shown.newer(before)) == ENDLESS


# What is too old.


def test_what_was_read_long_ago_is_read_anew(vendor: Vendor, clock: FakeClock) -> None:
    shown = vendor.list()
    clock.let_pass(100)
    shown.find("i0")
    vendor.asked()
    clock.let_pass(30)
    shown.expire("i0", 30)
    assert (shown.find("i0"), vendor.asked()) == ("i0", [])
    clock.let_pass(1)
    shown.expire("i0", 30)
    assert (shown.find("i0"), vendor.asked()) == ("i0", [1])


def test_that_there_is_none_is_never_too_young_to_ask_again(vendor: Vendor) -> None:
    shown = vendor.list()
    shown.find("missing")
    vendor.asked()
    shown.expire("i0", 30)
    assert (shown.find("i0"), vendor.asked()) == ("i0", [])
    shown.expire("missing", 30)
    assert (shown.find("missing"), vendor.asked()) == (None, [1, 2, 3])


def test_and_within_reach_neither(vendor: Vendor) -> None:
    shown = vendor.list(reach=2)
    shown.find("i110")
    vendor.asked()
    shown.expire("i110", 30)
    assert (shown.find("i110"), vendor.asked()) == (None, [1, 2])


def test_what_is_too_old_is_so_after_any_number_of_writes(vendor: Vendor, clock: FakeClock) -> None:
    shown = vendor.list()
    for _ in range(3):
        shown.outdated("i0")
    shown.find("i0")
    clock.let_pass(100)
    shown.expire("i1", 30)
    shown.outdated("i0")
    vendor.asked()
    assert (shown.find("i1"), vendor.asked()) == ("i1", [1])


def test_a_complete_reading_is_as_old_as_its_beginning(vendor: Vendor, clock: FakeClock) -> None:
    shown = vendor.list()
    clock.let_pass(100)
    vendor.before = lambda: clock.let_pass(1)
    shown.whole()
    vendor.before = lambda: None
    vendor.asked()
    clock.let_pass(27)
    shown.expire("i0", 30)
    assert (shown.find("i0"), vendor.asked()) == ("i0", [])
    clock.let_pass(1)
    shown.expire("i0", 30)
    assert (shown.find("i0"), vendor.asked()) == ("i0", [1])
