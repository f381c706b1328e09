"""Chinese sentences are Chinese to the end: their marks, the system's words, the lines of help, and the console's words."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner

from pulumi_livechannels.cli import report_options
from pulumi_livechannels.cli.main import app
from pulumi_livechannels.cli.wrapping import wrapped
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.core.rule_words import sentence
from pulumi_livechannels.dynamic.calls import Call
from pulumi_livechannels.emulator import console
from pulumi_livechannels.emulator.faults import KINDS as FAULTS
from pulumi_livechannels.emulator.platform import paths
from pulumi_livechannels.ground.errors import Changed, InputError, LiveChannelsError, Problem, RefusedError
from pulumi_livechannels.ground.language import (
    SYSTEM_WORDS,
    apart,
    closed_up,
    joined,
    listed,
    said_of,
    speaking,
    system_words,
    tr,
)
from pulumi_livechannels.reports import REPORTS

PREVIEWS = Path(__file__).parents[1] / "unit" / "previews"
WIDE = "一-鿿，。；：、（）"
# A mark of English beside a Chinese character, and a space between two of these.
MIXED = re.compile(f"[{WIDE}][,;:.](?= |$)|[,;] ?[一-鿿]|[{WIDE}] +[{WIDE}]", re.MULTILINE)


def told(*arguments: str, code: int = 0) -> Any:
    with speaking("zh"):
        done = CliRunner().invoke(app, arguments, env={"LANGUAGE": "zh", "COLUMNS": "80"})
    assert done.exit_code == code, done.output
    return done


def test_what_joins_is_a_mark_of_the_language() -> None:
    parts = ("a", "b")
    assert (listed(*parts), apart(*parts), said_of(*parts)) == ("a, b", "a; b", "a: b")
    assert joined("One.", "", "Two.") == "One. Two."
    with speaking("zh"):
        assert (listed(*parts), apart(*parts), said_of(*parts)) == ("a、b", "a；b", "a：b")
        assert joined("（一。）", "二。", "three") == "（一。）二。three"
        assert closed_up("最近 15 分钟 的数值， 一 和 b") == "最近 15 分钟的数值，一和 b"


def test_an_error_has_no_english_mark_between_its_parts() -> None:
    with speaking("zh"):
        wrong = InputError([Problem("a", tr("must be text")), Problem("b", tr("is required, but is missing: set it"))])
        refused = RefusedError(tr("refused"), code="X", status=400, request_id="1", next_step=tr("correct it."))
        broken = LiveChannelsError(
            tr("refused"), next_step=tr("correct it."), changed=Changed.UNKNOWN, operation="读取"
        )
        for error in (wrong, refused, broken):
            assert not MIXED.search(str(error)), str(error)


@pytest.mark.parametrize("number", sorted(SYSTEM_WORDS))
def test_the_systems_words_are_chinese_and_in_english_its_own(number: int) -> None:
    error = OSError(number, os.strerror(number))
    assert system_words(error) == os.strerror(number)
    with speaking("zh"):
        assert re.search("[一-鿿]", system_words(error))


def test_a_reason_that_nobody_knows_is_told_as_the_system_has_it() -> None:
    with speaking("zh"):
        assert system_words(OSError(errno.EXDEV, "Invalid cross-device link")) == "Invalid cross-device link"
        assert system_words(OSError("no number")) == "no number"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("comment", "--preview", "/nowhere/x"), "--preview /nowhere/x：没有这个文件或目录"),
        (("comment", "--preview", "/"), "--preview /：是一个目录"),
        (("report", "getDomainTraffic", "--domain", "@/nowhere/x"), "--domain @/nowhere/x：没有这个文件或目录"),
        (("emulator", "--faults", "/nowhere/x"), "没有这个文件或目录"),
        (("emulator", "--state", __file__), "：文件不是数据库：请给出"),
        (("emulator", "--state", "/nowhere/x"), "：没有这个文件或目录：请给出"),
        (("doctor", "more", "words"), "多余的参数：more words"),
        (("emulator", "--detach=3"), "选项 --detach 不带值。"),
        (("report", "--lst"), "没有选项 --lst：是不是想写 --list？"),
        (("report", "--formt", "json", "getDomainTraffic"), "没有选项 --formt：是不是想写 --format？"),
        (("report", "getDomainTraffic", "--formt", "json"), "没有选项 --formt：是不是想写 --format？"),
    ],
)
def test_what_is_wrong_is_told_in_one_language(arguments: tuple[str, ...], said: str) -> None:
    assert said in told(*arguments, code=2).stderr


@pytest.mark.parametrize("option", ["--lst", "--formt", "-x"])
def test_a_misspelt_option_is_not_taken_for_a_report(option: str) -> None:
    done = CliRunner().invoke(app, ["report", option], env={"LANGUAGE": "en"})
    assert done.exit_code == 2
    assert f"no such option {option}: " in done.stderr
    assert "there is no report" not in done.stderr


@pytest.mark.parametrize("preview", sorted(PREVIEWS.glob("*.json")), ids=lambda file: file.name)
def test_a_comment_is_chinese_with_chinese_marks(preview: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCESS_KEY", "SECRET_KEY", "USERNAME", "API_KEY"):
        monkeypatch.delenv(f"LIVECHANNELS_{name}", raising=False)
    text = re.sub(r"(`+).*?\1", "`x`", told("comment", "--preview", str(preview)).stdout)
    # Of a program that does not compile there is nothing to put into a table.
    assert ("#### 错误" if preview.name.startswith("uncompiled") else "| 对象 | 会发生什么 | 变更内容 |") in text
    assert not MIXED.search(text), MIXED.search(text)
    assert "### 直播频道：`x`" in text


def test_help_has_no_space_after_a_mark_and_breaks_no_word() -> None:
    group: Any = typer.main.get_command(app)
    for name, each in {"livechannels": group, **group.commands}.items():
        with speaking("zh"):
            context = each.context_class(each, info_name=name, terminal_width=78)
            text = each.get_help(context)
        assert not re.search(f"[，。；：、（）] [{WIDE}]", text), name
        assert not re.search(f"[{WIDE}][,;:](?=[ \n])", text), name
        assert max(map(cell_len, text.splitlines())) <= 78, name
        words = {item.envvar for item in each.params if getattr(item, "envvar", None)}
        assert all(word in text for word in words), name


@pytest.mark.parametrize("kind", REPORTS, ids=lambda kind: kind.name())
def test_what_a_report_says_of_itself_has_no_space_between_characters(
    kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with speaking("zh"):
        lines = report_options.parser(kind).format_help().splitlines()
        notes = joined(*kind.notes())
    assert all(cell_len(line) <= 78 for line in lines if re.search("[一-鿿]", line))
    assert not re.search(f"[{WIDE}] [{WIDE}]", notes), notes


def test_a_line_breaks_between_characters_and_never_within_a_word() -> None:
    text = "设置 LIVECHANNELS_DRIFT_DEPTH，（可选）再运行。"
    for width in range(30, 50):
        lines = wrapped(text, width)
        assert all(cell_len(line) <= width for line in lines)
        assert any("LIVECHANNELS_DRIFT_DEPTH，" in line for line in lines)
        assert not any(line.startswith(tuple("，。；：、）")) or line.endswith("（") for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert wrapped("a" * 12, 5) == ["aaaaa", "aaaaa", "aa"]
    assert wrapped("", 5) == [""]


def test_every_action_and_fault_of_the_journal_has_its_chinese_words() -> None:
    """The console falls back on English, so nobody else would notice."""
    words = json.loads((Path(console.__file__).parent / "page" / "words" / "zh.json").read_text("utf-8"))
    wanted = [*(f"action.{path}" for path in paths()), *(f"fault.{kind}" for kind in FAULTS)]
    assert not [key for key in wanted if not re.search("[一-鿿]", words.get(key, ""))]
    there = {key for key in words if key.startswith(("action.", "fault."))}
    assert not there - set(wanted), "words of what is no more"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "get_x at a.py:1, part 2: "), ("zh", "get_x（a.py:1）、第 2 段：")]
)
def test_a_part_of_a_report_is_told_after_the_place_in_the_program(language: str, said: str) -> None:
    kind = REPORTS[0]
    with speaking(language):
        part = "part 2" if language == "en" else "第 2 段"
        error = LiveChannelsError(tr("refused"), next_step=tr("correct it."), operation=listed(kind.name(), part))
        assert str(Call(kind, "get_x", "a.py:1").told(error, {}, ())).startswith(said)


@pytest.mark.parametrize("count", [1, 2])
def test_one_value_is_not_told_of_as_several(count: int) -> None:
    item = properties(REPORTS[0].inputs())["startTime"]
    for kind, bound, word in (("too_short", "min_length", "value"), ("string_too_short", "min_length", "character")):
        detail: Any = {"type": kind, "ctx": {bound: count}, "input": [], "msg": "", "loc": ()}
        said = sentence(item, detail, hidden=False)
        assert f" {count} {word}{'s' if count > 1 else ''}, but" in said
