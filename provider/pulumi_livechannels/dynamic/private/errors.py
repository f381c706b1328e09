"""`_abort_with_traceback` and the name `traceback` of the SDK's provider process: errors without a traceback.

The SDK sends whatever a provider raises as `traceback.format_exc()` and offers no way round it, so in its own process,
and only for our errors, that one name is given another meaning. When the SDK changes it, users see a Python traceback
around our sentences; nothing else breaks.
"""

from __future__ import annotations

import sys
import traceback

from ...ground.errors import LiveChannelsError


def speak_plainly() -> None:
    """Show our errors without a Python traceback."""
    main = vars(sys.modules["__main__"])
    if "_abort_with_traceback" in main:
        main["traceback"] = _PlainTraceback


class _PlainTraceback:
    """Stands in for the module `traceback` in the SDK's process."""

    @staticmethod
    def format_exc() -> str:
        error = sys.exc_info()[1]
        return str(error) if isinstance(error, LiveChannelsError) else traceback.format_exc()
