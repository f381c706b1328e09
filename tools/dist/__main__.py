"""`make dist`: everything that a release consists of, into dist/, with the same bytes whenever and wherever it is built.

Name parts to build only these: `python` (wheel, sdist), `plugin` (for this platform, with its SBOM; needs the wheel),
`sdks`, `sums`. All bear the version of pyproject.toml, and the time of the last commit.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import plugin
import sdks
import wheels

ROOT = Path(__file__).resolve().parents[2]
SUMS = "SHA256SUMS"


def main() -> None:
    """Build the parts that were asked for."""
    version = re.findall(r'^version = "(\d+\.\d+\.\d+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    if len(version) != 1:
        sys.exit("pyproject.toml has to say `version = \"X.Y.Z\"`: nothing else is a version in every language")
    if f'"version": "{version[0]}"' not in (ROOT / "schema.json").read_text():
        sys.exit("schema.json is of another version than pyproject.toml: run `make schema`")
    parts = {
        "python": lambda out: wheels.build(ROOT, out),
        "plugin": lambda out: plugin.build(version[0], out),
        "sdks": lambda out: sdks.build(version[0], out),
        "sums": lambda out: sums(version[0], out),
    }
    arguments = argparse.ArgumentParser(prog="tools/dist", description=__doc__, allow_abbrev=False)
    arguments.add_argument("parts", nargs="*", metavar="part", help=", ".join(parts))
    arguments.add_argument("--out", type=Path, default=ROOT / "dist", help="where to, dist/ unless said")
    given = arguments.parse_args()
    if unknown := set(given.parts) - parts.keys():
        arguments.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(parts)}")
    out = given.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    os.umask(0o022)
    os.environ["SOURCE_DATE_EPOCH"] = os.environ.get("SOURCE_DATE_EPOCH") or last_commit()
    for part in given.parts or parts:
        print(f"dist: {part} …", file=sys.stderr, flush=True)
        parts[part](out)


def last_commit() -> str:
    """When the last commit was made, in seconds since 1970."""
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit("only a checkout knows when its last commit was made: set SOURCE_DATE_EPOCH, in seconds since 1970")
    return done.stdout.strip()


def sums(version: str, out: Path) -> None:
    """Write SHA256SUMS of what is of this version, which `sha256sum --check` reads."""
    files = sorted(path for path in out.iterdir() if re.search(rf"-v?{re.escape(version)}[-.]", path.name))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (out / SUMS).write_text("".join(lines))


if __name__ == "__main__":
    main()
