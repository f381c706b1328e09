"""An upgrade changes nothing by itself: what earlier versions left in states is what this one would have left."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from engine_kit import NOTHING_CHANGES, PYTHON, VERSION, Stack, install_plugin
from kit import ALL, writes

pytestmark = pytest.mark.engine
STATES = Path(__file__).parents[1] / "states"  # tests/states/record.py made them
RECORDED = sorted(folder for folder in STATES.glob("*/*") if (folder / "state.json").exists())


def test_this_version_is_recorded_or_newer_than_what_is() -> None:
    versions = {tuple(map(int, folder.parent.name.split("."))) for folder in RECORDED}
    assert max(versions) <= tuple(map(int, VERSION.split(".")))
    assert {folder.name for folder in RECORDED} == {"classes", "native"}


@pytest.mark.rule("R15")
@pytest.mark.parametrize("recorded", RECORDED, ids=lambda folder: f"{folder.parent.name}-{folder.name}")
def test_a_state_of_an_earlier_version_previews_and_goes_up_without_a_change(bare: Stack, recorded: Path) -> None:
    state = (recorded / "state.json").read_text()
    assert "canary" not in state, "secrets lie there encrypted"
    held = {item["type"].rpartition(":")[2] for item in json.loads(state)["deployment"]["resources"]}
    assert held >= ALL.keys()

    install_plugin(bare)
    bare.platform.store.restore(json.loads((recorded / "platform.json").read_text()))
    bare.project(PYTHON)
    shutil.copytree(recorded, bare.folder, dirs_exist_ok=True)
    bare.pulumi("stack", "import", "--file", "state.json")
    bare.pulumi(*NOTHING_CHANGES, "--diff")
    before = {item["urn"]: item["id"] for kind in ALL for item in bare.resources(kind)}
    bare.up(0, "--expect-no-changes")
    assert {item["urn"]: item["id"] for kind in ALL for item in bare.resources(kind)} == before
    assert "relaycanary" in json.dumps(bare.export("--show-secrets")), "and can be read"
    assert not writes(bare.platform)

    bare.destroy()
    kept = {item["kind"] for item in bare.platform.objects()}
    assert kept <= {"recordDirectory", "recordTask", "forwardTask"}, "the platform keeps these, ended"
