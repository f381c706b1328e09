"""A key that was set without --secret stands in a file that people commit: it is said, with the command that mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulumi_livechannels.plugin.plain_secrets import warnings

GIVEN = {"accessKey": "ak", "secretKey": "sk", "site": "wangsu"}


@pytest.mark.rule("R28", "R30")
def test_what_stands_in_clear_is_named_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(
        "config:\n  livechannels:accessKey: ak\n  livechannels:secretKey:\n    secure: v1:abc\n  livechannels:site: wangsu\n"
    )
    (said,) = warnings("dev", GIVEN, tmp_path)
    assert "livechannels:accessKey was set without --secret" in said
    assert "pulumi config set --secret livechannels:accessKey" in said
    assert " ak" not in said


@pytest.mark.parametrize("text", ["", "config:\n", "- a\n", "config: [", "config:\n  - x\n", "config: 3\n", "\x00"])
def test_a_file_that_says_nothing_is_no_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "Pulumi.dev.yaml").write_text(text)
    assert warnings("dev", GIVEN, tmp_path) == []
    assert warnings("prod", GIVEN, tmp_path) == []
