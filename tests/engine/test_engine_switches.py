"""Callbacks, bans, disconnections and signed URLs on the real engine, one by one and together."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from engine_kit import EXAMPLES, NOTHING_CHANGES, Stack

pytestmark = pytest.mark.engine
CHANNEL = {
    "type": "livechannels:Channel",
    "properties": {
        "channelName": "Main",
        "channelType": "live",
        "pushDomain": "push.example.com",
        "pullRates": ["source"],
    },
}
SWITCHES: dict[str, dict[str, Any]] = {
    "ChannelStateCallback": {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"},
    "ChannelBan": {"pullId": "${main.pullId}"},
    "StreamDisconnect": {"pullId": "${main.pullId}", "triggers": {"incident": "1"}},
    "SignedPushUrl": {"pullId": "${main.pullId}", "effectiveHours": 24, "triggers": ["1"]},
    "SignedPullUrls": {"pullId": "${main.pullId}", "effectiveHours": 24, "triggers": ["1"]},
}
ACTIONS = {
    "ChannelStateCallback": "setChannelStateRealtimeBack",
    "ChannelBan": "channelForbidden",
    "StreamDisconnect": "disconnectStream",
    "SignedPushUrl": "setPushTsatc",
    "SignedPullUrls": "setPullTsatc",
}


def declare(native: Stack, **switches: dict[str, Any]) -> None:
    """A channel, and switches by their kind, each of which is called so."""
    resources = {kind: {"type": f"livechannels:{kind}", "properties": switch} for kind, switch in switches.items()}
    project = {"name": "test", "runtime": "yaml", "resources": {"main": CHANNEL, **resources}}
    (native.folder / "Pulumi.yaml").write_text(json.dumps(project))


def switched(native: Stack) -> dict[str, int]:
    """How often each was switched."""
    return {kind: native.calls(action) for kind, action in ACTIONS.items()}


@pytest.mark.rule("R5", "R14")
def test_switches_come_stay_still_change_and_go(native: Stack) -> None:
    native.project("yaml")
    declare(native, **SWITCHES)
    native.up()
    once = dict.fromkeys(ACTIONS, 1)
    assert switched(native) == once
    native.pulumi(*NOTHING_CHANGES)
    native.refresh()
    native.pulumi(*NOTHING_CHANGES)
    assert switched(native) == once
    changed = {kind: {**switch, "triggers": ["2"]} for kind, switch in SWITCHES.items() if kind != "ChannelBan"}
    changed["ChannelStateCallback"] = {
        **SWITCHES["ChannelStateCallback"],
        "notifyUrl": "https://hooks.example.com/other",
    }
    declare(native, **{**SWITCHES, **changed})
    native.up()
    assert switched(native) == {kind: 2 if kind in changed else 1 for kind in ACTIONS}
    native.destroy()
    assert not native.platform.objects()


@pytest.mark.rule("R8")
def test_a_ban_that_lapsed_is_drift_and_up_renews_it(native: Stack) -> None:
    native.project("yaml")
    declare(native, ChannelBan=SWITCHES["ChannelBan"])
    native.up()
    key = native.resources("ChannelBan")[0]["id"]
    native.platform.edit("channelBan", key, {"until": 1})
    native.pulumi("refresh", "--preview-only", "--expect-no-changes", "--non-interactive", code=7)
    native.up(0, "--refresh")
    assert native.platform.objects("channelBan")[0]["status"] == 3
    native.pulumi(*NOTHING_CHANGES)


HELD = {"ChannelStateCallback": "channelStateCallback", "ChannelBan": "channelBan"}
PROGRAM = """
import pulumi_livechannels as live

main = live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                    pull_rates=["source"])
live.ChannelStateCallback("{name}", push_domain="push.example.com", notify_url="https://hooks.example.com/live")
live.ChannelBan("{name}", pull_id=main.pull_id)
"""


@pytest.mark.rule("R6")
def test_a_new_name_in_a_yaml_program_switches_nothing_off(native: Stack) -> None:
    native.project("yaml")
    declare(native, **{kind: SWITCHES[kind] for kind in HELD})
    native.up()
    file = native.folder / "Pulumi.yaml"
    for kind in HELD:
        file.write_text(file.read_text().replace(f'"{kind}": ', f'"renamed{kind}": '))
    native.up()
    assert all(native.platform.objects(held) for held in HELD.values())
    native.pulumi(*NOTHING_CHANGES)
    native.destroy()
    assert not native.platform.objects()


@pytest.mark.rule("R6")
def test_a_new_name_in_a_python_program_switches_nothing_off(bare: Stack) -> None:
    bare.project(bare.python)
    for name in ("old", "new"):
        (bare.folder / "__main__.py").write_text(PROGRAM.format(name=name))
        bare.up()
        assert all(bare.platform.objects(held) for held in HELD.values()), name
    bare.refresh()
    bare.pulumi(*NOTHING_CHANGES)
    bare.destroy()
    assert not bare.platform.objects()


@pytest.mark.rule("R6")
def test_a_channel_that_is_adopted_under_another_name_stays(bare: Stack) -> None:
    bare.project(bare.python)
    program = """
import pulumi_livechannels as live
live.Channel("{name}", channel_name="Main", channel_type="live", push_domain="push.example.com",
             pull_rates=["source"], adopt={adopt!r})
"""
    (bare.folder / "__main__.py").write_text(program.format(name="old", adopt=None))
    bare.up()
    key = bare.resources("Channel")[0]["id"]
    for adopt in (key, None):
        (bare.folder / "__main__.py").write_text(program.format(name="new", adopt=adopt))
        bare.up()
        assert [item["pullId"] for item in bare.platform.objects("channel")] == [key]
    bare.pulumi(*NOTHING_CHANGES)
    bare.destroy()
    assert not bare.platform.objects()


@pytest.mark.rule("R28")
def test_the_example_keeps_its_secrets_and_says_what_was_not_verified(bare: Stack) -> None:
    shutil.copy(EXAMPLES / "switches" / "__main__.py", bare.folder)
    bare.project(bare.python)
    bare.up()
    assert [item["status"] for item in bare.platform.objects("channelBan")] == [3]
    bare.pulumi(*NOTHING_CHANGES)
    said = bare.refresh().partition("Diagnostics:")[2]
    assert said.count("the platform does not show url, so these were not verified") == 1
    assert said.count("the platform does not show notifyUrl") == 1
    url = json.loads(bare.pulumi("stack", "output", "encoderUrl", "--json", "--show-secrets"))
    assert url.startswith("rtmp://push.example.com/live/")
    assert url not in bare.said.replace(json.dumps(url), "")
    assert url not in json.dumps(bare.export())
    bare.destroy()
    assert not bare.platform.objects()
