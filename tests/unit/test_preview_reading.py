"""Previews that the real engine wrote, read: both faces and both forms tell the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_livechannels.previews import UNKNOWN, Preview, preview

PREVIEWS = Path(__file__).parent / "previews"
STACK = "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev"


def recorded(face: str, form: str) -> Preview:
    return preview((PREVIEWS / f"{face}-{form}.json").read_text())


def digest(*steps: dict[str, Any], **more: Any) -> str:
    return json.dumps({"steps": list(steps), "changeSummary": {}, **more})


def changes(told: Preview) -> dict[str, tuple[str, list[str]]]:
    return {step.name: (step.op, sorted(step.changed)) for step in told.steps if step.op != "same"}


@pytest.mark.parametrize("face", ["classes", "native"])
def test_both_forms_tell_the_same(face: str) -> None:
    one, other = recorded(face, "digest"), recorded(face, "stream")
    assert changes(one) == changes(other)
    assert (
        (one.stack, one.staying, one.is_whole) == (other.stack, other.staying, other.is_whole) == ("test/dev", 2, True)
    )


def test_python_classes_differ_by_their_inputs_and_what_is_secret_is_a_maybe() -> None:
    native, classes = changes(recorded("native", "digest")), changes(recorded("classes", "digest"))
    secret = {"renamed": "streamCheck", "guest": "sourceUrl"}
    for name, (op, paths) in native.items():
        assert classes[name] == (op, [path for path in paths if path != secret.get(name)])
    untold = {step.name: step.untold for step in recorded("classes", "digest").steps if step.untold}
    assert untold == {"renamed": ["streamCheck"], "guest": ["sourceUrl"]}
    assert not any(step.untold for step in recorded("native", "digest").steps)


@pytest.mark.parametrize("face", ["classes", "native"])
@pytest.mark.parametrize("form", ["digest", "stream"])
def test_a_secret_is_told_where_it_is_why_something_is_replaced(face: str, form: str) -> None:
    (moved,) = (step for step in recorded(face, form).steps if step.name == "moved")
    assert (moved.op, moved.changed, moved.is_secret("forwardUrl")) == ("replace", ["forwardUrl"], True)


@pytest.mark.parametrize("key", ["replaceReasons", "diffReasons", "keys", "diffs"])
def test_reasons_add_to_the_differences_what_these_do_not_name(key: str) -> None:
    inputs = {"channelName": "x", "streamCheck": "[secret]", "pullRates": ["hd"]}
    step = {
        "op": "update",
        "urn": "urn:pulumi:dev::test::livechannels:index:Channel::main",
        "oldState": {"inputs": inputs},
        "newState": {"inputs": inputs | {"channelName": "y"}},
        "detailedDiff": {"pullRates[0]": {"kind": "update"}},
        key: ["channelName", "streamCheck", "pullRates", "__provider", "ofNoInput"],
    }
    (told,) = preview(digest(step)).steps
    assert (told.changed, told.untold) == (["channelName", "pullRates[0]", "streamCheck"], [])


@pytest.mark.parametrize("type", ["livechannels:index:Channel", "my:own:Venue$livechannels:index:Channel"])
def test_a_step_without_states_is_of_the_kind_in_its_urn(type: str) -> None:
    (told,) = preview(digest({"op": "delete", "urn": f"urn:pulumi:dev::test::{type}::main::x"})).steps
    assert told.kind_name == "Channel"


def test_hidden_keys_are_no_difference() -> None:
    inputs = {"channelName": "x", "channelType": "live", "pushDomain": "push.example.com", "pullRates": ["hd"]}
    step = {
        "op": "update",
        "urn": "urn:pulumi:dev::test::livechannels:index:Channel::main",
        "oldState": {"type": "livechannels:index:Channel", "inputs": inputs | {"__urn": "a", "__provider": "b"}},
        "newState": {"type": "livechannels:index:Channel", "inputs": inputs | {"__urn": "c", "__preview": True}},
        "detailedDiff": {"__urn": {"kind": "update"}, "channelName": {"kind": "update"}},
    }
    (told,) = preview(digest(step)).steps
    assert told.changed == ["channelName"]


def test_whatever_stands_where_a_set_belongs_is_compared_whole() -> None:
    def update(old: Any, new: Any) -> dict[str, Any]:
        states = {
            f"{which}State": {"inputs": {"channelName": "x", "pullRates": rates}}
            for which, rates in (("old", old), ("new", new))
        }
        return {"op": "update", "type": "livechannels:index:Channel", "urn": "urn", **states}

    for old, new in ((["hd"], UNKNOWN), ("[secret]", ["hd"]), ([{}], ["hd"]), (1.5, None)):
        (told,) = preview(digest(update(old, new))).steps
        assert told.changed == ["pullRates"]
    (told,) = preview(digest(update("[secret]", "[secret]"))).steps
    assert (told.changed, told.untold) == ([], ["pullRates"])


def test_steps_of_the_engine_itself_are_none_and_a_replacement_is_one() -> None:
    urn = "urn:pulumi:dev::test::livechannels:index:Channel::main"
    parts = [{"op": op, "urn": urn} for op in ("delete-replaced", "replace", "create-replacement")]
    own = [{"op": "same", "urn": STACK}, {"op": "create", "urn": STACK.replace("Stack::", "providers:livechannels::")}]
    told = preview(digest(*parts, *own, changeSummary={"same": 1}))
    assert [step.op for step in told.steps if "Channel" in step.urn] == ["replace"]
    assert told.staying == 0


def test_an_old_object_that_waits_for_its_end_is_told_alone() -> None:
    step = {"op": "delete-replaced", "urn": "urn:pulumi:dev::test::livechannels:index:Channel::main"}
    assert [each.op for each in preview(digest(step)).steps] == ["delete-replaced"]


def test_errors_warnings_and_what_classes_say_are_told_once() -> None:
    said = [
        {"severity": "error", "message": "error: broken\n", "urn": STACK},
        {"severity": "warning", "message": "warning: careful"},
        {"severity": "info#err", "message": "livechannels: Channel: is on air\n\n"},
        {"severity": "info#err", "message": "livechannels: Channel: is on air\n\n"},
        {"severity": "info#err", "message": "(node:1) something else"},
        {"severity": "debug", "message": "registering"},
        {
            "severity": "warning",
            "message": "warning: using pulumi-resource-livechannels from $PATH at /home/me/bin/p\n",
        },
    ]
    told = preview(digest(diagnostics=said))
    assert [(each.is_error, each.text) for each in told.diagnostics] == [
        (True, "broken"), (False, "careful"), (False, "Channel: is on air"),
    ]  # fmt: skip
    assert told.stack == "test/dev"
    assert not told.is_whole


def printed(*messages: str) -> list[dict[str, str]]:
    return [{"severity": "info#err", "message": f"{message}\n\n"} for message in messages]


@pytest.mark.rule("R28")
def test_what_the_host_of_yaml_prints_are_errors_without_the_line_that_it_quotes() -> None:
    one, other = (recorded("uncompiled", form) for form in ("digest", "stream"))
    assert one == other
    assert (one.stack, one.is_whole) == ("test/dev", False)
    texts = [each.text for each in one.diagnostics if each.is_error]
    assert any('unable to find resource type "livechannels:Chanel"' in text for text in texts)
    assert all("on Pulumi.yaml line 1" in text or "not assignable" in text for text in texts)
    assert not any("geheim" in text or "\x1b" in text for text in texts)


COLOURED = "\x1b[31mError\x1b[0m: only printed"
DECLARED = {"op": "create", "urn": "urn:pulumi:dev::test::random:index:Id::id"}


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([DECLARED], COLOURED),
        ([], "Error: only printed"),
        ([], "(node:1) Warning: old"),
        ([], "say \x1b[31mError\x1b[0m: no"),
    ],
)
def test_what_a_program_prints_is_no_error(steps: list[dict[str, str]], message: str) -> None:
    told = preview(digest(*steps, diagnostics=printed(message)))
    assert (told.diagnostics, told.is_whole) == ((), True)


def ended(result: str, *messages: str) -> str:
    said = [{"sequence": 1, "diagnosticEvent": each} for each in printed(*messages)]
    summary = {"sequence": 2, "summaryEvent": {"resourceChanges": {"create": 1}, "result": result}}
    return "\n".join(json.dumps(event) for event in (*said, summary))


def test_a_stream_says_itself_whether_it_succeeded() -> None:
    good = preview(ended("succeeded", COLOURED, "Error: only printed"))
    assert (good.diagnostics, good.is_whole) == ((), True)
    place = ("  on Pulumi.yaml line 1:", "   1: geheim")
    bad = preview(ended("failed", "before it", "Error: first", *place, "Warning: w", "more of it", "Error: second"))
    assert [each.text for each in bad.diagnostics] == ["first; on Pulumi.yaml line 1", "second"]
    assert not bad.is_whole
    assert not preview(ended("failed")).is_whole


def test_a_program_that_died_before_it_began_left_a_preview() -> None:
    said = [{"severity": "error", "message": "error: an unhandled error occurred: program exited\n"}]
    told = preview(json.dumps({"diagnostics": said, "duration": 5}))
    assert ([each.is_error for each in told.diagnostics], told.is_whole) == ([True], False)


def test_a_stream_that_was_cut_off_is_not_whole() -> None:
    lines = (PREVIEWS / "classes-stream.json").read_text().splitlines()
    assert not preview("\n".join(lines[:5])).is_whole


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "no",
        '{"result": "succeeded", "summary": {}}',
        "{",
        '{"a": 1}\n{"b": 2}',
        '{"steps": {"a": 1}}',
        '{"steps": 5}',
        '{"steps": [null]}',
        '{"steps": [{"op": null, "urn": "u"}]}',
        '{"steps": [{"op": "same", "urn": 5}]}',
        '{"steps": [{"op": "same"}, null]}',
        '{"changeSummary": []}',
        '{"steps": [], "diagnostics": 1}',
        '{"sequence": 1, "resourcePreEvent": {"metadata": {"op": "same"}}}',
        '{"sequence": 1, "resourcePreEvent": 1}',
    ],
)
def test_what_is_no_preview_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not what `pulumi preview --json` writes"):
        preview(text)
