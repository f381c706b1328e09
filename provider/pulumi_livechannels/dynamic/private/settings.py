"""`_props` of the SDK's `Config`: every key of the stack's configuration, where the SDK only answers keys by name.

Settings that we know are asked for by name. When the SDK changes this one, a misspelt key is not pointed out any more;
nothing else breaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi.dynamic import Config


def all_keys(config: Config) -> list[str]:
    """The keys of the configuration, each with its namespace; none where the SDK does not tell."""
    props: Any = getattr(config, "_props", None)
    return list(props) if isinstance(props, Mapping) else []
