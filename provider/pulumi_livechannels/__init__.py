"""Live streaming channels under Pulumi.

    import pulumi_livechannels as live

    main = live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                        pull_rates=["source"])

Every resource of `pulumi_livechannels.resources` is a class here, and every function of its module `index` is one; the
reports are in the modules `wangsu` and `volcengine`. All are made from the models when they are first used, so that the
command line starts without loading Pulumi; editors read the stubs that the build writes beside.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    if name in ("wangsu", "volcengine"):
        return import_module(f".{name}", __name__)
    if name.startswith("get_"):
        return import_module(".dynamic.functions", __name__).function(__name__, "index", name)
    # Submodules are looked up here before they are imported, and every public class begins with a capital.
    exports = import_module(".dynamic", __name__).EXPORTS if name[:1].isupper() else {}
    try:
        return exports[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None


def __dir__() -> list[str]:
    functions = import_module(".dynamic.functions", __name__).names("index")
    return sorted([*import_module(".dynamic", __name__).EXPORTS, *functions, "volcengine", "wangsu"])
