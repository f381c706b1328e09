"""`livechannels import`, `orphans` and `doctor`: what they find, write, say and exit with."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from drift_kit import DYNAMIC, NATIVE
from kinds import KNOWN
from kit import KINDS, Stage
from pulumi_livechannels.inventory import held, slug
from pulumi_livechannels.takeover import Reading, identifiers, known
from shell_kit import livechannels


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
    assert [item["name"] for item in json.loads(Path("import.json").read_text())["resources"]] == ["guest-feed-pull"]
    done = livechannels("import", "--out", "import.json", "--kind", "Chanel", code=2)
    assert "did you mean Channel?" in done.output
    assert "there is no folder" in livechannels("import", "--out", "none/import.json", code=2).output


def names(stage: Stage, *kinds: str) -> dict[str, str]:
    return {item.id: item.name for item in held(stage.new_run(), kinds or KINDS)}


def test_names_are_good_unique_and_stay(shell: Stage) -> None:
    titles = ("Main Stage", "main-stage", "直播间 1", "!!!")
    ids = [shell.up("Channel", **shell.sample("Channel", channelName=title)).id for title in titles]
    before = names(shell)
    assert before[ids[2]] == "直播间-1"
    assert before[ids[3]] == "channel"
    assert {before[key] for key in ids[:2]} == {f"main-stage-{key[-8:]}" for key in ids[:2]}
    for _ in range(5):
        shell.up("Channel", **shell.sample("Channel", channelName="Main stage"))
    shell.up("PullChannel", **shell.sample("PullChannel", channelName="!!!"))
    after = names(shell)
    assert {key: after[key] for key in before} == before, "whatever else comes"
    assert len(set(after.values())) == len(after)
    assert names(shell, "PullChannel").items() <= after.items(), "whatever else is asked for"
    assert slug("A/B_c") == "a-b-c"
    reserved = shell.up("Channel", **shell.sample("Channel", channelName="Pulumi")).id
    assert names(shell)[reserved] == "pulumi-channel", "the other is the engine in a YAML program"


def test_a_name_that_was_given_stays_when_a_first_namesake_comes(shell: Stage) -> None:
    made = shell.up("Channel", **shell.sample("Channel", channelName="Twin"))
    livechannels("import", "--out", "import.json")
    shell.up("Channel", **shell.sample("Channel", channelName="Twin"))
    livechannels("import", "--out", "import.json")
    written = {item["id"]: item["name"] for item in json.loads(Path("import.json").read_text())["resources"]}
    assert written[made.id] == "twin"
    assert sorted(name.partition("-")[0] for name in written.values()) == ["twin", "twin"]


def test_what_a_stack_calls_its_objects_nothing_else_is_called(shell: Stage) -> None:
    other = shell.up("Channel", **shell.sample("Channel", channelName="Other"))
    shell.up("Channel", **shell.sample("Channel", channelName="Guest"))
    state = {"urn": "urn:pulumi:dev::p::t::guest", "type": f"{NATIVE}Channel", "id": other.id}
    Path("state.json").write_text(json.dumps({"deployment": {"resources": [state]}}))
    livechannels("orphans", "--stack-state", "state.json", "--import-file", "import.json", code=3)
    written = [item["name"] for item in json.loads(Path("import.json").read_text())["resources"]]
    assert "guest" not in written
    assert any(name.startswith("guest-") for name in written)


def test_what_a_stack_holds_already_is_left_out(shell: Stage) -> None:
    shell.a_channel()
    ids = one_of_each(shell)
    Path("state.json").write_text(export((f"{DYNAMIC}Channel", ids["Channel"])))
    livechannels("import", "--out", "import.json", "--stack-state", "state.json", "--kind", "Channel")
    written = json.loads(Path("import.json").read_text())["resources"]
    assert [item["id"] for item in written] == [shell.a_channel()]


@pytest.mark.parametrize("text", ["name: stage\nruntime: yaml\n", "import pulumi\n", '{"a": 1}'])
def test_a_file_of_somebody_else_is_not_overwritten(shell: Stage, text: str) -> None:
    file = Path("Pulumi.yaml")
    file.write_text(text)
    for more in ((), ("--python",)):
        assert "not from this command" in livechannels("import", "--out", str(file), *more, code=2).output
    assert file.read_text() == text


@pytest.mark.parametrize("more", [(), ("--python",)])
def test_its_own_files_are_written_anew(shell: Stage, more: tuple[str, ...]) -> None:
    for _ in range(2):
        livechannels("import", "--out", "everything", *more)
        shell.a_channel()
    livechannels("import", "--out", "everything", *more)
    assert shell.a_channel() in Path("everything").read_text()


def test_names_are_shown_as_they_are(shell: Stage) -> None:
    for name in ("AC[/DC]", "Main [red] [1/2]"):
        shell.up("Channel", **shell.sample("Channel", channelName=name))
        assert name in livechannels("import", "--out", "import.json").stdout


def test_without_keys_a_command_names_the_environment_alone(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVECHANNELS_ACCESS_KEY")
    told = livechannels("import", "--out", "import.json", code=2).output
    assert "set the environment variables LIVECHANNELS_ACCESS_KEY" in told
    assert "pulumi config set" not in told


def test_variables_are_python_and_each_another_one() -> None:
    given = ["cam1", "cam-1", "cam_1", "import", "class", "match", "1-main", "频道①", "ch²", "live", "ﬁnal", "final"]
    made = identifiers(given)
    assert len(set(made)) == len(given)
    for name in made:
        compile(f"{name} = 1", "program", "exec")
    assert made[:4] == ["cam1", "cam_1", "cam_1_2", "the_import"]
    assert made[6] == "the_1_main"


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

    with pytest.raises(KeyboardInterrupt), Reading(shell.account, kept) as reading:
        reading.inputs(objects, stop)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    shell.platform.journal.clear()
    with Reading(shell.new_run(), kept) as again:
        read = again.inputs(objects)
    assert shell.calls("getChannelConfigure") == 4
    assert [inputs["channelName"] for inputs in read.values()] == [item.title for item in objects]
    assert not kept.exists()


@pytest.mark.parametrize("left", ["{", "[]", "{}", "other account", "two hours ago"])
def test_leftovers_that_cannot_be_believed_are_read_anew(shell: Stage, left: str) -> None:
    shell.a_channel()
    objects = held(shell.new_run())
    believed = {"account": shell.account.settings.identity, "since": shell.clock.now(), "read": {}}
    believed["read"] = {f"{item.kind} {item.id}": {"channelName": "old"} for item in objects}
    changed = {"other account": {"account": "else"}, "two hours ago": {"since": shell.clock.now() - 7200}}
    kept = Path("program.py.part")
    kept.write_text(json.dumps(believed | changed[left]) if left in changed else left)
    (inputs,) = Reading(shell.account, kept).inputs(objects).values()
    assert inputs["channelName"] == "host"
    kept.write_text(json.dumps(believed))
    (inputs,) = Reading(shell.account, kept).inputs(objects).values()
    assert inputs["channelName"] == "old"


def test_an_output_that_cannot_be_written_is_told_before_anything_is_read(shell: Stage) -> None:
    Path("folder").mkdir()
    shell.platform.journal.clear()
    assert "is a folder" in livechannels("import", "--python", "--out", "folder", code=2).output
    assert not shell.platform.journal


def test_tasks_point_at_their_own_channels(shell: Stage) -> None:
    ids = [shell.up("Channel", **shell.sample("Channel", channelName=name)).id for name in ("cam1", "cam 1", "import")]
    for key in ids:
        shell.up("RecordTask", **shell.sample("RecordTask", pullId=key))
        shell.up("ChannelBan", pullId=key)
    livechannels("import", "--python", "--out", "program.py")
    text = Path("program.py").read_text()
    compile(text, "program.py", "exec")
    for key, variable in zip(ids, ("cam1", "cam_1", "the_import"), strict=True):
        assert f"{variable} = live.Channel(" in text
        assert text.count(f"    pull_id={variable}.pull_id,") == 2, (key, "one task and one ban")


def test_what_was_encrypted_for_another_time_stays_so(shell: Stage) -> None:
    made = shell.up("Channel", **shell.sample("Channel", videoEncryption="hls", hlsEncryptionSeconds=77))
    live = shell.of("Channel")
    state = live.read(made.id, {})
    assert state is not None
    inputs = live.program_inputs(state, None)
    assert inputs["hlsEncryptionSeconds"] == 77
    assert not live.diff(state, live.check(inputs, inputs).inputs).any


@pytest.mark.rule("R28")
def test_a_program_adopts_and_holds_no_secret(shell: Stage) -> None:
    one_of_each(shell)
    livechannels("import", "--python", "--out", "program.py")
    text = Path("program.py").read_text()
    compile(text, "program.py", "exec")
    assert text.count("    adopt=") == len(KNOWN)
    assert "guestkey" not in text
    assert "relaykey" not in text
    assert "pull_id=main_stage.pull_id" in text
    secrets = Path("program.secrets.json")
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    assert set(json.loads(secrets.read_text())) == {"guest-feed-pull.sourceUrl", "main-stage-relay.forwardUrl"}


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
    unknown = {key for kind, key in ids.items() if kind not in ("PullChannel", "RecordDirectory")}
    assert {item["id"] for item in told["platform"]} == {shell.a_channel(), *unknown}
    assert told["stack"] == [{"where": "stack", "kind": "Channel", "id": "gone", "name": "name-gone"}]
    written = json.loads(Path("import.json").read_text())["resources"]
    assert {item["id"] for item in written} == {item["id"] for item in told["platform"]}
    assert "gone" in livechannels("orphans", *states, code=3).stdout


def test_a_task_that_ended_is_missing_nowhere(shell: Stage) -> None:
    made = shell.up("ForwardTask", **shell.sample("ForwardTask"))
    shell.of("ForwardTask").delete(made.id, made.state)
    state = export((f"{NATIVE}ForwardTask", made.id), (f"{NATIVE}Channel", shell.a_channel()))
    livechannels("orphans", "--stack-state", "-", stdin=state)


def test_a_stack_without_resources_is_one_too(shell: Stage) -> None:
    there = shell.a_channel()
    Path("empty.json").write_text('{"version": 3, "deployment": {"manifest": {}}}')
    done = livechannels("orphans", "--stack-state", "empty.json", "--format", "json", code=3)
    assert [item["id"] for item in json.loads(done.stdout)["platform"]] == [there]


@pytest.mark.rule("R9")
def test_what_a_list_lacks_but_can_be_read_is_there(shell: Stage) -> None:
    pulled = shell.up("PullChannel", **shell.sample("PullChannel")).id
    shell.up("ChannelBan", pullId=pulled)
    managed = (f"{NATIVE}ChannelBan", pulled), (f"{NATIVE}PullChannel", pulled), (f"{NATIVE}Channel", shell.a_channel())
    livechannels("orphans", "--stack-state", "-", stdin=export(*managed))
    made = shell.up("Channel", **shell.sample("Channel"))
    shell.fault("/live/channelManage/getChannelList", "stale-list", times=1)
    livechannels("orphans", "--stack-state", "-", stdin=export(*managed, (f"{NATIVE}Channel", made.id)))


def damaged(**parts: Any) -> str:
    """An export with a resource that no engine has written so."""
    whole = {
        "urn": "urn:pulumi:dev::test::livechannels:index:Channel::a",
        "type": "livechannels:index:Channel",
        "id": "x",
    }
    return json.dumps({"version": 3, "deployment": {"resources": [{**whole, **parts}]}})


NO_EXPORTS = {
    "empty": "",
    "list": "[]",
    "nothing in it": "{}",
    "no deployment": '{"deployment": null}',
    "nonsense": "{nonsense",
    "deep": "[" * 200_000,
    "outputs": damaged(outputs="x"),
    "inputs": damaged(inputs=["x"]),
    "urn": damaged(urn={}),
    "id": damaged(id=5),
    "dependencies": damaged(dependencies="x"),
    "property dependencies": damaged(propertyDependencies="x"),
    "one of these": damaged(propertyDependencies={"pullId": 5}),
    "pending": '{"deployment": {"resources": [], "pending_operations": 5}}',
    "one pending": '{"deployment": {"resources": [], "pending_operations": [{"resource": {"urn": []}}]}}',
}


@pytest.mark.parametrize("command", ["orphans", "drift", "recover"])
@pytest.mark.parametrize("text", NO_EXPORTS.values(), ids=NO_EXPORTS)
def test_what_is_no_export_is_bad_usage(shell: Stage, text: str, command: str) -> None:
    done = livechannels(command, "--stack-state", "-", stdin=text, code=2)
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


def test_what_a_program_only_reads_is_held_by_nobody(shell: Stage) -> None:
    key = shell.a_channel()
    whole = json.loads(export((f"{DYNAMIC}Channel", key)))
    whole["deployment"]["resources"][1]["external"] = True
    Path("stack.json").write_text(json.dumps(whole))
    done = livechannels("orphans", "--stack-state", "stack.json", "--format", "json", code=3)
    assert [item["id"] for item in json.loads(done.stdout)["platform"]] == [key]
    livechannels("import", "--out", "import.json", "--stack-state", "stack.json", "--kind", "Channel")
    assert [item["id"] for item in json.loads(Path("import.json").read_text())["resources"]] == [key]


def test_objects_of_another_provider_are_not_called_missing(shell: Stage) -> None:
    whole = json.loads(export((f"{DYNAMIC}Channel", "of-account-b")))
    whole["deployment"]["resources"][1]["provider"] = "urn:pulumi:dev::p::pulumi:providers:pulumi-python::b::1234"
    Path("stack.json").write_text(json.dumps(whole))
    done = livechannels("orphans", "--stack-state", "stack.json", "--format", "json")
    assert not any(json.loads(done.stdout).values())
    assert "1 objects of providers of their own were not looked for" in done.stderr
