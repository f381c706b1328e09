"""What a call does when things go wrong, counted at the platform: the retry matrix, errors and their words."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from kit import Stage, eventually
from pulumi_livechannels.ground import errors, single_flight
from pulumi_livechannels.ground.retry import ATTEMPTS, RETRY_COST, TOKENS
from pulumi_livechannels.vendors.wangsu.channels import ChannelEdit, CreateChannel, GetChannelList
from pulumi_livechannels.vendors.wangsu.wire import Action

READ = "/live/channelManage/getChannelList"
EDIT = "/live/channelManage/channelEdit"
CREATE = "/live/channelManage/createChannel"
CALLS = {
    READ: GetChannelList(),
    CREATE: CreateChannel(channel_name="n", channel_type="live", push_domain="push.example.com", pull_rate="0"),
}
ALWAYS, NEVER = ATTEMPTS, 1
# With full jitter and 30 minutes of patience: 5, 10, 20, 40, and then 60 seconds again and again.
WAITS = [5, 10, 20, 40, *[60] * 28, 45]
FOR_MINUTES = len(WAITS) + 1
FOREVER = 100
# What happened, the code it comes with, and how often a read or a repeatable write, and a create, are sent.
MATRIX = [
    ("refuse", None, ALWAYS, NEVER),
    ("reset", None, ALWAYS, NEVER),
    ("lost-answer", None, ALWAYS, NEVER),
    ("truncate", None, ALWAYS, NEVER),
    ("html", None, ALWAYS, NEVER),
    ("throttle", None, FOR_MINUTES, FOR_MINUTES),
    ("error-code", 300, ALWAYS, NEVER),
    ("error-code", 900, ALWAYS, NEVER),
    ("error-code", 4003, 2, 2),
    ("error-code", 1000, NEVER, NEVER),
    ("error-code", 1008, NEVER, NEVER),
    ("error-code", 4002, NEVER, NEVER),
    ("error-code", "brand-new", NEVER, NEVER),
]


def call(stage: Stage, path: str) -> object:
    if path == EDIT:
        return stage.account.wangsu.call(ChannelEdit(pull_id=stage.a_channel(), channel_name="new"))
    return stage.account.wangsu.call(CALLS[path])


@pytest.mark.rule("R22", "R23", "E7", "E8")
@pytest.mark.parametrize("path", [READ, EDIT, CREATE])
@pytest.mark.parametrize(("kind", "code", "repeatable", "once"), MATRIX)
def test_the_retry_matrix(stage: Stage, path: str, kind: str, code: int | str, repeatable: int, once: int) -> None:
    expected = once if path == CREATE else repeatable
    stage.fault(path, kind, times=FOREVER, **({"code": code} if code else {}))
    with pytest.raises(errors.LiveChannelsError):
        call(stage, path)
    assert stage.calls(path.rsplit("/", 1)[-1]) == expected


@pytest.mark.rule("R22")
@pytest.mark.parametrize("path", [READ, EDIT])
@pytest.mark.parametrize("kind", ["refuse", "reset", "lost-answer", "truncate", "html", "throttle"])
def test_a_fault_that_passes_is_survived(stage: Stage, path: str, kind: str) -> None:
    stage.fault(path, kind)
    call(stage, path)
    assert stage.calls(path.rsplit("/", 1)[-1]) == 2
    assert stage.clock.slept, "it waited before it tried again"


@pytest.mark.rule("R23")
def test_a_throttled_call_outlasts_the_vendors_window_and_says_so(stage: Stage) -> None:
    stage.fault(READ, "throttle", times=8)
    call(stage, READ)
    assert sum(stage.clock.slept) == pytest.approx(sum(WAITS[:8]), abs=8)
    assert sum(WAITS[:8]) > 300
    assert all("the platform says that calls come too fast" in text for text in stage.told)


def test_a_rotation_is_never_sent_twice_blindly(stage: Stage) -> None:
    stage.fault(EDIT, "lost-answer")
    with pytest.raises(errors.NoAnswerError):
        stage.account.wangsu.call(ChannelEdit(pull_id=stage.a_channel(), reset_push_id="1"))
    assert stage.calls("channelEdit") == 1


@pytest.mark.rule("R41")
def test_equal_reads_under_way_are_one_call_until_something_is_written(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[Future[Any]] = []
    serve = stage.platform.serve

    class Shared(Future[Any]):
        def exception(self, timeout: float | None = None) -> BaseException | None:
            others.append(self)
            return super().exception(timeout)

    def late(*call: Any) -> Any:
        eventually(lambda: len(others) == 7)
        return serve(*call)

    monkeypatch.setattr(single_flight, "Future", Shared)
    monkeypatch.setattr(stage.platform, "serve", late)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: call(stage, READ), range(8)))
    assert stage.calls("getChannelList") == 1
    call(stage, CREATE)
    call(stage, READ)
    assert stage.calls("getChannelList") == 2


@pytest.mark.rule("R22")
def test_every_attempt_is_signed_anew(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    sign = type(stage.account.wangsu._signer).sign

    def watched(*arguments: Any) -> Any:
        request = sign(*arguments)
        sent.append(int(request.headers["x-cnc-timestamp"]))
        return request

    monkeypatch.setattr(type(stage.account.wangsu._signer), "sign", watched)
    stage.account.wangsu.jitter = lambda: 0.0
    stage.fault(READ, "lost-answer", times=2)
    call(stage, READ)
    assert stage.calls("getChannelList") == 3, "the platform refuses a repeated signature, so none was"
    assert sent[0] < sent[1] < sent[2], "each is dated later, even where nobody waited"


def test_a_call_is_dated_after_it_has_waited_for_the_budget(stage: Stage) -> None:
    stage.new_run(callsPerFiveMinutes="1")
    call(stage, READ)
    call(stage, READ)
    assert sum(stage.clock.slept) > 300, "longer than the platform lets a timestamp be old"
    assert stage.calls() == 2, "and it was not refused for that"


@pytest.mark.rule("R24")
def test_a_dead_platform_costs_few_calls_however_large_the_stack(stage: Stage) -> None:
    stage.fault(READ, "reset", times=100_000)
    for _ in range(1000):
        with pytest.raises(errors.TransportError):
            call(stage, READ)
    assert stage.calls() <= TOKENS // RETRY_COST * 2 + 1


@pytest.mark.rule("R26")
@pytest.mark.parametrize(("seconds", "words"), [(600, "10 minutes behind"), (-600, "10 minutes ahead of")])
def test_a_wrong_clock_is_explained(stage: Stage, seconds: int, words: str) -> None:
    stage.fault(READ, "skew", seconds=seconds, times=2)
    with pytest.raises(errors.ClockError, match="clock") as caught:
        call(stage, READ)
    assert words in str(caught.value)
    assert "set this machine's clock" in str(caught.value)


GOLDEN = {
    ("error-code", 1000): (
        "GetChannelList: the platform refused: scripted by a fault. (Vendor code 1000, request id emulated-000001.) "
        "Nothing was changed on the platform. Next: correct the inputs; if they look right, the domain may lack the "
        "feature: send the request id to the vendor."
    ),
    ("error-code", 900): (
        "GetChannelList: the platform failed: scripted by a fault. (Vendor code 900, request id emulated-000004.) "
        "Nothing was changed on the platform. Next: run again later; if it stays, send the request id to the vendor."
    ),
    ("error-code", 4002): (
        "GetChannelList: the platform refused: scripted by a fault. (Vendor code 4002, request id emulated-000001.) "
        "Nothing was changed on the platform. Next: check accessKey and secretKey (or username and apiKey), and that "
        "they belong to this site. If they were changed since the last `pulumi up`: refresh and destroy take them from "
        "the state, unless `--run-program` is given."
    ),
    ("error-code", "brand-new"): (
        "GetChannelList: the platform refused: scripted by a fault. (Vendor code brand-new, request id "
        "emulated-000001.) Nothing was changed on the platform. Next: correct the inputs; if they look right, the "
        "domain may lack the feature: send the request id to the vendor."
    ),
    ("throttle", 0): (
        "GetChannelList: the platform refused: too many requests. (Vendor code WPLUS_AccountApiTooFrequence, HTTP 429, "
        "request id emulated-000034.) Nothing was changed on the platform. Next: run again in some minutes, or lower "
        "callsPerFiveMinutes."
    ),
    ("html", 0): (
        "GetChannelList: the answer (HTTP 200) is not the vendor's JSON. Nothing was changed on the platform. Next: "
        "check the endpoint and any proxy between, then run again."
    ),
}


@pytest.mark.rule("R29")
@pytest.mark.parametrize(("kind", "code"), GOLDEN)
def test_an_error_says_what_happened_what_changed_and_what_to_do(stage: Stage, kind: str, code: int | str) -> None:
    stage.fault(READ, kind, times=FOREVER, **({"code": code} if code else {}))
    with pytest.raises(errors.LiveChannelsError) as caught:
        call(stage, READ)
    assert str(caught.value) == GOLDEN[kind, code]


@pytest.mark.rule("R28")
def test_a_log_of_calls_holds_no_secret(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "pulumi_livechannels"):
        made = stage.up("PullChannel", **stage.sample("PullChannel"))
        stage.up("ForwardTask", **stage.sample("ForwardTask"))
    assert made.id in caplog.text
    for secret in ("guestkey", "relaykey", "emulator-secret-key", "Signature"):
        assert secret not in caplog.text


def test_a_vendor_that_repeats_our_secret_is_not_quoted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_livechannels.emulator.wangsu import wire

    def echo(served: object, body: bytes) -> dict[str, object]:
        raise wire.Refusal(1000, f"bad: {body.decode()} rtmp://push.example.com/live/streamkey emulator-secret-key")

    monkeypatch.setattr("pulumi_livechannels.emulator.platform.parse", echo)
    with pytest.raises(errors.RefusedError) as caught:
        call(stage, READ)
    assert "streamkey" not in str(caught.value)
    assert "emulator-secret-key" not in str(caught.value)


@pytest.mark.rule("R34")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"code":200,"data":{"channelList":5}}',
        b'{"code":200,"data":{"channelList":[{"channelName":"no id"}]}}',
        b'{"data":{}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_an_answer_nobody_understands_is_no_answer(stage: Stage, body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_livechannels.ground.http import Answer

    monkeypatch.setattr(stage.account.wangsu._transport, "send", lambda request: Answer(200, {}, body))
    with pytest.raises(errors.NoAnswerError):
        call(stage, READ)


@pytest.mark.rule("R29")
def test_a_lost_write_leaves_the_outcome_open_and_a_lost_read_does_not(stage: Stage) -> None:
    stage.fault(CREATE, "lost-answer")
    with pytest.raises(errors.NoAnswerError, match="is unknown"):
        call(stage, CREATE)
    stage.fault(READ, "lost-answer", times=ATTEMPTS)
    with pytest.raises(errors.NoAnswerError, match="Nothing was changed"):
        call(stage, READ)


def test_every_path_belongs_to_one_action() -> None:
    assert all(path == action.path for path, action in Action.every.items())
