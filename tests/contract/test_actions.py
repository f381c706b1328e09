"""Every field of every call, held against the vendor's contract: none missing, none invented, none of another type."""

from __future__ import annotations

import json
import typing
from pathlib import Path
from types import NoneType, UnionType
from typing import Any

import pytest
from pydantic import BaseModel, RootModel

from pulumi_livechannels.vendors.calling import Effect
from pulumi_livechannels.vendors.wangsu import actions

ACTIONS = actions()
CONTRACT = json.loads((Path(__file__).parent / "wangsu.json").read_text())["actions"]
TYPES = {"string": str, "int": int, "bool": bool}


def core_of(annotation: Any) -> tuple[Any, bool]:
    """What an annotation is about, and whether it is a list of it."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return core_of(typing.get_args(annotation)[0])
    if origin in (typing.Union, UnionType):
        return core_of(next(part for part in typing.get_args(annotation) if part is not NoneType))
    if origin is list:
        return core_of(typing.get_args(annotation)[0])[0], True
    return annotation, False


def compare(model: type[BaseModel], contract: dict[str, Any], where: str, *, strict: bool) -> None:
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    assert set(fields) == set(contract), where
    for wire, field in fields.items():
        expected = contract[wire]
        core, many = core_of(field.annotation)
        if strict:
            assert field.is_required() == expected["required"], f"{where}.{wire}"
            assert (core, many) == (TYPES[expected["type"]], False), f"{where}.{wire}"
        elif "fields" in expected:
            assert issubclass(core, BaseModel), f"{where}.{wire}"
            compare(core, expected["fields"], f"{where}.{wire}", strict=False)
        else:
            assert core is TYPES[expected["type"]] or wire == "channelStatus", f"{where}.{wire}"


@pytest.mark.parametrize("path", sorted(ACTIONS))
def test_a_request_has_exactly_the_fields_of_the_contract(path: str) -> None:
    compare(ACTIONS[path], CONTRACT[path]["request"], path, strict=True)


@pytest.mark.parametrize("path", sorted(ACTIONS))
def test_an_answer_has_exactly_the_fields_of_the_contract(path: str) -> None:
    answer = ACTIONS[path].answer
    data = CONTRACT[path]["response"]["data"]
    if issubclass(answer, RootModel):
        answer = core_of(answer.model_fields["root"].annotation)[0]
    if answer is str:
        assert data["type"] == "string"
        return
    compare(answer, data.get("fields", {}), path, strict=False)


def test_the_calls_that_may_not_be_repeated_are_the_creates() -> None:
    once = {path.rsplit("/", 1)[-1] for path, action in ACTIONS.items() if action.effect is Effect.ONCE}
    assert once == {"createChannel", "createPullChannel", "directoryCreate", "createRecordTask", "startForwardTask"}


def test_reads_are_known_by_their_names() -> None:
    reads = {path.rsplit("/", 1)[-1] for path, action in ACTIONS.items() if action.effect is Effect.READ}
    assert all(name.startswith(("get", "batch", "record")) for name in reads), reads


def test_every_action_of_the_page_can_be_reached() -> None:
    """From a resource or a function: a docstring names what it calls, and the code imports no other."""
    from pulumi_livechannels.functions import of_module
    from pulumi_livechannels.resources import RESOURCES

    named = {
        action.strip(" .\n")
        for kind in (*RESOURCES, *of_module("index"))
        for action in (kind.__doc__ or "").partition("Source: ")[2].split(",")
    }
    page = {path.rsplit("/", 1)[-1] for path in CONTRACT} - {"recordTaskListQuery"}
    assert len(page) == 29
    assert page <= named, page - named
    assert {path.rsplit("/", 1)[-1] for path in ACTIONS} == page | {"recordTaskListQuery"}
