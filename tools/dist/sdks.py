"""The SDKs of the native face from schema.json: packages for npm, PyPI and Go, sources for Java and .NET.

Each generator is the engine's own. What it leaves to whoever publishes is added here: a README, the licence, the pins
of what compiles it, and what its language needs to be installed from an archive.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import archives
import wheels

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
GO_SDK = "v3.188.0"  # of Pulumi's own SDKs: the oldest that what is generated was compiled with
JAVA_SDK = "1.16.0"
README = """\
# Live streaming channels on Wangsu and CDNetworks, for Pulumi in {language}

This SDK was generated from the schema of the provider `livechannels`. The engine fetches the plugin that it talks to.
Guides, resources and functions, with examples in {language}: {repository}
"""
POM = """\
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>com.livechannels</groupId>
  <artifactId>livechannels</artifactId>
  <version>{version}</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source>
    <maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>com.pulumi</groupId><artifactId>pulumi</artifactId><version>{sdk}</version></dependency>
    <dependency><groupId>com.google.code.findbugs</groupId><artifactId>jsr305</artifactId><version>3.0.2</version></dependency>
  </dependencies>
</project>
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *arguments: object) -> None: ...


def build(version: str, out: Path) -> None:
    """Generate every SDK and pack it into `out`."""
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch)
        _generate(made)
        for language, (folder, pack) in SDKS.items():
            shutil.copy(ROOT / "LICENSE", made / folder)
            (made / folder / "README.md").write_text(README.format(language=language, repository=_schema()["repository"]))
            pack(made / folder, version, out)


@cache
def _schema() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "schema.json").read_text())
    return read


def _generate(into: Path) -> None:
    # A host counts without a warning only beside the engine itself.
    together = into / "engine"
    together.mkdir()
    for folder in (_pinned_engine(), _pinned_engine("java", "dotnet")):
        for file in folder.glob("pulumi*"):
            shutil.copy(file, together)
    environment = {
        **os.environ,
        "PATH": f"{together}{os.pathsep}{os.environ['PATH']}",
        "PULUMI_HOME": str(into / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    with _logo(into / "logo") as address:
        for language in ("nodejs", "python", "go", "java", "dotnet"):
            schema = into / f"schema-{language}.json"
            # The generator for .NET insists on fetching a logo.
            schema.write_text(json.dumps({**_schema(), **({"logoUrl": address} if language == "dotnet" else {})}))
            command = ["pulumi", "package", "gen-sdk", str(schema), "--language", language, "--out", str(into)]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode or "warn" in (done.stdout + done.stderr).lower():
                raise RuntimeError(f"gen-sdk {language}: {done.stdout}{done.stderr}")


def _pinned_engine(*hosts: str) -> Path:
    """The engine that tools/engine builds, whatever is on PATH: another one may generate something else."""
    path = [folder for folder in os.get_exec_path() if not (Path(folder) / "pulumi").exists()]
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "engine"), *hosts],
        env={**os.environ, "PATH": os.pathsep.join(path)},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Path(done.stdout.strip())


@contextmanager
def _logo(folder: Path) -> Iterator[str]:
    """The address of a picture of one pixel."""
    folder.mkdir()
    header = struct.pack(">2I5B", 1, 1, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    (folder / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/logo.png"
        server.shutdown()


def _node(made: Path, version: str, out: Path) -> None:
    """Compiled with what the lock beside this file names; `npm pack` needs no help to be reproducible."""
    for pins in (HERE / "nodejs").glob("package*.json"):
        shutil.copy(pins, made.parent)
    _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", folder=made.parent)
    _run("npx", "--no-install", "tsc", "--project", str(made), folder=made.parent)
    for document in ("package.json", "README.md", "LICENSE"):
        shutil.copy(made / document, made / "bin")
    _run("npm", "pack", "--silent", "--pack-destination", str(out), folder=made / "bin")


def _python(made: Path, version: str, out: Path) -> None:
    """What is generated names a back end that nobody pinned, so ours takes its place."""
    project = made / "pyproject.toml"
    own = '[build-system]\n  requires = ["hatchling"]\n  build-backend = "hatchling.build"\n'
    project.write_text(project.read_text().partition("[build-system]")[0] + own)
    wheels.build(made, out)


def _go(made: Path, version: str, out: Path) -> None:
    """As a module zip, of which a module proxy and a tag can be made alike."""
    module = _schema()["language"]["go"]["importBasePath"]
    (made / "go.mod").write_text(f"module {module}\n\ngo 1.24\n\nrequire github.com/pulumi/pulumi/sdk/v3 {GO_SDK}\n")
    _run("go", "mod", "tidy", folder=made)
    archives.zipped(made, out / f"livechannels-sdk-go-v{version}.zip", f"{module}@v{version}/")


def _java(made: Path, version: str, out: Path) -> None:
    """As sources with a pom.xml: `mvn install` puts them where a program finds them."""
    for gradle in made.glob("*.gradle"):
        gradle.unlink()
    package = next(made.rglob("Utilities.java")).parent.relative_to(made / "src/main/java")
    resources = made / "src/main/resources" / package
    resources.mkdir(parents=True)
    (resources / "version.txt").write_text(version)
    about = {"resource": True, "name": "livechannels", "version": version, "server": _schema()["pluginDownloadURL"]}
    (resources / "plugin.json").write_text(json.dumps(about))
    (made / "pom.xml").write_text(POM.format(version=version, sdk=JAVA_SDK))
    _sources(made, f"livechannels-sdk-java-{version}", out)


def _dotnet(made: Path, version: str, out: Path) -> None:
    """As sources with their project file: `dotnet pack` makes the package."""
    _sources(made, f"livechannels-sdk-dotnet-{version}", out)


def _sources(made: Path, name: str, out: Path) -> None:
    archives.tar(made, out / f"{name}.tar.gz", f"{name}/")


def _run(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


SDKS: dict[str, tuple[str, Callable[[Path, str, Path], None]]] = {
    "TypeScript": ("nodejs", _node),
    "Python": ("python", _python),
    "Go": ("go/livechannels", _go),
    "Java": ("java", _java),
    "C#": ("dotnet", _dotnet),
}
