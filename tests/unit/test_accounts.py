"""Belonging by itself: whose state it is, what other keys have to show, and what is said of them."""

from __future__ import annotations

import hashlib

import pytest

from kit import FakeClock
from pulumi_livechannels.core.belonging import ACCOUNT, Belonging
from pulumi_livechannels.ground.errors import ConflictError

THEIRS = {ACCOUNT: "theirs"}
IN_FULL = (
    "the state is from another account than the keys are of, for these show nothing of {}. Nothing was changed on the "
    "platform. Next: use the keys (and the endpoint) of that account. If this stack is really to move to the other "
    "one, where all of it is made anew while the old objects run on, say so for one run with "
    "LIVECHANNELS_ALLOW_ACCOUNT_CHANGE=true before the command, or with `pulumi config set "
    "livechannels:allowAccountChange true` (refresh and destroy need `--run-program` to see it) and `pulumi config rm` "
    "afterwards. If only a part was made in another account, `pulumi state delete URN` forgets it."
)
IN_SHORT = (
    "the keys are of another account. Nothing was changed on the platform. Next: see the first error of this run."
)


class Proof:
    """What the keys show when asked; counts how often."""

    def __init__(self, shown: bool | None) -> None:
        self.shown = shown
        self.asked = 0

    def __call__(self) -> bool | None:
        self.asked += 1
        return self.shown


@pytest.fixture
def belonging(clock: FakeClock) -> Belonging:
    return Belonging("me", clock, moving=False)


def refused(belonging: Belonging, proof: Proof, what: str = "Channel c1") -> str:
    with pytest.raises(ConflictError) as caught:
        belonging.require(THEIRS, what, proof)
    return str(caught.value)


def test_a_state_says_which_account_it_is_from_and_no_key(belonging: Belonging) -> None:
    mine = belonging.stamp({"id": "c1"})
    assert mine == {"id": "c1", ACCOUNT: hashlib.sha256(b"account me").hexdigest()[:12]}
    assert belonging.is_ours(mine)
    assert belonging.stamp(THEIRS) == THEIRS, "and nobody writes his own over another's"


def test_a_state_from_before_accounts_is_ours(belonging: Belonging) -> None:
    assert belonging.is_ours({})
    assert not belonging.is_ours(THEIRS)


def test_our_own_needs_no_proof(belonging: Belonging) -> None:
    proof = Proof(False)
    belonging.require({}, "Channel c1", proof)
    belonging.require(belonging.stamp({}), "Channel c1", proof)
    belonging.require({ACCOUNT: 5}, "Channel c1", proof)
    belonging.believe({ACCOUNT: 5})
    belonging.require_any()
    assert proof.asked == 0


def test_a_stack_that_really_moves_needs_none_either(clock: FakeClock) -> None:
    belonging = Belonging("me", clock, moving=True)
    belonging.require(THEIRS, "Channel c1", Proof(False))
    belonging.require_any()
    assert belonging.stamp(THEIRS) == {ACCOUNT: belonging.own}


def test_keys_that_show_an_object_are_of_its_account(belonging: Belonging, clock: FakeClock) -> None:
    proof = Proof(True)
    belonging.require(THEIRS, "Channel c1", proof)
    assert belonging.is_ours(THEIRS)
    belonging.require(THEIRS, "Channel c2", Proof(False))
    assert (proof.asked, clock.slept) == (1, []), "and nothing more has to be shown"


def test_keys_that_show_nothing_are_of_another_account(belonging: Belonging) -> None:
    proof = Proof(False)
    assert refused(belonging, proof) == IN_FULL.format("Channel c1")
    assert refused(belonging, proof) == IN_SHORT
    with pytest.raises(ConflictError) as caught:
        belonging.require_any()
    assert str(caught.value) == IN_SHORT
    assert not belonging.is_ours(THEIRS)


def test_others_are_given_seconds_to_show_theirs(belonging: Belonging, clock: FakeClock) -> None:
    refused(belonging, Proof(False))
    assert clock.slept == [1.0] * 6


@pytest.mark.parametrize("moment", [2, 6], ids=["meanwhile", "at the last moment"])
def test_what_another_shows_counts(belonging: Belonging, clock: FakeClock, moment: int) -> None:
    sleep = clock.sleep

    def shows(seconds: float) -> None:
        sleep(seconds)
        if len(clock.slept) == moment:
            belonging.believe(THEIRS)

    clock.sleep = shows  # type: ignore[method-assign]
    belonging.require(THEIRS, "Channel c1", Proof(False))
    assert len(clock.slept) == moment


def test_after_five_of_them_no_more_is_asked(belonging: Belonging, clock: FakeClock) -> None:
    proof = Proof(False)
    for _ in range(8):
        refused(belonging, proof)
    assert proof.asked == 5
    assert len(clock.slept) == 5 * 6


def test_what_comes_to_light_after_all_is_believed(belonging: Belonging) -> None:
    for _ in range(4):
        refused(belonging, Proof(False))
    belonging.require(THEIRS, "Channel c5", Proof(True))
    belonging.require_any()
    belonging.require(THEIRS, "Channel c1", Proof(False))


def test_one_account_is_not_denied_for_another(belonging: Belonging) -> None:
    refused(belonging, Proof(False))
    belonging.require({ACCOUNT: "third"}, "Channel c9", Proof(True))
    with pytest.raises(ConflictError):
        belonging.require_any()


def test_what_nothing_can_tell_of_goes_on_unless_others_were_missed(belonging: Belonging, clock: FakeClock) -> None:
    belonging.require(THEIRS, "Switch s1", Proof(None))
    belonging.require_any()
    assert len(clock.slept) == 6
    refused(belonging, Proof(False))
    assert refused(belonging, Proof(None)) == IN_SHORT
