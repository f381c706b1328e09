"""What people are told is told in Chinese too: nothing is untranslated, and what programs read never changes."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from babel.messages.pofile import read_po
from typer.testing import CliRunner

from pulumi_livechannels import schema, stubs
from pulumi_livechannels.cli.main import app
from pulumi_livechannels.core.check import check, veiled
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.ground.errors import Changed, NoAnswerError, RefusedError
from pulumi_livechannels.ground.language import CATALOGUES, DOMAIN, speaking, tr
from pulumi_livechannels.resources.channel import Channel
from pulumi_livechannels.resources.record_task import RecordTask

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
with (CATALOGUES / "zh" / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
    MESSAGES = [message for message in read_po(file) if message.id]
# What is a name or a command in both, or needs no word in Chinese.
SAME = {
    "table, json, markdown, junit.", "Redis", "destroy", "refresh", "Pulumi SDK", "Postgres", ": pip install 'pulumi-livechannels[{extra}]'",
    "--stack-state {file}: {strerror}", "--stack-state {file}: {reason}", ", and {words}", "for {words}",
}  # fmt: skip


# Its door speaks to programs, and its console has words of its own.
LEFT = ("emulator/",)
# What says something to people, with the place of the words among its arguments.
SAYING = {
    "end": 1,
    "say": 0,
    "warn": 0,
    "once": 0,
    "_tell": 0,
    "Problem": 1,
    "not_understood": 0,
    "_refuse": 1,
    "misused": 0,
}


def unmarked(path: Path) -> Iterator[str]:
    """Sentences that a file says without `tr`."""
    for call in ast.walk(ast.parse(path.read_text())):
        if isinstance(call, ast.Call):
            name = ast.unparse(call.func).rpartition(".")[2]
            place = 0 if name.endswith("Error") and name not in NOT_FOR_USERS else SAYING.get(name)
            said = [] if place is None else call.args[place : place + 1]
            said += [word.value for word in call.keywords if word.arg == "next_step"]
            for text in said:
                written = text.values if isinstance(text, ast.JoinedStr) else [text]
                words = "".join(
                    part.value for part in written if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )
                if len(re.findall(r"[a-z]{2,}", re.sub(r"--[a-z-]+", "", words))) > 1:
                    yield f"{path.name}:{call.lineno}: {words}"


# What the interpreter or a library takes, and what says a mistake of ours.
NOT_FOR_USERS = {
    "ValueError", "TypeError", "AttributeError", "KeyError", "AssertionError", "NotImplementedError", "OSError",
    "ConnectTimeoutError", "NewConnectionError", "NotFiniteError", "MisreadError", "UnusableError", "PydanticCustomError",
    "ArgumentTypeError", "BadParameter",
}  # fmt: skip


def command(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    plain = {
        key: value
        for key, value in os.environ.items()
        if key not in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") and not key.startswith("LIVECHANNELS_")
    }
    return subprocess.run(
        [sys.executable, "-m", "pulumi_livechannels.cli", *words],
        env={**plain, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def is_chinese(text: str) -> bool:
    return bool(re.search("[一-鿿]", text))


def test_nothing_is_untranslated_and_the_catalogue_is_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "catalogue.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_every_message_is_marked_for_translation() -> None:
    package = ROOT / "provider" / "pulumi_livechannels"
    for path in package.rglob("*.py"):
        if not str(path.relative_to(package)).startswith(LEFT):
            assert not list(unmarked(path)), path


def test_a_translation_keeps_places_names_and_commands() -> None:
    for message in MESSAGES:
        for pattern in (r"\{[^{}]*\}", r"%\(\w+\)\w|%s", r"`[^`]+`", r"--[a-z-]+", r"LIVECHANNELS_\w+", r"\n"):
            there, here = (sorted(set(re.findall(pattern, text))) for text in (message.id, message.string))
            assert there == here, message.id


def test_a_translation_is_chinese() -> None:
    commands = {message.id for message in MESSAGES if message.id.startswith(("pulumi ", "{"))}
    for message in MESSAGES:
        actions = re.fullmatch(r"[a-z]+[A-Z]\w*\.", message.id)
        if message.id not in SAME | commands and re.search("[a-z]{3}", message.id) and not actions:
            assert is_chinese(message.string), message.id


def test_a_rule_and_its_way_out_stand_apart_in_both_languages() -> None:
    """`core.check` takes a secret out from between them."""
    for message in MESSAGES:
        if re.search(r", but is \{.*: ", message.id):
            assert re.search(r"，但现为 \{.*：", message.string), message.string


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_secret_value_is_not_shown_in_any_language(language: str) -> None:
    inputs = {**RecordTask.example, "pullId": "1", "endTime": "hunter2-is-no-time"}
    with speaking(language):
        problems = check(RecordTask.inputs, inputs, None, 0).problems
        assert any("hunter2" in problem.text for problem in problems)
        told = veiled(problems, inputs, {"endTime"})
    assert told
    assert not any("hunter2" in problem.text for problem in told)


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LC_MESSAGES": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, True),
        ({"LC_ALL": "zh_SG", "LC_MESSAGES": "en_US.UTF-8"}, True),
        ({"LANGUAGE": "zh_CN:en", "LC_ALL": "en_US.UTF-8"}, True),
        ({"LANGUAGE": "fr:zh", "LC_ALL": "fr_FR.UTF-8"}, True),
        ({"LANGUAGE": "en:zh", "LANG": "zh_CN.UTF-8"}, False),
        ({"LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANGUAGE": "", "LC_ALL": "POSIX", "LANG": "zh_CN"}, False),
        ({"LANGUAGE": "zh_CN:zh", "LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, False),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({}, False),
    ],
)
def test_the_usual_variables_choose_the_language_in_their_order(
    environment: dict[str, str], chinese: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert is_chinese(tr("The platform was changed.")) is chinese


def test_help_is_chinese_and_names_every_option() -> None:
    group: Any = typer.main.get_command(app)
    for name, each in {"livechannels": group, **group.commands}.items():
        with speaking("zh"):
            told = each.get_help(each.context_class(each, info_name=name))
        shown = [item for item in each.params if not getattr(item, "hidden", False)]
        options = {option for item in shown for option in item.opts if option.startswith("--")}
        assert options <= set(re.findall(r"--[a-z-]+", told)), name
        assert not re.search(r"(\b[a-z]+ ){5}", told), "an English sentence"
        assert "Show this message" not in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("emulator --port x", "'--port' 的值无效：必须是整数"),
        ("emulator --port 70000", "'--port' 的值无效：最多为 65535"),
        ("emulator --port -1", "'--port' 的值无效：最少为 0"),
        ("emulator --port", "选项 --port 需要一个值。"),
        ("emulator --prt 1", "没有选项 --prt（可能是：--format, --port）"),
        ("emulator --format yaml", "--format 的值无效：必须是 table 或 json"),
        ("emulator --exec", "--exec 需要"),
        ("bill", "缺少：'--vendor'"),
        ("bill --vendor wangsu", "缺少：'--method'"),
        ("orphans", "缺少：'--stack-state'"),
        ("exporter", "缺少：'--report'"),
    ],
)
def test_a_command_line_that_is_refused_is_told_of_in_chinese(arguments: str, said: str) -> None:
    done = CliRunner().invoke(app, arguments.split(), env={"LANGUAGE": "zh"})
    assert done.exit_code == 2
    assert said in done.stderr
    assert not re.search("Invalid|Input|Usage|OPTIONS|option", done.stderr)


@pytest.mark.parametrize("words", [("--help",), (), ("report", "getDomainTraffic", "--help")])
def test_help_of_the_command_itself_follows_the_environment(words: tuple[str, ...]) -> None:
    chinese, english = (command(*words, LANG=language).stdout for language in ("zh_CN.UTF-8", "C.UTF-8"))
    assert is_chinese(chinese)
    assert "选项：\n" in chinese
    assert not is_chinese(english)


def test_an_error_keeps_its_code_its_request_id_and_its_commands() -> None:
    error = RefusedError(
        "the platform refused", code="NoSuchDomain", status=400, request_id="abc-1", next_step=tr("correct it.")
    )
    lost = NoAnswerError("answer lost", next_step="`livechannels orphans`")
    with speaking("zh"):
        said = str(error)
        assert str(lost).endswith("不清楚平台上是否有改动。下一步：`livechannels orphans`")
    assert "（厂商错误码 NoSuchDomain，HTTP 状态码 400，请求 ID abc-1。）" in said
    assert "平台上没有任何改动。" in said
    assert Changed.NO.value in str(error), "the same error in English again"


def test_a_missing_setting_is_told_in_chinese_with_its_exit_code() -> None:
    done = command("import", "--out", "unused.json", LC_ALL="zh_CN.UTF-8")
    assert done.returncode == 2
    assert done.stderr.startswith("缺少 accessKey 和 secretKey")
    assert "LIVECHANNELS_ACCESS_KEY" in done.stderr


@pytest.mark.parametrize("words", [("doctor", "--format", "json"), ("report", "--list", "--format", "csv")])
def test_what_programs_read_is_the_same_in_any_language(words: tuple[str, ...]) -> None:
    with running(quota=0, seed=0) as (port, _):
        keys = {
            "LIVECHANNELS_ACCESS_KEY": "k",
            "LIVECHANNELS_SECRET_KEY": "s",
            "LIVECHANNELS_ENDPOINT": f"http://127.0.0.1:{port}",
            "LIVECHANNELS_CALLS_PER_FIVE_MINUTES": "0",
        }
        chinese, english = (command(*words, LANG=language, **keys).stdout for language in ("zh_CN.UTF-8", "C.UTF-8"))
    assert _without_skew(chinese) == _without_skew(english)
    assert not is_chinese(english.replace("“", ""))


def _without_skew(text: str) -> str:
    return re.sub(r"\d+ s (behind|ahead of) the platform's", "", text)


def test_the_schema_and_the_stubs_are_english_wherever_they_are_made() -> None:
    english = json.dumps(schema.schema()), stubs.text(), stubs.module_text("wangsu")
    with speaking("zh"):
        assert (json.dumps(schema.schema()), stubs.text(), stubs.module_text("wangsu")) == english


def test_a_resource_speaks_chinese_of_a_broken_rule() -> None:
    with speaking("zh"):
        problems = check(Channel.inputs, {**Channel.example, "pullRates": ["hd", "hd"]}, None, 0).problems
    assert [problem.text for problem in problems] == ["同一个值不能写两次，但现为 ['hd', 'hd']：请去掉重复"]
