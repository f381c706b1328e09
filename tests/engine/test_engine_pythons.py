"""A stack goes from any Python to any other and back: what the one wrote is for the other nothing to change."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from engine_kit import DRIFT_FROM_THE_PROGRAM, DRIFT_ON_THE_PLATFORM, NOTHING_CHANGES, Stack, on_python
from kit import ALL, writes
from pythons import PROVIDER, environment

pytestmark = pytest.mark.engine
STOP = (datetime.now(timezone.utc) + timedelta(hours=6)).isoformat(timespec="seconds")
EVERYTHING = f"""
    import sys
    main = live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                        pull_rates=["source", "hd"], pull_protocols=["rtmp", "flv"], stream_check="secret")
    live.PullChannel("guest", channel_name="Guest", source_url="rtmp://origin.example.net/app/secret",
                     source_protocol="rtmp", pull_domain="pull.example.com", pull_rates=["source"])
    live.RecordDirectory("recordings", directory_type="matches", path="matches/2026")
    live.RecordTask("recording", pull_id=main.pull_id, end_time="{STOP}")
    live.ForwardTask("relay", pull_id=main.pull_id, forward_url="rtmp://relay.example.net/app/secret",
                     end_time="{STOP}", transcoding={{"bitrate_kbps": 800, "video_codec": "libx264"}})
    live.ChannelStateCallback("callback", push_domain="push.example.com", notify_url="https://hooks.example.com/live")
    live.ChannelBan("ban", pull_id=main.pull_id)
    live.StreamDisconnect("disconnect", pull_id=main.pull_id, triggers={{"incident": 1}})
    live.SignedPushUrl("push", pull_id=main.pull_id, effective_hours=24, triggers=["1"])
    live.SignedPullUrls("pull", pull_id=main.pull_id, effective_hours=24, triggers=["1"])
    print(f"on Python {{sys.version_info[0]}}.{{sys.version_info[1]}}")
"""


def providers(stack: Stack) -> dict[str, str]:
    """What the state keeps of the provider's code, which the SDK compares as text."""
    held = stack.export("--show-secrets")["deployment"]["resources"]
    return {item["urn"]: item["inputs"]["__provider"] for item in held if "__provider" in item.get("inputs", {})}


@pytest.mark.rule("R5")
@pytest.mark.parametrize(("first", "second"), [("oldest", "newest"), ("newest", "oldest")])
def test_a_stack_goes_to_another_python_and_back_without_a_change(bare: Stack, first: str, second: str) -> None:
    bare.surroundings["PYTHONPATH"] = str(PROVIDER)
    folders = {name: environment(name) for name in (first, second)}
    bare.project(on_python(folders[first]))
    bare.program(EVERYTHING)
    bare.up()
    kept, written = providers(bare), writes(bare.platform)
    assert len(kept) == len(ALL), "one of every kind"
    assert goes_to(bare, folders[second]) in bare.pulumi(*NOTHING_CHANGES)
    bare.pulumi(*DRIFT_ON_THE_PLATFORM)
    bare.pulumi(*DRIFT_FROM_THE_PROGRAM)
    bare.up(0, "--expect-no-changes")
    bare.refresh()
    bare.pulumi(*NOTHING_CHANGES)
    assert goes_to(bare, folders[first]) in bare.up(0, "--refresh", "--expect-no-changes")
    assert providers(bare) == kept
    assert writes(bare.platform) == written, "nothing was sent to the vendor but questions"
    bare.destroy()


def goes_to(stack: Stack, folder: Path) -> str:
    """Have the stack run in another environment; answers what its program says then."""
    stack.runs_on(on_python(folder))
    return f"on Python {version(folder)}"


def version(folder: Path) -> str:
    command = [f"{folder}/bin/python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
