"""What the plugin's process loads: the engine waits for a port, and every run pays for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

UNTIL_THE_PORT = """
import builtins, sys
from pulumi_livechannels.plugin import main
main.Later.loaded = lambda self: None
def told(port, flush):
    builtins.said(*sorted(sys.modules), sep="\\n", flush=True)
    sys.exit()
builtins.said, builtins.print = builtins.print, told
main.main()
"""
A_SERVICER = """
import sys
import pulumi_livechannels.plugin.servicer, pulumi_livechannels.resources
print(*sorted(sys.modules), sep="\\n")
"""


def loaded(program: str) -> set[str]:
    """The modules of a process that has run so far."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.rule("R39")
def test_the_port_waits_for_no_model_and_no_sdk() -> None:
    modules = loaded(UNTIL_THE_PORT)
    assert "pulumi_livechannels.plugin.protocol" in modules
    assert {"pulumi", "pydantic", "requests", "pulumi_livechannels.core"} & modules == set()


@pytest.mark.rule("R39")
def test_a_provider_of_the_plugin_never_loads_the_sdk() -> None:
    modules = loaded(A_SERVICER)
    assert "pulumi_livechannels.resources.channel" in modules
    assert {"pulumi", "dill", "yaml", "opentelemetry"} & modules == set()
