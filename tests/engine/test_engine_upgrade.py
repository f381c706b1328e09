"""An upgrade changes nothing by itself: what earlier versions left in states is what this one would have left."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine_kit import NOTHING_CHANGES, VERSION, Stack, install_plugin
from kit import ALL, writes
from states import record

pytestmark = pytest.mark.engine
RECORDED = sorted(path.parent for path in record.STATES.glob(f"*/*/{record.STATE}"))


def test_this_version_is_recorded_or_newer_than_what_is() -> None:
    versions = {tuple(map(int, folder.parent.name.split("."))) for folder in RECORDED}
    assert max(versions) <= tuple(map(int, VERSION.split(".")))
    assert {folder.name for folder in RECORDED} == {"classes", "native"}


def test_what_is_recorded_has_every_kind_of_resource() -> None:
    assert all(f"live.{kind}(" in record.CLASSES for kind in ALL)
    assert all(f"type: livechannels:{kind}\n" in record.NATIVE for kind in ALL)


@pytest.mark.rule("R15")
@pytest.mark.parametrize("recorded", RECORDED, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_a_state_of_an_earlier_version_previews_and_goes_up_without_a_change(bare: Stack, recorded: Path) -> None:
    state = (recorded / record.STATE).read_text()
    assert "canary" not in state, "secrets lie there encrypted"

    install_plugin(bare)
    bare.platform.store.restore(json.loads((recorded / record.PLATFORM).read_text()))
    bare.project(bare.python)
    shutil.copytree(recorded, bare.folder, dirs_exist_ok=True)
    bare.pulumi("stack", "import", "--file", record.STATE)
    bare.pulumi(*NOTHING_CHANGES, "--diff")
    before = {item["urn"]: item["id"] for kind in ALL for item in bare.resources(kind)}
    bare.up(0, "--expect-no-changes")
    assert {item["urn"]: item["id"] for kind in ALL for item in bare.resources(kind)} == before
    assert "relaycanary" in json.dumps(bare.export("--show-secrets")), "and can be read"
    assert not writes(bare.platform)

    bare.destroy()
    kept = {item["kind"] for item in bare.platform.objects()}
    assert kept <= {"recordDirectory", "recordTask", "forwardTask"}, "the platform keeps these, ended"
