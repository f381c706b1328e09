"""What programs do with Pulumi around our resources: components, transforms, hooks, other stacks, other tools."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine_kit import DRIFT_FROM_THE_PROGRAM, NOTHING_CHANGES, Stack

pytestmark = pytest.mark.engine

CHANNEL = """channel_type="live", push_domain="push.example.com", pull_rates=["source"]"""


def names(stack: Stack) -> list[str]:
    return sorted(item["channelName"] for item in stack.platform.objects("channel"))


def test_a_component_holds_resources_with_namesakes_elsewhere(stack: Stack) -> None:
    stack.program(
        f"""
    class Stage(pulumi.ComponentResource):
        def __init__(self, name, opts=None):
            super().__init__("test:index:Stage", name, None, opts)
            self.main = live.Channel("main", channel_name=name, {CHANNEL}, opts=pulumi.ResourceOptions(parent=self))
            live.ChannelBan("ban", pull_id=self.main.pull_id, opts=pulumi.ResourceOptions(parent=self.main))
            self.register_outputs({{"pull_id": self.main.pull_id}})

    for name in ("north", "south"):
        stage = Stage(name)
        pulumi.export(name, stage.main.pull_id)
    """.replace('live.Channel("main"', 'live.Channel(f"{name}-main"').replace('"ban"', 'f"{name}-ban"')
    )
    stack.up()
    assert names(stack) == ["north", "south"]
    stack.pulumi(*DRIFT_FROM_THE_PROGRAM)
    stack.destroy()
    assert names(stack) == []


def test_a_transform_changes_what_is_sent_and_what_is_ignored(stack: Stack) -> None:
    stack.program(
        f"""
    from pulumi import ResourceOptions, ResourceTransformArgs, ResourceTransformResult

    def company(args: ResourceTransformArgs):
        if args.type_ != "pulumi-python:dynamic/livechannels:Channel":
            return None
        return ResourceTransformResult(
            props={{**args.props, "channelName": "Company " + args.props["channelName"]}},
            opts=ResourceOptions.merge(args.opts, ResourceOptions(ignore_changes=["pullRates"])))

    pulumi.runtime.register_resource_transform(company)
    live.Channel("main", channel_name="Main", {CHANNEL})
    """
    )
    stack.up()
    (held,) = stack.platform.objects("channel")
    assert held["channelName"] == "Company Main"
    stack.pulumi(*NOTHING_CHANGES)
    stack.platform.edit("channel", held["id"], {"pullRate": "HD"})
    stack.up(0, "--refresh")
    assert stack.platform.objects("channel")[0]["pullRate"] == "HD", "ignored by the transform"
    stack.pulumi(*DRIFT_FROM_THE_PROGRAM)


def test_a_hook_runs_around_our_verbs(stack: Stack) -> None:
    stack.program(
        f"""
    def told(args):
        print("HOOK", args.name, args.new_outputs["channelName"] if args.new_outputs else "before")

    hooks = pulumi.ResourceHookBinding(before_create=[pulumi.ResourceHook("before", told)],
                                       after_create=[pulumi.ResourceHook("after", told)])
    live.Channel("main", channel_name="Main", {CHANNEL}, opts=pulumi.ResourceOptions(hooks=hooks))
    """
    )
    said = stack.up()
    assert "HOOK main before" in said
    assert "HOOK main Main" in said


def test_another_stack_reads_an_output_secret_or_not(stack: Stack) -> None:
    stack.program(
        f"""
    main = live.Channel("main", channel_name="Main", {CHANNEL})
    pulumi.export("pullId", main.pull_id)
    pulumi.export("pushUrl", main.push_url)
    """
    )
    stack.up()
    (held,) = stack.platform.objects("channel")
    stack.pulumi("stack", "init", "relays", "--non-interactive")
    stack.program(
        """
    channels = pulumi.StackReference("organization/test/dev")
    live.ForwardTask("relay", pull_id=channels.require_output("pullId"),
                     forward_url=channels.require_output("pushUrl"))
    """
    )
    stack.up()
    (relay,) = stack.platform.objects("forwardTask")
    assert (relay["pullId"], relay["forwardUrl"]) == (held["id"], held["pushUrl"])
    assert held["pushUrl"] not in json.dumps(stack.export())
    stack.destroy()


AUTOMATION = """
import json, os, pulumi, pulumi_livechannels as live
from pulumi import automation

def program():
    main = live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                        pull_rates=["source"])
    pulumi.export("pullId", main.pull_id)

stack = automation.create_or_select_stack("dev", "inline", program)
up = stack.up()
again = stack.preview(expect_no_changes=True)
refreshed = stack.refresh()
print("RESULT", json.dumps([up.outputs["pullId"].value, dict(up.summary.resource_changes),
                            {str(k): v for k, v in again.change_summary.items()}]))
stack.destroy()
"""


def test_the_automation_api_runs_a_program_inside_a_process(bare: Stack) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AUTOMATION],
        cwd=bare.folder,
        # The provider's process is that of the interpreter on PATH, as in a virtual environment that is active.
        env={**bare.surroundings, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{bare.surroundings['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    pull_id, changes, _ = json.loads(done.stdout.partition("RESULT ")[2])
    assert bare.calls("createChannel") == 1
    assert pull_id
    assert changes["create"] == 2
    assert names(bare) == []


def test_a_project_of_uv_runs_as_any_other(bare: Stack) -> None:
    uv = Path(sys.executable).parent / "uv"
    assert uv.exists(), "uv is a development dependency: run `make setup`"
    (bare.folder / "pyproject.toml").write_text(
        '[project]\nname = "test"\nversion = "1"\nrequires-python = ">=3.10"\ndependencies = []\n'
    )
    shutil.copytree(sys.prefix, bare.folder / ".venv", symlinks=True)
    bare.surroundings["PATH"] = f"{uv.parent}{os.pathsep}{bare.surroundings['PATH']}"
    bare.project({"name": "python", "options": {"toolchain": "uv"}})
    bare.program(f"""
    live.Channel("main", channel_name="Main", {CHANNEL})
    """)
    bare.up()
    assert names(bare) == ["Main"]
    bare.destroy()
