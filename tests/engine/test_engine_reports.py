"""Reports in programs, on the real engine: resources that depend on them, previews, and unknown inputs."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine_kit import EXAMPLES, NOTHING_CHANGES, Stack
from pulumi_livechannels.core.values.times import VENDOR_ZONE

pytestmark = pytest.mark.engine
DOMAINS = ["push.example.com", "live.example.com"]
REPORT = "/api/report/up-flow/domain-country"


def example(stack: Stack, name: str) -> None:
    """An example's project with its config."""
    for file in (EXAMPLES / name).iterdir():
        shutil.copy(file, stack.folder)
    if (stack.folder / "__main__.py").exists():
        import yaml

        project = yaml.safe_load((stack.folder / "Pulumi.yaml").read_text())
        (stack.folder / "Pulumi.yaml").write_text(json.dumps({**project, "runtime": stack.python}))
    stack.pulumi("stack", "init", "dev", "--non-interactive")
    today = datetime.now(VENDOR_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    for number, domain in enumerate(DOMAINS):
        stack.pulumi("config", "set", "--path", f"domains[{number}]", domain)
    stack.pulumi("config", "set", "notifyUrl", "https://hooks.example.com/live")
    stack.pulumi("config", "set", "from", (today - timedelta(days=9)).isoformat())
    stack.pulumi("config", "set", "to", (today - timedelta(days=2)).isoformat())


def outputs(stack: Stack) -> dict[str, object]:
    found: dict[str, object] = json.loads(stack.pulumi("stack", "output", "--json"))
    return found


def test_each_domain_with_traffic_gets_its_callback_in_python(bare: Stack) -> None:
    example(bare, "reports")
    previewed = bare.pulumi("preview", "--non-interactive")
    assert "ChannelStateCallback push.example.com create" in previewed.replace("  ", " ")
    assert bare.calls("domain-country") == 1, "a preview asks for real"
    assert not bare.platform.objects("channelStateCallback")
    bare.up()
    assert {item["id"] for item in bare.platform.objects("channelStateCallback")} == set(DOMAINS)
    told = outputs(bare)["trafficMb"]
    assert isinstance(told, dict)
    assert set(told) == set(DOMAINS)
    bare.pulumi(*NOTHING_CHANGES)
    bare.destroy()
    assert not bare.platform.objects("channelStateCallback")


def test_a_report_feeds_a_resource_in_yaml(native: Stack) -> None:
    example(native, "reports-yaml")
    native.up()
    (callback,) = native.platform.objects("channelStateCallback")
    assert callback["id"] == "live.example.com", "the first row in order"
    told = outputs(native)
    assert told["busiest"] in ("main", "backup", "mobile")
    assert isinstance(told["trafficMb"], float)
    native.pulumi(*NOTHING_CHANGES)
    native.destroy()


def test_with_unknown_inputs_a_function_waits_and_asked_ten_times_it_calls_once(stack: Stack) -> None:
    stack.program(
        """
        from pulumi_livechannels import wangsu
        main = live.Channel("main", channel_name="m", channel_type="live", push_domain="push.example.com",
                            pull_rates=["source"])
        for number in range(10):
            traffic = wangsu.get_stream_traffic_and_viewers_output(
                streams=[main.pull_id.apply(lambda key: "push.example.com/live/" + key)])
        pulumi.export("rows", traffic.rows.apply(len))
        pulumi.export("name", live.get_channel_output(pull_id=main.pull_id).channel_name)
        """
    )
    stack.pulumi("preview", "--non-interactive")
    assert not stack.platform.journal, "nothing is known yet, so nothing is asked"
    stack.up()
    assert sum(1 for call in stack.platform.journal if call["path"].endswith("/stream/detail")) == 1
    assert outputs(stack)["rows"] == 1
    secret = stack.export()["deployment"]["resources"][0]["outputs"]["name"]
    assert "4dabf18193072939515e22adb298388d" in secret, "an answer that holds secrets is one as a whole"


def test_mistakes_in_a_query_are_told_plainly(stack: Stack) -> None:
    stack.program(
        """
        from pulumi_livechannels import wangsu
        wangsu.get_domain_traffic(domains=["x"], start_time="2026-11-01T00:00:00+08:00", end_time="soon")
        """
    )
    said = stack.pulumi("preview", "--non-interactive", code=1)
    assert "Traceback" not in said
    assert "domains[0] must be a domain name" in said
    assert "end_time must be an RFC 3339 time" in said
    assert re.search(r"get_domain_traffic at \S+/__main__\.py:5: ", said)
    assert not stack.platform.journal


def test_an_output_in_a_plain_function_names_the_way_out(stack: Stack) -> None:
    stack.program(
        """
        main = live.Channel("main", channel_name="m", channel_type="live", push_domain="push.example.com",
                            pull_rates=["source"])
        live.get_channel(pull_id=main.pull_id)
        """
    )
    said = stack.pulumi("preview", "--non-interactive", code=1)
    assert "Traceback" not in said
    assert re.search(r"get_channel at \S+/__main__\.py:6: pull_id holds an output.*: call get_channel_output", said)


def test_what_was_waited_for_is_told_with_the_place_of_its_call(stack: Stack) -> None:
    stack.program(
        """
        main = live.Channel("main", channel_name="m", channel_type="live", push_domain="push.example.com",
                            pull_rates=["source"])
        asked = live.get_channel_output(pull_id=main.pull_id.apply(lambda key: f"{key}, x"))
        pulumi.export("name", asked.channel_name)
        """
    )
    said = stack.up(code=1)
    assert "Traceback" not in said
    assert re.search(r"get_channel_output at \S+/__main__\.py:6: pull_id must be one id", said)


def test_the_examples_are_where_the_readme_says() -> None:
    for name in ("reports", "reports-yaml", "switches"):
        assert (EXAMPLES / name / "Pulumi.yaml").exists()
    assert Path(EXAMPLES / "reports" / "__main__.py").exists()
