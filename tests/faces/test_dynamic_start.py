"""What the processes of a stack of Python classes load: each has to be there before anything happens in it."""

from __future__ import annotations

import subprocess
import sys

import pytest

# What carries resources out, and what describes the vendor's calls, each for itself.
ACTIONS = {
    f"pulumi_livechannels.vendors.wangsu.{topic}" for topic in ("channels", "forwarding", "playback", "recording")
}
CARRYING_OUT = {"pulumi_livechannels.core.lifecycle", "pulumi_livechannels.ground.run_notes"}
# Nor is anything locked by who only looks, and the lock's library takes as long to load as half of ours.
LOCKS = {"filelock"}
HTTP = {"requests", "urllib3", "pulumi_livechannels.ground.http", "pulumi_livechannels.vendors.wangsu.client"}
REPORTS = {"pulumi_livechannels.reports", "pulumi_livechannels.lookups", "pulumi_livechannels.functions"}

# An event loop of the program's own, for Python 3.14 makes none for whom mocks are set.
A_PROGRAM = """
import asyncio, pulumi, sys
asyncio.set_event_loop(asyncio.new_event_loop())
class Mocks(pulumi.runtime.Mocks):
    def new_resource(self, args):
        return args.name, args.inputs
    def call(self, args):
        return {}
pulumi.runtime.set_mocks(Mocks())
import pulumi_livechannels as live
main = live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                    pull_rates=["source"], whiteboard={"enabled": False})
live.ForwardTask("relay", pull_id=main.pull_id, forward_url="rtmp://relay.example.net/app/1")
"""
A_PREVIEW = """
import sys
from pulumi.dynamic import Config, ConfigureRequest
from pulumi_livechannels.core.class_keys import HOLDER
from pulumi_livechannels.dynamic import ChannelProvider
provider = ChannelProvider()
provider.configure(ConfigureRequest(Config({f"livechannels:{half}Key": "k" for half in ("access", "secret")}, "project")))
inputs = {"channelName": "Main", "channelType": "live", "pushDomain": "push.example.com", "pullRates": ["source"]}
checked = provider.check({}, {**inputs, HOLDER: "urn:pulumi:dev::p::t::main"})
assert not checked.failures, checked.failures
assert provider.diff("0" * 32, dict(checked.inputs), dict(checked.inputs)).changes is not None
"""


def loaded(program: str) -> set[str]:
    """The modules of a process that has run so far."""
    told = program + '\nprint(*sorted(sys.modules), sep="\\n")'
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.rule("R39")
def test_a_program_that_declares_loads_no_more_than_it_takes_to_declare() -> None:
    modules = loaded(A_PROGRAM)
    assert "pulumi_livechannels.resources.channel" in modules
    assert modules & (ACTIONS | CARRYING_OUT | HTTP | REPORTS) == set()
    assert "pydantic.plugin._loader" not in modules, "no model was completed, for a program checks nothing"


@pytest.mark.rule("R39")
def test_a_provider_in_a_preview_loads_what_checks_and_compares_and_nothing_that_calls() -> None:
    modules = loaded(A_PREVIEW)
    assert modules >= CARRYING_OUT
    assert modules & (ACTIONS | HTTP | LOCKS | REPORTS) == set()


@pytest.mark.rule("R39")
def test_ours_are_no_more_than_so_many_of_the_modules_of_each_process() -> None:
    """Whoever adds one should know that every run of everybody loads it twice."""
    for program, most in ((A_PROGRAM, 65), (A_PREVIEW, 80)):
        ours = {module for module in loaded(program) if module.startswith("pulumi_livechannels")}
        assert len(ours) <= most, sorted(ours)
