"""How `livechannels drift` shows what it found: every format, whatever somebody has called his channels."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from drift_kit import CIPHERTEXT, FakeStack, ran
from kit import Stage
from pulumi_livechannels.emulator.wangsu.channels import create_channel
from pulumi_livechannels.emulator.wangsu.wire import Call

ODD = 'Bühne "3" | <b>@team</b> `rm`\n\x07 & [x](y)'
CONFIGURE = "/live/channelManage/getPullChannelConfigure"


@pytest.fixture
def found(shell: Stage) -> list[FakeStack]:
    """Two stacks with something of everything that can be told."""
    one, two = FakeStack(shell, "one"), FakeStack(shell, "two")
    one.channel("clean")
    clicked, gone, twice = one.channel("clicked"), one.channel("gone"), one.channel("twice")
    shell.click("Channel", clicked.id, channelName=ODD, pullRate="0")
    shell.remove("Channel", gone.id)
    two.resources.append(type(twice)(**{**vars(twice), "urn": two.urn("Channel", "twin")}))
    made = two.channel("made")
    two.resources.remove(made)
    two.pending = [{"type": "creating", "resource": {**two.raw(made), "id": ""}}]
    elsewhere = {"provider": "urn:pulumi:two::test::pulumi:providers:livechannels::second::id"}
    two.channel("elsewhere", more=elsewhere)
    two.providers = [{"urn": elsewhere["provider"][:-4], "type": "x", "id": "id", "inputs": {"secretKey": CIPHERTEXT}}]
    two.up("PullChannel", "unknown", **shell.sample("PullChannel"))
    shell.fault(CONFIGURE, "error-code", code=4002, times=99)
    shell.up("Channel", **shell.sample("Channel", channelName=ODD.replace("\n\x07", "")))
    return [one, two]


def shown(found: list[FakeStack], format: str) -> str:
    return str(ran(*found, code=1, arguments=("--format", format)).stdout)


def test_a_table_has_a_line_for_each_thing(found: list[FakeStack]) -> None:
    text = shown(found, "table")
    assert {line.split()[0] for line in text.splitlines() if line.strip()} >= {
        "what", "differs", "gone", "twice", "pending", "failed", "skipped", "unmanaged",
    }  # fmt: skip
    assert "pullRates is ['source'] on the platform and ['hd', 'source'] in the program" in text


def test_markdown_holds_everything_and_no_name_means_anything_in_it(found: list[FakeStack]) -> None:
    text = shown(found, "markdown")
    assert text.startswith("## Drift\n")
    for title in ("differs", "is gone", "more than one resource holds", "under way", "could not be found out"):
        assert f"### What {title}" in text or title in text
    assert "| `test/one` | `Channel gone` |" in text
    assert '| `test/one` | `Channel clicked` | `pullRates` | `["source", "hd"]` | `["source"]` |' in text
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text)
    assert "@team" not in outside
    assert "<b>" not in outside
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert all(len(re.split(r"(?<!\\)\|", row)) in (5, 7) for row in rows), "no name adds a column"


@pytest.mark.parametrize("format", ["table", "markdown"])
def test_no_name_reaches_the_screen_with_what_is_not_seen(shell: Stage, format: str) -> None:
    stack = FakeStack(shell)
    stack.channel("main")
    shell.click("Channel", shell.up("Channel", **shell.sample("Channel")).id, channelName="stray\x1b[2Jb\u202e|\x9b")
    shown = ran(stack, code=0, arguments=("--format", format)).stdout
    assert "stray [2Jb" in shown
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)


@pytest.mark.rule("R28")
@pytest.mark.parametrize("format", ["table", "json", "markdown", "junit"])
def test_no_path_of_an_address_is_told_in_any_format(shell: Stage, format: str) -> None:
    stack = FakeStack(shell)
    channel = stack.channel("main")
    inputs = {"pullId": channel.id, "forwardUrl": "rtmp://relay.example.net/app/key"}
    relay = stack.up("ForwardTask", "relay", notifyUrl="https://hook.example.com/cb?token=canary", **inputs)
    shell.click("Channel", channel.id, channelName="rtmp://push.example.com/live/canary")
    shell.click("ForwardTask", relay.id, notifyUrl="https://hook.example.com/cb?token=otherCanary")
    said = ran(stack, code=3, arguments=("--format", format))
    assert "hook.example.com" in said.stdout
    assert "canary" not in (said.stdout + said.stderr).lower()


def test_markdown_quotes_the_names_of_stacks_whose_secrets_are_shut(shell: Stage) -> None:
    stack = FakeStack(shell, "dev @team [x](http://evil.example)")
    stack.channel("main", streamCheck="secret")
    text = ran(stack, code=0, arguments=("--format", "markdown"), encrypted=True).stdout
    assert "`test/dev @team [x](http://evil.example)`" in text
    assert "@team" not in re.sub(r"`.*?`", "", text)
    assert "## No drift, secrets aside" in text


def test_a_report_without_anything_says_so(shell: Stage) -> None:
    stack = FakeStack(shell)
    stack.channel("main")
    assert ran(stack, code=0, arguments=("--format", "markdown")).stdout.startswith("## No drift\n")
    done = ran(stack, code=0)
    assert done.stdout == ""
    assert "1 of 1 resources looked at: 0 differ" in done.stderr


def test_markdown_fits_into_an_issue(shell: Stage) -> None:
    stack = FakeStack(shell)
    stack.channel("main")
    words = {"channelName": "theirs " * 20, "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
    for _ in range(400):
        create_channel(Call(words, shell.platform.store))
    text = ran(stack, code=0, arguments=("--format", "markdown")).stdout
    assert len(text) < 65_536
    assert text.endswith("`--format json` has all of it\n")


SUITE = {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time"}


def test_junit_is_what_the_schema_wants(found: list[FakeStack]) -> None:
    """As JUnit.xsd of Ant has it, the strictest one: attributes, and the order of the elements."""
    whole = ElementTree.fromstring(shown(found, "junit"))
    assert (whole.tag, dict(whole.attrib)) == ("testsuites", {})
    for number, suite in enumerate(whole):
        assert (suite.tag, set(suite.attrib), suite.get("id")) == ("testsuite", SUITE, str(number))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", str(suite.get("timestamp")))
        order = [child.tag for child in suite]
        cases = suite.findall("testcase")
        assert order == ["properties", *["testcase"] * len(cases), "system-out", "system-err"]
        assert all(set(case.attrib) == {"name", "classname", "time"} for case in cases)
        assert all(len(case) <= 1 for case in cases)
        told = [child for case in cases for child in case]
        assert all(set(child.attrib) == {"type", "message"} for child in told if child.tag != "skipped")
        for tag, counted in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(counted) == str(sum(child.tag == tag for child in told))
    cases = {case.get("name"): _outcome(case) for case in whole.iter("testcase")}
    assert cases["Channel clean"] == ("passed", None)
    assert cases["Channel clicked"] == ("failure", "differs")
    assert cases["Channel gone"] == ("failure", "gone")
    assert cases["PullChannel unknown"] == ("error", "failed")
    assert cases["Channel elsewhere"] == ("skipped", None)
    assert cases["Channel made: creating when a run died"] == ("failure", "pending")
    assert ("failure", "twice") in cases.values()
    assert cases["what no stack holds"] == ("passed", None), "it counts only when asked"


def _outcome(case: ElementTree.Element) -> tuple[str, Any]:
    return (case[0].tag, case[0].get("type")) if len(case) else ("passed", None)
