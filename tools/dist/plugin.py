"""The native plugin as a tarball that `pulumi plugin install` takes from a server, with Python inside, and its SBOM.

Whoever writes YAML, TypeScript or Go has no Python to be found, so PyInstaller puts the one that runs this beside the
code; docs/releases.md has the figures of the ways that were tried. It is for the platform on which it is built.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import archives

ROOT = Path(__file__).resolve().parents[2]
NAME = "pulumi-resource-livechannels"
SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
# What only the command line, a debugger or an installer asks for.
LEFT_OUT = ("debugpy", "pip", "pygments", "rich", "setuptools", "typer", "pulumi_livechannels.emulator")


def here() -> str:
    """This platform, as the engine names it in what it downloads."""
    return f"{SYSTEMS[sys.platform]}-{MACHINES[platform.machine().lower()]}"


def build(version: str, out: Path) -> None:
    """Make the tarball and the SBOM from the wheel in `out`."""
    if not list(out.glob(f"pulumi_livechannels-{version}-*.whl")):
        sys.exit(f"{out} has no wheel of {version} to make the plugin from: build the part `python` first")
    with tempfile.TemporaryDirectory() as scratch:
        environment = Path(scratch) / "environment"
        python = _environment(environment, version, out)
        _sbom(python, out / f"pulumi-livechannels-{version}-{here()}.cdx.json")
        _install(python, "pyinstaller")
        frozen = _frozen(environment, Path(scratch))
        # The licences of what is inside stay with it; what tells of an installation would name this machine's paths.
        for note in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"):
            for file in frozen.glob(f"lib/*.dist-info/{note}"):
                file.unlink()
        archives.tar(frozen, out / f"{NAME}-v{version}-{here()}.tar.gz")


def _environment(folder: Path, version: str, wheels: Path) -> Path:
    """An environment with the wheel and what it needs, no more, in the versions and with the hashes of the lock."""
    subprocess.run([*_uv("venv"), "--python", sys.executable, str(folder)], check=True)
    python = _scripts(folder) / ("python.exe" if os.name == "nt" else "python")
    _install(python, "--requirements", str(ROOT / "pyproject.toml"))
    # By name, for an installation from a path notes that path.
    _install(python, "--no-deps", "--no-index", "--find-links", str(wheels), f"pulumi-livechannels=={version}")
    return python


def _install(python: Path, *what: str) -> None:
    lock = ROOT / "requirements.lock"
    subprocess.run([*_uv("pip"), "install", "--python", str(python), "--constraints", str(lock), *what], check=True)


def _uv(command: str) -> list[str]:
    return [sys.executable, "-m", "uv", "--quiet", command]


def _scripts(environment: Path) -> Path:
    return Path(sysconfig.get_path("scripts", "venv", {"base": str(environment)}))


def _sbom(python: Path, file: Path) -> None:
    """What the plugin is made of, in CycloneDX, from what is installed."""
    command = ["environment", "--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible", "--output-format"]
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", *command, "JSON", "--output-file", str(file), str(python)], check=True
    )


def _frozen(environment: Path, scratch: Path) -> Path:
    """The folder with the executable, for everything beside it to be found from there."""
    command = [str(_scripts(environment) / "pyinstaller"), "--noconfirm", "--log-level", "ERROR", "--onedir", "--console"]
    command += ["--name", NAME, "--contents-directory", "lib", "--recursive-copy-metadata", "pulumi-livechannels"]
    command += ["--collect-data", "pulumi_livechannels", *(word for name in LEFT_OUT for word in ("--exclude-module", name))]
    for kind in ("dist", "work", "spec"):
        command += [f"--{kind}path", str(scratch / kind)]
    # The order of a set is the order of what is packed; what an earlier build kept is not asked.
    settled = {"PYTHONHASHSEED": "0", "PYINSTALLER_CONFIG_DIR": str(scratch / "config")}
    subprocess.run([*command, str(ROOT / "__main__.py")], check=True, env={**os.environ, **settled})
    return scratch / "dist" / NAME
