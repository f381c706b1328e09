"""States in a bucket and in Postgres: the life of a stack, drift of all, and a run that was killed, by both faces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
import requests

from engine_kit import DRIFT, DRIFT_FROM_THE_PROGRAM, DRIFT_ON_THE_PLATFORM, NOTHING_CHANGES, Stack
from servers_kit import PASSWORD, Server, bucket_server
from test_engine_drift import drift
from test_engine_recover import HOUR, begin, kill, recover, require_ended, require_whole
from test_engine_recover import PROGRAM as EVERYTHING
from test_engine_recover import yaml_project as declare_everything

pytestmark = pytest.mark.engine
# `livechannels drift` has found something; the engine is kept out by a lock.
FOUND, LOCKED = 3, 1
CHANNEL = {"channelName": "Stage", "channelType": "live", "pushDomain": "push.example.com", "pullRates": ["source"]}
PROGRAM = """
live.Channel("main", channel_name="Stage", channel_type="live", push_domain="push.example.com", pull_rates=["source"])
"""


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of buckets."""
    with bucket_server(tmp_path_factory.mktemp("bucket")) as address:
        yield address


@pytest.fixture
def bare(bare: Stack, request: pytest.FixtureRequest) -> Stack:
    """A folder for a project whose states are on a server, in a place of its own.

    A place of states is the engine's affair, whatever the face: each sees either face in one of the two tests.
    """
    place = f"states-{hashlib.sha256(request.node.name.encode()).hexdigest()[:12]}"
    if request.param == "Postgres":
        server: Server = request.getfixturevalue("postgres")
        there = server.database(place)
        # It can count the account's calls beside.
        bare.surroundings |= {
            "PULUMI_BACKEND_URL": there,
            "LIVECHANNELS_BUDGET_STORE": there,
            "LIVECHANNELS_CALLS_PER_FIVE_MINUTES": "10000",
        }
        return bare
    address = request.getfixturevalue("bucket")
    requests.put(f"{address}/{place}", timeout=60).raise_for_status()
    bare.surroundings |= {
        "PULUMI_BACKEND_URL": f"s3://{place}?region=us-east-1&endpoint={address}&s3ForcePathStyle=true",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": PASSWORD,
    }
    return bare


def declare(stack: Stack, face: str) -> None:
    """A project with one channel, and a second stack of it."""
    if face == "Python classes":
        stack.project(stack.python)
        stack.program(PROGRAM)
    else:
        stack.project("yaml", resources={"main": {"type": "livechannels:Channel", "properties": CHANNEL}})
    stack.pulumi("stack", "init", "other", "--non-interactive")


@pytest.mark.rule("R5", "R8")
@pytest.mark.parametrize(
    ("bare", "face"),
    [
        pytest.param("S3", "Python classes", marks=pytest.mark.xdist_group("S3")),
        pytest.param("Postgres", "native plugin", marks=pytest.mark.xdist_group("Postgres")),
    ],
    indirect=["bare"],
)
def test_two_stacks_come_are_looked_at_together_and_go(native: Stack, face: str) -> None:
    declare(native, face)
    for name in ("dev", "other"):
        native.up(0, "--stack", name)
        native.pulumi(*NOTHING_CHANGES, "--stack", name)
    told = drift(native, "--all-stacks", code=0)
    assert (told["lookedAt"], told["encrypted"], told["unmanaged"]) == (2, [], [])
    native.pulumi("stack", "select", "other")
    (held,) = native.resources("Channel")
    native.platform.edit("channel", held["id"], {"channelName": "Clicked"})
    for folder in (native.folder, native.folder.parent):
        (clicked,) = drift(native, "--all-stacks", code=FOUND, folder=folder)["differs"]
        assert (clicked["stack"], clicked["id"]) == ("test/other", held["id"])
    native.pulumi(*DRIFT_ON_THE_PLATFORM, code=DRIFT)
    native.pulumi(*DRIFT_FROM_THE_PROGRAM, code=DRIFT)
    native.refresh()
    native.up()
    assert drift(native, "--all-stacks", code=0)["differs"] == []
    for name in ("dev", "other"):
        native.pulumi("destroy", "--yes", "--skip-preview", "--non-interactive", "--stack", name)
    assert native.platform.objects("channel") == []
    assert "cannot be shared" not in native.said
    assert PASSWORD not in native.said


def killed_and_recovered(stack: Stack) -> None:
    """What the run book says: nobody else gets in, until the lock is taken away; then what was under way is found."""
    kill(begin(stack, seconds=HOUR))
    assert "currently locked" in stack.up(LOCKED)
    assert drift(stack, "--all-stacks", code=FOUND)["pending"], "looking takes no lock"
    stack.pulumi("cancel", "--yes")
    left = stack.export()["deployment"]["pending_operations"]
    assert left
    assert recover(stack).count("taken") == len(left)
    stack.up(0, "--expect-no-changes")
    require_whole(stack)
    require_ended(stack)
    assert PASSWORD not in stack.said


@pytest.mark.rule("R19")
@pytest.mark.parametrize("bare", ["Postgres"], indirect=True)
@pytest.mark.xdist_group("Postgres")
def test_a_killed_run_of_python_classes_is_recovered(stack: Stack) -> None:
    stack.program(EVERYTHING)
    killed_and_recovered(stack)


@pytest.mark.rule("R19")
@pytest.mark.parametrize("bare", ["S3"], indirect=True)
@pytest.mark.xdist_group("S3")
def test_a_killed_run_of_a_yaml_program_is_recovered(native: Stack) -> None:
    declare_everything(native)
    killed_and_recovered(native)
