"""The native plugin's settings on the real engine: keys that are missing or not known yet, two accounts, the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine_kit import DRIFT, DRIFT_ON_THE_PLATFORM, NOTHING_CHANGES, Stack, python_sdk
from pulumi_livechannels.emulator.server import running

pytestmark = pytest.mark.engine

MISSING = "accessKey and secretKey missing: no call can be signed without. Nothing was changed on the platform. Next:"
WANGSU = ("LIVECHANNELS_ACCESS_KEY", "LIVECHANNELS_SECRET_KEY")
VOLCENGINE = ("VOLCENGINE_ACCESS_KEY", "VOLCENGINE_SECRET_KEY")
SDK = "import pulumi\nimport pulumi_livechannels_native as native\n"
IN_PYTHON = """
native.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com", pull_rates=["source"],
               opts=pulumi.ResourceOptions(provider={provider}))
"""


def channel(name: str, **options: Any) -> dict[str, Any]:
    properties = {
        "channelName": name,
        "channelType": "live",
        "pushDomain": "push.example.com",
        "pullRates": ["source"],
    }
    return {"type": "livechannels:Channel", "properties": properties, "options": options}


def program(stack: Stack, resources: dict[str, Any], **more: Any) -> None:
    text = json.dumps({"name": "test", "runtime": "yaml", "resources": resources, **more})
    (stack.folder / "Pulumi.yaml").write_text(text)


def looked_up(resource: str, **options: Any) -> dict[str, Any]:
    arguments = {"pullId": f"${{{resource}.pullId}}"}
    return {"fn::invoke": {"function": "livechannels:getChannel", "arguments": arguments, "options": options}}


@pytest.mark.rule("R3", "R29", "R30")
def test_missing_keys_are_told_in_the_preview_as_up_tells_them(native: Stack) -> None:
    every = dict(native.surroundings)

    def without(*names: str) -> None:
        native.surroundings = {name: value for name, value in every.items() if name not in names}

    native.project("yaml")
    program(native, {"main": channel("Main")})
    for missing, said in (
        ((*WANGSU, *VOLCENGINE), MISSING),
        (WANGSU, MISSING),
        ((WANGSU[1], *VOLCENGINE), "secretKey missing"),
    ):
        without(*missing)
        assert said in native.pulumi("preview", "--non-interactive", code=1)
        assert said in native.up(1)
    assert native.platform.journal == []

    without()
    native.up()
    without(*WANGSU)
    program(native, {"main": channel("Renamed")})
    assert MISSING in native.pulumi("preview", "--non-interactive", code=1)
    program(native, {"main": channel("Main"), "more": channel("More")})
    assert MISSING in native.pulumi("preview", "--non-interactive", code=1)


@pytest.mark.rule("R3", "R30")
def test_the_python_sdk_tells_missing_keys_too_and_asks_the_other_vendor_without(native: Stack) -> None:
    native.project(native.python)
    python_sdk(native)
    for name in WANGSU:
        del native.surroundings[name]
    main = native.folder / "__main__.py"
    for provider, way_out in (
        ("None", "set `pulumi config set --secret livechannels:accessKey"),
        ('native.Provider("own")', "give them to the provider own in the program"),
    ):
        main.write_text(SDK + IN_PYTHON.format(provider=provider))
        assert f"{MISSING} {way_out}" in native.pulumi("preview", "--non-interactive", code=1)
    main.write_text(SDK + "pulumi.export('carriers', native.volcengine.get_isps_output().rows)\n")
    assert "carriers" in native.pulumi("preview", "--non-interactive")


@pytest.mark.rule("R28", "R30")
def test_two_accounts_in_one_program_keep_apart(native: Stack) -> None:
    """Resources and functions go where their provider says; its keys are encrypted, and new ones replace nothing."""
    with running(quota=0) as (port, other):
        endpoint = f"http://127.0.0.1:{port}"
        keys = {"accessKey": "emulator-access-key", "secretKey": "emulator-secret-key", "endpoint": endpoint}
        user = {"username": "emulator-user", "apiKey": "emulator-api-key", "endpoint": endpoint}

        def declare(settings: dict[str, Any]) -> None:
            second = {"type": "pulumi:providers:livechannels", "properties": settings}
            ours, theirs = channel("Ours"), channel("Theirs", provider="${second}")
            asked = {"here": looked_up("ours"), "there": looked_up("theirs", provider="${second}")}
            found = {each: f"${{{each}.channelName}}" for each in asked}
            program(native, {"ours": ours, "second": second, "theirs": theirs}, variables=asked, outputs=found)

        def names() -> tuple[list[str], list[str]]:
            both = (native.platform, other)
            here, there = ([item["channelName"] for item in each.objects("channel")] for each in both)
            return here, there

        native.project("yaml")
        declare({**keys, "accessKey": "${ours.pullId}", "secretKey": "${ours.pushUrl}"})
        native.pulumi("preview", "--non-interactive")  # with keys that nobody knows yet

        declare(keys)
        native.up()
        assert names() == (["Ours"], ["Theirs"])
        told = json.loads(native.pulumi("stack", "output", "--json", "--show-secrets"))
        assert told == {"here": "Ours", "there": "Theirs"}
        native.pulumi(*NOTHING_CHANGES)

        (theirs,) = other.objects("channel")
        other.edit("channel", theirs["id"], {"channelName": "clicked"})
        assert "~ 1 to update" in native.pulumi(*DRIFT_ON_THE_PLATFORM, code=DRIFT)
        declare(user)
        said = native.up(0, "--refresh")
        assert "replaced" not in said
        assert names() == (["Ours"], ["Theirs"])
        assert [item["id"] for item in other.objects("channel")] == [theirs["id"]]

        state = json.dumps(native.export())
        assert not [key for key in ("emulator-secret-key", "emulator-api-key") if key in state + native.said]
        native.destroy()
        assert names() == ([], [])


@pytest.mark.rule("R28")
def test_each_call_is_seen_beside_its_resource_or_in_a_private_file(native: Stack, tmp_path: Path) -> None:
    native.project("yaml")
    source = {
        "channelName": "Guest",
        "sourceUrl": "rtmp://origin.example.net/app/guestcanary",
        "sourceProtocol": "rtmp",
        "pullDomain": "pull.example.com",
        "pullRates": ["source"],
    }
    program(native, {"guest": {"type": "livechannels:PullChannel", "properties": source}})
    native.surroundings["LIVECHANNELS_LOG"] = "debug"
    said = native.up()
    assert (
        "livechannels debug: /live/channelManage/createPullChannel"
        in said.partition("livechannels:index:PullChannel (guest):")[2]
    )
    file = tmp_path / "calls.log"
    native.surroundings["LIVECHANNELS_LOG"] = str(file)
    before = len(native.platform.journal)
    said = native.destroy()
    assert len(file.read_text().splitlines()) == len(native.platform.journal) - before
    assert "livechannels debug" not in said
    assert file.stat().st_mode & 0o777 == 0o600
    native.surroundings["LIVECHANNELS_LOG"] = str(tmp_path)
    assert "the file of LIVECHANNELS_LOG cannot be written" in native.up()
    assert "guestcanary" not in native.said + file.read_text()
