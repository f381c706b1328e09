"""`livechannels drift` of stacks in several accounts: each resource is looked at with its own keys."""

from __future__ import annotations

import json
from typing import Any

import pytest

from drift_kit import CIPHERTEXT, FakeStack, drift, ran
from kit import Stage
from pulumi_livechannels.deployments import secret


def test_keys_of_another_account_tell_of_nothing(shell: Stage) -> None:
    stack = FakeStack(shell)
    main = stack.channel("main")
    main.state["__account"] = "another"
    shell.remove("Channel", main.id)
    told = drift(stack, code=1)
    assert told["gone"] == []
    assert "from another account" in told["failed"][0]["why"]


def a_provider(stage: Stage, **settings: Any) -> dict[str, Any]:
    return {
        "urn": "urn:pulumi:dev::test::pulumi:providers:livechannels::second",
        "type": "pulumi:providers:livechannels",
        "id": "second-id",
        "inputs": settings,
    }


def test_another_account_is_looked_at_where_the_export_has_its_keys(
    shell: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = FakeStack(shell)
    own = {"provider": "urn:pulumi:dev::test::pulumi:providers:livechannels::second::second-id"}
    main = stack.channel("main", more=own)
    shell.click("Channel", main.id, channelName="clicked")
    stack.providers = [a_provider(shell, accessKey=CIPHERTEXT, secretKey=CIPHERTEXT)]
    assert "Drift could not be found out" in ran(stack, code=1, arguments=("--format", "markdown")).stdout
    done = ran(stack, code=1, arguments=("--format", "json"))
    told = json.loads(done.stdout)
    assert [item["id"] for item in told["skipped"]] == [main.id]
    assert "--show-secrets" in told["skipped"][0]["why"]
    settings = shell.account.settings
    stack.providers = [a_provider(shell, accessKey=secret(settings.access_key), secretKey=secret(settings.secret_key))]
    for variable in ("LIVECHANNELS_ACCESS_KEY", "LIVECHANNELS_SECRET_KEY"):
        monkeypatch.delenv(variable)
    assert [item["id"] for item in drift(stack, code=3)["differs"]] == [main.id]


@pytest.mark.parametrize(("key", "is_one"), [("of another account", False), (None, True)])
def test_a_domain_has_a_callback_in_each_account(shell: Stage, key: str | None, is_one: bool) -> None:
    here, there = FakeStack(shell, "one"), FakeStack(shell, "two")
    inputs = {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/a"}
    here.up("ChannelStateCallback", "callback", **inputs)
    shell.new_run()
    own = {"provider": "urn:pulumi:dev::test::pulumi:providers:livechannels::second::second-id"}
    theirs = there.up("ChannelStateCallback", "callback", more=own, **inputs)
    settings = shell.account.settings
    keys = {"accessKey": secret(key or settings.access_key), "secretKey": secret(settings.secret_key)}
    there.providers = [a_provider(shell, **keys)]
    told = json.loads(ran(here, there, code=3 if is_one else 1, arguments=("--format", "json")).stdout)
    assert [each["id"] for each in told["twice"]] == ([theirs.id] if is_one else [])
