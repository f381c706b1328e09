"""The creation of one object by itself: whatever is answered, what is made is held, taken back or told."""

from __future__ import annotations

from typing import Any

import pytest

from kit import FakeClock
from pulumi_livechannels.core.evidence import LOOKS_AFTER_SECONDS, Created, Creation
from pulumi_livechannels.ground.errors import (
    AmbiguousCreateError,
    CancelledError,
    LiveChannelsError,
    NoAnswerError,
    RefusedError,
)

ALL_LOOKS = sum(LOOKS_AFTER_SECONDS)
NEXT = (
    "Next: `livechannels orphans` tells whether channel 'x' is there; if it is, take it over with adopt (or import "
    "it), if not, run `pulumi up` again."
)
UNKNOWN = f"Whether anything was changed on the platform is unknown. {NEXT}"
WAS_FOUND = "channel 'x' was made before, though the answer to it was lost; found {}"


def lost(what: str = "no answer came") -> NoAnswerError:
    error = NoAnswerError(what, next_step="wait.")
    error.made_something = True
    return error


def refused(*, documented: bool) -> RefusedError:
    error = RefusedError("odd words", next_step="wait.", code="odd", status=200, request_id=None)
    error.made_something = not documented
    return error


class Play:
    """A platform that follows a script: what each sending and each look brings; the last look goes on for ever."""

    def __init__(self, clock: FakeClock, sends: list[Any], looks: list[Any], **more: Any) -> None:
        self.sends, self.looks = sends, looks
        self.clock = clock
        self.sent = 0
        self.back: list[str] = []
        self.told: list[str] = []
        self.keeps = bool(more.pop("keeps", False))
        self.creation = Creation(
            what="channel 'x'",
            send=self.send,
            look=self.look,
            take_back=self.take_back,
            clock=clock,
            tell=self.told.append,
            **{"is_unique": False, "is_confirmed": False, **more},
        )

    def send(self) -> Created:
        self.sent += 1
        outcome = self.sends[self.sent - 1]
        if isinstance(outcome, LiveChannelsError):
            raise outcome
        return Created(outcome, {"key": "told once"})

    def look(self) -> list[str]:
        outcome = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(outcome, Exception):
            raise outcome
        return list(outcome)

    def take_back(self, key: str) -> None:
        if self.keeps:
            raise RefusedError("it is on air", next_step="wait.", code="live", status=200, request_id=None)
        self.back.append(key)

    def settle(self) -> Created:
        return self.creation.settle()

    def error(self) -> LiveChannelsError:
        with pytest.raises(LiveChannelsError) as caught:
            self.creation.settle()
        return caught.value


def test_what_is_answered_is_made(clock: FakeClock) -> None:
    play = Play(clock, ["new"], [[]])
    assert play.settle() == Created("new", {"key": "told once"})
    assert (play.sent, play.told, clock.slept) == (1, [], [])


def test_a_refusal_is_what_it_says(clock: FakeClock) -> None:
    refusal = refused(documented=True)
    play = Play(clock, [refusal], [["new"]])
    assert play.error() is refusal
    assert (play.sent, clock.slept) == (1, [])


def test_what_a_lost_answer_made_is_found_and_told(clock: FakeClock) -> None:
    play = Play(clock, [lost()], [[], [], ["new"]])
    assert play.settle() == Created("new")
    assert (play.sent, play.told, play.back) == (1, [WAS_FOUND.format("new")], [])
    assert clock.slept == list(LOOKS_AFTER_SECONDS[:3]), "it is looked for no longer than needed"


def test_several_that_it_could_have_made_are_named(clock: FakeClock) -> None:
    error = Play(clock, [lost()], [["a", "b"]]).error()
    assert isinstance(error, AmbiguousCreateError)
    assert error.ids == ("a", "b")
    assert str(error) == (
        "the answer was lost, and 2 objects could be what was made: a, b. Whether anything was changed on the platform "
        "is unknown. Next: see in the console which one is yours, take it over with adopt (or import it), and delete "
        "the others that nobody needs."
    )


def test_an_outage_while_looking_leaves_it_open(clock: FakeClock) -> None:
    play = Play(clock, [lost()], [NoAnswerError("the line is dead", next_step="wait.")])
    error = play.error()
    assert str(error) == f"no answer came; looking for it failed as well (the line is dead). {UNKNOWN}"
    assert error.made_something
    assert (play.sent, sum(clock.slept)) == (1, ALL_LOOKS)


def test_an_outage_that_passes_does_not(clock: FakeClock) -> None:
    play = Play(clock, [lost()], [NoAnswerError("the line is dead", next_step="wait."), ["new"]])
    assert play.settle().id == "new"
    assert Play(clock, [lost(), "second"], [lost(), [], [], [], [], [], ["second"]]).settle().id == "second"


def test_who_ends_the_run_while_it_is_looked_for_hears_that_it_is_open(clock: FakeClock) -> None:
    error = Play(clock, [lost()], [CancelledError("the run was cancelled", next_step="run again.")]).error()
    assert str(error) == f"no answer came; looking for it was ended (the run was cancelled). {UNKNOWN}"


def test_an_answer_in_unknown_words_is_not_asked_for_again(clock: FakeClock) -> None:
    play = Play(clock, [refused(documented=False)], [[]])
    assert str(play.error()) == f"odd words; nothing of it was found. {UNKNOWN}"
    assert (play.sent, sum(clock.slept)) == (1, ALL_LOOKS)
    assert Play(clock, [refused(documented=False)], [["new"]]).settle().id == "new"


# Sent again.


def test_where_nothing_of_it_is_found_it_is_sent_again(clock: FakeClock) -> None:
    play = Play(clock, [lost(), "second"], [[], [], [], [], [], [], ["second"]])
    assert play.settle() == Created("second", {"key": "told once"})
    assert (play.sent, play.back, play.told) == (2, [], [])
    assert sum(clock.slept) == ALL_LOOKS, "the list shows the second at once, so it would show the first"


def test_where_the_platform_refuses_a_second_one_nothing_more_is_looked_for(clock: FakeClock) -> None:
    play = Play(clock, [lost(), "second"], [[], [], [], [], [], [], ["first"]], is_unique=True)
    assert play.settle().id == "second"
    assert play.back == []


def test_the_first_that_comes_to_light_is_held_and_the_second_taken_back(clock: FakeClock) -> None:
    play = Play(clock, [lost(), "second"], [*[[]] * 6, [], ["first"], ["second", "first"]])
    assert play.settle() == Created("first")
    assert (play.back, play.told) == (["second"], [WAS_FOUND.format("first")])


def test_and_so_it_is_where_the_list_never_shows_the_second(clock: FakeClock) -> None:
    play = Play(clock, [lost(), "second"], [*[[]] * 6, ["first"]])
    assert play.settle().id == "first"
    assert (play.back, sum(clock.slept)) == (["second"], 2 * ALL_LOOKS)


def test_a_list_that_shows_neither_is_no_witness(clock: FakeClock) -> None:
    play = Play(clock, [lost(), "second"], [[]])
    assert str(play.error()) == f"no answer came; the list lags too far behind to tell. {UNKNOWN}"
    assert play.back == ["second"]


def test_nor_is_one_that_cannot_be_read(clock: FakeClock) -> None:
    play = Play(clock, [lost(), "second"], [*[[]] * 6, NoAnswerError("the line is dead", next_step="wait.")])
    assert "the list lags too far behind to tell" in str(play.error())


def test_what_cannot_be_taken_back_is_held_and_told(clock: FakeClock) -> None:
    play = Play(clock, [lost(), "second"], [*[[]] * 6, ["second", "first"]], keeps=True)
    assert play.settle() == Created(
        "second",
        {"key": "told once"},
        unsure=(
            "channel 'x' is there twice, and second could not be taken back (it is on air); `livechannels orphans` "
            "tells of the other",
        ),
    )


def test_several_beside_the_second_are_named_with_it(clock: FakeClock) -> None:
    error = Play(clock, [lost(), "second"], [*[[]] * 6, ["a", "second", "b"]]).error()
    assert isinstance(error, AmbiguousCreateError)
    assert error.ids == ("second", "a", "b")


def test_lost_twice_and_one_found_is_held_with_a_word_about_another(clock: FakeClock) -> None:
    play = Play(clock, [lost(), lost()], [*[[]] * 6, ["one"]])
    assert play.settle() == Created(
        "one",
        unsure=(
            "the answer to creating channel 'x' was lost twice, and one is what one of both made; `livechannels "
            "orphans` tells whether there is another",
        ),
    )
    assert sum(clock.slept) == 2 * ALL_LOOKS, "another one is looked for to the end"


def test_lost_twice_and_two_found_are_named(clock: FakeClock) -> None:
    error = Play(clock, [lost(), lost()], [*[[]] * 6, ["one"], ["one", "two"]]).error()
    assert isinstance(error, AmbiguousCreateError)


def test_lost_twice_and_nothing_found_stays_open(clock: FakeClock) -> None:
    play = Play(clock, [lost(), lost("nor did the second")], [[]])
    assert str(play.error()) == f"nor did the second; nothing of it was found. {UNKNOWN}"
    assert play.sent == 2


def test_lost_twice_and_an_outage_while_looking_stays_open(clock: FakeClock) -> None:
    play = Play(clock, [lost(), lost("nor did the second")], [*[[]] * 6, lost("the line is dead")])
    assert str(play.error()) == f"nor did the second; looking for it failed as well (the line is dead). {UNKNOWN}"


def test_an_outage_that_passes_hides_nothing_beside_the_second(clock: FakeClock) -> None:
    play = Play(clock, [lost(), "second"], [*[[]] * 6, lost(), ["second", "first"]])
    assert play.settle().id == "first"
    assert play.back == ["second"]


def test_a_second_that_is_refused_leaves_the_first_open(clock: FakeClock) -> None:
    play = Play(clock, [lost(), refused(documented=True)], [[]])
    assert str(play.error()) == f"odd words; nothing of it was found. {UNKNOWN}"


# Confirmed.


def test_an_object_that_is_confirmed_gives_way_to_an_older_one(clock: FakeClock) -> None:
    play = Play(clock, ["new"], [[], ["new", "old"]], is_confirmed=True)
    assert play.settle() == Created("old")
    assert (play.back, play.told) == (["new"], [WAS_FOUND.format("old")])


def test_and_stays_where_there_is_none(clock: FakeClock) -> None:
    play = Play(clock, ["new"], [["new"]], is_confirmed=True)
    assert play.settle() == Created("new", {"key": "told once"})
    assert sum(clock.slept) == 0
    assert Play(clock, ["new"], [[]], is_confirmed=True).settle().id == "new", "a list that lags says nothing"


def test_and_is_named_with_several_older_ones(clock: FakeClock) -> None:
    error = Play(clock, ["new"], [["new", "a", "b"]], is_confirmed=True).error()
    assert isinstance(error, AmbiguousCreateError)
    assert error.ids == ("new", "a", "b")
