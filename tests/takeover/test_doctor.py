"""`livechannels doctor`: each line says ok or what to do, and none shows a secret."""

from __future__ import annotations

import json
import platform
import re
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kit import KINDS, Stage
from pulumi_livechannels import config
from pulumi_livechannels.cli import doctor
from pulumi_livechannels.cli.main import app
from pulumi_livechannels.core.account import Account
from pulumi_livechannels.core.lifecycle import Lifecycle
from shell_kit import livechannels


def fake(file: Path, *lines: str) -> None:
    """A program that does no more than this."""
    file.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    file.chmod(0o755)


def findings(code: int = 0) -> dict[str, dict[str, Any]]:
    told = json.loads(livechannels("doctor", "--format", "json", code=code).stdout)
    return {item["subject"]: item for item in told}


def test_the_doctor_finds_everything_in_order_or_names_it(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    bin_folder = Path.cwd() / "bin"
    bin_folder.mkdir()
    fake(bin_folder / "pulumi", "echo v3.259.0")
    monkeypatch.setenv("PATH", f"{bin_folder}:{Path(sys.executable).parent}:/usr/bin:/bin")
    told = findings()
    assert all(item["ok"] for item in told.values())
    assert {
        "Wangsu address",
        "Wangsu clock",
        "Wangsu signature",
        "Wangsu budget",
        "engine",
        "plugin",
        "Python",
        "Python host",
        "Pulumi SDK",
    } <= set(told)
    assert told["engine"]["fact"] == "v3.259.0"
    assert told["plugin"]["fact"].startswith(f"{version('pulumi-livechannels')}, ")
    text = livechannels("doctor").stdout
    assert "emulator-secret-key" not in text
    assert "LIVECHANNELS_SECRET_KEY" in text


def test_the_doctor_tells_what_a_bug_report_needs(
    shell: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("resource-livechannels-v0.0.1", "resource-livechannels-v0.0.2", "resource-other-v1.0.0"):
        (tmp_path / "plugins" / name).mkdir(parents=True)
    (tmp_path / "plugins" / "resource-livechannels-v0.0.3.lock").touch()
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    secrets = {setting.environment: f"canary-{setting.key}" for setting in config.SETTINGS if setting.secret}
    for name in secrets.keys() - {"LIVECHANNELS_BUDGET_STORE"}:
        monkeypatch.setenv(name, secrets[name])
    monkeypatch.setenv("LIVECHANNELS_BUDGET_STORE", "redis://someone:canary@127.0.0.1:1")
    told = _told()
    by_name = {item["subject"]: item for item in told}
    own = version("pulumi-livechannels")
    assert by_name["livechannels"]["fact"] == f"{own}, {sys.prefix}"
    assert by_name["system"]["fact"] == platform.platform()
    assert by_name["Python"]["fact"] == platform.python_version()
    assert by_name["Pulumi SDK"]["fact"] == version("pulumi")
    assert f"grpcio {version('grpcio')}" in by_name["libraries"]["fact"]
    assert by_name["plugin cache"]["fact"] == "0.0.1, 0.0.2"
    assert by_name["plugin cache"]["advice"].endswith(f"pulumi plugin install resource livechannels {own}")
    assert "canary" not in json.dumps(told)
    for setting in config.SETTINGS:
        if setting.secret:
            assert by_name[f"setting {setting.key}"]["fact"] == f"set, from {setting.environment}"


def test_the_doctor_counts_what_is_left(shell: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_livechannels.ground import windows

    monkeypatch.setattr(windows, "user_cache_path", lambda name: tmp_path)
    monkeypatch.setenv("LIVECHANNELS_CALLS_PER_FIVE_MINUTES", "300")
    account = Account(config.load({}), print)
    Lifecycle(KINDS["Channel"], account).create({**KINDS["Channel"].example, "pullProtocols": ["rtmp"]})
    spent = shell.calls()
    assert f"{300 - spent - 1} of 300 calls left" in json.dumps(_told())


def _told() -> Any:
    return json.loads(CliRunner().invoke(app, ["doctor", "--format", "json"]).stdout)


@pytest.mark.parametrize(
    ("change", "subject", "words"),
    [
        ({"LIVECHANNELS_ACCESS_KEY": ""}, "settings", "accessKey missing"),
        ({"LIVECHANNELS_SECRET_KEY": "wrong"}, "Wangsu signature", "check accessKey and secretKey"),
        ({"LIVECHANNELS_ENDPOINT": "http://127.0.0.1:1"}, "Wangsu address", "check the network"),
        ({"LIVECHANNELS_SITE": "wangzu", "LIVECHANNELS_ENDPOINT": ""}, "settings", "must be one of wangsu, cdnetworks"),
    ],
)
def test_the_doctor_says_what_to_do(
    shell: Stage, monkeypatch: pytest.MonkeyPatch, change: dict[str, str], subject: str, words: str
) -> None:
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    bad = {item["subject"]: item for item in findings(code=1).values() if not item["ok"]}
    assert words in bad[subject]["fact"] + bad[subject]["advice"]
    assert "wrong" not in json.dumps(bad).replace("is wrong", "")


def test_the_doctor_tells_a_wrong_clock(shell: Stage) -> None:
    shell.fault("/live/channelManage/getChannelList", "skew", seconds=200)
    told = findings(code=1)
    assert not told["Wangsu clock"]["ok"]
    assert "set this machine's clock" in told["Wangsu clock"]["advice"]


def test_the_doctor_knows_the_pythons_that_are_tested() -> None:
    manifest = (Path(__file__).parents[2] / "pyproject.toml").read_text()
    named = [(3, int(minor)) for minor in re.findall(r'"Programming Language :: Python :: 3\.(\d+)"', manifest)]
    assert named == [(3, minor) for minor in range(doctor.OLDEST_PYTHON[1], doctor.NEWEST_PYTHON[1] + 1)]
    assert f'requires-python = ">={".".join(map(str, named[0]))}"' in manifest
    assert [doctor._python(each).advice for each in named[1:]] == [""] * len(named[1:])
    oldest, newer = doctor._python(named[0]), doctor._python((3, named[-1][1] + 1))
    assert oldest.ok
    assert "until the first release after April 2027" in oldest.advice
    assert (newer.ok, newer.advice) == (False, "use Python 3.10 to 3.14")


STACK = {"livechannels:site": "wangsu", "livechannels:secretKey": "emulator-secret-key", "other:key": "x"}


@pytest.mark.parametrize(
    ("config", "subject", "words"),
    [
        (STACK, "", ""),
        (STACK | {"livechannels:secretKey": "geheim"}, "Wangsu signature", "check accessKey and secretKey"),
        (STACK | {"livechannels:budgetStor": "file"}, "setting budgetStor", "did you mean budgetStore?"),
        (None, "stack config", "passphrase must be set"),
    ],
)
def test_the_doctor_looks_at_what_a_run_would_use(
    shell: Stage, monkeypatch: pytest.MonkeyPatch, config: dict[str, str] | None, subject: str, words: str
) -> None:
    Path("Pulumi.yaml").touch()
    Path("bin").mkdir()
    values = json.dumps({key: {"value": value} for key, value in (config or {}).items()})
    says = f"echo '{values}'" if config else "echo 'error: passphrase must be set' >&2; exit 255"
    fake(Path("bin/pulumi"), 'if [ "$1" = version ]; then echo v3.259.0; exit; fi', says)
    monkeypatch.setenv("PATH", f"{Path('bin').resolve()}:{Path(sys.executable).parent}:/usr/bin:/bin")
    monkeypatch.delenv("LIVECHANNELS_SECRET_KEY")
    told = findings(code=1 if subject else 0)
    if config:
        assert told["setting secretKey"]["fact"] == "set, from the stack's config"
    if subject:
        assert words in told[subject]["advice"]
        assert not told[subject]["ok"]
    assert "geheim" not in json.dumps(told)


def test_the_doctor_tells_a_budget_that_cannot_be_shared(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHANNELS_CALLS_PER_FIVE_MINUTES", "300")
    monkeypatch.setenv("LIVECHANNELS_BUDGET_STORE", "redis://:geheim@127.0.0.1:1/0")
    told = findings(code=1)
    assert "counted in memory" in told["Wangsu budget"]["fact"]
    assert "correct budgetStore" in told["Wangsu budget"]["advice"]
    assert "geheim" not in json.dumps(told)


def test_the_doctor_tells_each_setting_that_is_wrong(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHANNELS_DRIFT_DEPTH", "Listed")
    monkeypatch.setenv("LIVECHANNELS_TIMEOUT_SECONDS", "30s")
    told = findings(code=1)
    assert "must be one of full, listed" in told["setting driftDepth"]["advice"]
    assert "must be a number" in told["setting timeoutSeconds"]["advice"]
    assert told["setting endpoint"]["ok"]


def test_the_doctor_names_a_proxy_that_stands_before_the_engine(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    # Without an engine something is missing in any case.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "example.com")
    told = findings(code=1)
    assert "no_proxy=localhost,127.0.0.1" in told["proxy"]["advice"]
    assert told["plugin"]["ok"], "it answers all the same"
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    assert "proxy" not in findings(code=1)


def test_the_doctor_says_why_the_platform_is_not_reached(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHANNELS_ENDPOINT", f"https://127.0.0.1:{shell.port}")
    assert "SSLError" in findings(code=1)["Wangsu address"]["fact"]


def test_the_doctor_shows_nothing_that_was_set_as_a_secret(
    shell: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    told = {"livechannels:waitMinutes": {"value": "77", "secret": True}}
    fake(tmp_path / "bin" / "pulumi", f"echo '{json.dumps(told)}'")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    Path("Pulumi.yaml").write_text("name: test")
    assert findings(code=1)["setting waitMinutes"]["fact"] == "set, from the stack's config"


def test_the_doctor_bears_an_engine_that_says_more_than_the_config(
    shell: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    fake(tmp_path / "bin" / "pulumi", "echo A new version of Pulumi is out", "echo {}")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    Path("Pulumi.yaml").write_text("name: test")
    assert findings(code=1)["stack config"]["fact"] == "cannot be read"


@pytest.mark.parametrize("variable", ["LIVECHANNELS_ENDPOINT", "LIVECHANNELS_VOLCENGINE_ENDPOINT"])
@pytest.mark.parametrize(
    "address", ["https://me:pa/geheim@host", "me:geheim@host", "https:/me:geheim@host", "https://h?t=geheim"]
)
def test_the_doctor_shows_no_address_that_is_not_allowed(
    shell: Stage, monkeypatch: pytest.MonkeyPatch, variable: str, address: str
) -> None:
    monkeypatch.setenv(variable, address)
    assert "geheim" not in livechannels("doctor", code=1).output


def test_the_doctor_shows_no_password_of_an_address(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHANNELS_ENDPOINT", f"http://alice:geheim@127.0.0.1:{shell.port}")
    told = findings(code=1)
    assert "must name no user and no password" in told["settings"]["fact"]
    assert "geheim" not in json.dumps(told)


def test_the_doctor_tells_a_plugin_of_another_version(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("bin").mkdir()
    fake(Path("bin/pulumi-resource-livechannels"), "echo no port")
    monkeypatch.setenv("PATH", f"{Path('bin').resolve()}:/usr/bin:/bin")
    told = findings(code=1)
    assert "does not answer" in told["plugin"]["fact"]
