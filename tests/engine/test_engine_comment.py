"""`livechannels comment` on what the real engine writes: both faces, both forms, and a channel that is on air.

The previews in tests/unit/previews were recorded here: where a comment differs from theirs, what `slim` leaves of the
new ones stands in the test's folder.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine_kit import Stack
from preview_kit import begin, nameless, slim, uncompiled

pytestmark = pytest.mark.engine
RECORDED = Path(__file__).parents[1] / "unit" / "previews"
# What looks like the mark of the YAML host, from a program that declares something.
PRINTING = """
    import sys
    live.RecordDirectory("recordings", directory_type="matches", path="matches/2026")
    print("\\x1b[31mError\\x1b[0m: only printed", file=sys.stderr)
"""
DYING = """
    def deeper(frames):
        if not frames: raise ValueError("the end of it")
        deeper(frames - 1) if frames % 2 else (lambda: deeper(frames - 1))()
    deeper(40)
"""
FORMS = {"digest": {}, "stream": {"PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"}}


def preview(stack: Stack, form: str) -> str:
    """What the engine writes to standard output, whether or not it succeeds."""
    done = subprocess.run(
        ["pulumi", "preview", "--json", "--non-interactive"],
        cwd=stack.folder,
        env={**stack.surroundings, **FORMS[form]},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def comment(stack: Stack, text: str, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pulumi_livechannels.cli", "comment"],
        env={**stack.surroundings, **settings},
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def go_live(stack: Stack, name: str) -> None:
    (channel,) = [item for item in stack.platform.objects("channel") if item["channelName"] == name]
    stack.platform.edit("channel", channel["id"], {"channelStatus": 1})


WITHOUT_KEYS = {"LIVECHANNELS_ACCESS_KEY": "", "LIVECHANNELS_SECRET_KEY": ""}


def as_recorded(stack: Stack, name: str) -> str:
    """What the engine writes in the last form; in each form the comment on it is the one on what was recorded."""
    for form in FORMS:
        recorded = RECORDED / f"{name}-{form}.json"
        written = preview(stack, form)
        kept = stack.folder.parent / recorded.name
        kept.write_text(slim(written))
        now = comment(stack, written, **WITHOUT_KEYS)
        assert "geheim" not in now
        assert recorded.exists(), f"recorded: {kept}"
        assert nameless(now) == nameless(comment(stack, recorded.read_text(), **WITHOUT_KEYS)), f"recorded anew: {kept}"
    return written


def told(stack: Stack, face: str) -> None:
    written = as_recorded(stack, face)
    go_live(stack, "Gone")
    before = stack.calls("batchChannelLiveState")
    asked = comment(stack, written)
    assert "Channel `gone` (`Gone`) | is deleted: who pushes to it or watches it is cut off, and is **on air**" in asked
    assert "ForwardTask `goneRelay` | stops; its channel is **on air**" in asked
    assert stack.calls("batchChannelLiveState") == before + 1, "many in one call"


@pytest.mark.rule("R28")
def test_previews_of_python_classes_become_comments(bare: Stack) -> None:
    begin(bare, "classes")
    told(bare, "classes")


@pytest.mark.rule("R28")
def test_previews_of_the_native_plugin_become_comments(native: Stack) -> None:
    begin(native, "native")
    told(native, "native")


@pytest.mark.rule("R28")
def test_a_yaml_program_that_does_not_compile_becomes_a_comment(native: Stack) -> None:
    native.project("yaml")
    uncompiled(native)
    as_recorded(native, "uncompiled")


def test_what_a_program_prints_is_no_error_and_how_it_died_is(stack: Stack) -> None:
    stack.program(PRINTING)
    for form in FORMS:
        assert "Encoders and viewers notice nothing." in comment(stack, preview(stack, form), **WITHOUT_KEYS)
    stack.program(DYING)
    for form in FORMS:
        died = comment(stack, preview(stack, form), **WITHOUT_KEYS)
        assert "The preview did not come to its end" in died
        assert "unhandled exception: __main__.py, line 5: ValueError: the end of it`" in died
        assert str(stack.folder) not in died
