"""A provider process in a hurry: where it would wait, its clock goes forward. Whoever starts it puts this folder into
PYTHONPATH, from which Python takes it before anything else.
"""

import sys
import time
from typing import Any

waited: list[float] = []


def hurry(kind: Any) -> None:
    """Give a clock sleeps that take no time, and the time that they would have taken."""
    kind.sleep = lambda self, seconds: waited.append(max(0.0, seconds))
    kind.now = lambda self: time.time() + sum(waited)
    kind.monotonic = lambda self: time.monotonic() + sum(waited)


if any("pulumi" in word for word in sys.orig_argv):
    from pulumi_livechannels.ground.clock import SystemClock
    from pulumi_livechannels.plugin.deadline import Deadline

    hurry(SystemClock)
    hurry(Deadline)
