"""A complete reading of a vendor's list: when it is one, how long it serves, and what it proves to be gone."""

from __future__ import annotations

import pytest

from kit import FakeClock
from listing_kit import UNSTEADY, Vendor, refused
from pulumi_livechannels.core.listing import READINGS


@pytest.fixture
def vendor(clock: FakeClock) -> Vendor:
    return Vendor(120, clock)


@pytest.mark.parametrize("count", [*range(0, 105, 7), 49, 50, 51, 99, 100, 1000])
def test_a_complete_reading_holds_everything_in_few_calls(clock: FakeClock, count: int) -> None:
    vendor = Vendor(count, clock)
    assert list(vendor.list().whole()) == vendor.items
    assert len(vendor.calls) <= count // 45 + 2


def test_each_page_of_a_complete_reading_begins_within_the_one_before(vendor: Vendor) -> None:
    vendor.list().whole()
    read = 0
    for number, size in vendor.calls:
        assert size * (number - 1) < max(read, 1)
        read = size * number
    assert read >= 120


def test_a_complete_reading_serves_until_something_is_written(vendor: Vendor) -> None:
    shown = vendor.list()
    shown.whole().clear()
    assert len(shown.whole()) == 120
    calls = len(vendor.asked())
    assert shown.find("missing") is None
    assert vendor.asked() == [], "and it serves who looks for one"
    shown.outdated()
    shown.whole()
    assert len(vendor.asked()) == calls


def test_a_write_during_a_complete_reading_makes_it_too_old(vendor: Vendor) -> None:
    shown = vendor.list()
    vendor.before = lambda: shown.outdated("i3") if len(vendor.calls) == 1 else None
    shown.whole()
    vendor.asked()
    vendor.before = lambda: None
    shown.whole()
    assert vendor.asked()
    assert not shown.lacks("i3")


def test_a_complete_reading_does_not_stand_in_for_a_later_one(vendor: Vendor) -> None:
    shown = vendor.list()
    shown.find("missing")

    def written() -> None:
        if len(vendor.calls) == 1:
            shown.outdated("i0")
            vendor.before = lambda: None
            shown.find("i0")

    vendor.asked()
    vendor.before = written
    shown.whole()
    vendor.asked()
    assert (shown.find("i0"), vendor.asked()) == ("i0", []), "what was read after the write is kept"


def test_pages_that_do_not_fit_are_read_again(vendor: Vendor) -> None:
    def leaves() -> None:
        if len(vendor.calls) == 2:
            vendor.items.remove("i3")

    vendor.before = leaves
    assert list(vendor.list().whole()) == vendor.items
    assert len(vendor.items) == 119


def test_an_object_that_stands_in_two_places_is_no_complete_reading(vendor: Vendor) -> None:
    vendor.items.append("i3")
    assert refused(vendor.list().whole) == UNSTEADY


def test_a_list_that_changes_all_the_time_is_an_error(vendor: Vendor) -> None:
    vendor.before = lambda: vendor.items.remove(vendor.items[0])
    shown = vendor.list()
    assert refused(shown.whole) == UNSTEADY
    assert vendor.calls.count((1, 50)) == READINGS
    vendor.before = lambda: None
    assert list(shown.whole()) == vendor.items


# What a list lacks.


def test_one_complete_reading_tells_everybody_what_is_gone(vendor: Vendor) -> None:
    shown = vendor.list()
    assert shown.lacks("a")
    vendor.asked()
    assert shown.lacks("b")
    assert vendor.asked() == []


def test_what_was_written_after_it_takes_another_one(vendor: Vendor) -> None:
    shown = vendor.list()
    shown.whole()
    shown.outdated("a")
    shown.outdated("c")
    vendor.asked()
    assert shown.lacks("b")
    assert vendor.asked() == [], "b was not written"
    assert shown.lacks("a")
    assert vendor.asked()
    assert shown.lacks("a")
    assert vendor.asked() == []


def test_what_is_in_the_list_is_asked_for_anew(vendor: Vendor) -> None:
    shown = vendor.list()
    assert not shown.lacks("i3")
    vendor.items.remove("i3")
    assert shown.lacks("i3")
