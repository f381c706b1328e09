"""A release as a user meets it: built by `tools/dist`, and served as an index, a registry, a proxy and downloads."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from base64 import b64encode
from hashlib import sha512
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

from engine_kit import SCHEMA, VERSION, Stack

ROOT = Path(__file__).parents[2]
SCHEMA_SAYS = json.loads(SCHEMA.read_text())
NODE_PACKAGE = SCHEMA_SAYS["language"]["nodejs"]["packageName"]
GO_MODULE = SCHEMA_SAYS["language"]["go"]["importBasePath"]
PYTHON_PACKAGE = "pulumi-livechannels"
PYTHON_SDK = SCHEMA_SAYS["language"]["python"]["packageName"]


def building(source: Path, out: Path, umask: int = -1, **surroundings: str) -> subprocess.Popen[str]:
    """A build of everything, begun."""
    return subprocess.Popen(
        [sys.executable, str(source / "tools" / "dist"), "--out", str(out)],
        cwd=out.parent,
        env={**os.environ, **surroundings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        umask=umask,
    )


def copied(into: Path) -> Path:
    """The checkout at another place, without what is ignored there."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0"):
        if name and (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, into / name)
    return into


def laid_out(release: Path, served: Path, address: str) -> None:
    """Put a release where each language's installer looks: /plugins, /simple, /npm and /go."""
    for path in release.iterdir():
        project = path.name.partition("-")[0].replace("_", "-")
        if path.name.startswith("pulumi-resource-"):
            _put(path, served / "plugins")
        elif project in (PYTHON_PACKAGE, PYTHON_SDK.replace("_", "-")):
            _put(path, served / "simple" / project)
    _npm(release, served / "npm", address)
    _go(release / f"livechannels-sdk-go-v{VERSION}.zip", served / "go" / GO_MODULE / "@v")


def _put(path: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, folder)


def _npm(release: Path, registry: Path, address: str) -> None:
    archive = next(release.glob("*.tgz"))
    page = registry / NODE_PACKAGE
    page.parent.mkdir(parents=True)
    shutil.copy(archive, registry)
    manifest = json.loads(
        subprocess.run(
            ["tar", "--extract", "--to-stdout", "--file", str(archive), "package/package.json"],
            check=True,
            capture_output=True,
        ).stdout
    )
    integrity = f"sha512-{b64encode(sha512(archive.read_bytes()).digest()).decode()}"
    told = {**manifest, "dist": {"tarball": f"{address}/npm/{archive.name}", "integrity": integrity}}
    page.write_text(json.dumps({"name": NODE_PACKAGE, "dist-tags": {"latest": VERSION}, "versions": {VERSION: told}}))


def _go(archive: Path, proxy: Path) -> None:
    proxy.mkdir(parents=True)
    shutil.copy(archive, proxy / f"v{VERSION}.zip")
    with zipfile.ZipFile(archive) as module:
        (proxy / f"v{VERSION}.mod").write_bytes(module.read(f"{GO_MODULE}@v{VERSION}/go.mod"))
    (proxy / f"v{VERSION}.info").write_text(json.dumps({"Version": f"v{VERSION}"}))
    (proxy / "list").write_text(f"v{VERSION}\n")


class Files(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *arguments: object) -> None: ...


def python_with(stack: Stack, address: str, *what: str) -> Path:
    """A new virtual environment with these packages, ours from the local index."""
    folder = stack.folder.parent / "environment"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    stack.run(*uv, "venv", "--seed", "--python", sys.executable, str(folder))
    # A port may have served another build before.
    fresh = [f"--refresh-package={name}" for name in (PYTHON_PACKAGE, PYTHON_SDK)]
    stack.run(*uv, "pip", "install", "--python", str(folder), "--index", f"{address}/simple", *fresh, *what)
    return folder
