"""Settings as the plugin takes them: checked by name, told once, never completed from elsewhere, and never printed."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as messages

from faces_kit import Face, started
from kit import KINDS
from pulumi_livechannels import config
from pulumi_livechannels.core.fields import UNKNOWN
from pulumi_livechannels.emulator.server import environment
from pulumi_livechannels.plugin.codec import decode, encode


@pytest.mark.rule("R30")
def test_settings_are_checked_and_none_replaces(native: Face) -> None:
    given = {"site": "wangzu", "acessKey": "x", "secretKey": "sk", "version": "0.1.0", "timeoutSeconds": 5}
    answer = native.stub.CheckConfig(messages.CheckRequest(news=encode(given, {})))
    told = {failure.property: failure.reason for failure in answer.failures}
    assert told.keys() == {"site", ""}, "what may be a misspelt key is not shown, and so is not the property"
    assert told[""] == "acessKey is not known and has no effect: did you mean accessKey?"
    assert decode(answer.inputs)[1] == {"secretKey": True}
    request = messages.DiffRequest(
        old_inputs=encode({"endpoint": "a", "site": "x"}, {}), news=encode({"endpoint": "b", "site": "x"}, {})
    )
    found = native.stub.DiffConfig(request)
    assert (found.changes, list(found.diffs), list(found.replaces)) == (
        messages.DiffResponse.DIFF_SOME,
        ["endpoint"],
        [],
    )
    same = messages.DiffRequest(old_inputs=encode({"site": "x"}, {}), news=encode({"site": "x"}, {}))
    assert native.stub.DiffConfig(same).changes == messages.DiffResponse.DIFF_NONE


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("given", "secrets"),
    [
        ({setting.key: "geheim\n"}, {})
        for setting in config.SETTINGS
        if setting.secret or setting in (config.ENDPOINT, config.VOLCENGINE_ENDPOINT)
    ]
    + [
        ({"secret_key": "geheim"}, {}),
        ({"pasword": "geheim"}, {}),
        ({"site": "geheim"}, {"site": True}),
        ({"timeoutSeconds": "geheim"}, {"timeoutSeconds": True}),
    ],
    ids=lambda given: next(iter(given), ""),
)
def test_the_engine_is_not_led_to_print_a_setting_that_may_be_secret(
    native: Face, given: dict[str, Any], secrets: Any
) -> None:
    """Beside the name of a property it prints the value."""
    answer = native.stub.CheckConfig(messages.CheckRequest(news=encode(given, secrets)))
    (failure,) = answer.failures
    assert failure.property == ""
    assert failure.reason.startswith(f"{next(iter(given))} ")
    assert "geheim" not in failure.reason


@pytest.mark.rule("R30")
@pytest.mark.parametrize(
    ("given", "failed"),
    [
        ({"accessKey": "ak"}, "secretKey"),
        ({"secretKey": "sk"}, "accessKey"),
        ({"username": "u"}, "apiKey"),
        ({"volcengineAccessKey": "ak"}, "volcengineSecretKey"),
        ({"accessKey": "", "secretKey": "sk"}, "accessKey"),
        ({"endpoint": ""}, None),
        ({"accessKey": UNKNOWN, "secretKey": UNKNOWN}, None),
        ({"timeoutSeconds": 5}, None),
    ],
)
def test_half_an_account_is_not_completed_from_the_environment(
    native: Face, given: dict[str, Any], failed: str | None
) -> None:
    def failures(name: str) -> list[str]:
        urn = f"urn:pulumi:dev::test::pulumi:providers:livechannels::{name}"
        answer = native.stub.CheckConfig(messages.CheckRequest(urn=urn, news=encode(given, {})))
        return [failure.property for failure in answer.failures]

    assert failures("second") == ([failed] if failed else [])
    # The engine's own has the stack's configuration, which may leave a secret to the environment.
    assert failures("default_0_1_0") == ([failed] if failed and "" in given.values() else [])


@pytest.mark.rule("R29", "R30")
def test_a_missing_credential_fails_the_configuration_once() -> None:
    with started("native", {}) as face, pytest.raises(grpc.RpcError) as caught:
        face.configure()
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "livechannels:accessKey" in caught.value.details()
    assert "LIVECHANNELS_ACCESS_KEY" in caught.value.details()


@pytest.mark.rule("R29", "R30")
@pytest.mark.parametrize("told_by", ["CheckConfig", "Configure"])
def test_a_provider_of_the_program_is_not_sent_to_a_config_that_it_does_not_take(told_by: str) -> None:
    urn = "urn:pulumi:dev::test::pulumi:providers:livechannels::second"
    with started("native", {}) as face:
        if told_by == "CheckConfig":
            face.stub.CheckConfig(messages.CheckRequest(urn=urn))
        with pytest.raises(grpc.RpcError) as caught:
            face.stub.Configure(messages.ConfigureRequest(urn=urn if told_by == "Configure" else None))
    assert "pulumi config" not in caught.value.details()
    assert "Next: give them to the provider second in the program, or set the environment" in caught.value.details()


@pytest.mark.rule("R3", "R29", "R30")
def test_keys_of_the_other_vendor_alone_are_told_before_a_preview_promises_a_create(serving: Any) -> None:
    """A preview sends nothing, so that the first call to fail would be that of `up`."""
    theirs = {key: value for key, value in environment(serving[0], 0).items() if "VOLCENGINE" in key}
    with started("native", theirs) as face:
        face.configure()
        with pytest.raises(grpc.RpcError) as caught:
            face.check("Channel", KINDS["Channel"].example)
        asked = face.stub.Invoke(messages.InvokeRequest(tok="livechannels:volcengine:getIsps"))
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert caught.value.details().startswith("accessKey and secretKey missing: no call can be signed without.")
    assert decode(getattr(asked, "return"))[0]["rows"]


def test_settings_come_as_properties_or_as_variables(serving: Any) -> None:
    given = {
        "accessKey": "emulator-access-key",
        "secretKey": "emulator-secret-key",
        "endpoint": f"http://127.0.0.1:{serving[0]}",
    }
    variables = {f"livechannels:config:{key}": value for key, value in given.items()}
    for request in (
        messages.ConfigureRequest(variables=variables),
        messages.ConfigureRequest(args=encode(given, {"secretKey": True})),
    ):
        with started("native", {}) as face:
            face.stub.Configure(request)
            assert list(face.stub.List(messages.ListRequest(token="livechannels:index:PullChannel"))) == []
