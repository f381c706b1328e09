"""The native plugin on the real engine: every language, import, moving from the dynamic face, many at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from engine_kit import (
    NOTHING_CHANGES,
    SCHEMA,
    Stack,
    made_by_hand,
    python_sdk,
)
from kit import PATIENCE, eventually

pytestmark = pytest.mark.engine

STOP = (datetime.now(timezone.utc) + timedelta(hours=2)).isoformat(timespec="seconds")
KINDS = ("Channel", "PullChannel", "RecordDirectory", "RecordTask", "ForwardTask")


@pytest.mark.rule("R14")
def test_the_schema_is_sound(native: Stack) -> None:
    """The engine's own check, which holds the file against the meta-schema and binds it."""
    said = native.pulumi("schema", "check", str(SCHEMA))
    assert "error" not in said.lower()


PROGRAM = f"""
    import pulumi_livechannels_native as native
    main = {{face}}.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                        pull_rates=["source"])
    {{face}}.PullChannel("guest", channel_name="Guest", source_url="rtmp://origin.example.net/app/key",
                     source_protocol="rtmp", pull_domain="pull.example.com", pull_rates=["source"])
    {{face}}.RecordDirectory("recordings", directory_type="matches", path="a/b")
    {{face}}.RecordTask("recording", pull_id=main.pull_id, end_time="{STOP}")
    {{face}}.ForwardTask("relay", pull_id=main.pull_id, forward_url="rtmp://relay.example.net/app/key")
"""


@pytest.mark.rule("R13")
def test_a_stack_moves_from_dynamic_to_native_untouched(native: Stack) -> None:
    native.project(native.python)
    python_sdk(native)
    native.program(PROGRAM.format(face="live"))
    native.up()
    held, calls = native.platform.objects(), len(native.platform.journal)
    native.program(PROGRAM.format(face="native"))
    said = native.up()
    assert "6 unchanged" in said
    assert native.platform.objects() == held
    assert all(call["action"].startswith(("get", "recordTask")) for call in native.platform.journal[calls:])
    assert all(native.resources(kind)[0]["type"] == f"livechannels:index:{kind}" for kind in KINDS)
    native.refresh()
    native.pulumi(*NOTHING_CHANGES)
    assert "__provider" not in json.dumps([native.resources(kind) for kind in KINDS])


@pytest.mark.rule("R11")
def test_each_resource_is_imported_by_its_id(native: Stack) -> None:
    native.project(native.python)
    python_sdk(native)
    native.program(PROGRAM.format(face="native"))
    native.up()
    ids = {kind: native.resources(kind)[0]["id"] for kind in KINDS}
    held = native.platform.objects()
    for kind in ("RecordTask", "ForwardTask", "PullChannel", "RecordDirectory", "Channel"):
        native.pulumi("state", "delete", native.resources(kind)[0]["urn"], "--yes")

    (native.folder / "Pulumi.yaml").write_text(json.dumps({"name": "test", "runtime": "yaml"}))
    code = native.folder / "code.yaml"
    resources: list[str] = []
    for kind in KINDS:
        token = f"livechannels:index:{kind}"
        native.pulumi(
            "import", token, kind.lower(), ids[kind], "--yes", "--out", str(code), "--skip-preview", "--protect=false"
        )
        resources += code.read_text().splitlines()[1:]
    program = {"name": "test", "runtime": "yaml"}
    text = "\n".join([f"{key}: {value}" for key, value in program.items()] + ["resources:", *resources])
    (native.folder / "Pulumi.yaml").write_text(text + "\n")
    native.pulumi(*NOTHING_CHANGES)
    assert native.platform.objects() == held
    said = native.pulumi(
        "import", "livechannels:index:Channel", "none", "no-such-id", "--yes", "--skip-preview", code=1
    )
    assert "resource 'no-such-id' does not exist" in said


@pytest.mark.rule("R11")
def test_a_file_imports_many(native: Stack) -> None:
    native.project("yaml")
    ids = [made_by_hand(native, f"Channel {number}") for number in range(7)]
    wanted = [{"type": "livechannels:index:Channel", "name": f"c{number}", "id": key} for number, key in enumerate(ids)]
    (native.folder / "import.json").write_text(json.dumps({"resources": wanted}))
    code = native.folder / "code.yaml"
    native.pulumi("import", "--file", "import.json", "--yes", "--skip-preview", "--out", str(code), "--protect=false")
    (native.folder / "Pulumi.yaml").write_text("name: test\nruntime: yaml\n" + code.read_text())
    native.pulumi(*NOTHING_CHANGES)
    assert sorted(item["id"] for item in native.resources("Channel")) == sorted(ids)


def _many(number: int) -> dict[str, Any]:
    return {
        "resources": {
            f"c{index}": {
                "type": "livechannels:Channel",
                "properties": {
                    "channelName": f"Channel {index}",
                    "channelType": "live",
                    "pushDomain": "push.example.com",
                    "pullRates": ["source"],
                },
            }
            for index in range(number)
        }
    }


def _slow(native: Stack, seconds: float) -> None:
    for action in ("createChannel", "getChannelConfigure", "getChannelList"):
        path = f"/live/channelManage/{action}"
        native.platform.faults.add({"path": path, "kind": "slow", "seconds": seconds, "times": 10_000})


@pytest.mark.rule("R19", "R20")
def test_an_interrupted_up_of_a_hundred_ends_with_a_hundred(native: Stack) -> None:
    native.project("yaml", **_many(100))
    _slow(native, 0.05)
    with subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive", "--parallel", "64"],
        cwd=native.folder,
        env=native.surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        eventually(lambda: len(native.platform.objects("channel")) >= 20)
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate(timeout=PATIENCE)
    assert run.returncode != 0, said
    known = {item["id"] for item in native.resources("Channel")}
    assert {item["id"] for item in native.platform.objects("channel")} == known, "no object is unknown to the state"
    native.up(0, "--parallel", "64")
    held = native.platform.objects("channel")
    assert len(held) == 100
    assert len({item["channelName"] for item in held}) == 100
    native.pulumi(*NOTHING_CHANGES)


@pytest.mark.rule("R13")
def test_resource_options_do_what_they_say(native: Stack) -> None:
    """Protect, ignoreChanges, rename by alias, retainOnDelete, replaceOnChanges, deletedWith, and targets."""
    native.project("yaml")

    def program(*resources: dict[str, Any]) -> None:
        named = {item["name"]: {key: value for key, value in item.items() if key != "name"} for item in resources}
        text = json.dumps({"name": "test", "runtime": "yaml", "resources": named})
        (native.folder / "Pulumi.yaml").write_text(text)

    def channel(name: str, called: str = "Main", **options: Any) -> dict[str, Any]:
        base = dict(_many(1)["resources"]["c0"])
        return {"name": name, **base, "properties": {**base["properties"], "channelName": called}, "options": options}

    def names() -> list[str]:
        return sorted(item["channelName"] for item in native.platform.objects("channel"))

    program(channel("a", protect=True))
    native.up()
    kept = native.resources("Channel")[0]["id"]
    assert "protect" in native.destroy(code=1)
    program(channel("a"), channel("b", "Other"))
    native.up()

    program(channel("a", "Ignored", ignoreChanges=["channelName"]), channel("b", "Renamed"))
    native.up(0, "--target", "**a")
    assert names() == ["Main", "Other"]
    native.up()
    assert names() == ["Main", "Renamed"]

    program(channel("new", aliases=[{"name": "a"}]), channel("b", "Replaced", replaceOnChanges=["channelName"]))
    before = {item["id"] for item in native.platform.objects("channel")}
    native.up()
    after = {item["id"] for item in native.platform.objects("channel")}
    assert kept in after
    assert len(before - after) == len(after - before) == 1
    native.pulumi(*NOTHING_CHANGES)

    program(channel("new"), channel("b", "Replaced", retainOnDelete=True))
    native.up()
    program(channel("new"), channel("c", "With", deletedWith="${new}"))
    native.up()
    assert names() == ["Main", "Replaced", "With"]
    native.destroy()
    assert names() == ["Replaced", "With"], "one was retained; the other counts as deleted with its partner"


def test_do_lists_and_reads(native: Stack) -> None:
    key = made_by_hand(native, "By hand")
    native.surroundings["PULUMI_EXPERIMENTAL"] = "true"
    said = native.pulumi("do", "livechannels:index:Channel", "list", "--all")
    assert key in said
    said = native.pulumi("do", "livechannels:index:Channel", "read", key)
    assert "By hand" in said


def test_the_plugin_is_found_on_path_too(bare: Stack) -> None:
    bare.surroundings["PATH"] = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{bare.surroundings['PATH']}"
    bare.project("yaml", **_many(1))
    bare.up()
    assert len(bare.platform.objects("channel")) == 1
