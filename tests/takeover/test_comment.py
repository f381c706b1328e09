"""`livechannels comment`: from a preview to Markdown, with and without a platform to ask."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit import Stage
from pulumi_livechannels.cli.comment import MOST
from shell_kit import livechannels

PREVIEWS = Path(__file__).parents[1] / "unit" / "previews"
CHANNEL = {"channelName": "Main", "channelType": "live", "pushDomain": "push.example.com", "pullRates": ["source"]}
BATCH = "/live/channelManage/batchChannelLiveState"


def deletion(key: str, name: str = "main", stack: str = "dev", **inputs: Any) -> dict[str, Any]:
    """A channel that leaves the stack."""
    state = {"type": "livechannels:index:Channel", "id": key, "inputs": CHANNEL | inputs, "outputs": CHANNEL | inputs}
    return {"op": "delete", "urn": f"urn:pulumi:{stack}::test::livechannels:index:Channel::{name}", "oldState": state}


def digest(*steps: dict[str, Any], **more: Any) -> str:
    return json.dumps({"steps": list(steps), "changeSummary": {}, **more})


def comment(text: str, code: int = 0) -> str:
    return str(livechannels("comment", code=code, stdin=text).stdout)


def asked(stage: Stage) -> int:
    return sum(1 for call in stage.platform.journal if call["action"] == "batchChannelLiveState")


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without keys."""
    for name in ("ACCESS_KEY", "SECRET_KEY", "USERNAME", "API_KEY"):
        monkeypatch.delenv(f"LIVECHANNELS_{name}", raising=False)


@pytest.mark.parametrize("face", ["classes", "native"])
@pytest.mark.parametrize("form", ["digest", "stream"])
@pytest.mark.usefixtures("nowhere")
def test_a_recorded_preview_becomes_a_comment_without_keys(face: str, form: str) -> None:
    text = livechannels("comment", "--preview", str(PREVIEWS / f"{face}-{form}.json")).stdout
    first, *rest = text.splitlines()
    assert first == "<!-- livechannels comment: test/dev -->"
    titles = [line.removeprefix("#### ") for line in rest if line.startswith("#### ")]
    assert titles == ["Encoders and viewers notice", "Changes that nobody notices at once", "What stays"]
    assert "unknown: the keys to ask with are not set here" in text
    assert (
        "| Channel `keyed` (`Keyed`) | gets a new push URL (encoders must be told) | `pushKeyRotation`: `1` → `2` |"
        in text
    )
    assert "| PullChannel `guest` (`Guest`) | pulls from another source |" in text
    assert "``New \\| `name` of @team <b>``" in text
    assert "- 2 resources stay as they are." in text
    assert "__" not in text
    assert "on air**" not in text


def test_the_platform_says_who_is_on_air_many_in_one_call(shell: Stage) -> None:
    made = [shell.up("Channel", **CHANNEL).id for _ in range(60)]
    shell.platform.edit("channel", made[40], {"channelStatus": 1})
    text = comment(digest(*(deletion(key, f"c{number}") for number, key in enumerate(made))))
    rows = [line for line in text.splitlines() if line.startswith("| Channel")]
    assert rows[0] == (
        "| Channel `c40` (`Main`) | is deleted: who pushes to it or watches it is cut off, and is **on air**: "
        "`pulumi up` refuses this until the stream ends |  |"
    )
    assert all("and is not on air" in row for row in rows[1:])
    assert asked(shell) == 2, "fifty a call"


def test_what_is_forced_is_not_refused(shell: Stage) -> None:
    key = shell.up("Channel", **CHANNEL).id
    shell.platform.edit("channel", key, {"channelStatus": 1})
    assert "and is **on air** |" in comment(digest(deletion(key, forceDestroy=True)))


def test_a_ban_goes_with_its_channel(shell: Stage) -> None:
    key = shell.up("Channel", **CHANNEL).id
    state = {"type": "livechannels:index:ChannelBan", "id": key, "inputs": {"pullId": key}, "outputs": {"pullId": key}}
    ban = {"op": "delete", "urn": "urn:pulumi:dev::test::livechannels:index:ChannelBan::ban", "oldState": state}
    assert "| ChannelBan `ban` | goes with its channel |" in comment(digest(ban, deletion(key)))
    assert "| ChannelBan `ban` | is lifted |" in comment(digest(ban))


def test_a_channel_that_spoils_the_call_spoils_it_for_nobody_else(shell: Stage) -> None:
    key = shell.up("Channel", **CHANNEL).id
    shell.platform.faults.add({"path": BATCH, "kind": "error-code", "code": "WPLUS_InvalidParameter"})
    text = comment(digest(deletion(key), deletion("0" * 32, "gone")))
    assert "`main` (`Main`) | is deleted: who pushes to it or watches it is cut off, and is not on air" in text
    assert "`gone` (`Main`) | is deleted: who pushes to it or watches it is cut off, and may be on air" in text


def test_an_outage_leaves_it_unknown(shell: Stage) -> None:
    shell.platform.faults.add({"path": BATCH, "kind": "html", "times": 20})
    done = livechannels("comment", stdin=digest(deletion("a" * 32)))
    assert "Whether channels are on air is unknown: the platform gave no answer." in done.stdout
    assert "the answer (HTTP 200) is not the vendor's JSON" in done.stderr


def test_nothing_is_asked_where_nobody_notices(shell: Stage) -> None:
    text = comment(digest())
    assert "Encoders and viewers notice nothing." in text
    assert not shell.platform.journal


@pytest.mark.rule("R28")
@pytest.mark.usefixtures("nowhere")
def test_secrets_stay_out_even_of_a_preview_that_shows_them() -> None:
    inputs = CHANNEL | {"streamCheck": "geheim-1"}
    step = deletion("a" * 32, **{"streamCheck": "geheim-1"}) | {"op": "update"}
    step["newState"] = {"inputs": inputs | {"streamCheck": "geheim-2"}}
    callback = {
        "op": "update",
        "urn": "urn:pulumi:dev::test::livechannels:index:ChannelStateCallback::hook",
        "oldState": {
            "type": "livechannels:index:ChannelStateCallback",
            "inputs": {"pushDomain": "push.example.com", "notifyUrl": "https://hook.example.com/geheim-3"},
        },
        "newState": {"inputs": {"pushDomain": "push.example.com", "notifyUrl": "https://hook.example.com/geheim-4"}},
    }
    said = [{"severity": "error", "message": "cannot push to rtmp://push.example.com/live/geheim-5"}]
    text = comment(digest(step, callback, diagnostics=said))
    assert "geheim" not in text
    assert "`streamCheck` (secret)" in text
    assert "`notifyUrl`" in text
    assert "rtmp://push.example.com/[hidden]" in text


@pytest.mark.usefixtures("nowhere")
def test_a_secret_is_named_where_it_is_why_something_is_replaced() -> None:
    text = livechannels("comment", "--preview", str(PREVIEWS / "classes-digest.json")).stdout
    (line,) = (line for line in text.splitlines() if "`moved`" in line)
    assert line.endswith("| `forwardUrl` (secret) |")


@pytest.mark.usefixtures("nowhere")
def test_a_deletion_without_its_old_state_is_noticed() -> None:
    step = deletion("a" * 32)
    del step["oldState"]
    text = comment(digest(step))
    assert "**1 channel is deleted.**" in text
    assert "nobody notices" not in text


@pytest.mark.parametrize("text", ['{"steps":{"a":1}}', '{"steps":[{"op":null,"urn":5},null]}', '{"a":' * 100_000])
def test_what_is_no_preview_is_no_comment(text: str) -> None:
    done = livechannels("comment", code=1, stdin=text)
    assert (done.stdout, "it is not what `pulumi preview --json` writes" in done.stderr) == ("", True)


@pytest.mark.usefixtures("nowhere")
def test_errors_come_first_and_say_that_the_rest_may_be_missing() -> None:
    said = [{"severity": "error", "message": "error: a | b\n```\n<b>", "urn": "urn:pulumi:dev::test::x:y:Z::ma`in"}]
    text = comment(digest(deletion("a" * 32), diagnostics=said))
    assert "**The preview did not come to its end:**" in text
    assert text.index("#### Errors") < text.index("#### Encoders and viewers notice")
    assert "- ``ma`in``: ````a | b ``` <b>````" in text


@pytest.mark.parametrize("form", ["digest", "stream"])
@pytest.mark.usefixtures("nowhere")
def test_a_program_that_does_not_compile_is_told_and_nobody_is_reassured(form: str) -> None:
    text = livechannels("comment", "--preview", str(PREVIEWS / f"uncompiled-{form}.json")).stdout
    assert "**The preview did not come to its end:**" in text
    assert "#### Errors" in text
    assert 'unable to find resource type "livechannels:Chanel"' in text
    assert "notice nothing" not in text
    assert "geheim" not in text


@pytest.mark.usefixtures("nowhere")
def test_the_end_of_a_deep_traceback_is_told() -> None:
    frames = '  File "/home/me/__main__.py", line 5, in f\n    return f(n - 1)\n' * 40
    died = (
        f"error: Program failed with an unhandled exception:\nTraceback (most recent call last):\n{frames}E: the end\n"
    )
    text = comment(digest(diagnostics=[{"severity": "error", "message": died}]))
    assert "- `Program failed with an unhandled exception: __main__.py, line 5: E: the end`" in text


@pytest.mark.usefixtures("nowhere")
def test_the_marker_is_the_stacks_own_and_no_name_ends_it() -> None:
    first = [comment(digest(deletion("a" * 32, stack=stack))).partition("\n")[0] for stack in ("dev", "live", "a-->b")]
    assert first[:2] == ["<!-- livechannels comment: test/dev -->", "<!-- livechannels comment: test/live -->"]
    assert first[2].count("-->") == 1
    again = comment(digest(deletion("b" * 32, "another"))).partition("\n")[0]
    assert again == first[0]


@pytest.mark.usefixtures("nowhere")
def test_a_comment_never_grows_beyond_what_a_host_takes() -> None:
    others = [{"op": "create", "urn": f"urn:pulumi:dev::test::random:index:Id::r{number}"} for number in range(3)]
    said = [{"severity": "warning", "message": f"{number} " + "long " * 1_000} for number in range(200)]
    steps = [deletion(f"{number:032x}", f"c{number}", channelName="名" * 255) for number in range(3_000)]
    text = comment(digest(*steps, *others, diagnostics=said))
    assert len(text) <= MOST
    assert "**3000 channels are deleted.**" in text
    assert text.count("… and ") == 3
    assert "more" in text


@pytest.mark.usefixtures("nowhere")
def test_other_providers_are_counted() -> None:
    others = [{"op": op, "urn": f"urn:pulumi:dev::test::random:index:Id::{op}"} for op in ("create", "delete", "same")]
    assert "| resources of other providers | 1 create, 1 delete |  |" in comment(digest(*others))


def test_what_is_no_preview_ends_with_1_and_a_missing_file_with_2(tmp_path: Path) -> None:
    comment("no", code=1)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    livechannels("comment", "--preview", str(tmp_path / "binary"), code=1)
    livechannels("comment", "--preview", str(tmp_path / "none"), code=2)
    livechannels("comment", "--color", code=2)


def test_a_wrong_setting_is_told_and_not_taken_for_missing_keys(shell: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECHANNELS_SITE", "nowhere")
    comment(digest(deletion("a" * 32)), code=2)
