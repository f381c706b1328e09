"""Names that Pulumi's SDK does not promise to keep: a change of the SDK shows here first, and never as a lost object."""

from __future__ import annotations

import asyncio
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pulumi
import pytest
from pulumi.dynamic import Config
from pulumi.runtime import sync_await

from machine.faces import sdk_host
from pulumi_livechannels.dynamic import private
from pulumi_livechannels.dynamic.private import errors, parents, settings, waiting
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


def test_no_other_file_knows_a_private_name_of_the_sdk() -> None:
    private_names = "_props|_abort_with_traceback|_sync_await|_resource_type_name|_PROVIDER_CACHE"
    names = re.compile(rf"""[."'](?:{private_names})\b|["']_(type|name)["']""")
    found = [
        f"{path.relative_to(PROVIDER)}: {match[0]}"
        for path in sorted(PROVIDER.rglob("*.py"))
        if path.parent != FOLDER and (match := names.search(path.read_text()))
    ]
    assert found == []
    for path in FOLDER.glob("[a-z]*.py"):
        assert "When the SDK changes" in path.read_text(), f"{path.name} tells what breaks"
