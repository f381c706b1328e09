"""Previews or brings up a fleet of stacks, one after the other, within a share of the account's calls.

    python fleet.py preview --project . --calls 100 live-eu live-asia

The account's quota is one for all stacks. `--calls` is how many calls in any 5 minutes this program takes of it. They
are counted in a file that all runs of a user on a machine share, so that the share holds for all stacks together. A
stack that fails does not keep the others from their turn. Ends with 1 where one failed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from pulumi import automation


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=("preview", "up"))
    parser.add_argument("stacks", nargs="+", metavar="STACK")
    parser.add_argument("--project", default=".", help="the folder of Pulumi.yaml")
    parser.add_argument("--calls", type=int, default=150, help="calls in 5 minutes; the account has 300")
    given = parser.parse_args()
    failed = 0
    for name in given.stacks:
        try:
            print(f"{name}: {told(run(given.action, name, given.project, given.calls))}", flush=True)
        except automation.CommandError as error:
            failed += 1
            print(f"{name}: failed\n{error}", file=sys.stderr, flush=True)
    return 1 if failed else 0


def run(action: str, name: str, project: str, calls: int) -> Mapping[str, int]:
    """How many resources each kind of step changes, or would change."""
    settings = automation.LocalWorkspaceOptions(env_vars={"LIVECHANNELS_CALLS_PER_FIVE_MINUTES": str(calls)})
    stack = automation.select_stack(stack_name=name, work_dir=project, opts=settings)
    if action == "preview":
        return stack.preview().change_summary
    return stack.up(suppress_outputs=True).summary.resource_changes or {}


def told(changes: Mapping[str, int]) -> str:
    """The counts in a line."""
    return ", ".join(f"{count} {op}" for op, count in sorted(changes.items())) or "nothing to do"


if __name__ == "__main__":
    sys.exit(main())
