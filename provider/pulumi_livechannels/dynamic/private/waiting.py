"""`_sync_await` of the SDK: how its own plain functions wait for a provider's settings.

When the SDK changes it, a plain function with a `provider=` whose settings are Outputs fails with a sentence that names
its `_output` twin; nothing else breaks.
"""

from __future__ import annotations

from typing import Any

import pulumi


def value_of(output: pulumi.Output[Any]) -> Any:
    """The value of an Output; None where it is not known yet, as in a preview."""
    from pulumi.runtime.sync_await import _sync_await

    return _sync_await(output.future())
