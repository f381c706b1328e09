"""The person at the keyboard after things went wrong: recovers, runs again, and does what the errors say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pulumi_livechannels.core.states import GUEST

from .clockwork import Killed
from .faces import Failed, process, unpack
from .invariants import Violation
from .program import Declared, Result
from .state import Pending, Resource
from .world import SETTINGS

if TYPE_CHECKING:
    from .play import Play, Step

# Runs that a person gives an error whose advice was followed already, before it counts as one that stays.
PATIENCE = 3
EQUALS = re.compile(r"run already: (\w+(?:, \w+)+)\. .*end all but one of them")
IN_PLACE = re.compile(r"the platform has RecordTask (\w+) in its place")
ALIAS = re.compile(r"give this resource the name (\w+) as an alias")
TWICE = re.compile(r"is held by \w+ already, .* Next: declare the object once")


class Person:
    """Acts on one run of the machine."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.world = play.world
        self.engine = play.engine
        self.judge = play.judge

    def settle(self, *, patiently: bool) -> None:
        """See `Play.settle`."""
        self.world.clear_faults()
        self.world.clock.let_pass(600)
        for key in self.world.alive():
            # A ban hides that an encoder goes on pushing, so it is what the platform keeps that counts.
            if (self.world.body(key) or {}).get("channelStatus") == 1:
                self.world.click(key, {"channelStatus": 2})
        if not self.recover():
            raise Violation("recover", f"what was made cannot be read: {self.world.texts[-1].text}")
        self._converge()
        self.judge.settled(self.play.program)
        # What a state did not hold yet (of an import, a recovered object) the first look may add.
        self._still({"do": "up", "refresh": True}, moves=True)
        if patiently:
            self._still({"do": "up"})
            self._still({"do": "up", "refresh": True})
            self._still({"do": "preview"})
        allowed = dict[str, Any]()
        for _ in range(PATIENCE):
            if self.play.operate({"do": "destroy", **allowed}).ok:
                break
            allowed = self._allowed()
        self.judge.destroyed()

    def _converge(self) -> None:
        """Run `up` until it is well, and follow its advice where it is not."""
        patience, allowed = PATIENCE, dict[str, Any]()
        while patience:
            result = self.play.operate({"do": "up", "refresh": True, "continue_on_error": True, **allowed})
            if result.ok:
                return
            allowed = self._allowed()
            if not self._follow(result):
                patience -= 1
        raise Violation("stuck", f"`up` fails for ever: {[text for _, text in result.errors]}")

    def _allowed(self) -> dict[str, Any]:
        """What the last operation's errors ask for: what could show the account may be gone with new keys."""
        if not self.world.told("allowAccountChange", since=self.world.operation):
            return {}
        return {"settings": {**SETTINGS, "allowAccountChange": "true"}}

    def _follow(self, result: Result) -> bool:
        """Do what an error asks for; False where there is nothing to do but to run again."""
        failed = {urn.rpartition("::")[2]: text for urn, text in result.errors}
        acted = False
        for item in [item for item in self.play.program if item.name in failed]:
            named = ALIAS.search(failed[item.name])
            taken = [one.name for one in self.play.program if one.kind == item.kind]
            if named and named[1] not in (*item.aliases, *taken):
                item.aliases = (*item.aliases, named[1])
                acted = True
            elif named:
                # Where the alias did not help, the other advice: take it out, and run again.
                self.play.remove(item.name)
                acted = True
            elif self._have_ended(item) or self._end_equals(failed[item.name]) or self._end_shared(failed[item.name]):
                acted = True
            elif self.judge.impossible(item, self.play.program):
                acted = True
                if item.adopt is None or self.judge.is_held_by_another(item, self.play.program):
                    self.play.remove(item.name)
                else:
                    item.adopt = None
            elif TWICE.search(failed[item.name]):
                self.play.remove(item.name)
                acted = True
        return acted

    def _have_ended(self, item: Declared) -> bool:
        """Have others end what is in the way of a task: the channel's other recording, an equal relay."""
        words = {"RecordTask": ("pullId",), "ForwardTask": ("pullId", "forwardUrl")}.get(item.kind, ())
        wanted = {word: self.judge.value(item.inputs[word]) for word in words}
        ended = False
        for key, body in list(self.world.foreign.items()):
            ours = item.kind[0].lower() + item.kind[1:]
            if words and key[0] == ours and all(body.get(word) == value for word, value in wanted.items()):
                self.world.remove(key)
                ended = True
        return ended

    def _end_equals(self, text: str) -> bool:
        """End, in the console, all but one of the equal relays that the stack holds."""
        equal = EQUALS.search(text)
        for key in equal[1].split(", ")[1:] if equal else ():
            self.world.remove(("forwardTask", key))
        return equal is not None

    def _end_shared(self, text: str) -> bool:
        """Have somebody else's recording ended, which the stack had only shared and now wants otherwise."""
        named = IN_PLACE.search(text)
        shared = [held.id for held in self.engine.state if unpack(held.outputs).get(GUEST)]
        if named is None or named[1] not in shared:
            return False
        self.world.remove(("recordTask", named[1]))
        return True

    def _still(self, step: Step, *, moves: bool = False) -> None:
        """An operation that has nothing to do; with `moves` it may write down what it learns."""
        writes, picture = self.world.writes(), self.engine.state.picture()
        result = self.play.operate(step)
        allowed = {} if result.ok else self._allowed()
        if allowed and "settings" not in step:
            # The run before has ended the last object that could speak for new keys, so what is left is made anew.
            self.play.operate({"do": "up", "refresh": True, **allowed})
            self._still({**step, "settings": SETTINGS}, moves=moves)
            return
        if not result.ok:
            raise Violation("second run fails", f"{step}: {result.errors}")
        if result.changes():
            raise Violation("second run changes", f"{step}: {result.changes()}")
        if self.world.writes() != writes:
            last = [call["action"] for call in self.world.platform.journal][-12:]
            raise Violation("second run writes", f"{step}: {last}")
        if self.engine.state.picture() != picture and not moves:
            raise Violation(
                "second run moves the state", f"{step}: {differences(picture, self.engine.state.picture())}"
            )

    def recover(self) -> bool:
        """What `livechannels recover` does: each pending create finds its object, or is cleared; False where it cannot.

        Raises:
            Violation: a death doubled something.
        """
        state = self.engine.state
        for pending in list(state.pending):
            state.pending.remove(pending)
            if pending.verb == "deleting":
                self.judge.unsure.add(pending.urn)
                continue
            held = state.objects()
            made = [
                key
                for key, origin in self.world.made.items()
                if (origin.operation, origin.urn) == (pending.operation, pending.urn)
                and key in self.world.alive()
                and key not in held
            ]
            if not made:
                continue
            if len(made) > 1:
                raise Violation("two for one", f"{pending.urn} has made {made}")
            there = state.get(pending.urn)
            if there is not None and there.id != pending.instead:
                self.judge.surplus(pending, made[0])
                continue
            if not self._take(pending, made[0]):
                state.pending.append(pending)
                return False
            if there is not None and there.pending_replacement:
                state.drop(there)
            elif there is not None:
                there.delete = True
        return True

    def _take(self, pending: Pending, key: tuple[str, str]) -> bool:
        """Make the object the resource that a killed create was for, as an import would; False where it cannot be."""
        self.world.operation += 1
        self.world.kill = None
        self.world.sent, self.world.dead, self.world.clock.naps = 0, False, 0
        self.world.clock.let_pass(1)
        self.world.settings = dict(SETTINGS)
        try:
            with process(self.engine.face, self.world) as face:
                olds = pending.inputs if self.engine.face == "dynamic" else None
                found = face.read(pending.urn, key[1], pending.inputs, olds)
        except Failed:
            found = None
        except Killed:
            raise Violation("endless", f"the read of {pending.urn} does not end") from None
        if found is None:
            return False
        entry = Resource(pending.urn, pending.kind, key[1], pending.inputs, found[0], pending.depends)
        self.engine.state.resources.append(entry)
        return True


def differences(before: list[Any], after: list[Any]) -> list[Any]:
    """By resource, what was and what is, of what differs."""
    if [old[0] for old in before] != [new[0] for new in after]:
        return [[old[0] for old in before], [new[0] for new in after]]
    found = []
    for old, new in zip(before, after, strict=True):
        for was, now in zip(old, new, strict=True):
            if isinstance(was, dict):
                found += [
                    (old[0], key, was.get(key), now.get(key)) for key in {*was, *now} if was.get(key) != now.get(key)
                ]
            elif was != now:
                found.append((old[0], was, now))
    return found
