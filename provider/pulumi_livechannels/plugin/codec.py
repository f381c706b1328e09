"""Between the engine's property values and the core's: unknowns and secrets survive the way in and out.

The core sees plain values and `UNKNOWN`. Which parts were secret is kept beside them, as a `Secrets` tree, and put back
on the way out wherever the value still stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import struct_pb2

from ..core.fields import UNKNOWN

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark of a secret, not one
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# The protocol has one text for an unknown of each kind of value.
_UNKNOWN_TEXTS = frozenset(
    {
        UNKNOWN_TEXT,
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)

Secrets = Any
"""True for a secret value; a dictionary or a list of the same for one that holds secrets; None for one without."""


def decode(properties: struct_pb2.Struct) -> tuple[dict[str, Any], dict[str, Secrets]]:
    """The plain values, and which of them are secret."""
    plain: dict[str, Any] = {}
    secrets: dict[str, Secrets] = {}
    for key, value in properties.fields.items():
        plain[key], mark = _decode(value)
        if mark is not None:
            secrets[key] = mark
    return plain, secrets


def _decode(value: struct_pb2.Value) -> tuple[Any, Secrets]:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return (UNKNOWN if value.string_value in _UNKNOWN_TEXTS else value.string_value), None
    if kind == "number_value":
        number = value.number_value
        return (int(number) if number.is_integer() else number), None
    if kind == "bool_value":
        return value.bool_value, None
    if kind == "list_value":
        parts = [_decode(item) for item in value.list_value.values]
        marks = [mark for _, mark in parts]
        return [part for part, _ in parts], (marks if any(mark is not None for mark in marks) else None)
    if kind == "struct_value":
        return _decode_struct(value.struct_value)
    return None, None


def _decode_struct(struct: struct_pb2.Struct) -> tuple[Any, Secrets]:
    signature = struct.fields[SIGNATURE].string_value if SIGNATURE in struct.fields else None
    if signature == SECRET:
        return _decode(struct.fields["value"])[0], True
    if signature == OUTPUT:
        inner = _decode(struct.fields["value"])[0] if "value" in struct.fields else UNKNOWN
        return inner, (True if struct.fields["secret"].bool_value else None)
    plain, secrets = decode(struct)
    return plain, secrets or None


def encode(plain: Mapping[str, Any], secrets: Mapping[str, Secrets], always: Iterable[str] = ()) -> struct_pb2.Struct:
    """The engine's form of plain values: secret where `secrets` says so, and under the keys of `always`."""
    struct = struct_pb2.Struct()
    hidden = frozenset(always)
    for key, value in plain.items():
        if value is not None:
            struct.fields[key].CopyFrom(_encode(value, True if key in hidden else secrets.get(key)))
    return struct


def _encode(value: Any, mark: Secrets) -> struct_pb2.Value:
    if mark is True:
        inner = struct_pb2.Struct()
        inner.fields[SIGNATURE].string_value = SECRET
        inner.fields["value"].CopyFrom(_encode(value, None))
        return struct_pb2.Value(struct_value=inner)
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=UNKNOWN_TEXT)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=encode(value, mark if isinstance(mark, Mapping) else {}))
    if isinstance(value, list):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=_encode_list(value, mark)))
    return struct_pb2.Value(null_value=struct_pb2.NullValue.NULL_VALUE)


def _encode_list(values: list[Any], mark: Secrets) -> list[struct_pb2.Value]:
    if isinstance(mark, list) and len(mark) != len(values):
        # The list changed, so which element was the secret one is not known any more.
        mark = [True] * len(values)
    marks = mark if isinstance(mark, list) else [None] * len(values)
    return [_encode(value, part) for value, part in zip(values, marks, strict=True)]
