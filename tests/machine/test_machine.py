"""Random programs, faults, console clicks, foreign twins and deaths: nothing is lost, doubled, taken or told."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from . import programs
from .faces import FACES
from .faults import fault
from .hunt import Account, random_script, save, shrunk, violated
from .invariants import Violation
from .play import Play, Step
from .world import world

pytestmark = pytest.mark.slow

PROGRAMS = 120
EXAMPLES = 12


@pytest.mark.rule("R31")
@pytest.mark.parametrize("face", FACES)
def test_seeded_programs_violate_nothing(face: str) -> None:
    account = Account()
    for seed in range(PROGRAMS):
        script, violation = random_script(seed, face, account)
        if violation is not None:
            small = shrunk(script, violation.kind)
            pytest.fail(f"{violated(small) or violation}; replay: {save(small, violation)}")
    assert account.faults.total() > PROGRAMS / 4, account.told()
    assert account.kills.total() > PROGRAMS / 10, account.told()


class Machine(RuleBasedStateMachine):
    """The same steps, chosen and shrunk by hypothesis."""

    face = ""

    def __init__(self) -> None:
        super().__init__()
        self._stage = world(0)
        self._play = Play(self.face, self._stage.__enter__())
        self._steps: list[Step] = []
        self._violation: Violation | None = None

    @rule(data=st.data())
    def declare(self, data: st.DataObject) -> None:
        self._step(programs.declare, data)

    @rule(data=st.data())
    @precondition(lambda self: self._play.program)
    def operate(self, data: st.DataObject) -> None:
        self._step(programs.operate, data)

    @rule(
        data=st.data(),
        maker=st.sampled_from((programs.change, programs.rename, programs.remove, programs.rotate, programs.go_on_air)),
    )
    @precondition(lambda self: self._play.program)
    def edit(self, data: st.DataObject, maker: object) -> None:
        self._step(maker, data)

    @rule(data=st.data())
    def goes_wrong(self, data: st.DataObject) -> None:
        self._step(fault, data)

    @rule(
        data=st.data(),
        maker=st.sampled_from((programs.click, programs.twin, programs.wait, programs.recover, programs.abroad)),
    )
    def meanwhile(self, data: st.DataObject, maker: object) -> None:
        self._step(maker, data)

    def teardown(self) -> None:
        try:
            if self._violation is None:
                self._guarded(self._play.settle)
        finally:
            self._stage.__exit__(None, None, None)

    def _step(self, maker: object, data: st.DataObject) -> None:
        made = maker(self._play, lambda options: data.draw(st.sampled_from(list(options))))  # type: ignore[operator]
        for step in made if isinstance(made, list) else [made] if made else []:
            self._steps.append(step)
            self._guarded(partial(self._play.do, step))

    def _guarded(self, go: object) -> None:
        try:
            go()  # type: ignore[operator]
        except Violation as violation:
            # The last one that hypothesis tries is the smallest, so its replay is what stays in the file.
            self._violation = violation
            save({"face": self.face, "seed": 0, "steps": self._steps}, violation)
            raise


@pytest.mark.rule("R31")
@pytest.mark.parametrize("face", FACES)
def test_a_state_machine_violates_nothing(face: str) -> None:
    machine = type("Machine", (Machine,), {"face": face})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=18,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
