"""What users of Pulumi's other Python packages expect of ours, on the real engine."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from engine_kit import DRIFT, DRIFT_FROM_THE_PROGRAM, DRIFT_ON_THE_PLATFORM, NOTHING_CHANGES, Stack
from pulumi_livechannels.emulator.server import environment, running

pytestmark = pytest.mark.engine

STOP = (datetime.now(timezone.utc) + timedelta(hours=2)).isoformat(timespec="seconds")
MAIN = """
    main = live.Channel("main", channel_name="{name}", channel_type="live", push_domain="push.example.com",
                        pull_rates=["source", "hd"]{more})
"""
GUEST = """
    live.PullChannel("guest", channel_name="Guest", source_url="rtmp://origin.example.net/app/guestcanary",
                     source_protocol="rtmp", pull_domain="pull.example.com", pull_rates=["source"]{more})
"""


def main(name: str = "Main", more: str = "") -> str:
    return MAIN.format(name=name, more=more)


def option(text: str) -> str:
    return f", opts=pulumi.ResourceOptions({text})"


def spelt(what: str, name: str = "Main") -> str:
    """A channel for each spelling of its name in an option of the engine; in none, if there is no option."""
    return "".join(
        f"""
    live.Channel("{spelling}", channel_name="{name}", channel_type="live", push_domain="push.example.com",
                 pull_rates=["source", "hd"]{option(f'{what}=["{spelling}"]') if what else ""})
"""
        for spelling in ("channel_name", "channelName")
    )


def names(stack: Stack) -> list[str]:
    return [channel["channelName"] for channel in stack.platform.objects("channel")]


def only(stack: Stack, kind: str) -> dict[str, Any]:
    (held,) = stack.platform.objects(kind)
    return held


def test_a_second_account_has_its_own_channels_and_its_own_answers(stack: Stack) -> None:
    """R18, for Python classes: everything goes to the account of its provider, and a changed key replaces nothing."""
    with running(quota=0) as (port, other):
        keys = environment(port, 0)
        address, secret = keys["LIVECHANNELS_ENDPOINT"], keys["LIVECHANNELS_SECRET_KEY"]

        def program(wait: int) -> str:
            return (
                main()
                + f"""
    b = live.Provider("b", access_key="emulator-access-key", secret_key=pulumi.Output.secret("{secret}"),
                      endpoint="{address}", calls_per_five_minutes=0, wait_minutes={wait})
    theirs = live.Channel("theirs", channel_name="Theirs", channel_type="live", push_domain="push.example.com",
                          pull_rates=["source"], opts=pulumi.ResourceOptions(provider=b))

    class Team(pulumi.ComponentResource):
        def __init__(self, name, opts=None):
            super().__init__("test:index:Team", name, None, opts)
            live.Channel("inside", channel_name="Inside", channel_type="live", push_domain="push.example.com",
                         pull_rates=["source"], opts=pulumi.ResourceOptions(parent=self))

    Team("team", opts=pulumi.ResourceOptions(providers=[b]))
    pulumi.export("here", len(live.get_channels().items))
    pulumi.export("there", len(live.get_channels(provider=b).items))
    pulumi.export("theirs", live.get_channel_output(pull_id=theirs.pull_id, provider=b).apply(
        lambda channel: channel.channel_name))
    """
            )

        stack.program(program(5))
        stack.up()
        assert [item["channelName"] for item in stack.platform.objects("channel")] == ["Main"]
        assert sorted(item["channelName"] for item in other.objects("channel")) == ["Inside", "Theirs"]
        assert secret not in json.dumps(stack.export())
        stack.program(program(6))
        stack.up()
        outputs = json.loads(stack.pulumi("stack", "output", "--json", "--show-secrets"))
        assert outputs == {"here": 1, "there": 2, "theirs": "Theirs"}
        made = [item["id"] for item in other.objects("channel")]
        stack.refresh()
        stack.pulumi(*NOTHING_CHANGES)
        assert [item["id"] for item in other.objects("channel")] == made
        stack.destroy()
        assert stack.platform.objects("channel") == other.objects("channel") == []


def test_a_click_on_what_the_program_ignores_stays_however_it_spells_it(stack: Stack) -> None:
    stack.program(spelt("ignore_changes"))
    stack.up()
    for channel in stack.platform.objects("channel"):
        stack.platform.edit("channel", channel["id"], {"channelName": "Clicked"})
    stack.up(0, "--refresh")
    assert names(stack) == ["Clicked"] * 2
    stack.refresh()
    stack.pulumi(*NOTHING_CHANGES)
    stack.pulumi(*DRIFT_FROM_THE_PROGRAM)
    stack.program(spelt("ignore_changes").replace('["source", "hd"]', '["source"]'))
    stack.up()
    assert names(stack) == ["Clicked"] * 2, "another change leaves it alone"
    stack.program(spelt(""))
    stack.up()
    assert names(stack) == ["Main"] * 2, "ignored no longer"


def test_a_click_is_shown_with_both_values_and_secrets_by_name(stack: Stack) -> None:
    stack.program(main() + GUEST.format(more=""))
    stack.up()
    stack.platform.edit("channel", only(stack, "channel")["id"], {"channelName": "Clicked"})
    guest = only(stack, "pullChannel")["id"]
    stack.platform.edit("pullChannel", guest, {"sourcePullUrl": "rtmp://origin.example.net/app/clickcanary"})
    stack.pulumi(*DRIFT_ON_THE_PLATFORM, code=DRIFT)
    stack.refresh()
    said = stack.pulumi("preview", "--diff", "--non-interactive")
    assert "Channel main: channelName is 'Clicked' on the platform and 'Main' in the program" in said
    assert "PullChannel guest: sourceUrl differs; it is a secret" in said
    assert '"Clicked" => "Main"' in said, "the engine shows it too"
    assert said.count("=>") == 1, "and nothing else"
    assert "canary" not in stack.said + json.dumps(stack.export())
    stack.up()
    assert only(stack, "channel")["channelName"] == "Main"
    stack.pulumi(*DRIFT_FROM_THE_PROGRAM)


def test_a_change_of_what_the_program_names_replaces_however_it_spells_it(stack: Stack) -> None:
    stack.program(spelt("replace_on_changes"))
    stack.up()
    before = {channel["id"] for channel in stack.platform.objects("channel")}
    stack.program(spelt("replace_on_changes", "Other"))
    assert "2 to replace" in stack.pulumi("preview", "--non-interactive")
    stack.up()
    assert names(stack) == ["Other"] * 2
    assert not before & {channel["id"] for channel in stack.platform.objects("channel")}


def test_import_is_adopt_and_a_preview_tells_what_it_would_change(stack: Stack) -> None:
    stack.program(main())
    stack.up()
    key = only(stack, "channel")["id"]
    stack.pulumi("stack", "rm", "--force", "--yes")
    stack.pulumi("stack", "init", "dev", "--non-interactive")
    stack.program(main("Typo", option(f'import_="{key}", protect=True')))
    said = stack.pulumi("preview", "--non-interactive")
    assert f"adopting Channel {key} changes the live object: channelName is 'Main' on the platform and 'Typo'" in said
    wrong = main("Main", f', adopt="{key}"').replace('"live"', '"other"')
    stack.program(wrong)
    said = stack.pulumi("preview", "--non-interactive", code=1)
    assert "channelType is 'live' on the platform and 'other' in the program" in said
    stack.program(main("Main", ', adopt="nobody"'))
    assert "there is no Channel nobody to adopt" in stack.pulumi("preview", "--non-interactive", code=1)
    stack.program(main("Main", option(f'import_="{key}"')))
    assert "changes the live object" not in stack.pulumi("preview", "--non-interactive")
    stack.up()
    stack.pulumi(*NOTHING_CHANGES)
    assert stack.calls("createChannel") == 1
    assert [item["id"] for item in stack.resources("Channel")] == [key]


def test_get_reads_an_object_that_somebody_else_holds(stack: Stack) -> None:
    stack.program(main())
    stack.up()
    key = only(stack, "channel")["id"]
    stack.program(
        main()
        + f"""
    seen = live.Channel.get("seen", "{key}")
    live.RecordTask("recording", pull_id=seen.pull_id, end_time="{STOP}")
    pulumi.export("name", seen.channel_name)
    pulumi.export("push", seen.push_url)
    """
    )
    stack.up()
    outputs = json.loads(stack.pulumi("stack", "output", "--json", "--show-secrets"))
    assert outputs["name"] == "Main"
    assert outputs["push"].startswith("rtmp://push.example.com/")
    assert outputs["push"] not in json.dumps(stack.export()), "encrypted"
    stack.refresh()
    stack.pulumi(*NOTHING_CHANGES)
    stack.program(main())
    stack.up()
    assert only(stack, "channel")["id"] == key, "what was only read is not ended"
    stack.program('live.Channel.get("seen", "nobody")')
    assert "there is no Channel nobody" in stack.pulumi("preview", "--non-interactive", code=1)


def test_what_gets_another_name_and_another_provider_of_the_account_goes_on(stack: Stack) -> None:
    first = (
        main()
        + f"""
    live.RecordTask("recording", pull_id=main.pull_id, end_time="{STOP}")
    live.ForwardTask("relay", pull_id=main.pull_id, forward_url="rtmp://relay.example.net/app/key")
    live.ChannelStateCallback("told", push_domain="push.example.com", notify_url="https://hooks.example.com/live")
    """
    )
    second = (
        first.replace('"recording"', '"rec2"').replace('"relay"', '"relay2"').replace('"told"', '"told2"')
    ).replace(
        "    live.RecordTask",
        """    b = live.Provider("b", access_key="emulator-access-key", secret_key="emulator-secret-key")
    live.RecordTask""",
        1,
    )
    second = second.replace(f'end_time="{STOP}")', f'end_time="{STOP}", opts=pulumi.ResourceOptions(provider=b))')
    second = second.replace('app/key")', 'app/key", opts=pulumi.ResourceOptions(provider=b))')
    second = second.replace('com/live")', 'com/live", opts=pulumi.ResourceOptions(provider=b))')
    stack.program(first)
    stack.up()
    stack.program(second)
    stack.up()
    for action in ("endRecordTask", "endForwardTask"):
        assert stack.calls(action) == 0, action
    assert [item["status"] for item in stack.platform.objects("recordTask")] == [1]
    assert stack.platform.objects("channelStateCallback"), "it is still set"
    stack.pulumi(*DRIFT_FROM_THE_PROGRAM)


def test_a_channel_adopted_under_another_provider_of_the_account_is_not_deleted(stack: Stack) -> None:
    stack.program(main())
    stack.up()
    key = only(stack, "channel")["id"]
    stack.program(
        """
    b = live.Provider("b", access_key="emulator-access-key", secret_key="emulator-secret-key")
    """
        + main(more=f', adopt="{key}", opts=pulumi.ResourceOptions(provider=b)').replace('"main"', '"main2"')
    )
    stack.up()
    assert only(stack, "channel")["id"] == key
    assert "is held by main2" in stack.said


def test_a_secret_that_a_transform_has_set_is_encrypted_and_not_shown(stack: Stack) -> None:
    stack.program(
        """
    from pulumi import ResourceTransformArgs, ResourceTransformResult

    def company(args: ResourceTransformArgs):
        url = "rtmp://origin.example.net/app/transformcanary"
        return ResourceTransformResult(props={**args.props, "sourceUrl": url}, opts=args.opts)

    pulumi.runtime.register_resource_transform(company)
    """
        + GUEST.format(more="")
    )
    stack.pulumi("preview", "--diff", "--non-interactive")
    stack.up()
    assert only(stack, "pullChannel")["sourcePullUrl"].endswith("transformcanary")
    assert "canary" not in stack.said + json.dumps(stack.export())


def test_an_exported_answer_is_what_the_platform_told(stack: Stack) -> None:
    stack.program(
        main()
        + """
    pulumi.export("all", live.get_channels())
    pulumi.export("one", live.get_channel_output(pull_id=main.pull_id))
    """
    )
    stack.up()
    stack.up()
    outputs = json.loads(stack.pulumi("stack", "output", "--json", "--show-secrets"))
    assert [item["channel_name"] for item in outputs["all"]["items"]] == ["Main"]
    assert outputs["one"]["push_url"] == only(stack, "channel")["pushUrl"]
    assert outputs["one"]["push_url"] not in json.dumps(stack.export())
