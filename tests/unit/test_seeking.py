"""A few objects of a long list: pages where they pay, own reads where those do."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone

import pytest

from pulumi_livechannels.core.listing import PAGE_SIZE
from pulumi_livechannels.core.seeking import FEW, Seeker

BEGAN = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))


class Account:
    """Objects that were made at so many minutes, newest first; `asked` are the pages that were asked for."""

    def __init__(self, minutes: list[float]) -> None:
        self.made = {f"c{number}": at for number, at in enumerate(sorted(minutes))}
        self.asked: list[int] = []
        self.seeker = Seeker(self.page, lambda key: key, self.text)

    def text(self, key: str) -> str | None:
        """When an object was made."""
        return (BEGAN + timedelta(minutes=self.made[key])).isoformat(timespec="seconds")

    def page(self, number: int, size: int) -> list[str]:
        self.asked.append(number)
        return list(reversed(self.made))[size * (number - 1) : size * number]

    def refresh(self, keys: list[str]) -> int:
        """The calls that it takes to see all of them, oldest first as an engine asks."""
        return sum(self.seeker.find(key, self.text(key)) != key for key in keys) + len(self.asked)

    def oldest(self, number: int) -> list[str]:
        return list(self.made)[:number]


def hourly(number: int) -> list[float]:
    return [60.0 * hour for hour in range(number)]


@pytest.mark.rule("R41")
def test_a_small_stack_in_a_large_account_costs_its_own_reads_and_one_page() -> None:
    assert Account(hourly(1_010)).refresh([f"c{number}" for number in range(10)]) == 11
    assert Account(hourly(20_000)).refresh([f"c{number}" for number in range(10)]) == 11


@pytest.mark.rule("R41")
@pytest.mark.parametrize("number", [1, 49, 50, 51, 120, 200])
def test_a_short_list_costs_its_pages(number: int) -> None:
    account = Account([0.1 * index for index in range(number)])
    assert account.refresh(account.oldest(number)) == -(-number // PAGE_SIZE)


@pytest.mark.rule("R41")
def test_a_large_stack_costs_its_pages_and_what_it_takes_to_find_them() -> None:
    account = Account([*(0.1 * index for index in range(200)), *(60.0 * hour for hour in range(1, 19_801))])
    assert account.refresh(account.oldest(200)) <= 4 + 4 * FEW
    whole = Account(hourly(1_000))
    assert whole.refresh(whole.oldest(1_000)) <= 20 + 2 * FEW


@pytest.mark.rule("R41")
def test_scattered_objects_never_cost_more_than_a_page_and_a_read_each() -> None:
    account = Account(hourly(20_000))
    keys = random.Random(7).sample(sorted(account.made), 150)
    assert account.refresh(keys) <= 2 * len(keys) + 1
    assert len(set(account.asked)) == len(account.asked)


def test_what_was_made_in_one_second_is_found_all_the_same() -> None:
    account = Account([0.0] * 1_000)
    assert account.refresh(account.oldest(1_000)) <= 20 + 2 * FEW + 2


def test_an_object_that_the_pages_lack_is_left_to_its_own_read() -> None:
    account = Account(hourly(500))
    gone, at = "c250", account.text("c250")
    del account.made[gone]
    assert [account.seeker.find(gone, at) for _ in range(3 * FEW)] == [None] * 3 * FEW
    assert len(account.asked) <= FEW + 2


@pytest.mark.parametrize("text", [None, "", "yesterday", "2026-01-01 00:00:00", "9999999-01-01T00:00:00+08:00"])
def test_a_time_that_nobody_can_read_costs_one_page(text: str | None) -> None:
    account = Account(hourly(500))
    assert [account.seeker.find("c1", text) for _ in range(3 * FEW)] == [None] * 3 * FEW
    assert account.asked == [1]
    assert account.seeker.find("c499", text) == "c499"


def test_a_list_that_repeats_its_last_page_ends() -> None:
    account = Account(hourly(100))
    seeker = Seeker(lambda number, size: account.page(min(number, 2), size), lambda key: key, account.text)
    early = (BEGAN - timedelta(days=1)).isoformat()
    assert [seeker.find(f"gone{number}", early) for number in range(100)] == [None] * 100
    assert len(account.asked) <= 2 * FEW


def test_what_was_written_since_is_asked_for_anew() -> None:
    account = Account(hourly(30))
    account.seeker.find("c3", account.text("c3"))
    account.seeker.forget()
    account.seeker.find("c3", account.text("c3"))
    assert account.asked == [1, 1]


def test_a_page_that_was_being_read_during_a_write_is_not_believed() -> None:
    account = Account(hourly(30))

    def load(number: int, size: int) -> list[str]:
        page = account.page(number, size)
        if account.asked == [1]:
            seeker.forget()
        return page

    seeker = Seeker(load, lambda key: key, account.text)
    assert seeker.find("c3", account.text("c3")) is None
    assert seeker.find("c3", account.text("c3")) == "c3"
    assert account.asked == [1, 1]


@pytest.mark.parametrize("dated", [(), (1,), (2,), (1, 3)])
def test_pages_that_do_not_tell_times_are_read_once(dated: tuple[int, ...]) -> None:
    account = Account([0.1 * index for index in range(400)])
    pages = {key: number for number in range(1, 9) for key in account.page(number, PAGE_SIZE)}
    account.asked.clear()
    seeker = Seeker(account.page, lambda key: key, lambda key: account.text(key) if pages[key] in dated else None)
    assert [seeker.find(f"gone{number}", account.text("c7")) for number in range(100)] == [None] * 100
    assert len(set(account.asked)) == len(account.asked) <= 8 + FEW
