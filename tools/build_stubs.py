"""Build hook: writes the type stubs of the Python classes, which are made from the models, into the package."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StubsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs for wheels and for editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write a stub beside each module whose names are made when they are used."""
        source = Path(self.root) / "provider"
        sys.path.insert(0, str(source))
        try:
            from pulumi_livechannels.modules import VENDORS
            from pulumi_livechannels.stubs import module_text, text

            package = source / "pulumi_livechannels"
            (package / "__init__.pyi").write_text(text())
            for module in VENDORS:
                (package / f"{module}.pyi").write_text(module_text(module))
        finally:
            sys.path.remove(str(source))
