"""A second account for Python programs: `live.Provider`, for resources, components and functions."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

import pulumi_livechannels as live
from kit import ALL
from options_kit import OtherProvider, caught, options
from pulumi_livechannels import InputError
from pulumi_livechannels.dynamic.account import PACKAGE, as_text
from pulumi_livechannels.emulator.server import environment
from test_dynamic import Recorder, emulated

__all__ = ["caught", "emulated"]


def secret(value: str) -> dict[str, str]:
    return {rpc._special_sig_key: rpc._special_secret_sig, "value": value}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_provider_of_another_package_is_an_error(caught: dict[str, Any], name: str) -> None:
    for other in ("aws", "livechannels"):
        with pytest.raises(InputError, match=rf"{name} main: provider must be .* of the package {other}") as told:
            getattr(live, name)("main", options(provider=OtherProvider(other)))
        assert isinstance(told.value, pulumi.RunError), "so Pulumi shows no traceback"
    getattr(live, name)("main", options(provider=OtherProvider(PACKAGE)))


@pulumi.runtime.test
def test_a_provider_takes_every_setting_as_text_and_hides_keys() -> Any:
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder)
    b = live.Provider("b", access_key="ak", secret_key="sk", calls_per_five_minutes=100, allow_account_change=True)

    def look(_: Any) -> None:
        assert recorder.types["b"] == "pulumi:providers:pulumi-python"
        assert recorder.inputs["b"] == {
            "livechannels:accessKey": secret("ak"),
            "livechannels:secretKey": secret("sk"),
            "livechannels:callsPerFiveMinutes": "100",
            "livechannels:allowAccountChange": "true",
        }

    return b.urn.apply(look)


def test_a_wrong_setting_of_a_provider_is_named() -> None:
    with pytest.raises(InputError) as told:
        live.Provider("b", acess_key="x", site="mars", drift_depth="full")
    assert "Provider b: acess_key is no setting: did you mean access_key?" in str(told.value)
    assert "site must be one of wangsu, cdnetworks, but is 'mars'" in str(told.value)


@pytest.mark.parametrize("setting", ["access_key", "secret_key", "username", "api_key"])
def test_a_key_that_is_empty_is_not_taken_from_the_environment(setting: str) -> None:
    for value in ("", None):
        with pytest.raises(InputError, match=f"{setting} is {value!r}: give it a value, or leave it out"):
            live.Provider("b", **{setting: value})


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_provider_under_the_name_of_the_package_counts(caught: dict[str, Any], name: str) -> None:
    b = object.__new__(live.Provider)
    b.package = PACKAGE
    team = object.__new__(pulumi.ComponentResource)
    team._providers = {"livechannels": b}
    getattr(live, name)("main", options(parent=team))
    assert caught["opts"].provider is b


@pulumi.runtime.test
def test_functions_ask_with_the_settings_of_their_provider(
    emulated: tuple[int, Any], monkeypatch: pytest.MonkeyPatch
) -> Any:
    port, platform = emulated
    for variable in environment(port, 0):
        monkeypatch.delenv(variable, raising=False)
    pulumi.runtime.set_mocks(Recorder())
    keys = environment(port, 0)
    b = live.Provider(
        "b",
        access_key=keys["LIVECHANNELS_ACCESS_KEY"],
        secret_key=pulumi.Output.secret(keys["LIVECHANNELS_SECRET_KEY"]),
        endpoint=f"http://127.0.0.1:{port}",
        calls_per_five_minutes=0,
    )
    assert list(live.get_channels(provider=b).items) == []

    def look(answer: Any) -> None:
        assert list(answer.items) == []
        assert [call["action"] for call in platform.journal] == ["getChannelList", "getChannelList"]

    return live.get_channels_output(provider=b).apply(look)


def test_a_function_needs_a_provider_that_tells_its_settings() -> None:
    for asked in (live.get_channels, live.get_channels_output):
        with pytest.raises(
            InputError, match=r"get_channels(_output)? at .*test_second_account.py:\d+: provider must be a pulumi"
        ):
            asked(provider=OtherProvider("aws"))


@pytest.mark.parametrize(
    ("setting", "value", "rule"),
    [
        ("access_key", None, "access_key is None: give it a value"),
        ("secret_key", "geheim\n", "secret_key must be printable ASCII"),
        ("endpoint", "http://elsewhere.example", r"endpoint may be http:// only for a loopback address"),
    ],
)
def test_a_setting_that_is_known_late_is_checked_then(setting: str, value: str | None, rule: str) -> None:
    """As an output of another stack that is not there, or a key from a file with a line break."""

    async def known() -> Any:
        return await as_text("Provider b", setting, pulumi.Output.from_input(value)).future()

    with pytest.raises(InputError, match=f"Provider b: {rule}") as told:
        asyncio.run(known())
    assert "geheim" not in str(told.value)


def test_half_a_pair_of_keys_is_not_completed_from_the_environment() -> None:
    with pytest.raises(InputError, match="secret_key is missing beside access_key"):
        live.Provider("b", access_key="x")
    with pytest.raises(InputError, match="username is missing beside api_key"):
        live.Provider("b", api_key="x")


@pulumi.runtime.test
def test_a_function_follows_the_provider_of_its_options(
    emulated: tuple[int, Any], monkeypatch: pytest.MonkeyPatch
) -> Any:
    port, platform = emulated
    keys = environment(port, 0)
    for variable in keys:
        monkeypatch.delenv(variable, raising=False)
    pulumi.runtime.set_mocks(Recorder())
    own = {"access_key": keys["LIVECHANNELS_ACCESS_KEY"], "secret_key": keys["LIVECHANNELS_SECRET_KEY"]}
    b = live.Provider("b", endpoint=f"http://127.0.0.1:{port}", calls_per_five_minutes=0, **own)
    by_list = pulumi.ComponentResource("test:index:Team", "one", None, options(providers=[b]))
    by_name = pulumi.ComponentResource("test:index:Team", "two", None, options(providers={"livechannels": b}))
    for given in (
        pulumi.InvokeOptions(provider=b),
        pulumi.InvokeOptions(parent=by_list),
        pulumi.InvokeOptions(parent=by_name),
    ):
        assert live.get_channels(opts=given).items == []
    return live.get_channels_output(opts=pulumi.InvokeOptions(parent=by_list)).apply(
        lambda answer: _assert(len(platform.journal) == 2)
    )


def _assert(condition: bool) -> None:
    assert condition
