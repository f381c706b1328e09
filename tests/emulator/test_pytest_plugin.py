"""The fixture `livechannels_platform`, as the tests of somebody who uses the package see it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[2]
PLUGIN = "pulumi_livechannels.emulator.pytest_plugin"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Somebody's project, whose pytest loads our plugin alone."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_ADDOPTS", f"-p {PLUGIN}")
    return pytester


def test_a_program_talks_to_a_platform_of_its_own_in_each_test(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIVECHANNELS_USERNAME", "real")
    monkeypatch.setenv("VOLCENGINE_SESSION_TOKEN", "real")
    project.makepyfile(
        """
        import os
        import pulumi_livechannels as live
        import pytest

        SAVED = {"channelName": "Main", "channelType": "live", "pushDomain": "push.example.com", "pullId": "a"}
        SAVED |= {"pushId": "b", "pullRate": "0", "pullProtocol": "0", "channelStatus": 2, "live2vod": "0"}

        @pytest.mark.parametrize("name", ["first", "second"])
        def test_channels(livechannels_platform, name):
            assert os.environ["LIVECHANNELS_ENDPOINT"] == livechannels_platform.endpoint
            assert not {"LIVECHANNELS_USERNAME", "VOLCENGINE_SESSION_TOKEN"} & set(os.environ)
            assert livechannels_platform.objects() == []
            livechannels_platform._platform.store.put("channel", "a", {**SAVED, "createTime": "2026-01-01 00:00:00"})
            livechannels_platform.click("channel", "a", channelName=name)
            assert [each.channel_name for each in live.get_channels().items] == [name]
            assert livechannels_platform.calls("getChannelList") == 1
            livechannels_platform.delete("channel", "a")
            assert livechannels_platform.objects("channel") == []
            with pytest.raises(LookupError, match="no channel a"):
                livechannels_platform.click("channel", "a", channelName="x")
            with pytest.raises(LookupError, match="no channel a"):
                livechannels_platform.delete("channel", "a")

        def test_after_it_the_environment_is_as_it_was():
            assert os.environ["LIVECHANNELS_USERNAME"] == "real"
            assert "LIVECHANNELS_ENDPOINT" not in os.environ
        """
    )
    project.runpytest_subprocess("-W", "error").assert_outcomes(passed=3)


def test_a_fault_fires_or_fails_its_test_and_one_that_never_could_is_refused(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pulumi_livechannels as live
        import pytest

        LIST = "/live/channelManage/getChannelList"

        def test_met(livechannels_platform):
            livechannels_platform.fault(LIST, "reset")
            assert live.get_channels().items == []
            assert [call["fault"] for call in livechannels_platform.journal] == ["reset", None]

        def test_idle(livechannels_platform):
            livechannels_platform.fault(LIST, "refuse")

        def test_refused(livechannels_platform):
            with pytest.raises(ValueError, match="is it /live/channelManage/getChannelList"):
                livechannels_platform.fault("getChannelList", "refuse")
        """
    )
    done = project.runpytest_subprocess()
    done.assert_outcomes(passed=3, errors=1)
    done.stdout.fnmatch_lines(["*these faults never fired: refuse on /live/channelManage/getChannelList*"])


def test_without_the_extra_it_says_what_to_install(project: pytest.Pytester) -> None:
    project.makeconftest("import sys; sys.modules['aiohttp'] = None")
    project.makepyfile("def test_it(livechannels_platform): pass\ndef test_another(): pass")
    done = project.runpytest_subprocess()
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(["*livechannels_platform needs aiohttp: pip install 'pulumi-livechannels?emulator?'*"])


def test_a_run_that_does_not_use_it_loads_nothing_of_ours_but_the_plugin() -> None:
    script = (
        "import sys, pytest; before = set(sys.modules)\n"
        f"import {PLUGIN}\n"
        "print(*sorted(name for name in set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    ours = {name for name in loaded if name.startswith("pulumi_livechannels")}
    assert ours == {"pulumi_livechannels", "pulumi_livechannels.modules", "pulumi_livechannels.emulator", PLUGIN}
    assert {name.partition(".")[0] for name in loaded - ours} <= set(sys.stdlib_module_names)


def test_it_ships_by_an_entry_point_under_a_name_to_switch_it_off_by(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert f'[project.entry-points.pytest11]\nlivechannels = "{PLUGIN}"\n' in (ROOT / "pyproject.toml").read_text()
    project.makepyfile("def test_it(request): assert not request.config.pluginmanager.has_plugin('livechannels')")
    (info := project.mkdir("info-1.dist-info")).joinpath("METADATA").write_text("Name: info\nVersion: 1\n")
    info.joinpath("entry_points.txt").write_text(f"[pytest11]\nlivechannels = {PLUGIN}\n")
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    monkeypatch.delenv("PYTEST_ADDOPTS")
    monkeypatch.setenv("PYTHONPATH", str(project.path), prepend=":")
    project.runpytest_subprocess().assert_outcomes(failed=1)
    project.runpytest_subprocess("-p", "no:livechannels").assert_outcomes(passed=1)
