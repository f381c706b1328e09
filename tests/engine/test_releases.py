"""What `make dist` builds installs into nothing and works: each package from a local index or server, up to an `up`."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest

from engine_kit import (
    DRIFT,
    DRIFT_FROM_THE_PROGRAM,
    DRIFT_ON_THE_PLATFORM,
    EXAMPLES,
    NOTHING_CHANGES,
    SCHEMA,
    VERSION,
    Stack,
    on_python,
)
from release_kit import (
    GO_MODULE,
    NODE_PACKAGE,
    PYTHON_PACKAGE,
    PYTHON_SDK,
    ROOT,
    Files,
    building,
    copied,
    laid_out,
    python_with,
)
from servers_kit import serving

# A release is built of all languages, whichever of them a test looks at.
# In one process, as a release takes long to build.
pytestmark = [pytest.mark.engine, pytest.mark.needs("npm", "go"), pytest.mark.xdist_group("releases")]
STOP = (datetime.now(timezone.utc) + timedelta(hours=2)).isoformat(timespec="seconds")


@dataclass
class Release:
    """Two builds of one commit, and the address at which the first is served."""

    folder: Path
    again: Path
    address: str


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    scratch = tmp_path_factory.mktemp("release")
    asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    committed = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    copy = copied(scratch / "elsewhere" / "copy")
    elsewhere = {"SOURCE_DATE_EPOCH": committed, "TZ": "Asia/Shanghai", "LC_ALL": "C"}
    builds = [building(ROOT, scratch / "dist"), building(copy, scratch / "again", umask=0o077, **elsewhere)]
    for build in builds:
        said, _ = build.communicate()
        assert build.returncode == 0, said
    served = scratch / "served"
    served.mkdir()
    with serving(partial(Files, directory=str(served))) as address:
        laid_out(scratch / "dist", served, address)
        yield Release(scratch / "dist", scratch / "again", address)


def sums(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_a_release_is_complete_and_built_twice_it_is_the_same_bytes(release: Release) -> None:
    made = sums(release.folder)
    assert made == sums(release.again)
    assert {re.sub(r"(linux|darwin)-\w+", "PLATFORM", name) for name in made} == {
        "SHA256SUMS",
        f"pulumi_livechannels-{VERSION}-py3-none-any.whl",
        f"pulumi_livechannels-{VERSION}.tar.gz",
        f"pulumi-resource-livechannels-v{VERSION}-PLATFORM.tar.gz",
        f"pulumi-livechannels-{VERSION}-PLATFORM.cdx.json",
        f"{NODE_PACKAGE.strip('@').replace('/', '-')}-{VERSION}.tgz",
        f"{PYTHON_SDK}-{VERSION}-py3-none-any.whl",
        f"{PYTHON_SDK}-{VERSION}.tar.gz",
        f"livechannels-sdk-go-v{VERSION}.zip",
        f"livechannels-sdk-java-{VERSION}.tar.gz",
        f"livechannels-sdk-dotnet-{VERSION}.tar.gz",
    }
    told = dict(line.split("  ")[::-1] for line in (release.folder / "SHA256SUMS").read_text().splitlines())
    assert told == {name: digest for name, digest in made.items() if name != "SHA256SUMS"}


def test_the_sbom_names_what_the_lock_does(release: Release) -> None:
    told = json.loads(next(release.folder.glob("*.cdx.json")).read_text())
    assert told["metadata"]["component"]["version"] == VERSION
    inside = {item["name"].lower().replace("_", "-"): item["version"] for item in told["components"]}
    locked = dict(re.findall(r"^([\w.-]+)==([^ \\]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert {"pulumi", "grpcio", "pydantic", "requests"} <= inside.keys()
    assert inside == {name: locked[name] for name in inside}
    assert not inside.keys() & {"pyinstaller", "pytest", "aiohttp"}


@pytest.mark.parametrize("binary", [True, False], ids=["wheel", "sdist"])
def test_the_python_package_installs_and_goes_up(bare: Stack, release: Release, binary: bool) -> None:
    bare.surroundings.pop("PYTHONPATH", None)
    only = "--only-binary" if binary else "--no-binary"
    folder = python_with(bare, release.address, only, PYTHON_PACKAGE, f"{PYTHON_PACKAGE}=={VERSION}")
    said = subprocess.run([folder / "bin" / "livechannels", "--version"], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == VERSION
    assert list(folder.rglob("pulumi_livechannels/__init__.pyi")), "editors find the types"
    bare.project(on_python(folder))
    shutil.copy(EXAMPLES / "quickstart" / "__main__.py", bare.folder)
    settle(bare)
    bare.up()
    assert bare.platform.objects("channel")
    bare.pulumi(*NOTHING_CHANGES)


def settle(stack: Stack) -> None:
    stack.pulumi("config", "set", "stopAt", STOP)
    stack.pulumi("config", "set", "--secret", "guestSource", "rtmp://origin.example.net/app/guestcanary")
    stack.pulumi("config", "set", "--secret", "relayTarget", "rtmp://relay.example.net/app/relaycanary")


def in_yaml(stack: Stack, address: str) -> None:
    """The plugin brings its Python: there is none, nor anything else, but the engine."""
    stack.surroundings["PATH"] = os.path.dirname(str(shutil.which("pulumi")))


def in_python(stack: Stack, address: str) -> None:
    folder = python_with(stack, address, f"{PYTHON_SDK}=={VERSION}")
    runtime = json.dumps(on_python(folder))
    project = stack.folder / "Pulumi.yaml"
    project.write_text(project.read_text().replace("runtime: python", f"runtime: {runtime}"))


def in_typescript(stack: Stack, address: str) -> None:
    scope = NODE_PACKAGE.partition("/")[0]
    (stack.folder / ".npmrc").write_text(f"{scope}:registry={address}/npm/\n")
    # A cache of its own: one may know another build of this version.
    cache = str(stack.folder.parent / "npm")
    package = f"{NODE_PACKAGE}@{VERSION}"
    stack.run("npm", "install", "--no-audit", "--no-fund", "--prefer-offline", "--cache", cache, package)
    stack.run("npx", "tsc", "--noEmit")


def in_go(stack: Stack, address: str) -> None:
    proxy, cache = subprocess.run(
        ["go", "env", "GOPROXY", "GOMODCACHE"], check=True, capture_output=True, text=True
    ).stdout.split()
    # The machine's cache must not keep what was only built for a test, but has what was fetched and verified before.
    stack.surroundings |= {
        "GOMODCACHE": str(stack.folder.parent / "go"),
        "GOPROXY": f"{address}/go,file://{cache}/cache/download,{proxy}",
        "GONOSUMDB": GO_MODULE,
        "GOFLAGS": "-modcacherw -trimpath",
    }
    stack.run("go", "mod", "init", "quickstart")
    stack.run("go", "get", f"{GO_MODULE}@v{VERSION}")
    stack.run("go", "mod", "tidy")


@pytest.mark.rule("R5", "R8", "R14", "R28")
@pytest.mark.parametrize("install", [in_yaml, in_python, in_typescript, in_go], ids=lambda each: each.__name__)
def test_the_quickstart_in_each_language(bare: Stack, release: Release, install: Callable[[Stack, str], None]) -> None:
    bare.surroundings.pop("PYTHONPATH", None)
    bare.surroundings["PULUMI_IGNORE_AMBIENT_PLUGINS"] = "true"
    bare.pulumi("plugin", "install", "resource", "livechannels", VERSION, "--server", f"{release.address}/plugins")
    shutil.copytree(EXAMPLES / install.__name__.removeprefix("in_"), bare.folder, dirs_exist_ok=True)
    install(bare, release.address)
    bare.pulumi("stack", "init", "dev", "--non-interactive")
    settle(bare)
    bare.up()
    assert len(bare.platform.objects()) == 5
    told = json.loads(bare.pulumi("stack", "output", "--json"))
    assert (told["state"], told["firstCarrier"]) == ("notLive", "unicom"), "functions answer in every language"
    bare.pulumi(*NOTHING_CHANGES)

    main = bare.platform.objects("channel")[0]
    bare.platform.edit("channel", main["id"], {"channelName": "clicked"})
    seen = bare.pulumi(*DRIFT_ON_THE_PLATFORM, code=DRIFT)
    assert "~ 1 to update" in seen
    bare.pulumi(*DRIFT_FROM_THE_PROGRAM, code=DRIFT)
    bare.up(0, "--refresh")
    assert bare.platform.objects("channel")[0]["channelName"] == "Main stage"
    bare.pulumi(*DRIFT_ON_THE_PLATFORM)

    state = json.dumps(bare.export())
    for secret in (main["pushId"], "guestcanary", "relaycanary", "emulator-secret-key"):
        assert secret not in state
        assert secret not in bare.said
    said = bare.destroy()
    assert "the platform keeps the record directory matches" in said
    assert {item["kind"] for item in bare.platform.objects()} == {"recordDirectory", "recordTask", "forwardTask"}
    assert "warning: using pulumi-resource" not in bare.said, "the plugin cache needs no warning"
    assert "Traceback" not in bare.said


def test_the_go_module_is_published_as_a_tag(release: Release, tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "--quiet", "--bare"], check=True)
    archive = release.folder / f"livechannels-sdk-go-v{VERSION}.zip"
    subprocess.run([ROOT / "tools" / "tag_go_module", archive, f"v{VERSION}", tmp_path], check=True)
    folder = GO_MODULE.partition("pulumi-livechannels/")[2]
    told = subprocess.run([*git, "show", f"{folder}/v{VERSION}:{folder}/go.mod"], check=True, capture_output=True)
    assert told.stdout.decode().startswith(f"module {GO_MODULE}\n")


@pytest.mark.rule("R14")
@pytest.mark.needs("mvn")
def test_the_sources_for_java_and_dotnet_compile_where_their_tools_are(bare: Stack, release: Release) -> None:
    for language in ("java", "dotnet"):
        with tarfile.open(release.folder / f"livechannels-sdk-{language}-{VERSION}.tar.gz") as sources:
            sources.extractall(bare.folder, filter="data")
    java, dotnet = (bare.folder / f"livechannels-sdk-{language}-{VERSION}" for language in ("java", "dotnet"))
    bare.run("mvn", "-q", "-B", "compile", folder=java)
    assert list((java / "target").rglob("Channel.class"))
    assert list((java / "target").rglob("plugin.json"))
    kinds = json.loads(SCHEMA.read_text())["resources"]
    assert all(list(dotnet.rglob(f"{token.rpartition(':')[2]}.cs")) for token in kinds)
    if shutil.which("dotnet"):
        bare.run("dotnet", "build", folder=dotnet)
