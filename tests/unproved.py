"""What a machine without some tools cannot prove: its tests are left out, named at the end, and fail the run.

A test says `@pytest.mark.needs("npm")`, or the parameter of one does. The rest of the run goes on, so that a machine
without Go still tells all that it can.
"""

from __future__ import annotations

import shutil
from typing import Any

import pytest

TOOLS = {"npm": "Node.js", "go": "Go", "javac": "Java", "mvn": "Maven", "openssl": "OpenSSL"}
_NOT_PROVED = "not proved: "


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out whose tools are not there."""
    tools = [tool for mark in item.iter_markers("needs") for tool in mark.args]
    lacking = [TOOLS[tool] for tool in tools if not shutil.which(tool)]
    if lacking:
        verb = "is" if len(lacking) == 1 else "are"
        pytest.skip(f"{_NOT_PROVED}{' and '.join(lacking)} {verb} not on PATH")


def _left_out(config: pytest.Config) -> dict[str, list[str]]:
    """The tests that were left out, by the reason."""
    found: dict[str, list[str]] = {}
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    for report in reporter.stats.get("skipped", []) if reporter else []:
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else ""
        _, mark, lacking = reason.partition(_NOT_PROVED)
        if mark:
            found.setdefault(lacking, []).append(report.nodeid)
    return found


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name them."""
    for lacking, tests in _left_out(terminalreporter.config).items():
        terminalreporter.section(f"NOT PROVED: {lacking}", red=True)
        for test in tests:
            terminalreporter.line(test)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A run that left something unproved has not passed."""
    if exitstatus == pytest.ExitCode.OK and _left_out(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
