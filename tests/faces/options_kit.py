"""What tests of the classes share: what a class hands to Pulumi, and a provider of another package."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

MAIN = {"channel_name": "Main", "channel_type": "live", "push_domain": "push.example.com", "pull_rates": ["hd"]}


@pytest.fixture
def caught(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the last class handed to Pulumi."""
    found: dict[str, Any] = {}

    def keep(self: Any, token: str, name: str, props: Any, opts: pulumi.ResourceOptions) -> None:
        found.update(token=token, props=props, opts=opts)

    monkeypatch.setattr(pulumi.CustomResource, "__init__", keep)
    monkeypatch.setattr(pulumi, "get_stack", lambda: "dev")
    monkeypatch.setattr(pulumi, "get_project", lambda: "test")
    return found


def options(**given: Any) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(**given)


class OtherProvider(pulumi.ProviderResource):
    """One of another package, without an engine."""

    def __init__(self, package: str) -> None:
        self.package = package
