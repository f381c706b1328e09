"""Custody by itself: who holds an object, who may take it, and who may end it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from pulumi_livechannels.core.custody import MARK, NOBODY, Custody, Holder
from pulumi_livechannels.ground.errors import ConflictError

KIND, KEY = "RecordTask", "t1"
HELD_TWICE = (
    "RecordTask t1 is held by {} already, and {} asks for it too. Nothing was changed on the platform. Next: declare "
    "the object once. If one of them is a new name for the other, take the old one out of the program, or give the new "
    "one the old name as an alias."
)


def holder(name: str, under: str = "") -> Holder:
    return Holder(urn=f"urn:pulumi:dev::shop::{under}livechannels:index:RecordTask::{name}")


ONE, OTHER = holder("one"), holder("other")


@pytest.fixture
def custody() -> Custody:
    """Of a run whose program declares both."""
    custody = Custody()
    custody.in_program(ONE)
    custody.in_program(OTHER)
    return custody


def held(custody: Custody, by: Holder = ONE, *, leaving: bool = False) -> dict[str, str]:
    """A state of the stack holds the object for a resource."""
    state = {MARK: by.new_mark()}
    custody.declare(KIND, KEY, state, by, leaving=leaving)
    return state


def failed(block: AbstractContextManager[object]) -> None:
    with pytest.raises(KeyError), block:
        raise KeyError


def test_a_holder_has_the_name_that_its_program_gives_it() -> None:
    assert (ONE.name, ONE.stack) == ("one", "dev::shop")
    assert holder("one", "my:group$").stack == "dev::shop"
    assert (NOBODY.name, NOBODY.stack, NOBODY.label) == ("", "", "")


def test_namesakes_are_told_apart() -> None:
    assert ONE.label == "one#" + hashlib.sha256(ONE.urn.encode()).hexdigest()[:8]
    assert ONE.label != holder("one", "my:group$").label


def test_a_mark_is_its_holders_and_no_other_is_like_it() -> None:
    assert {ONE.new_mark().rpartition(".")[0] for _ in range(9)} == {ONE.label}
    assert len({ONE.new_mark() for _ in range(9)}) == 9
    assert len(NOBODY.new_mark()) == len(".") + 12


def test_a_refresh_declares_nothing_for_the_program() -> None:
    custody = Custody()
    held(custody)
    custody.in_program(NOBODY)
    assert not custody.is_in_program(ONE)
    assert not custody.is_in_program(NOBODY)
    custody.in_program(ONE)
    assert custody.is_in_program(ONE)


# What has been passed on.


def test_what_another_resource_took_is_passed_on(custody: Custody) -> None:
    old = held(custody, holder("gone"))
    mark = custody.took(KIND, KEY, OTHER)
    assert custody.passed_on(KIND, KEY, old) == "other"
    assert custody.passed_on(KIND, KEY, {}) == "other"
    assert custody.passed_on(KIND, KEY, {MARK: mark}) is None
    assert custody.passed_on(KIND, "t2", old) is None


def test_what_the_program_declares_under_another_name_is_passed_on(custody: Custody) -> None:
    old, new = held(custody, holder("gone")), held(custody)
    assert custody.passed_on(KIND, KEY, old) == "one"
    assert custody.passed_on(KIND, KEY, new) is None


def test_what_no_program_declares_or_what_leaves_holds_nothing(custody: Custody) -> None:
    mine, gone = held(custody), holder("gone")
    state = held(custody, gone)
    leaving = held(custody, OTHER, leaving=True)
    assert custody.passed_on(KIND, KEY, mine) is None
    with pytest.raises(ConflictError, match=r"held by other already, and one asks|held by one already, and other asks"):
        custody.declare(KIND, KEY, leaving, OTHER)  # it does not leave after all
    assert custody.passed_on(KIND, KEY, mine) == "other"
    custody.ended(KIND, KEY)
    assert custody.passed_on(KIND, KEY, state) is None


def test_a_state_from_before_marks_has_one_holder(custody: Custody) -> None:
    custody.declare(KIND, KEY, {}, ONE)
    assert custody.passed_on(KIND, KEY, {}) is None


def test_a_name_with_any_character_is_shown_whole(custody: Custody) -> None:
    custody.took(KIND, KEY, holder("main#2"))
    assert custody.passed_on(KIND, KEY, {}) == "main#2"
    custody.declare(KIND, "t2", {MARK: holder("main.v2").new_mark()})
    assert custody.name_of(KIND, "t2") == "main.v2"


# Declaring and wishing.


def test_what_was_taken_in_this_run_cannot_be_declared_too(custody: Custody) -> None:
    custody.took(KIND, KEY, OTHER)
    with pytest.raises(ConflictError) as caught:
        held(custody)
    assert str(caught.value) == HELD_TWICE.format("one", "other")


def test_and_may_be_by_what_is_not_of_the_program_or_leaves(custody: Custody) -> None:
    custody.took(KIND, KEY, OTHER)
    held(custody, holder("gone"))
    held(custody, leaving=True)
    custody.declare(KIND, "t2", {MARK: ONE.new_mark()}, ONE)


def test_a_resource_declares_what_it_took_itself(custody: Custody) -> None:
    mark = custody.took(KIND, KEY, ONE)
    custody.declare(KIND, KEY, {MARK: mark}, ONE)
    custody.declare(KIND, KEY, {MARK: mark}, OTHER)


def test_what_another_resource_adopts_cannot_be_declared(custody: Custody) -> None:
    custody.wish(KIND, KEY, OTHER)
    with pytest.raises(ConflictError) as caught:
        held(custody)
    assert str(caught.value) == HELD_TWICE.format("one", "other")


def test_two_resources_of_the_program_that_hold_one_object_are_told(custody: Custody) -> None:
    """An import of what the stack holds, or a state of an earlier release, may have it so."""
    held(custody)
    with pytest.raises(ConflictError, match="held by other already, and one asks"):
        held(custody, OTHER)


def test_a_state_without_a_resource_is_known_by_its_mark(custody: Custody) -> None:
    custody.took(KIND, KEY, OTHER)
    with pytest.raises(ConflictError, match="held by one already, and other asks"):
        custody.declare(KIND, KEY, {MARK: ONE.new_mark()})
    assert custody.name_of(KIND, KEY) == "one"


def test_one_resource_adopts_an_object(custody: Custody) -> None:
    assert custody.wish(KIND, KEY, ONE) is None
    assert custody.wish(KIND, KEY, ONE) is None
    assert custody.wish(KIND, KEY, OTHER) == "RecordTask t1 is held by one already, and other asks for it too"
    assert custody.wish(KIND, KEY, ONE) is None, "asking changed nothing"
    assert custody.wish(KIND, "t2", OTHER) is None
    assert custody.wish("ForwardTask", KEY, OTHER) is None


def test_what_is_held_is_not_adopted_by_another(custody: Custody) -> None:
    held(custody)
    assert custody.wish(KIND, KEY, ONE) is None
    assert custody.wish(KIND, KEY, OTHER) == "RecordTask t1 is held by one already, and other asks for it too"


def test_what_another_wished_for_is_not_ones_own_for_having_taken_it(custody: Custody) -> None:
    custody.wish(KIND, KEY, OTHER)
    custody.took(KIND, KEY, ONE)
    assert custody.wish(KIND, KEY, ONE) is not None


# Taking.


def test_what_is_taken_has_a_new_holder(custody: Custody) -> None:
    old = held(custody, holder("gone"))
    custody.ended(KIND, KEY)
    with custody.taking(KIND, KEY, ONE) as mark:
        assert custody.passed_on(KIND, KEY, old) == "one"
    assert mark.startswith(ONE.label)
    assert custody.passed_on(KIND, KEY, old) == "one"
    assert custody.passed_on(KIND, KEY, {MARK: mark}) is None
    assert not custody.has_ended(KEY, KIND)


@pytest.mark.parametrize("how", ["taken", "declared"])
def test_what_another_resource_holds_is_not_taken(custody: Custody, how: str) -> None:
    state = {MARK: custody.took(KIND, KEY, ONE)} if how == "taken" else held(custody)
    for taker in (OTHER, NOBODY) if how == "taken" else (OTHER,):
        with pytest.raises(ConflictError) as caught, custody.taking(KIND, KEY, taker):
            pytest.fail("it was taken")
        assert str(caught.value) == HELD_TWICE.format("one", taker.name or "another resource")
    assert custody.passed_on(KIND, KEY, state) is None
    with custody.taking(KIND, KEY, ONE):
        pass


def test_what_leaves_or_is_of_no_program_is_taken(custody: Custody) -> None:
    held(custody, holder("gone"))
    held(custody, leaving=True)
    with custody.taking(KIND, KEY, OTHER):
        pass


def test_who_fails_to_take_takes_nothing(custody: Custody) -> None:
    failed(custody.taking(KIND, KEY, OTHER))
    assert not custody.knows(KIND, KEY)
    state = {MARK: custody.took(KIND, KEY, ONE)}
    failed(custody.taking(KIND, KEY, ONE))
    assert custody.passed_on(KIND, KEY, state) is None, "what held it before goes on holding it"
    with pytest.raises(ConflictError), custody.taking(KIND, KEY, OTHER):
        pass


def test_what_has_ended_while_it_was_taken_is_nobodys(custody: Custody) -> None:
    def ends() -> None:
        with custody.taking(KIND, KEY, ONE):
            custody.ended(KIND, KEY)
            raise KeyError("why it failed")

    with pytest.raises(KeyError, match="why it failed"):
        ends()
    assert not custody.knows(KIND, KEY)


# Ending.


def unclaimed(custody: Custody, by: Holder = ONE, natural: str | None = "n1") -> str:
    """What is said to a state that wants to end the object."""
    try:
        custody.require_unclaimed(KIND, KEY, natural, {MARK: by.new_mark()})
    except ConflictError as error:
        return str(error)
    return ""


COULD_NOT = (
    "{0} was to take over RecordTask t1 and could not, so that stays as it is. Nothing was changed on the platform. "
    "Next: see the error of {0}, and run `pulumi up` again."
)
WAYS: list[Callable[[Custody, Holder], AbstractContextManager[object]]] = [
    lambda custody, by: custody.taking(KIND, KEY, by),
    lambda custody, by: custody.attempting(KIND, "n1", by),
]


@pytest.mark.parametrize("way", WAYS, ids=["by its id", "by its natural key"])
def test_what_another_failed_to_take_over_is_not_ended(
    custody: Custody, way: Callable[[Custody, Holder], AbstractContextManager[object]]
) -> None:
    assert unclaimed(custody) == ""
    failed(way(custody, OTHER))
    assert unclaimed(custody) == COULD_NOT.format("other")
    assert unclaimed(custody, OTHER) == "", "its own failure is in nobody's way"
    with way(custody, OTHER):
        pass
    assert unclaimed(custody) == "", "it could after all"


def test_a_failure_about_something_else_is_in_nobodys_way(custody: Custody) -> None:
    failed(custody.taking(KIND, "t2", OTHER))
    failed(custody.taking("ForwardTask", KEY, OTHER))
    failed(custody.attempting(KIND, "n2", OTHER))
    assert unclaimed(custody) == ""
    assert unclaimed(custody, natural=None) == ""


def test_nor_is_it_where_nobody_knows_who_failed(custody: Custody) -> None:
    failed(custody.attempting(KIND, "n1", NOBODY))
    assert unclaimed(custody) == COULD_NOT.format("another resource")
    assert unclaimed(custody, natural=None) == ""


def test_what_another_adopts_is_not_ended_and_what_is_adopted_still_neither(custody: Custody) -> None:
    custody.wish(KIND, KEY, OTHER)
    assert unclaimed(custody) == COULD_NOT.format("other")
    assert unclaimed(custody, OTHER) == (
        "the program still adopts RecordTask t1, so it is not ended. Nothing was changed on the platform. Next: take "
        "adopt out of the program."
    )


def test_a_state_from_before_marks_is_held_up_by_any_failure(custody: Custody) -> None:
    failed(custody.taking(KIND, KEY, ONE))
    with pytest.raises(ConflictError, match="one was to take over"):
        custody.require_unclaimed(KIND, KEY, None, {})


def test_what_has_ended_is_nobodys(custody: Custody) -> None:
    held(custody)
    custody.took(KIND, KEY, ONE)
    assert custody.knows(KIND, KEY)
    assert not custody.has_ended(KEY, KIND)
    custody.ended(KIND, KEY)
    custody.ended(KIND, "t2")
    assert not custody.knows(KIND, KEY)
    assert custody.has_ended(KEY, KIND)
    assert custody.name_of(KIND, KEY) is None
    assert not custody.has_ended("t3", KIND)


def test_an_object_is_known_from_a_state_or_from_this_run(custody: Custody) -> None:
    held(custody)
    custody.took(KIND, "t2", ONE)
    assert [custody.knows(KIND, key) for key in (KEY, "t2", "t3")] == [True, True, False]
    assert not custody.knows("ForwardTask", KEY)


def test_a_state_has_the_name_of_its_resource_where_one_is_known(custody: Custody) -> None:
    custody.declare(KIND, KEY, {})
    assert custody.name_of(KIND, KEY) is None
    held(custody, holder("gone"))
    assert custody.name_of(KIND, KEY) == "gone"


def test_one_attempt_at_a_time_for_each_natural_key(custody: Custody) -> None:
    order: list[str] = []

    def attempt(natural: str) -> threading.Thread:
        def work() -> None:
            with custody.attempting(KIND, natural, OTHER):
                order.append(natural)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(0.05 if natural == "n1" else None)
        return thread

    with custody.attempting(KIND, "n1", ONE):
        waiting = attempt("n1")
        attempt("n2")
        order.append("the first is done")
    waiting.join()
    assert order == ["n2", "the first is done", "n1"]
