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
from importlib.util import find_spec
from typing import Any

from .modules import VENDORS


def __getattr__(name: str) -> Any:
    if name in VENDORS:
        return import_module(f".{name}", __name__)
    found = None
    if name.startswith("get_"):
        found = import_module(".dynamic.functions", __name__).function(__name__, "index", name)
    elif name[:1].isupper():
        found = import_module(".dynamic", __name__).EXPORTS.get(name)
        found = found or import_module(".dynamic.functions", __name__).answer_class("index", name)
    if found is not None:
        return found
    # Submodules are looked up here before they are imported, which must load nothing else.
    if name.startswith("_") or not name.isidentifier() or find_spec(f".{name}", __name__):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for module in VENDORS:
        if hasattr(import_module(f".{module}", __name__), name):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}: it is {__name__}.{module}.{name}")
    raise import_module(".ground.hints", __name__).no_attribute(__name__, name, __dir__())


def __dir__() -> list[str]:
    functions = import_module(".dynamic.functions", __name__).names("index")
    return sorted([*import_module(".dynamic", __name__).EXPORTS, *functions, *VENDORS])
