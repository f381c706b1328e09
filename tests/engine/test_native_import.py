"""The ways into the state of the native plugin on the real engine: what each shows first, refuses, and costs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine_kit import NOTHING_CHANGES, Stack, made_by_hand

pytestmark = pytest.mark.engine


@pytest.mark.rule("R11", "R13")
def test_the_option_import_shows_every_difference_before_it_brings_in_line(native: Stack) -> None:
    """And it never makes another object in place of the one that it names."""
    native.project("yaml")
    key = made_by_hand(native, "By hand")
    before = native.platform.objects()

    def declare(protect: bool, **changes: Any) -> None:
        properties = {
            "channelName": "By hand",
            "channelType": "live",
            "pushDomain": "push.example.com",
            "pullRates": ["source", "hd"],
            **changes,
        }
        main = {
            "type": "livechannels:Channel",
            "properties": properties,
            "options": {"import": key, "protect": protect},
        }
        text = json.dumps({"name": "test", "runtime": "yaml", "resources": {"main": main}})
        (native.folder / "Pulumi.yaml").write_text(text)

    declare(True, pushDomain="push2.example.com")
    said = native.pulumi("preview", "--non-interactive", "--diff", code=1)
    assert 'pushDomain: "push.example.com" => "push2.example.com"' in said
    assert "unable to replace resource" in said
    declare(False, pushDomain="push2.example.com")
    assert "may not be replaced" in native.pulumi("preview", "--non-interactive")
    assert "may not be replaced" in native.up(1)
    assert native.platform.objects() == before

    declare(True, channelName="Main stage")
    said = native.pulumi("preview", "--non-interactive", "--diff")
    assert '~ channelName: "By hand" => "Main stage"' in said
    assert "~ 1 to update" in said
    assert native.platform.objects() == before, "a preview only shows"
    native.up()
    (held,) = native.platform.objects("channel")
    assert (held["id"], held["channelName"]) == (key, "Main stage")
    native.pulumi(*NOTHING_CHANGES)
    assert "it is protected" in native.destroy(1)


@pytest.mark.rule("R11", "R41")
def test_an_import_reads_each_object_once_without_its_preview_and_twice_with(native: Stack) -> None:
    """The engine starts a plugin for the preview and one for the import, so neither knows what the other read."""
    ids = [made_by_hand(native, f"Channel {number}") for number in range(20)]
    wanted = [{"type": "livechannels:index:Channel", "name": f"c{key}", "id": key} for key in ids]
    (native.folder / "import.json").write_text(json.dumps({"resources": wanted}))
    native.project("yaml")
    calls = {}
    for way in ("--skip-preview", "--yes"):
        native.pulumi("stack", "init", f"with{way}")
        before = len(native.platform.journal)
        native.pulumi("import", "--file", "import.json", way, "--non-interactive", "--generate-code=false")
        calls[way] = len(native.platform.journal) - before
        assert len(native.resources("Channel")) == 20
    assert calls == {"--skip-preview": 20 + 1, "--yes": 2 * (20 + 1)}, "each channel, and a page of the list for all"
