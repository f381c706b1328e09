"""The exporter as a process: what it serves, how it ends, and that no report waits for another."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from kit import PATIENCE, eventually, inherited
from pulumi_livechannels.emulator.server import environment, running

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "pulumi_livechannels.cli", "exporter"]
PEAKS, BYTES = "getTrafficAndRequestPeaks", "getAccountTrafficBytes"


def variables(port: int) -> dict[str, str]:
    return {**inherited(), **environment(port, 0), "COLUMNS": "100"}


@contextmanager
def exporting(env: Mapping[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A running exporter of a domain, which ends well on a signal."""
    words = ["--port", "0", "--domain", "pull.example.com", *arguments]
    process = subprocess.Popen([*COMMAND, *words], env=env, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        process.stderr.close()  # type: ignore[union-attr]


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    serving = re.search(r"http://127\.0\.0\.1:\d+/metrics", process.stderr.readline())
    assert serving is not None
    return serving[0]


def told(address: str) -> Any:
    request = urllib.request.Request(address, headers={"Accept": "application/openmetrics-text"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
        return answer.read().decode()


def samples(address: str, name: str) -> dict[str, float]:
    """The values of a metric by report."""
    families = text_string_to_metric_families(told(address))
    return {
        sample.labels["report"]: sample.value for family in families for sample in family.samples if sample.name == name
    }


def test_the_command_serves_openmetrics_and_ends_on_a_signal() -> None:
    with running(quota=0) as (port, _), exporting(variables(port), "--report", PEAKS) as process:
        assert told(address_of(process)).endswith("# EOF\n")


def test_a_signal_ends_it_while_a_call_hangs() -> None:
    with running(quota=0) as (port, _), socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with exporting({**variables(port), "LIVECHANNELS_ENDPOINT": endpoint}, "--report", PEAKS):
            silent.settimeout(PATIENCE)
            hanging, _ = silent.accept()
        hanging.close()


@pytest.mark.parametrize("fault", [{"kind": "throttle"}, {"kind": "slow", "seconds": 3600.0}])
def test_a_report_that_is_throttled_or_slow_holds_no_other_back(fault: dict[str, Any]) -> None:
    """The others are told at once, though all share one account, one budget and one process."""
    with running(quota=0) as (port, platform):
        platform.faults.add({"path": "/api/report/flow-request", "times": 1_000_000, **fault})
        with exporting(variables(port), "--report", f"{PEAKS},{BYTES}") as process:
            address = address_of(process)
            eventually(lambda: platform.faults.account()[0]["fired"])
            eventually(lambda: samples(address, "livechannels_report_up").get(BYTES))
            assert samples(address, "livechannels_report_up") == {PEAKS: 0, BYTES: 1}
            if fault["kind"] == "throttle":
                eventually(lambda: samples(address, "livechannels_report_errors_total"))
                assert samples(address, "livechannels_report_errors_total") == {PEAKS: 1}
                assert process.poll() is None


def test_a_port_that_is_taken_is_named_with_a_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        words = ["--report", PEAKS, "--domain", "pull.example.com", "--port", port]
        done = subprocess.run([*COMMAND, *words], env=variables(1), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"--port {port} at 127.0.0.1 cannot be had" in done.stderr
    assert "name another one, or 0 for any that is free" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--report", "getIsps"), "getIsps has no series to export"),
        (("--report", "getStreamPushDuration"), "getStreamPushDuration has no series to export"),
        (("--report", "getDomainTrafic"), "did you mean getDomainTraffic?"),
        (("--report", "getDomainTraffic"), "getDomainTraffic: --domain is required"),
        (("--report", "getDomainTraffic", "--domain", "@no/such"), "--domain @no/such: No such file"),
        ((), "--report"),
    ],
)
def test_what_cannot_be_exported_is_named_and_exits_with_2(arguments: tuple[str, ...], words: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], env=variables(1), capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
