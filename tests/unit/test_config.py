"""Settings: config wins over the environment, and every mistake names the key and both ways to set it."""

from __future__ import annotations

import pytest

from pulumi_livechannels.config import CREDENTIALS, SETTINGS, Settings, load
from pulumi_livechannels.given_settings import plain_secrets, problems, unknown_keys
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
        ({"volcengineAccessKey": "ak"}, "volcengineSecretKey", "VOLCENGINE_SECRET_KEY"),
        ({"volcengineSecretKey": "sk"}, "volcengineAccessKey", "VOLCENGINE_ACCESS_KEY"),
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
        ("callsPerFiveMinutes", "nan", "whole number"),
        ("timeoutSeconds", "0", "at least 0.1"),
        ("timeoutSeconds", "nan", "at least 0.1"),
        ("timeoutSeconds", "inf", "at most 3600"),
        ("timeoutSeconds", "1e9", "at most 3600"),
        ("callsPerFiveMinutes", "1e308", "whole number"),
        ("callsPerFiveMinutes", "1" + "0" * 30, "at most 100000"),
        ("callsPerFiveMinutes", "9" * 10_000, "at most 100000"),
        ("waitMinutes", "-1", "at least 0"),
        ("waitMinutes", "2000", "at most 1440"),
        ("allowAccountChange", "perhaps", "one of false, true"),
        ("endpoint", "https://[::1", "https:// and a host"),
        ("endpoint", "https://host:99999", "https:// and a host"),
        ("endpoint", "https://ho\nst", "https:// and a host"),
        ("budgetStore", "redis://[", "redis:// or postgres:// address"),
        ("budgetStore", "mysql://host/db", "redis:// or postgres:// address"),
        ("budgetStore", "postgres://", "redis:// or postgres:// address"),
        ("budgetStore", "postgres:///db", "redis:// or postgres:// address"),
        ("budgetStore", "postgres://user:pass#word@host/db", "redis:// or postgres:// address"),
        ("budgetStore", "redis:///0?host=a", "redis:// or postgres:// address"),
    ],
)
def test_a_wrong_value_is_refused_by_name(key: str, value: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        load({**PAIR, key: value}, {})
    assert key in str(caught.value)
    assert len(str(caught.value)) < 400
    assert problems({key: value})[0][0] == key


USER = {"username": "u", "apiKey": "k"}
PAIR_AROUND = {"LIVECHANNELS_ACCESS_KEY": "other-ak", "LIVECHANNELS_SECRET_KEY": "other-sk"}
USER_AROUND = {"LIVECHANNELS_USERNAME": "other-u", "LIVECHANNELS_API_KEY": "other-k"}


def keys(settings: Settings) -> tuple[str, ...]:
    return settings.access_key, settings.secret_key, settings.username, settings.api_key


@pytest.mark.parametrize(
    ("config", "around", "expected"),
    [
        (USER, PAIR_AROUND, ("", "", "u", "k")),
        (PAIR, USER_AROUND, ("ak", "sk", "", "")),
        (PAIR, PAIR_AROUND, ("ak", "sk", "", "")),
        ({**USER, "accessKey": "ak"}, PAIR_AROUND, ("", "", "u", "k")),
        ({}, {**PAIR_AROUND, **USER_AROUND}, ("other-ak", "other-sk", "", "")),
        ({}, USER_AROUND, ("", "", "other-u", "other-k")),
        ({"secretKey": "sk"}, PAIR_AROUND, ("other-ak", "sk", "", "")),
        ({"username": "u"}, {**PAIR_AROUND, **USER_AROUND}, ("", "", "u", "other-k")),
        ({"apiKey": "k"}, {**PAIR_AROUND, **USER_AROUND}, ("", "", "other-u", "k")),
    ],
)
def test_a_scheme_that_config_sets_wins_whole(
    config: dict[str, str], around: dict[str, str], expected: tuple[str, ...]
) -> None:
    assert keys(load(config, around)) == expected


@pytest.mark.parametrize(
    ("key", "around", "lacking"),
    [
        ("accessKey", USER_AROUND, "secretKey"),
        ("secretKey", USER_AROUND, "accessKey"),
        ("username", PAIR_AROUND, "apiKey"),
        ("apiKey", PAIR_AROUND, "username"),
    ],
)
def test_a_scheme_that_config_only_begins_does_not_give_way_to_another_account(
    key: str, around: dict[str, str], lacking: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{lacking} missing"):
        load({key: "of config"}, around)


@pytest.mark.parametrize("key", [setting.key for setting in CREDENTIALS])
def test_a_key_that_is_empty_in_config_is_not_taken_from_the_environment(key: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{key} is '': give it a value, or leave it out"):
        load({**PAIR, key: ""}, {**PAIR_AROUND, **USER_AROUND})
    assert [name for name, _ in problems({key: ""})] == [key]


def test_a_variable_that_is_empty_is_not_set() -> None:
    assert keys(load(PAIR, dict.fromkeys(PAIR_AROUND, "")))[:2] == ("ak", "sk")
    handed_on = {setting.key: "" for setting in SETTINGS if setting not in CREDENTIALS}
    assert load({**PAIR, **handed_on}, {}) == load(PAIR, {})
    assert problems(handed_on) == []


def test_a_session_token_is_not_taken_from_beside_the_config_that_holds_the_keys() -> None:
    volcengine = {"volcengineAccessKey": "ak", "volcengineSecretKey": "sk"}
    assert load(volcengine, {"VOLCENGINE_SESSION_TOKEN": "other"}).volcengine_session_token == ""


@pytest.mark.parametrize("ending", ["\n", "\r", "\x00", " ", "\ufeff", "ключ", "密"])
@pytest.mark.parametrize("key", [setting.key for setting in SETTINGS if setting.key.lower().endswith(("key", "name"))])
def test_a_key_that_no_header_can_hold_is_named_and_not_shown(key: str, ending: str) -> None:
    whole = {**(USER if key in USER else PAIR), "volcengineAccessKey": "ak", "volcengineSecretKey": "sk"}
    with pytest.raises(ConfigurationError, match=f"{key} must be printable ASCII") as caught:
        load({**whole, key: f"geheim{ending}"}, {})
    assert "geheim" not in str(caught.value)
    assert problems({key: f"geheim{ending}"})[0][0] == key


def test_waiting_and_moving_have_defaults_that_harm_nobody() -> None:
    by_default = load(PAIR, {})
    assert (by_default.wait_minutes, by_default.allow_account_change) == (30, False)
    given = load(PAIR, {"LIVECHANNELS_WAIT_MINUTES": "2.5", "LIVECHANNELS_ALLOW_ACCOUNT_CHANGE": "True"})
    assert (given.wait_minutes, given.allow_account_change) == (2.5, True)


def test_a_secret_that_stands_in_clear_is_told_with_the_command_that_hides_it() -> None:
    given = {**PAIR, "site": "wangsu", "budgetStore": "redis://:geheim@host", "username": "u"}
    told = plain_secrets(given, {"livechannels:secretKey"})
    assert len(told) == 2
    for key, sentence in zip(("accessKey", "budgetStore"), told, strict=True):
        assert f"`pulumi config set --secret livechannels:{key} …`" in sentence
        assert "geheim" not in sentence
    in_words = {**given, "budgetStore": "postgres://host/calls?user=u&password=geheim"}
    assert plain_secrets(in_words, {"livechannels:secretKey"}) == told
    assert plain_secrets({**PAIR, "budgetStore": "memory"}, {"accessKey", "secretKey"}) == []


@pytest.mark.parametrize(
    "store",
    [
        "redis://host",
        "rediss://:pass@host:6380/1",
        "postgres://host/db",
        "postgresql://user:pass@[::1]:5432/db?sslmode=verify-full",
        "postgres://user:pa,ss@one:5432,two:5433/db?target_session_attrs=read-write",
        "postgresql:///db?host=/run/postgresql",
    ],
)
def test_a_budget_may_be_kept_on_a_server(store: str) -> None:
    assert load({**PAIR, "budgetStore": store}, {}).budget_store == store
    assert "pass" not in repr(load({**PAIR, "budgetStore": store}, {}))


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:8080", "http://localhost:1", "https://api.example.net"])
def test_an_endpoint_overrides_the_site(endpoint: str) -> None:
    assert load({**PAIR, "endpoint": endpoint}, {}).base == endpoint


def test_an_unknown_key_is_pointed_at_its_neighbour() -> None:
    assert "did you mean accessKey?" in unknown_keys({"acessKey": "x"})[0][1]
    assert unknown_keys({setting.key: "x" for setting in SETTINGS}) == []


@pytest.mark.rule("R28")
def test_settings_do_not_show_what_they_hold() -> None:
    assert "geheim" not in repr(load({"accessKey": "geheim1", "secretKey": "geheim2"}, {}))
