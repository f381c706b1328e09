"""The YAML and the Python example of every page, all of them in one stack each, against the emulated platform.

The examples that others refer to are their bases here: a page's `${main.pullId}` is the channel of the Channel page.
"""

from __future__ import annotations

import json
import re
import textwrap
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine_kit import Stack
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.core.function import Function
from pulumi_livechannels.core.reporting.report import Report
from pulumi_livechannels.core.reporting.slots import DAY, down_to_slot, rfc3339, unix
from pulumi_livechannels.core.values.times import VENDOR_ZONE
from pulumi_livechannels.functions import FUNCTIONS
from pulumi_livechannels.resources import RESOURCES
from pulumi_livechannels.snippets import BASES

pytestmark = pytest.mark.engine

DOCS = Path(__file__).parents[2] / "docs"
MONTH = re.compile(r"(month\W+)\d{4}-\d\d")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00")
NAMES = {kind: name for name, kind in BASES.items()}
# A ban on the channel of all examples has to come last and go first.
LAST = "ChannelBan"


def resource_name(kind: str) -> str:
    """What a resource's example is called here: as the other examples call it, if they do."""
    return NAMES.get(kind, kind[0].lower() + kind[1:])


def answer_name(kind: type[Function[Any]]) -> str:
    return f"{kind.module}-{kind.name()}"


def example(page: str, language: str) -> str:
    """The first example in a language on a page, which for Python is that of the classes of this package."""
    found = re.search(rf"```{language}\n(.*?)\n```", (DOCS / page).read_text(), re.DOTALL)
    assert found is not None, f"{page} has no {language}"
    return found[1]


def to_come(text: str) -> str:
    """An example whose times begin in an hour."""
    return _moved(text, lambda first, last: time.time() + 3600 - first)


def gone_by(text: str) -> str:
    """An example whose times end at the midnight before the last one; a month is the last one."""
    text = _moved(text, lambda first, last: down_to_slot(time.time(), DAY) - DAY - down_to_slot(last, DAY))
    today = datetime.fromtimestamp(time.time(), VENDOR_ZONE)
    last_month = today.replace(day=1) - timedelta(days=1)
    return MONTH.sub(lambda found: f"{found[1]}{last_month:%Y-%m}", text)


def _moved(text: str, by: Callable[[int, int], float]) -> str:
    times = sorted(unix(found) for found in TIME.findall(text))
    if not times:
        return text
    seconds = int(by(times[0], times[-1]))
    return TIME.sub(lambda found: rfc3339(unix(found[0]) + seconds), text)


def in_yaml() -> dict[str, Any]:
    """One project with everything that the pages show in YAML."""
    resources: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    for kind in RESOURCES:
        text = to_come(example(f"resources/{kind.__name__}.md", "yaml"))
        resources[resource_name(kind.__name__)] = yaml.safe_load(text)["resources"]["example"]
    others = [f"${{{name}}}" for name in resources if name != resource_name(LAST)]
    resources[resource_name(LAST)]["options"] = {"dependsOn": others}
    for function in FUNCTIONS:
        text = gone_by(example(f"functions/{function.module}/{function.name()}.md", "yaml"))
        variables[answer_name(function)] = yaml.safe_load(text)["variables"]["answer"]
    # The series of all reports would be most of the state.
    shown = [answer_name(function) for function in FUNCTIONS if not issubclass(function, Report)]
    return {"resources": resources, "variables": variables, "outputs": {name: f"${{{name}}}" for name in shown}}


def in_python() -> str:
    """One program with everything that the pages show in Python; of answers it tells what they hold."""
    parts = ["import pulumi", "import pulumi_livechannels as live", "answers = {}"]
    order = [*BASES.values(), *(kind.__name__ for kind in RESOURCES if kind.__name__ not in BASES.values())]
    order = [*(name for name in order if name != LAST), LAST]
    for kind in order:
        name = resource_name(kind)
        text = to_come(_body(example(f"resources/{kind}.md", "python")))
        text = text.replace("example = ", f"{name} = ", 1).replace('"example",', f'"{name}",', 1)
        if kind == LAST:
            before = ", ".join(resource_name(other) for other in order if other != LAST)
            options = f"opts=pulumi.ResourceOptions(depends_on=[{before}]),"
            text = text.replace(f'"{name}",', f'"{name}", {options}', 1)
        parts.append(text)
    for function in FUNCTIONS:
        text = gone_by(_body(example(f"functions/{function.module}/{function.name()}.md", "python")))
        parts.append(text.replace("answer = ", f'answers["{answer_name(function)}"] = ', 1))
    parts.append(
        textwrap.dedent("""
        # `from_input` would look at each point of each series.
        for name, answer in answers.items():
            shown = lambda known: dict.fromkeys(known, True)
            pulumi.export(name, answer.apply(shown) if isinstance(answer, pulumi.Output) else shown(answer))
        """)
    )
    return "\n\n".join(parts)


def _body(program: str) -> str:
    head, _, body = program.partition("\n\n")
    assert head == "import pulumi_livechannels as live"
    return body


def assert_everything_was_made_and_answered(stack: Stack) -> dict[str, Any]:
    """Answers the stack's outputs."""
    held = stack.export("--show-secrets")["deployment"]["resources"]
    made = sorted(re.split("[:/]", item["type"])[-1] for item in held if "livechannels" in item["type"])
    assert [kind for kind in made if kind != "livechannels"] == sorted(kind.__name__ for kind in RESOURCES)
    refused = [call for call in stack.platform.journal if call["outcome"] != "ok"]
    # A new recording is looked for first, by a key that the platform does not know.
    assert {call["action"] for call in refused} <= {"recordTaskQuery"}, refused
    carried_out = {call["action"] for call in stack.platform.journal if call["outcome"] == "ok"}
    for function in FUNCTIONS:
        if issubclass(function, Report):
            wanted = {function.action if function.path == "/" else function.path.rpartition("/")[2]}
        else:
            wanted = set(re.findall(r"\w+", function.source()))
        assert wanted & carried_out, function.name()
    outputs: dict[str, Any] = held[0]["outputs"]
    return outputs


def _plain(output: Any) -> Any:
    """An output without what marks it as secret in an export."""
    return json.loads(output["plaintext"]) if isinstance(output, dict) and "plaintext" in output else output


@pytest.mark.rule("R14")
def test_the_yaml_example_of_every_page_runs(native: Stack) -> None:
    native.project("yaml", **in_yaml())
    native.up()
    told = assert_everything_was_made_and_answered(native)
    for function in (each for each in FUNCTIONS if not issubclass(each, Report)):
        needed = {item.key for item in properties(function.output()).values() if item.required}
        assert needed <= set(_plain(told[answer_name(function)])), function.name()
    native.destroy()
    assert "Traceback" not in native.said


@pytest.mark.rule("R14")
def test_the_python_example_of_every_page_runs(stack: Stack) -> None:
    (stack.folder / "__main__.py").write_text(in_python())
    stack.up()
    told = assert_everything_was_made_and_answered(stack)
    for function in FUNCTIONS:
        hidden = {item.name for item in properties(function.output()).values() if item.flags.secret}
        needed = {item.name for item in properties(function.output()).values() if item.required} - hidden
        assert needed <= set(_plain(told[answer_name(function)])), function.name()
    stack.destroy()
    assert "Traceback" not in stack.said
