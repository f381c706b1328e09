"""`make demo`: the whole story of `examples/quickstart` on the real engine and an emulated platform, step by step.

Each step is told in a sentence and then held against what the platform really holds; the first that does not do what it
says ends the demo with exit code 1. `make demo-console` leaves the last step out and the platform's console open: click
there, and check for drift here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from rich.console import Console

from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "quickstart"
DRIFT = 7
KINDS = ("recordDirectory", "channel", "pullChannel", "recordTask", "forwardTask")


class Story:
    """Tells steps, runs the engine, and stops at the first thing that is not as told."""

    def __init__(self, folder: Path, surroundings: dict[str, str], platform: Platform) -> None:
        self._folder = folder
        self._surroundings = surroundings
        self._platform = platform
        self._console = Console(highlight=False)
        self._steps = 0

    def step(self, sentence: str) -> None:
        """Announce the next step."""
        self._steps += 1
        self._console.print(f"\n[bold cyan]{self._steps}.[/] [bold]{sentence}[/]")

    def pulumi(self, *arguments: str, code: int = 0) -> str:
        """Run the engine and show the command; it has to exit with `code`."""
        done = self._shown(*arguments)
        self.expect(done.returncode == code, f"exit code {done.returncode}", done.stdout + done.stderr)
        return done.stdout + done.stderr

    def check_drift(self) -> None:
        """A drift check as a pipeline runs it, whatever it finds."""
        done = self._shown("refresh", "--preview-only", "--expect-no-changes", "--diff")
        self._console.print(done.stdout + done.stderr, markup=False)
        self.tell(f"exit code {done.returncode}{': drift' if done.returncode == DRIFT else ''}")

    def _shown(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self._console.print(f"   [dim]$ pulumi {' '.join(arguments)}[/]")
        command = ["pulumi", *arguments, "--non-interactive"]
        return subprocess.run(
            command, cwd=self._folder, env=self._surroundings, capture_output=True, text=True, check=False
        )

    def quietly(self, *arguments: str) -> None:
        """Run the engine for what needs no telling."""
        command = ["pulumi", *arguments, "--non-interactive"]
        subprocess.run(command, cwd=self._folder, env=self._surroundings, check=True, capture_output=True)

    def expect(self, holds: bool, fact: str, context: str = "") -> None:
        """Show a fact, or end the demo where it is not as told."""
        if holds:
            self._console.print(f"   [green]✓[/] {fact}")
            return
        self._console.print(f"   [red]✗ not as told: {fact}[/]")
        self._console.print(context, markup=False)
        sys.exit(1)

    def held(self, kind: str) -> list[dict[str, Any]]:
        """What the platform holds of a kind."""
        return self._platform.objects(kind)

    def tell(self, text: str) -> None:
        """Say something in passing."""
        self._console.print(f"   {text}", markup=False)


def play(story: Story, click: Callable[[str, str, dict[str, Any]], Any]) -> None:
    """The story, as long as the stack is there."""
    story.step("`pulumi up` creates a directory, a channel, a pull channel, a record task and a forward task.")
    story.pulumi("up", "--yes", "--skip-preview")
    story.expect([len(story.held(kind)) for kind in KINDS] == [1] * 5, "the platform holds one of each")
    main = story.held("channel")[0]
    story.expect(main["directoryId"] == story.held("recordDirectory")[0]["id"], "the channel records to the directory")
    story.expect(story.held("recordTask")[0]["pullId"] == main["id"], "the record task records the channel")

    story.step("A second look changes nothing.")
    story.pulumi("preview", "--expect-no-changes")

    story.step("Somebody renames the channel in the console. A drift check in a pipeline sees it: exit code 7.")
    click("channel", main["id"], {"channelName": "Renamed by hand"})
    seen = story.pulumi("refresh", "--preview-only", "--expect-no-changes", "--diff", code=DRIFT)
    story.expect('"Main stage" => "Renamed by hand"' in seen, "it names the property, the old and the new value")

    story.step("`pulumi up --refresh` heals it.")
    story.pulumi("up", "--refresh", "--yes", "--skip-preview")
    story.expect(story.held("channel")[0]["channelName"] == "Main stage", "the channel has its name again")
    story.pulumi("refresh", "--preview-only", "--expect-no-changes")

    story.step("Secrets stay secret: no push URL, source or relay target in the state or on the screen.")
    exported = story.pulumi("stack", "export")
    secrets = (main["pushId"], "guest-feed-key", "relay-key")
    story.expect(not any(secret in exported for secret in secrets), "none stands in the exported state")


def end(story: Story) -> None:
    """Its last step."""
    story.step("`pulumi destroy` removes everything that the platform lets go.")
    said = story.pulumi("destroy", "--yes", "--skip-preview")
    gone = not story.held("channel") and not story.held("pullChannel")
    story.expect(gone, "no channel and no pull channel is left")
    ended = story.held("recordTask")[0]["status"] == 3 and story.held("forwardTask")[0]["status"] == 2
    story.expect(ended, "both tasks have ended; the platform lists ended tasks for ever")
    kept = story.held("recordDirectory")[0]
    story.expect(kept["id"] in said, "the directory is named as what the vendor keeps:")
    story.tell(next(line.strip() for line in said.splitlines() if "keeps the record directory" in line))


def leave_open(story: Story) -> None:
    """Check for drift, or heal it, as often as somebody asks, until the end of what is typed or Ctrl-C."""
    story.tell("\nClick in the console, then press Enter here to check for drift, or type `heal`. Ctrl-C ends.")
    try:
        for line in sys.stdin:
            if line.strip() == "heal":
                story.pulumi("up", "--refresh", "--yes", "--skip-preview")
            else:
                story.check_drift()
    except KeyboardInterrupt:
        pass


def main() -> None:
    """Set the stage and play."""
    stays_open = sys.argv[1:] == ["--open"]
    started = time.monotonic()
    if shutil.which("pulumi") is None:
        sys.exit("the Pulumi engine is not on PATH: run `make demo`, which finds or builds it")
    with tempfile.TemporaryDirectory() as scratch, running(seed=0) as (port, platform):
        folder = Path(scratch) / "quickstart"
        shutil.copytree(EXAMPLE, folder)
        project = {"name": "quickstart", "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}}}
        (folder / "Pulumi.yaml").write_text(json.dumps(project))
        surroundings = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LIVECHANNELS", "PULUMI"))},
            **environment(port, 300),
            "PULUMI_HOME": f"{scratch}/home",
            "PULUMI_BACKEND_URL": f"file://{scratch}",
            "PULUMI_CONFIG_PASSPHRASE": "demo",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        story = Story(folder, surroundings, platform)
        story.tell(f"An emulated Wangsu platform listens on 127.0.0.1:{port}; no account is needed.")
        if stays_open or sys.stdout.isatty():
            story.tell(f"Watch it in a browser: http://127.0.0.1:{port}/_emulator/")
        story.quietly("stack", "init", "demo")
        stop_at = datetime.now(timezone.utc) + timedelta(hours=2)
        story.quietly("config", "set", "stopAt", stop_at.isoformat(timespec="seconds"))
        story.quietly("config", "set", "--secret", "guestSource", "rtmp://origin.example.net/app/guest-feed-key")
        story.quietly("config", "set", "--secret", "relayTarget", "rtmp://relay.example.net/app/relay-key")
        play(story, platform.edit)
        if stays_open:
            leave_open(story)
            return
        end(story)
        story.tell("")
        story.tell(f"All as told, in {time.monotonic() - started:.0f} s and {len(platform.journal)} calls.")


if __name__ == "__main__":
    main()
