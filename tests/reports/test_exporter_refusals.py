"""What the exporter refuses before it serves: the question first, then where it is to listen, each by its option."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from typing import Any

import prometheus_client
import pytest
from typer.testing import CliRunner

from pulumi_livechannels.cli import exporter
from pulumi_livechannels.cli.main import app
from pulumi_livechannels.emulator.server import environment

PEAKS = ("exporter", "--report", "getTrafficAndRequestPeaks", "--domain", "pull.example.com")
BILL = "getBandwidthBill is a month's bill: ask it with livechannels bill, see livechannels bill --help"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that nobody calls; the command runs in this process, whose signals are not its own."""
    for name, value in environment(1, 0).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(signal, "signal", lambda *_: None)


@pytest.fixture
def taken() -> Iterator[str]:
    """A port that somebody has."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield str(other.getsockname()[1])


def test_a_port_that_is_taken_is_the_ports_fault(taken: str) -> None:
    done = CliRunner().invoke(app, [*PEAKS, "--port", taken])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"--port {taken} at 127.0.0.1 cannot be had: Address already in use: ")


@pytest.mark.parametrize("address", ["a..b", "x" * 70, "", "192.0.2.1"])
def test_an_address_that_is_none_of_this_machine_is_the_addresss_fault(address: str) -> None:
    done = CliRunner().invoke(app, [*PEAKS, "--address", address, "--port", "0"])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"--address {address} cannot be had: ")
    assert done.stderr.endswith(": name an address of this machine, or 0.0.0.0 for every one\n")
    assert "--port" not in done.stderr


def test_a_name_that_nobody_knows_is_the_addresss_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(prometheus_client, "start_http_server", unknown)
    done = CliRunner().invoke(app, [*PEAKS, "--address", "nope"])
    assert done.exit_code == 1
    assert done.stderr.startswith("--address nope cannot be had: Name or service not known: name an address")


@pytest.mark.parametrize(("address", "shown"), [("::1", "[::1]"), ("::", "[::]"), ("127.0.0.1", "127.0.0.1")])
def test_where_it_serves_is_told_as_an_address_to_open(
    monkeypatch: pytest.MonkeyPatch, address: str, shown: str
) -> None:
    class Stop(Exception):
        """In place of serving until told to stop."""

    class Server:
        server_port = 9810

    def stop(**_: Any) -> None:
        raise Stop

    monkeypatch.setattr(prometheus_client, "start_http_server", lambda *_: (Server, None))
    monkeypatch.setattr(exporter.threading, "Thread", stop)
    done = CliRunner().invoke(app, [*PEAKS, "--address", address])
    assert isinstance(done.exception, Stop)
    assert done.stderr == f"serving http://{shown}:9810/metrics\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--report", "getDomainTraffic"), "getDomainTraffic: --domain is required, but is missing: set it\n"),
        (("--report", "getDomainTrafic"), "there is no report getDomainTrafic: did you mean getDomainTraffic?\n"),
        (("--report", "getBandwidthBill"), f"{BILL}\n"),
        (("--report", "getIsps"), "getIsps has no series to export\n"),
    ],
)
def test_the_question_is_judged_before_the_port_and_the_address(
    taken: str, arguments: tuple[str, ...], told: str
) -> None:
    for where in (("--port", taken), ("--address", "a..b")):
        done = CliRunner().invoke(app, ["exporter", *arguments, *where])
        assert (done.exit_code, done.stderr) == (2, told)


def test_a_bill_is_asked_with_its_own_command() -> None:
    for more in ((), ("--help",), ("--domain", "pull.example.com")):
        done = CliRunner().invoke(app, ["report", "getBandwidthBill", *more])
        assert done.exit_code == 2
        assert BILL in done.stderr
    assert "did you mean getBandwidthBill?" in CliRunner().invoke(app, ["report", "getBandwidthBil"]).stderr
