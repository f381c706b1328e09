"""Brings what a platform holds under Pulumi: as an import file, or as a Python program that adopts.

Reading every object of a large account takes a while, so what was read is kept beside the output until all of it is
there, and an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import json
import keyword
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic.alias_generators import to_snake

from .core.account import Account
from .core.custody import CHANNELS
from .core.fields import properties
from .core.function import Progress
from .core.lifecycle import Lifecycle
from .deployments import KINDS as _KINDS
from .deployments import Thing, entries
from .ground.errors import NotFoundError
from .ground.private_files import write_private
from .inventory import Held, ids

_REFERENCES = (
    ("pullId", "pull_id", CHANNELS),
    ("directoryId", "directory_id", ("RecordDirectory",)),
)
_TAKEN = ("live", "json", "pulumi", "secret", "Path", "_SECRETS")
_BELIEVED_SECONDS = 3600


def import_file(objects: Iterable[Held]) -> str:
    """The JSON that `pulumi import -f` takes."""
    resources = [{"type": f"livechannels:index:{item.kind}", "name": item.name, "id": item.id} for item in objects]
    return json.dumps({"resources": resources}, indent=2, ensure_ascii=False) + "\n"


def names_in(file: str) -> dict[tuple[str, str], str]:
    """The names that an import file gave, by kind and id; none from a text that is no such file."""
    try:
        resources = json.loads(file)["resources"]
        return {(str(each["type"]).rpartition(":")[2], str(each["id"])): str(each["name"]) for each in resources}
    except (ValueError, KeyError, TypeError):
        return {}


def is_ours(file: str) -> bool:
    """Whether a file is one that this module writes."""
    return file.startswith(_HEAD.partition("\n")[0]) or file == import_file([])


class Reading:
    """The inputs of many objects, read one by one. `kept` is the file that an interrupted run leaves.

    It is gone when a `with` block around the work ends well. Of another account, or older than an hour, it is not
    believed: the platform may have changed since.
    """

    def __init__(self, account: Account, kept: Path) -> None:
        self._account = account
        self._kept = kept
        self._since = account.clock.now()
        self._read: dict[str, dict[str, Any]] = {}
        try:
            left = json.loads(kept.read_text(encoding="utf-8"))
            if left["account"] == account.settings.identity and self._since - left["since"] < _BELIEVED_SECONDS:
                self._since, self._read = left["since"], left["read"]
        except (OSError, ValueError, KeyError, TypeError):
            pass

    def inputs(self, objects: Sequence[Held], progress: Progress | None = None) -> dict[Held, dict[str, Any]]:
        """What a program would have to say to have each of them as it is; those that went meanwhile are left out."""
        found: dict[Held, dict[str, Any]] = {}
        for number, item in enumerate(objects, start=1):
            key = f"{item.kind} {item.id}"
            if key not in self._read:
                inputs = self._one(item)
                if inputs is None:
                    continue
                self._read[key] = inputs
            found[item] = self._read[key]
            if progress is not None:
                progress(number, len(objects))
        return found

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self._kept.unlink(missing_ok=True)
        elif self._read:
            left = {"account": self._account.settings.identity, "since": self._since, "read": self._read}
            write_private(self._kept, json.dumps(left, ensure_ascii=False))

    def _one(self, item: Held) -> dict[str, Any] | None:
        lifecycle = Lifecycle(_KINDS[item.kind], self._account)
        try:
            state = lifecycle.read(item.id, {})
        except NotFoundError:
            return None
        return None if state is None else lifecycle.program_inputs(state, None)


def program(read: Mapping[Held, Mapping[str, Any]], secrets: str) -> tuple[str, dict[str, str]]:
    """A Python program that adopts every object, and the secrets that it reads from the file named `secrets`."""
    variables = dict(zip(read, identifiers(item.name for item in read), strict=True))
    # What others refer to: tasks and bans to channels, channels to directories.
    by_id = {
        (key, item.id): f"{variables[item]}.{declared}"
        for key, declared, kinds in _REFERENCES
        for item in read
        if item.kind in kinds
    }
    kept: dict[str, str] = {}
    blocks = []
    # Whatever is referred to has to stand before whoever refers to it.
    for item, inputs in sorted(read.items(), key=lambda each: each[0].kind != "RecordDirectory"):
        declared = properties(_KINDS[item.kind].inputs)
        lines = []
        for key, value in inputs.items():
            name = declared[key].name
            if declared[key].flags.secret:
                kept[f"{item.name}.{key}"] = value
                written = f'secret("{item.name}.{key}")'
            elif isinstance(value, str) and (key, value) in by_id:
                written = by_id[key, value]
            else:
                written = _literal(value)
            lines.append(f"    {name}={written},")
        head = f"{variables[item]} = live.{item.kind}("
        blocks.append("\n".join([head, f'    "{item.name}",', *lines, f'    adopt="{item.id}",', ")"]))
    return "\n".join([_HEAD, *([_SECRETS.format(file=secrets)] if kept else []), "", "\n".join(blocks), ""]), kept


_HEAD = '''"""Everything that the account held, taken over by `adopt`.

After one `pulumi up` take every `adopt=` out: from then on the stack holds these objects by itself.
"""

import pulumi_livechannels as live'''
_SECRETS = """
import json
from pathlib import Path

import pulumi

# Keep the file out of git. Better: `pulumi config set --secret` each of them, and require_secret here.
_SECRETS = json.loads(Path(__file__).with_name("{file}").read_text(encoding="utf-8"))


def secret(name):
    return pulumi.Output.secret(_SECRETS[name])
"""


def identifiers(names: Iterable[str]) -> list[str]:
    """Names as variables of a Python program, each another one."""
    found: dict[str, None] = {}
    for name in names:
        # Python itself reads identifiers in this form.
        normal = unicodedata.normalize("NFKC", name)
        word = "".join(letter if f"a{letter}".isidentifier() else "_" for letter in normal)
        if not word.isidentifier() or keyword.iskeyword(word) or keyword.issoftkeyword(word) or word in _TAKEN:
            word = f"the_{word}"
        own, number = word, 1
        while own in found:
            number += 1
            own = f"{word}_{number}"
        found[own] = None
    return list(found)


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f'"{to_snake(key)}": {_literal(item)}' for key, item in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def missing(account: Account, managed: Mapping[Thing, str]) -> dict[Thing, str]:
    """What of it the platform lacks: no list has it, and it cannot be read by itself either."""
    listed = ids(account, {kind for kind, _ in managed})
    return {
        (kind, key): urn
        for (kind, key), urn in managed.items()
        if (kind, key) not in listed and Lifecycle(_KINDS[kind], account).read(key, {}) is None
    }


def known(exports: Iterable[Any]) -> dict[Thing, str]:
    """What exported stacks hold of ours: URNs by kind and id. What a program only reads is held by nobody.

    Raises:
        ValueError: one of them is no export.
    """
    return {entry.thing: entry.urn for export in exports for entry in entries(export) if not entry.is_only_read}


def of_other_providers(exports: Iterable[Any]) -> set[Thing]:
    """What resources hold whose program names a provider for them, which may be of another account."""
    return {entry.thing for export in exports for entry in entries(export) if entry.has_own_provider}
