"""Settings: config wins over the environment, and every mistake names the key and both ways to set it."""

from __future__ import annotations

import pytest

from pulumi_livechannels.config import SETTINGS, Settings, load, unknown_keys
from pulumi_livechannels.ground.errors import ConfigurationError

PAIR = {"accessKey": "ak", "secretKey": "sk"}


def test_config_wins_over_the_environment() -> None:
    settings = load(PAIR, {"LIVECHANNELS_ACCESS_KEY": "other", "LIVECHANNELS_SITE": "cdnetworks"})
    assert settings == Settings(base="https://api.cdnetworks.com", access_key="ak", secret_key="sk")


def test_the_key_pair_wins_over_the_older_scheme() -> None:
    assert load({**PAIR, "username": "u", "apiKey": "k"}, {}).username == ""
    assert load({"username": "u", "apiKey": "k"}, {}).api_key == "k"


@pytest.mark.rule("R30")
@pytest.mark.parametrize(
    ("config", "key", "variable"),
    [
        ({}, "accessKey", "LIVECHANNELS_ACCESS_KEY"),
        ({"accessKey": "ak"}, "secretKey", "LIVECHANNELS_SECRET_KEY"),
        ({"accessKey": "ak", "secretKey": ""}, "secretKey", "LIVECHANNELS_SECRET_KEY"),
        ({"username": "u"}, "apiKey", "LIVECHANNELS_API_KEY"),
    ],
)
def test_a_missing_credential_is_named_with_both_ways(config: dict[str, str], key: str, variable: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(config, {})
    text = str(caught.value)
    assert f"livechannels:{key}" in text
    assert variable in text
    assert "Nothing was changed" in text


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("endpoint", "http://open.chinanetcenter.com", "only for a loopback address"),
        ("endpoint", "open.chinanetcenter.com", "https:// and a host"),
        ("endpoint", "https://host/path", "without a path"),
        ("site", "wangzu", "one of wangsu, cdnetworks"),
        ("callsPerFiveMinutes", "-1", "at least 0"),
        ("callsPerFiveMinutes", "2.5", "whole number"),
        ("timeoutSeconds", "0", "at least 0.1"),
        ("timeoutSeconds", "nan", "at least 0.1"),
    ],
)
def test_a_wrong_value_is_refused_by_name(key: str, value: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        load({**PAIR, key: value}, {})
    assert key in str(caught.value)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8080", "http://localhost:1", "https://api.example.net"])
def test_an_endpoint_overrides_the_site(endpoint: str) -> None:
    assert load({**PAIR, "endpoint": endpoint}, {}).base == endpoint


def test_an_unknown_key_is_pointed_at_its_neighbour() -> None:
    assert "did you mean accessKey?" in unknown_keys({"acessKey": "x"})[0][1]
    assert unknown_keys({setting.key: "x" for setting in SETTINGS}) == []


@pytest.mark.rule("R28")
def test_settings_do_not_show_what_they_hold() -> None:
    assert "geheim" not in repr(load({"accessKey": "geheim1", "secretKey": "geheim2"}, {}))
