"""Live streaming channels under Pulumi.

    import pulumi_livechannels as live

    main = live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                        pull_rates=["source"])

Every resource of `pulumi_livechannels.resources` is a class here. They are made from the models when they are first
used, so that the command line starts without loading Pulumi; editors read the stub that the build writes beside it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    # Submodules are looked up here before they are imported, and every public class begins with a capital.
    exports = import_module(".dynamic", __name__).EXPORTS if name[:1].isupper() else {}
    try:
        return exports[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    return sorted(import_module(".dynamic", __name__).EXPORTS)
