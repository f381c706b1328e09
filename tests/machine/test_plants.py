"""The machine is no test that cannot fail: each provider that was broken on purpose is found out, for its own fault."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as messages

from . import faces, world
from .hunt import random_script

pytestmark = pytest.mark.slow

PROGRAMS = 200


class Broken:
    """A servicer with a verb of its own."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole

    def __getattr__(self, name: str) -> Any:
        return getattr(self._whole, name)


class ForgetsIds(Broken):
    """Says that a create failed when all was well."""

    def Create(self, request: Any, context: Any) -> Any:
        made = self._whole.Create(request, context)
        if not request.preview and "Channel::" in request.urn:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, "no. Nothing was changed on the platform.")
        return made


class MakesTwo(Broken):
    """Sends each create twice."""

    def Create(self, request: Any, context: Any) -> Any:
        if not request.preview and "Channel::" in request.urn:
            self._whole.Create(request, context)
        return self._whole.Create(request, context)


class TakesWhatIsThere(Broken):
    """Takes the first channel that it finds for its own."""

    def Create(self, request: Any, context: Any) -> Any:
        made = self._whole.Create(request, context)
        if not request.preview and ":Channel::" in request.urn:
            there = sorted(_here().foreign)
            mine = [key for kind, key in there if kind == "channel"]
            if mine:
                return messages.CreateResponse(id=mine[0], properties=made.properties)
        return made


class TakesErrorsForAbsence(Broken):
    """Reads an outage as a deletion."""

    def Read(self, request: Any, context: Any) -> Any:
        try:
            return self._whole.Read(request, context)
        except Exception:
            return messages.ReadResponse()


class NeverDeletes(Broken):
    """Says that it has deleted."""

    def Delete(self, request: Any, context: Any) -> Any:
        return faces.empty_pb2.Empty()


class AlwaysUpdates(Broken):
    """Finds a difference in everything."""

    def Diff(self, request: Any, context: Any) -> Any:
        found = self._whole.Diff(request, context)
        found.changes = messages.DiffResponse.DIFF_SOME
        return found


class Talks(Broken):
    """Says more than it should."""

    def Create(self, request: Any, context: Any) -> Any:
        made = self._whole.Create(request, context)
        _here().say("log", f"made {faces.unpack(made.properties).get('pushUrl', '')}")
        return made


class Stumbles(Broken):
    """Lets an error of Python out."""

    def Update(self, request: Any, context: Any) -> Any:
        return {}["no such key"]


class CleansUp(Broken):
    """Deletes what somebody else made."""

    def Delete(self, request: Any, context: Any) -> Any:
        for kind, key in list(_here().foreign):
            _here().platform.store.remove(kind, key)
        return self._whole.Delete(request, context)


class CutsOff(Broken):
    """Deletes what is on air, whatever was said about it."""

    def Delete(self, request: Any, context: Any) -> Any:
        request.properties["forceDestroy"] = True
        return self._whole.Delete(request, context)


class SendsTwice(Broken):
    """Sends each update twice, and with it the wish for another push URL."""

    def Update(self, request: Any, context: Any) -> Any:
        made = self._whole.Update(request, context)
        if not request.preview and "pushKeyRotation" in request.olds.fields:
            before = request.olds["pushKeyRotation"]
            request.olds.CopyFrom(made.properties)
            request.olds["pushKeyRotation"] = before
            made = self._whole.Update(request, context)
        return made


class BelievesAnyAccount(Broken):
    """Takes the silence of another account for the end of everything."""

    def Read(self, request: Any, context: Any) -> Any:
        if _here().settings["endpoint"] == world.ABROAD:
            return messages.ReadResponse()
        return self._whole.Read(request, context)


class NeverEnds(Broken):
    """Waits and waits."""

    def Read(self, request: Any, context: Any) -> Any:
        while True:
            _here().clock.let_pass(1)


def _here() -> world.World:
    here = faces.exchange().ear.world
    assert here is not None
    return here


PLANTS = {
    ForgetsIds: {"orphan", "stuck"},
    MakesTwo: {"orphan", "doubled", "two for one"},
    TakesWhatIsThere: {"foreign taken", "orphan"},
    TakesErrorsForAbsence: {"dropped"},
    NeverDeletes: {"dropped"},
    AlwaysUpdates: {"second run changes"},
    Talks: {"secret told"},
    Stumbles: {"raw error"},
    CleansUp: {"foreign touched"},
    CutsOff: {"cut on air"},
    SendsTwice: {"rotated twice"},
    BelievesAnyAccount: {"dropped", "other account"},
    NeverEnds: {"endless"},
}
# The first program to be played, for faults that few programs meet.
BEGIN = {TakesWhatIsThere: 40, CleansUp: 73}


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
@pytest.mark.parametrize("face", faces.FACES)
def test_a_broken_provider_is_found_out(face: str, plant: type[Broken], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = faces.SERVICERS[face]
    monkeypatch.setitem(faces.SERVICERS, face, lambda: plant(whole()))
    found = set()
    for seed in range(first := BEGIN.get(plant, 0), first + PROGRAMS):
        violation = random_script(seed, face)[1]
        if violation is not None:
            found.add(violation.kind)
            if found & PLANTS[plant]:
                return
    pytest.fail(f"not found in {PROGRAMS} programs; found {found or 'nothing'}")
