"""Deployments: what `pulumi stack export` writes, as far as it is about objects of ours.

Whoever takes stock of stacks reads them here. A deployment names each resource by its URN; whatever is secret stands in
a wrapper, in clear only where it was exported with `--show-secrets`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .config import NAMESPACE, SETTINGS, as_text
from .core.class_keys import HOLDER
from .core.custody import GUEST, Holder
from .core.resource import Resource
from .ground.json_text import read_json
from .resources import RESOURCES

_NO_EXPORT = "it is not what `pulumi stack export` writes"
KINDS: dict[str, type[Resource[Any]]] = {kind.__name__: kind for kind in RESOURCES}
# The engine's words in a state: what marks a wrapper, and the wrapper of a secret.
_MARK, _SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
# What the engine shows in its place.
VEIL = "[secret]"
_TYPES = re.compile(r"(?:livechannels:index:|pulumi-python:dynamic/livechannels:)(\w+)")
Thing = tuple[str, str]
"""A kind, and an id."""


class EncryptedError(Exception):
    """A secret that is needed is not in clear."""


@dataclass(frozen=True)
class Entry:
    """A resource of ours as a deployment has it; `raw` is all of it, with secrets in their wrappers."""

    kind: type[Resource[Any]]
    raw: Mapping[str, Any]

    @property
    def urn(self) -> str:
        """What tells it from every other resource of its stack."""
        return str(self.raw.get("urn", ""))

    @property
    def name(self) -> str:
        """What its program calls it."""
        return self.urn.rpartition("::")[2]

    @property
    def id(self) -> str:
        """Its object's id, in the one way of writing it; empty of one that has none yet."""
        return self.kind.canonical(str(self.raw.get("id") or ""))

    @property
    def thing(self) -> Thing:
        """What it holds."""
        return self.kind.__name__, self.id

    @property
    def key(self) -> str:
        """What tells it from every other resource of whatever stacks: those of two organisations may share a URN."""
        return f"{self.urn} {self.kind.__name__} {self.id}"

    @property
    def stack(self) -> str:
        """Its stack, as `project/stack`."""
        return stack_of(self.urn)

    def holder(self, inputs: Mapping[str, Any]) -> Holder:
        """The resource as the provider of its face knows it; `inputs` are those of the state, without wrappers."""
        urn = inputs.get(HOLDER)
        return Holder(urn=urn if isinstance(urn, str) else self.urn)

    @property
    def fingerprint(self) -> str:
        """What changes with anything that the state has of it."""
        return hashlib.sha256(json.dumps(self.raw, sort_keys=True).encode()).hexdigest()

    @property
    def has_own_provider(self) -> bool:
        """Whether its program names a provider for it, and the stack's default does not serve it."""
        name = str(self.raw.get("provider") or "").rpartition("::")[0].rpartition("::")[2]
        return bool(name) and not name.startswith("default")

    @property
    def is_only_read(self) -> bool:
        """Whether the program only looks at an object that is somebody else's."""
        return bool(self.raw.get("external"))

    @property
    def is_leaving(self) -> bool:
        """Whether its object was replaced, and only has to be ended, if it is there at all."""
        return bool(self.raw.get("delete") or self.raw.get("pendingReplacement"))


@dataclass(frozen=True)
class Pending:
    """Something that a run had begun when it died: `doing` is the engine's word for it."""

    doing: str
    raw: Mapping[str, Any]

    @property
    def urn(self) -> str:
        """The resource to which it was done."""
        return str(mapping(self.raw.get("resource")).get("urn", ""))

    @property
    def stack(self) -> str:
        """Its stack, as `project/stack`."""
        return stack_of(self.urn)

    @property
    def is_create(self) -> bool:
        """Whether one of ours was being made."""
        return self.doing == "creating" and self.entry is not None

    @property
    def entry(self) -> Entry | None:
        """The resource, if it is one of ours."""
        return _entry(mapping(self.raw.get("resource")))


def resources(export: Any) -> list[Mapping[str, Any]]:
    """Every resource of an export, of whatever provider.

    Raises:
        ValueError: it is no export.
    """
    return _part(export, "resources")


def entries(export: Any) -> Iterator[Entry]:
    """The resources of ours that have an object.

    Raises:
        ValueError: it is no export.
    """
    return (entry for entry in map(_entry, resources(export)) if entry is not None and entry.id)


def pending(export: Any) -> list[Pending]:
    """What was being done when the run died that left this export, by whatever provider.

    Raises:
        ValueError: it is no export.
    """
    found = _part(export, "pending_operations", [])
    return [Pending(str(operation.get("type", "")), operation) for operation in found]


def require_export(export: Any) -> None:
    """Return for an export in which everything has the form that the engine gives it: to be asked once, of any file.

    Raises:
        ValueError: it is no export.
    """
    under_way = [each.raw.get("resource") for each in pending(export)]
    if not all(map(_is_built_as_one, [*resources(export), *under_way])):
        raise ValueError(_NO_EXPORT)


def holders(exports: Iterable[Any]) -> dict[Thing, list[Entry]]:
    """Who holds which object; of those that hold the same one, resources whose URN is the same are one.

    What a program only reads is held by nobody.
    """
    found: dict[Thing, dict[str, Entry]] = {}
    for export in exports:
        for entry in entries(export):
            if entry.is_only_read:
                continue
            found.setdefault(entry.thing, {})[entry.urn] = entry
    return {thing: list(by_urn.values()) for thing, by_urn in found.items()}


def held_twice(exports: Iterable[Any]) -> dict[Thing, list[Entry]]:
    """Objects that more than one resource holds as its own, where only one may."""
    found = {}
    for thing, held in holders(exports).items():
        owners = [entry for entry in held if not (entry.is_leaving or mapping(entry.raw.get("outputs")).get(GUEST))]
        if len(owners) > 1 and owners[0].kind.adoptable:
            found[thing] = owners
    return found


def stack_of(urn: str) -> str:
    """The stack of a resource, as `project/stack`."""
    return "/".join(reversed(Holder(urn=urn).stack.split("::")))


def settings_of(entry: Entry, export: Any) -> dict[str, Any]:
    """The settings that the resource's provider has in the state, by key, with secrets in their wrappers."""
    urn = str(entry.raw.get("provider") or "").rpartition("::")[0]
    inputs = next((each.get("inputs") or {} for each in resources(export) if each.get("urn") == urn), {})
    given = {key.removeprefix(f"{NAMESPACE}:"): value for key, value in inputs.items()}
    return {setting.key: given[setting.key] for setting in SETTINGS if given.get(setting.key) is not None}


def setting(value: Any) -> str:
    """The value of a setting as text.

    Raises:
        EncryptedError: it is a secret that is not in clear.
    """
    return as_text(plain(value))


def plain(value: Any) -> Any:
    """A value without wrappers.

    Raises:
        EncryptedError: a secret in it is not in clear.
    """
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if value.get(_MARK) != _SECRET:
        return {key: plain(item) for key, item in value.items()}
    if not isinstance(value.get("plaintext"), str):
        raise EncryptedError
    try:
        return plain(read_json(value["plaintext"].encode()))
    except ValueError:
        # Whatever it was, it cannot be read from here.
        raise EncryptedError from None


def opened(values: Mapping[str, Any] | None) -> tuple[dict[str, Any], set[str]]:
    """Values without wrappers, and the keys of those that are not in clear, which are left out."""
    found: dict[str, Any] = {}
    shut = set()
    for key, value in (values or {}).items():
        try:
            found[key] = plain(value)
        except EncryptedError:
            shut.add(key)
    return found, shut


def veiled(value: Any) -> Any:
    """A value with `VEIL` for every secret in it, as the engine shows it."""
    if isinstance(value, list):
        return [veiled(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return VEIL if value.get(_MARK) == _SECRET else {key: veiled(item) for key, item in value.items()}


def secret(value: Any) -> dict[str, Any]:
    """A value in the wrapper of a secret, which an import encrypts."""
    return {_MARK: _SECRET, "plaintext": json.dumps(value, ensure_ascii=False, separators=(",", ":"))}


def has_secret(value: Any) -> bool:
    """Whether a value, or anything in it, is secret."""
    if isinstance(value, list):
        return any(map(has_secret, value))
    if isinstance(value, Mapping):
        return value.get(_MARK) == _SECRET or any(map(has_secret, value.values()))
    return False


def kind_of(type_: Any) -> type[Resource[Any]] | None:
    """The kind of which a resource of this type is, on either face; None of what is not ours."""
    named = _TYPES.fullmatch(str(type_))
    return KINDS.get(named[1]) if named else None


def in_order(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each resource after whatever it needs, and otherwise in the order that it has."""
    by_urn = {str(each.get("urn")): each for each in found if not each.get("delete")}
    placed: dict[int, dict[str, Any]] = {}
    path: list[tuple[dict[str, Any], Iterable[str]]] = []
    begun: set[int] = set()
    for each in found:
        path.append((each, iter(_needs(each))))
        while path:
            resource, needs = path[-1]
            begun.add(id(resource))
            needed = next((by_urn[urn] for urn in needs if urn in by_urn and id(by_urn[urn]) not in begun), None)
            if needed is not None:
                path.append((needed, iter(_needs(needed))))
            else:
                path.pop()
                placed.setdefault(id(resource), resource)
    return list(placed.values())


def _part(export: Any, key: str, absent: Any = None) -> list[Mapping[str, Any]]:
    """A list of the deployment, empty where a stack has nothing of the kind; `absent` is what none stands for.

    Raises:
        ValueError: it is no export.
    """
    whole = mapping(export)
    deployment = whole.get("deployment")
    found = deployment.get(key, []) if isinstance(deployment, Mapping) else whole.get(key)
    found = absent if found is None else found
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise ValueError(_NO_EXPORT)
    return found


def _is_built_as_one(resource: Any) -> bool:
    """Whether a resource has the form that the engine gives it, in all that is looked at here."""
    raw, nothing = mapping(resource), (type(None),)
    return (
        isinstance(resource, Mapping)
        and all(isinstance(raw.get(key), (str, *nothing)) for key in ("urn", "id", "parent", "provider"))
        and all(isinstance(raw.get(key), (Mapping, *nothing)) for key in ("inputs", "outputs", "propertyDependencies"))
        and all(isinstance(raw.get(key), (list, *nothing)) for key in ("dependencies", "ignoreChanges", "replaceWith"))
        and all(isinstance(urns, (list, *nothing)) for urns in mapping(raw.get("propertyDependencies")).values())
    )


def _entry(raw: Mapping[str, Any]) -> Entry | None:
    kind = kind_of(raw.get("type"))
    return Entry(kind, raw) if kind else None


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, or an empty mapping where it is none."""
    return value if isinstance(value, Mapping) else {}


def _needs(resource: Mapping[str, Any]) -> list[str]:
    """URNs of what has to stand before it."""
    of_properties = resource.get("propertyDependencies") or {}
    named = [
        resource.get("parent"),
        resource.get("deletedWith"),
        str(resource.get("provider") or "").rpartition("::")[0],
        *(resource.get("dependencies") or []),
        *(urn for urns in of_properties.values() for urn in urns or []),
        *(resource.get("replaceWith") or []),
    ]
    return [urn for urn in named if isinstance(urn, str) and urn]
