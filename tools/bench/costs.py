"""What one more resource or report costs, in lines and files."""

from __future__ import annotations

import inspect
import re
import statistics
from pathlib import Path
from typing import Any

from pulumi_livechannels.reports import REPORTS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "provider" / "pulumi_livechannels"
RESOURCES = {
    "ForwardTask": ("forward_task.py", "vendors/wangsu/forwarding.py", "emulator/wangsu/forwarding.py"),
    "ChannelStateCallback": ("channel_state_callback.py", "vendors/wangsu/switches.py", "emulator/wangsu/switches.py"),
    "ChannelBan": ("channel_ban.py", "vendors/wangsu/switches.py", "emulator/wangsu/switches.py"),
    "StreamDisconnect": ("stream_disconnect.py", "vendors/wangsu/switches.py", "emulator/wangsu/switches.py"),
    "SignedPushUrl and SignedPullUrls": ("signed_urls.py", "vendors/wangsu/switches.py", "emulator/wangsu/urls.py"),
}


def of_resources() -> dict[str, dict[str, int]]:
    """Lines of the core file and of the files that it shares, lines of registration, and files that know the name."""
    found = {}
    registry = (PACKAGE / "resources" / "__init__.py").read_text()
    for name, (core, calls, platform) in RESOURCES.items():
        words = name.split(" and ")
        sources = [
            path for path in PACKAGE.rglob("*.py") if any(re.search(rf"\b{word}\b", path.read_text()) for word in words)
        ]
        found[name] = {
            "core file": _lines(PACKAGE / "resources" / core),
            "vendor calls (shared file)": _lines(PACKAGE / calls),
            "emulator (shared file)": _lines(PACKAGE / platform),
            "registration": len(re.findall(rf"^    ({'|'.join(words)}),$", registry, re.MULTILINE)),
            "files that name it": len(sources),
        }
    return found


def of_reports() -> dict[str, Any]:
    """Lines of the classes of all reports: the median, the longest, and how many lines of registration each has."""
    lines = {kind.name(): len(inspect.getsource(kind).splitlines()) for kind in REPORTS}
    longest = max(lines, key=lambda name: lines[name])
    return {
        "reports": len(lines),
        "median lines": statistics.median(lines.values()),
        f"longest, {longest}": lines[longest],
    }


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())
