"""Names that Pulumi's SDK does not promise to keep: a change of the SDK shows here first, and never as a lost object."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import re
import runpy
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
import pytest
from pulumi.dynamic import Config
from pulumi.runtime import resource, sync_await

from machine.faces import sdk_host
from pulumi_livechannels.dynamic import private
from pulumi_livechannels.dynamic.private import errors, parents, settings, traces, waiting
from pulumi_livechannels.ground.errors import NotFoundError

FOLDER = Path(private.__file__).parent
PROVIDER = FOLDER.parents[1]


def test_the_configuration_has_its_keys_where_we_look() -> None:
    config = Config({"livechannels:acessKey": "x", "other:key": "y"}, "project")
    assert settings.all_keys(config) == ["livechannels:acessKey", "other:key"]
    assert config.get("livechannels:acessKey") == "x"


def test_without_the_keys_only_misspelt_ones_go_unseen() -> None:
    class Changed:
        def get(self, key: str) -> str:
            return "x"

    assert settings.all_keys(Changed()) == []  # type: ignore[arg-type]


def test_the_providers_process_formats_errors_where_we_replace_it(monkeypatch: pytest.MonkeyPatch) -> None:
    host = sdk_host()
    monkeypatch.setitem(sys.modules, "__main__", host)
    monkeypatch.setattr(host, "traceback", host.traceback)
    errors.speak_plainly()

    class Context:
        def abort(self, code: Any, text: str) -> None:
            raise RuntimeError(text)

    def fail(self: Any, request: Any, context: Any) -> None:
        raise NotFoundError("there is none", next_step="look.")

    def break_down(self: Any, request: Any, context: Any) -> None:
        raise KeyError("x")

    with pytest.raises(RuntimeError) as plain:
        host._abort_with_traceback(fail)(None, None, Context())
    assert str(plain.value) == "there is none. Nothing was changed on the platform. Next: look."
    with pytest.raises(RuntimeError, match="Traceback"):
        host._abort_with_traceback(break_down)(None, None, Context())


def test_without_that_name_a_program_of_another_kind_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    other = ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", other)
    errors.speak_plainly()
    assert "traceback" not in vars(other)


def test_a_resource_knows_its_type_and_name_at_once() -> None:
    class Team(pulumi.ComponentResource):
        def __init__(self) -> None:
            self._type, self._name = "x:index:Team", "main"

    source = inspect.getsource(pulumi.Resource.__init__)
    assert "self._type = t" in source
    assert "self._name = name" in source
    assert parents.called(Team()) == "x:index:Team.main"
    assert parents.called(None) == ""


def test_an_output_can_be_waited_for() -> None:
    assert list(inspect.signature(sync_await._sync_await).parameters) == ["awaitable"]

    async def look() -> None:
        later = pulumi.Output.from_input(asyncio.sleep(0, "x"))
        assert waiting.value_of(later) == "x"
        assert waiting.value_of(pulumi.Output.secret("s")) == "s"

    asyncio.run(look())


A_PROGRAM = """
import pulumi
import pulumi_livechannels as live

class Team(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Team", name)
        live.RecordDirectory(f"{name}-directory", directory_type="live", path="live/x", opts=pulumi.ResourceOptions(parent=self))

def read():
    live.RecordDirectory.get("read", "0" * 32)

Team("team")
read()
import elsewhere
exec("live.RecordDirectory('made-of-text', directory_type='t', path='t')")
"""


@pulumi.runtime.test
def test_a_state_says_where_a_program_declares_a_resource_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mocks(pulumi.runtime.Mocks):
        def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
            return args.name, args.inputs

        def call(self, args: pulumi.runtime.MockCallArgs) -> dict[Any, Any]:
            return {}

    program, imported, noted = tmp_path / "__main__.py", tmp_path / "elsewhere.py", []
    program.write_text(A_PROGRAM)
    imported.write_text(
        "import pulumi_livechannels as live\nlive.RecordDirectory('imported', directory_type='i', path='i')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    # As where a program is tried out again and again.
    importlib.reload(traces)
    traces.keep_the_programs()
    of_the_sdk = resource._get_source_position
    monkeypatch.setattr(resource, "_get_source_position", lambda trace: noted.append(trace) or of_the_sdk(trace))
    pulumi.runtime.set_mocks(Mocks())
    runpy.run_path(str(program))
    *_, team, directory, read, from_import, of_text = [
        [(frame.pc.uri, frame.pc.line) for frame in trace.frames] for trace in noted
    ]
    assert directory == [(program.as_uri(), 8), (program.as_uri(), 13)]
    assert read == [(program.as_uri(), 11), (program.as_uri(), 14)]
    assert from_import == [(imported.as_uri(), 2), (program.as_uri(), 15)]
    assert of_text == [(program.as_uri(), 16)]
    assert team[0] == (program.as_uri(), 13)
    assert len(team) > 3, "other resources of the program keep what the SDK gives them"


def test_no_other_file_knows_a_private_name_of_the_sdk() -> None:
    private_names = "_props|_get_stack_trace|_abort_with_traceback|_sync_await|_resource_type_name|_PROVIDER_CACHE"
    names = re.compile(rf"""[."'](?:{private_names})\b|["']_(type|name)["']""")
    found = [
        f"{path.relative_to(PROVIDER)}: {match[0]}"
        for path in sorted(PROVIDER.rglob("*.py"))
        if path.parent != FOLDER and (match := names.search(path.read_text()))
    ]
    assert found == []
    for path in FOLDER.glob("[a-z]*.py"):
        assert "When the SDK changes" in path.read_text(), f"{path.name} tells what breaks"
