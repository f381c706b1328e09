"""The package schema, the one public description of the native face: made from the models, for every language.

`make schema` writes it to `schema.json`; a test holds the committed file against what the models say.
"""

from __future__ import annotations

import inspect
import json
import sys
import typing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from .config import CREDENTIALS, NAMESPACE, SETTINGS, Setting
from .core.docstrings import about
from .core.fields import Model, Property, allowed, bare, properties
from .core.function import Function, element
from .core.resource import Resource
from .core.values.media import CHOICES, choice_name
from .functions import FUNCTIONS
from .ground.language import ENGLISH, speaking
from .modules import VENDORS
from .resources import RESOURCES
from .snippets import GO_PACKAGE, JAVA_PACKAGE, NODE_PACKAGE, PYTHON_PACKAGE, function_snippets, snippets

REPOSITORY = "https://github.com/livechannels/pulumi-livechannels"
# Where the engine fetches the plugin that an SDK asks for: the releases of the repository.
DOWNLOADS = "github://api.github.com/livechannels/pulumi-livechannels"
_NUMBERS = ("callsPerFiveMinutes", "timeoutSeconds")


@speaking(ENGLISH)
def schema() -> dict[str, Any]:
    """The whole schema as plain data."""
    models: dict[str, type[BaseModel]] = {
        _token(model.__name__): model for kind in RESOURCES for model in _nested_models(kind)
    }
    for kind in FUNCTIONS:
        models |= {_token(model.__name__, kind.module): model for model in _inside(kind.output())}
    return {
        "name": NAMESPACE,
        "displayName": "livechannels",
        "version": version("pulumi-livechannels"),
        "description": "Live streaming channels on Wangsu and CDNetworks.",
        "keywords": ["pulumi", "livechannels", "category/infrastructure", "kind/native", "live streaming", "wangsu"],
        "license": "Apache-2.0",
        "repository": REPOSITORY,
        "homepage": REPOSITORY,
        "publisher": "livechannels",
        "pluginDownloadURL": DOWNLOADS,
        "meta": {"moduleFormat": "(.*)(?:/[^/]*)?"},
        # Java has no secret configuration and its generator warns; the provider below marks what is secret.
        "config": {"variables": {setting.key: _setting(setting, secret=False) for setting in SETTINGS}},
        "provider": {
            "description": "The account that resources live in.",
            "inputProperties": {setting.key: _setting(setting, setting.secret) for setting in SETTINGS},
        },
        "types": {**{token: _object(model, _module(token)) for token, model in models.items()}, **_enums()},
        "resources": {_token(kind.__name__): _resource(kind) for kind in RESOURCES},
        "functions": {_token(kind.name(), kind.module): _function(kind) for kind in FUNCTIONS},
        "language": _LANGUAGES,
    }


def text() -> str:
    """The schema as `schema.json` holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


_LANGUAGES: dict[str, Any] = {
    "python": {
        "packageName": PYTHON_PACKAGE,
        "pyproject": {"enabled": True},
        "respectSchemaVersion": True,
        "inputTypes": "classes-and-dicts",
    },
    "nodejs": {"packageName": NODE_PACKAGE, "respectSchemaVersion": True},
    "go": {
        "importBasePath": GO_PACKAGE,
        "generateResourceContainerTypes": True,
        "respectSchemaVersion": True,
    },
    "csharp": {
        "rootNamespace": "Pulumi",
        "namespaces": {"livechannels": "LiveChannels", **{name: name.capitalize() for name in VENDORS}},
        "respectSchemaVersion": True,
    },
    "java": {"basePackage": JAVA_PACKAGE, "buildFiles": "gradle", "respectSchemaVersion": True},
}


def _token(name: str, module: str = "index") -> str:
    return f"{NAMESPACE}:{module}:{name}"


def _module(token: str) -> str:
    return token.split(":")[1]


def _setting(setting: Setting, secret: bool) -> dict[str, Any]:
    spec: dict[str, Any] = {
        "type": "number" if setting.key in _NUMBERS else "string",
        "description": setting.doc,
    }
    if setting not in CREDENTIALS:
        # An SDK puts what the environment holds among what the program says. Of two schemes of keys the program's has
        # to win, so it must stay visible which one is whose: the provider looks into the environment by itself.
        spec["defaultInfo"] = {"environment": [setting.environment]}
    return {**spec, "secret": True} if secret else spec


def _resource(kind: type[Resource[Any]]) -> dict[str, Any]:
    inputs, outputs = properties(kind.inputs), properties(kind.outputs)
    input_specs = {key: _input(item) for key, item in inputs.items()}
    state = {key: _property(item) for key, item in {**inputs, **outputs}.items()}
    always = [key for key, item in {**inputs, **outputs}.items() if item.required or item.default is not None]
    return {
        "description": f"{inspect.cleandoc(kind.__doc__ or '')}\n\n{snippets(kind)}",
        "inputProperties": input_specs,
        "requiredInputs": [key for key, item in inputs.items() if item.required],
        "properties": state,
        "required": always,
        "listInputs": {"properties": {}},
        "aliases": [{"type": f"pulumi-python:dynamic/{NAMESPACE}:{kind.__name__}"}],
    }


def _function(kind: type[Function[Any]]) -> dict[str, Any]:
    inputs = properties(kind.inputs())
    # Lookups name their actions in the docstring, reports have them as data.
    told = [about(kind), " ".join(kind.notes()), f"Source: {kind.source()}."]
    spec = {
        "description": "\n\n".join([*filter(None, told), function_snippets(kind)]),
        "outputs": _object(kind.output(), kind.module),
    }
    if inputs:
        spec["inputs"] = {
            "properties": {key: _input(item) for key, item in inputs.items()},
            "required": [key for key, item in inputs.items() if item.required],
        }
    return spec


def _input(item: Property) -> dict[str, Any]:
    spec = _property(item)
    if item.flags.replaces:
        spec["willReplaceOnChanges"] = True
    if isinstance(item.default, (bool, int, str)) and "$ref" not in spec:
        spec["default"] = item.default
    return spec


def _property(item: Property, module: str = "index") -> dict[str, Any]:
    notes = [item.doc, *allowed(item)]
    if item.flags.write_only:
        notes.append("The platform never shows it, so the state keeps what was sent.")
    if item.default not in (None, False):
        shown = ", ".join(item.default) if isinstance(item.default, list) else item.default
        notes.append(f"Default: {shown}.")
    # Whole numbers are 32 bits wide in some languages, which bytes and requests outgrow.
    typed = {"type": "number"} if "count" in item.marks else _type(item.annotation, module)
    spec = {**typed, "description": " ".join(notes)}
    return {**spec, "secret": True} if item.flags.secret else spec


def _type(annotation: Any, module: str = "index") -> dict[str, Any]:
    annotation = bare(annotation)
    origin = typing.get_origin(annotation)
    if annotation is Any:
        return {"$ref": "pulumi.json#/Any"}
    if origin is list:
        return {"type": "array", "items": _type(typing.get_args(annotation)[0], module)}
    if origin is typing.Literal:
        name = choice_name(annotation)
        return {"$ref": f"#/types/{_token(name)}"} if name else {"type": "string"}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {"$ref": f"#/types/{_token(annotation.__name__, module)}"}
    return {"type": {bool: "boolean", int: "integer", float: "number", str: "string"}[annotation]}


def _object(model: type[BaseModel], module: str) -> dict[str, Any]:
    declared = properties(model)
    return {
        "type": "object",
        "description": inspect.cleandoc(model.__doc__ or ""),
        "properties": {key: _property(item, module) for key, item in declared.items()},
        "required": [key for key, item in declared.items() if item.required],
    }


def _enums() -> dict[str, Any]:
    return {
        _token(name): {
            "type": "string",
            "description": choice.doc,
            "enum": [
                {"value": value, "name": _identifier(value), "description": choice.each[value]}
                for value in typing.get_args(choice.values)
            ],
        }
        for name, choice in CHOICES.items()
    }


def _identifier(value: str) -> str:
    return "".join(part.capitalize() for part in value.lower().split("_"))


def _nested_models(kind: type[Resource[Any]]) -> list[type[Model]]:
    found = []
    for item in [*properties(kind.inputs).values(), *properties(kind.outputs).values()]:
        annotation = item.annotation
        for part in [annotation, *typing.get_args(annotation)]:
            if isinstance(part, type) and issubclass(part, Model):
                found.append(part)
    return found


def _inside(model: type[BaseModel]) -> list[type[BaseModel]]:
    """The models that stand inside a function's answer."""
    found: list[type[BaseModel]] = []
    for item in properties(model).values():
        nested = element(item.annotation)
        if nested is not None:
            found += [*_inside(nested), nested]
    return found


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
