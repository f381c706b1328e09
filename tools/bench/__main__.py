"""`make bench`: calls, ratios and times as a table and as `bench.json`.

Times are from this machine and this run; what to look at are the ratios, and the calls, which the emulator's journal
counts. Name parts to run only these: stacks, thousand, start, hundred, costs, calls, reports, files, emulator; and
fleet, which takes so long that it runs only when it is named.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import calls
import costs
import fleet
import service
import stacks
from rich.console import Console

import reports
from pulumi_livechannels.dynamic import PROVIDERS
from pulumi_livechannels.dynamic.resource import stored

FILE = Path(__file__).resolve().parents[2] / "bench.json"


def main() -> None:
    """Measure, print, write."""
    # The widest table, where nobody's terminal says otherwise.
    console = Console() if sys.stdout.isatty() else Console(width=120)
    parts: dict[str, tuple[str, Callable[[], Any]]] = {
        "costs": (
            "what a resource and a report cost in lines",
            lambda: {**costs.of_resources(), "": costs.of_reports()},
        ),
        "start": (
            "length of __provider, and seconds until a process has started",
            lambda: {
                "length": max(len(stored(made)) for made in PROVIDERS.values()),
                **{name: round(seconds, 3) for name, seconds in stacks.process_start().items()},
            },
        ),
        "calls": ("calls of each operation, and the fewest that could do", calls.table),
        "reports": ("a report over 90 days and 100 domains, in slots of 5 minutes", reports.wide),
        "files": ("a report of 200 domains in slots of 5 minutes, into a CSV file", reports.to_a_file),
        "emulator": ("what one emulator bears", service.borne),
        "hundred": ("100 channels through the plugin, --parallel 64, s", stacks.hundred_at_once),
        "stacks": ("", lambda: stacks.against_the_floor(console)),
        "thousand": ("", lambda: stacks.thousand(console)),
        "fleet": ("", lambda: fleet.ten_thousand(console)),
    }
    result = json.loads(FILE.read_text()) if FILE.exists() else {}
    for name in sys.argv[1:] or [part for part in parts if part != "fleet"]:
        title, measure = parts[name]
        result[name] = measure()
        if title:
            console.print(f"[bold]{title}[/]")
            for key, value in result[name].items():
                told = (
                    ", ".join(f"{each} {number}" for each, number in value.items())
                    if isinstance(value, dict)
                    else value
                )
                console.print(f"  {key}: {told}", highlight=False)
        FILE.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
