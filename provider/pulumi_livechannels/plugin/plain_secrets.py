"""Which secrets of a stack stand in clear in its settings file, which the engine does not tell: the file is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import config, given_settings


def warnings(stack: str, given: Mapping[str, str], folder: Path | None = None) -> list[str]:
    """A sentence, with the command that mends it, for each; none where there is no such file to be read."""
    import yaml  # type: ignore[import-untyped]

    try:
        text = ((folder or Path()) / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8")
        settings: Any = (yaml.safe_load(text) or {}).get("config") or {}
        plain = {key for key, value in settings.items() if not isinstance(value, Mapping)}
    except (OSError, ValueError, AttributeError, yaml.YAMLError):
        return []
    named = {key: f"{config.NAMESPACE}:{key}" for key in given}
    return given_settings.plain_secrets(given, [key for key, full in named.items() if full not in plain])
