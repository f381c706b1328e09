"""`livechannels import`, `orphans` and `doctor`: what they find, write, say and exit with."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kit import KINDS, Stage
from pulumi_livechannels import config
from pulumi_livechannels.cli.main import app
from pulumi_livechannels.core.account import Account
from pulumi_livechannels.core.lifecycle import Lifecycle
from pulumi_livechannels.emulator.server import environment
from pulumi_livechannels.inventory import held, slug
from pulumi_livechannels.takeover import Reading, identifier, known

NATIVE, DYNAMIC = "livechannels:index:", "pulumi-python:dynamic/livechannels:"


@pytest.fixture
def shell(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A shell in an empty folder, with an emulated account."""
    for name, value in environment(stage.port, 0).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return stage


def livechannels(*arguments: str, code: int = 0, stdin: str | None = None) -> Any:
    done = CliRunner().invoke(app, arguments, input=stdin)
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done


def one_of_each(stage: Stage) -> dict[str, str]:
    """An object of each kind, by kind."""
    return {name: stage.up(name, **stage.sample(name)).id for name in KINDS}


def export(*resources: tuple[str, str]) -> str:
    rows = [{"urn": f"urn:pulumi:dev::p::{kind}::name-{key}", "type": kind, "id": key} for kind, key in resources]
    return json.dumps({"version": 3, "deployment": {"resources": [{"urn": "urn:stack", "type": "pulumi:x"}, *rows]}})


@pytest.mark.rule("R11")
def test_an_import_file_names_everything_that_is_open(shell: Stage) -> None:
    ids = one_of_each(shell)
    done = livechannels("import", "--out", "import.json", "--format", "json")
    written = json.loads(Path("import.json").read_text())["resources"]
    assert {(item["type"].removeprefix(NATIVE), item["id"]) for item in written} == set(ids.items()) | {
        ("Channel", shell.a_channel())
    }
    assert len({item["name"] for item in written}) == len(written)
    assert len(json.loads(done.stdout)) == len(written)


def test_what_has_ended_is_not_taken_over(shell: Stage) -> None:
    made = shell.up("RecordTask", **shell.sample("RecordTask"))
    shell.of("RecordTask").delete(made.id, made.state)
    livechannels("import", "--out", "import.json", "--kind", "RecordTask")
    assert json.loads(Path("import.json").read_text()) == {"resources": []}


def test_a_ban_is_taken_over_with_its_channel(shell: Stage) -> None:
    shell.up("ChannelBan", pullId=shell.a_channel())
    livechannels("import", "--out", "import.json")
    assert [item["name"] for item in json.loads(Path("import.json").read_text())["resources"]] == ["host", "host-ban"]


def test_kinds_and_names_narrow_it_down(shell: Stage) -> None:
    one_of_each(shell)
    livechannels(
        "import", "--out", "import.json", "--kind", "Channel", "--kind", "PullChannel", "--name-pattern", "Guest*"
    )
    assert [item["name"] for item in json.loads(Path("import.json").read_text())["resources"]] == ["guest-feed"]
    done = livechannels("import", "--out", "import.json", "--kind", "Chanel", code=2)
    assert "did you mean Channel?" in done.output
    assert "there is no folder" in livechannels("import", "--out", "none/import.json", code=2).output


def test_names_are_good_unique_and_stay(shell: Stage) -> None:
    for name in ("Main Stage", "main-stage", "直播间 1", "!!!"):
        shell.up("Channel", **shell.sample("Channel", channelName=name))
    names = {item.title: item.name for item in held(shell.new_run())}
    assert names["直播间 1"] == "直播间-1"
    assert names["!!!"] == "channel"
    assert sorted(names[title] for title in ("Main Stage", "main-stage"))[0] == "main-stage"
    shell.up("Channel", **shell.sample("Channel", channelName="Another"))
    later = {item.title: item.name for item in held(shell.new_run())}
    assert {title: later[title] for title in names} == names
    assert slug("A/B_c") == "a-b-c"
    assert identifier("1-main") == "the_1_main"
    assert identifier("class").isidentifier()


@pytest.mark.rule("R41")
def test_the_calls_are_the_pages_and_no_more(shell: Stage) -> None:
    for number in range(120):
        shell.up("Channel", **shell.sample("Channel", channelName=f"c{number}"))
    shell.platform.journal.clear()
    livechannels("import", "--out", "import.json", "--kind", "Channel")
    assert shell.calls() == 3
    shell.platform.journal.clear()
    livechannels("import", "--python", "--out", "program.py", "--kind", "Channel")
    assert shell.calls("getChannelList") == 3
    assert shell.calls("getChannelConfigure") == 120


def test_an_interrupted_reading_goes_on_where_it_stopped(shell: Stage, tmp_path: Path) -> None:
    for number in range(10):
        shell.up("Channel", **shell.sample("Channel", channelName=f"c{number}"))
    objects = held(shell.new_run(), ["Channel"])
    kept = tmp_path / "program.py.part"

    def stop(done: int, count: int) -> None:
        if done == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Reading(shell.account, kept).inputs(objects, stop)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    shell.platform.journal.clear()
    read = Reading(shell.new_run(), kept).inputs(objects)
    assert shell.calls("getChannelConfigure") == 4
    assert [inputs["channelName"] for inputs in read.values()] == [item.title for item in objects]
    assert not kept.exists()


@pytest.mark.rule("R28")
def test_a_program_adopts_and_holds_no_secret(shell: Stage) -> None:
    one_of_each(shell)
    livechannels("import", "--python", "--out", "program.py")
    text = Path("program.py").read_text()
    compile(text, "program.py", "exec")
    assert text.count("    adopt=") == 5
    assert "guestkey" not in text
    assert "relaykey" not in text
    assert "pull_id=main_stage.pull_id" in text
    secrets = Path("program.secrets.json")
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert set(json.loads(secrets.read_text())) == {"guest-feed.sourceUrl", "main-stage-relay.forwardUrl"}


@pytest.mark.rule("R11")
def test_what_a_program_says_is_what_the_platform_holds(shell: Stage) -> None:
    one_of_each(shell)
    objects = held(shell.new_run())
    writes = shell.writes()
    for item, inputs in Reading(shell.account, Path("part")).inputs(objects).items():
        live = shell.of(item.kind)
        checked = live.check(inputs, inputs)
        assert not checked.problems, (item.kind, checked.problems)
        state = live.read(item.id, {})
        assert state is not None
        assert not live.diff(state, checked.inputs).any, item.kind
    assert shell.writes() == writes


@pytest.mark.rule("E10")
@pytest.mark.parametrize("prefix", [NATIVE, DYNAMIC])
def test_nothing_unmanaged_and_nothing_missing_exits_with_0(shell: Stage, prefix: str) -> None:
    ids = one_of_each(shell)
    state = export(*((prefix + kind, key) for kind, key in ids.items()), (f"{prefix}Channel", shell.a_channel()))
    done = livechannels("orphans", "--stack-state", "-", "--format", "json", stdin=state)
    assert json.loads(done.stdout) == {"platform": [], "stack": []}


def test_what_no_stack_knows_and_what_the_platform_lacks_exits_with_3(shell: Stage) -> None:
    ids = one_of_each(shell)
    Path("one.json").write_text(export((f"{NATIVE}PullChannel", ids["PullChannel"]), (f"{DYNAMIC}Channel", "gone")))
    Path("two.json").write_text(export((f"{NATIVE}RecordDirectory", ids["RecordDirectory"])))
    states = ("--stack-state", "one.json", "--stack-state", "two.json")
    done = livechannels("orphans", *states, "--format", "json", "--import-file", "import.json", code=3)
    told = json.loads(done.stdout)
    assert {item["id"] for item in told["platform"]} == {
        shell.a_channel(),
        ids["Channel"],
        ids["RecordTask"],
        ids["ForwardTask"],
    }
    assert told["stack"] == [{"where": "stack", "kind": "Channel", "id": "gone", "name": "name-gone"}]
    written = json.loads(Path("import.json").read_text())["resources"]
    assert {item["id"] for item in written} == {item["id"] for item in told["platform"]}
    assert "gone" in livechannels("orphans", *states, code=3).stdout


def test_a_task_that_ended_is_missing_nowhere(shell: Stage) -> None:
    made = shell.up("ForwardTask", **shell.sample("ForwardTask"))
    shell.of("ForwardTask").delete(made.id, made.state)
    state = export((f"{NATIVE}ForwardTask", made.id), (f"{NATIVE}Channel", shell.a_channel()))
    livechannels("orphans", "--stack-state", "-", stdin=state)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"deployment": null}', "{nonsense"])
def test_what_is_no_export_is_bad_usage(shell: Stage, text: str) -> None:
    done = livechannels("orphans", "--stack-state", "-", stdin=text, code=2)
    assert "--stack-state -: it is not what `pulumi stack export` writes" in done.output
    assert (
        "--stack-state none.json: No such file" in livechannels("orphans", "--stack-state", "none.json", code=2).output
    )


def test_an_export_without_a_stack_is_read_too() -> None:
    assert known([{"resources": [{"type": f"{NATIVE}Channel", "id": "a", "urn": "u"}]}]) == {("Channel", "a"): "u"}


@pytest.mark.rule("R9")
def test_an_outage_is_told_and_nothing_is_written(shell: Stage) -> None:
    shell.fault("/live/channelManage/getChannelList", "error-code", code=4002, times=9)
    done = livechannels("import", "--out", "import.json", code=1)
    assert "Vendor code 4002" in done.output
    assert not Path("import.json").exists()
    state = export((f"{NATIVE}Channel", "a"))
    assert "platform lacks" not in livechannels("orphans", "--stack-state", "-", stdin=state, code=1).output


def findings(code: int = 0) -> dict[str, dict[str, Any]]:
    told = json.loads(livechannels("doctor", "--format", "json", code=code).stdout)
    return {item["subject"]: item for item in told}


def test_the_doctor_finds_everything_in_order_or_names_it(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    bin_folder = Path.cwd() / "bin"
    bin_folder.mkdir()
    for name, says in (("pulumi", "v3.259.0"), ("pulumi-resource-livechannels", "")):
        (bin_folder / name).write_text(f"#!/bin/sh\necho {says}\n")
        (bin_folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(bin_folder), prepend=":")
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
        "Pulumi SDK",
    } <= set(told)
    assert told["engine"]["fact"] == "v3.259.0"
    text = livechannels("doctor").stdout
    assert "emulator-secret-key" not in text
    assert "LIVECHANNELS_SECRET_KEY" in text


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
