"""Records the states that this version writes, so that later ones are held to them: `make states`, once a release.

One stack a face, with every kind of resource and encrypted secrets, goes up on an emulated platform. What a user would
then have is kept in `tests/states/<version>/<face>/`: the program, the stack's settings, what `pulumi stack export`
says, and what the platform holds. A version that was recorded is never recorded again, as nobody's stack is.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from engine_kit import VERSION, Stack, empty_stack, install_plugin

STATES = Path(__file__).parent
STATE, PLATFORM, SETTINGS = "state.json", "platform.json", "Pulumi.dev.yaml"
PROGRAMS = {"classes": "__main__.py", "native": "Pulumi.yaml"}
KEYS = {"accessKey": "LIVECHANNELS_ACCESS_KEY", "secretKey": "LIVECHANNELS_SECRET_KEY"}
SECRETS = {
    "guestSource": "rtmp://origin.example.net/app/guestcanary",
    "relayTarget": "rtmp://relay.example.net/app/relaycanary",
}
CLASSES = """\
import pulumi

import pulumi_livechannels as live

config = pulumi.Config()
end = "END"
recordings = live.RecordDirectory("recordings", directory_type="matches", path="matches/2026")
main = live.Channel(
    "main",
    channel_name="Main",
    channel_type="live",
    push_domain="push.example.com",
    pull_rates=["source", "hd"],
    pull_protocols=["rtmp", "flv"],
    stream_check="checkcanary",
    directory_id=recordings.directory_id,
    push_key_rotation="1",
)
guest = live.PullChannel(
    "guest",
    channel_name="Guest",
    source_url=config.require_secret("guestSource"),
    source_protocol="rtmp",
    pull_domain="pull.example.com",
    pull_rates=["source"],
)
live.RecordTask("recording", pull_id=main.pull_id, end_time=end)
live.ForwardTask(
    "relay",
    pull_id=main.pull_id,
    forward_url=config.require_secret("relayTarget"),
    end_time=end,
    transcoding={"bitrate_kbps": 800, "video_codec": "libx264"},
)
live.ChannelStateCallback("told", push_domain="push.example.com", notify_url="https://hooks.example.com/live")
live.ChannelBan("banned", pull_id=guest.pull_id)
live.StreamDisconnect("cut", pull_id=main.pull_id, triggers={"incident": "1"})
push = live.SignedPushUrl("push", pull_id=main.pull_id, effective_hours=24, triggers=["1"])
pulls = live.SignedPullUrls("pulls", pull_id=main.pull_id, effective_hours=24, triggers=["1"])
pulumi.export("pushUrl", push.url)
"""
NATIVE = """\
name: test
runtime: yaml
config:
  guestSource: {type: string, secret: true}
  relayTarget: {type: string, secret: true}
resources:
  recordings:
    type: livechannels:RecordDirectory
    properties: {directoryType: matches, path: matches/2026}
  main:
    type: livechannels:Channel
    properties:
      channelName: Main
      channelType: live
      pushDomain: push.example.com
      pullRates: [source, hd]
      pullProtocols: [rtmp, flv]
      streamCheck: checkcanary
      directoryId: ${recordings.directoryId}
      pushKeyRotation: "1"
  guest:
    type: livechannels:PullChannel
    properties:
      channelName: Guest
      sourceUrl: ${guestSource}
      sourceProtocol: rtmp
      pullDomain: pull.example.com
      pullRates: [source]
  recording:
    type: livechannels:RecordTask
    properties: {pullId: "${main.pullId}", endTime: "END"}
  relay:
    type: livechannels:ForwardTask
    properties:
      pullId: ${main.pullId}
      forwardUrl: ${relayTarget}
      endTime: "END"
      transcoding: {bitrateKbps: 800, videoCodec: libx264}
  told:
    type: livechannels:ChannelStateCallback
    properties: {pushDomain: push.example.com, notifyUrl: "https://hooks.example.com/live"}
  banned:
    type: livechannels:ChannelBan
    properties: {pullId: "${guest.pullId}"}
  cut:
    type: livechannels:StreamDisconnect
    properties: {pullId: "${main.pullId}", triggers: {incident: "1"}}
  push:
    type: livechannels:SignedPushUrl
    properties: {pullId: "${main.pullId}", effectiveHours: 24, triggers: ["1"]}
  pulls:
    type: livechannels:SignedPullUrls
    properties: {pullId: "${main.pullId}", effectiveHours: 24, triggers: ["1"]}
outputs:
  pushUrl: ${push.url}
"""


def classes(stack: Stack, end: str) -> None:
    stack.project(stack.python)
    (stack.folder / "__main__.py").write_text(CLASSES.replace("END", end))


def native(stack: Stack, end: str) -> None:
    install_plugin(stack)
    stack.project("yaml")
    (stack.folder / "Pulumi.yaml").write_text(NATIVE.replace("END", end))


FACES = {"classes": classes, "native": native}


def placeless(told: Any) -> Any:
    """The same without the places in the source that declared something: they are paths of whoever records."""
    if isinstance(told, dict):
        return {key: placeless(value) for key, value in told.items() if key not in ("sourcePosition", "stackTrace")}
    return [placeless(each) for each in told] if isinstance(told, list) else told


def record(face: str, into: Path) -> None:
    """Put up this face's stack and keep what a user would have of it."""
    end = (datetime.now(timezone.utc) + timedelta(minutes=15)).isoformat(timespec="seconds")
    with tempfile.TemporaryDirectory() as scratch, empty_stack(Path(scratch)) as stack:
        FACES[face](stack, end)
        keys = {f"livechannels:{key}": stack.surroundings[name] for key, name in KEYS.items()}
        for key, value in {**SECRETS, **keys}.items():
            stack.pulumi("config", "set", "--secret", key, value)
        stack.up()
        into.mkdir(parents=True)
        for name in (PROGRAMS[face], SETTINGS):
            shutil.copy(stack.folder / name, into)
        for name, told in ((STATE, placeless(stack.export())), (PLATFORM, stack.platform.store.snapshot())):
            (into / name).write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    if (STATES / VERSION).exists():
        sys.exit(f"{STATES / VERSION} exists: what {VERSION} wrote is recorded already and does not change")
    for each in FACES:
        record(each, STATES / VERSION / each)
