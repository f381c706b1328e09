"""A virtual environment whose Python has the libraries loaded already: a process of it is a fork of one that waits.

An engine starts three Pythons for each of its commands, to list packages, to run the program and to provide dynamic
resources, and each takes longer to load Pulumi's SDK than most tests need it for. Here they are processes of their own
as ever, with their own arguments, environment, folder and pipes, and what is ours is loaded anew in each. A test of how
Python starts, or of another one, names an environment of its own.
"""

from __future__ import annotations

import gc
import importlib.util
import io
import logging
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

RUNNER = "pulumi-language-python-exec"  # the engine's, of a program
LIBRARIES = ("pip._internal.commands.list", "pulumi.dynamic", "pydantic.root_model", "requests", "platformdirs")
# It hands over its pipes and whatever it was told, passes signals on, and ends as its fork does. What a fork comes from
# gives it the order of its sets, and there are two, so that no test depends on one order.
PYTHON = """#!{python} -ISE
import _signal, os, socket, sys
if sys.argv[1:] == ["--version"]:
    print("Python", sys.version.partition(" ")[0], flush=True)
    os._exit(0)
told = [os.getcwd(), str(len(sys.argv)), *sys.argv, *map("=".join, os.environ.items())]
told = "\\0".join(told).encode(errors="surrogateescape")
there = socket.socket(socket.AF_UNIX)
there.connect({folder!r} + "/" + str(os.getpid() % 2))
for number in (_signal.SIGINT, _signal.SIGTERM):
    _signal.signal(number, lambda number, frame: there.sendall(bytes([number])))
socket.send_fds(there, [b"%d\\n" % len(told)], [0, 1, 2])
there.sendall(told)
os._exit(int(there.recv(9) or 1))
"""


@contextmanager
def environment(folder: Path) -> Iterator[Path]:
    """The environment, in an empty folder."""
    (folder / "bin").mkdir()
    (folder / "pyvenv.cfg").write_text("")
    python = folder / "bin" / "python"
    python.write_text(PYTHON.format(python=sys.executable, folder=str(folder)))
    python.chmod(0o755)
    with ExitStack() as servers:
        for number in ("0", "1"):
            command = [sys.executable, __file__, str(folder / number)]
            server = servers.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
            assert server.stdout is not None
            assert server.stdout.readline() == b"ready\n"
            assert server.stdin is not None
            servers.callback(server.stdin.close)
        yield folder


def serve(address: str) -> None:
    """Fork for whoever asks, until nobody holds the other end of stdin any more."""
    # Whoever runs the tests may ignore it, and an engine ends providers with it, and waits when they do not end.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in LIBRARIES:
        importlib.import_module(name)
    gc.freeze()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen(64)
    asking: dict[int, socket.socket] = {}
    woken, wake = socket.socketpair()
    wake.setblocking(False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    selector = selectors.DefaultSelector()
    for source in (sys.stdin, listener, woken):
        selector.register(source, selectors.EVENT_READ)
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            if key.fileobj is sys.stdin:
                os._exit(0)
            if key.fileobj is woken:
                woken.recv(4096)
                _reap(asking)
            else:
                there, _address = listener.accept()
                child = os.fork()
                if not child:
                    # What is another one's must not seem open because this one holds it.
                    signal.set_wakeup_fd(-1)
                    for held in (selector, listener, woken, wake, *asking.values()):
                        held.close()
                    _become(there)
                    return
                asking[child] = there


def _reap(asking: dict[int, socket.socket]) -> None:
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            with asking.pop(ended[0]) as there, suppress(OSError):
                code = os.waitstatus_to_exitcode(ended[1])
                there.sendall(str(code if code >= 0 else 128 - code).encode())


def _become(there: socket.socket) -> None:
    """In a fork: be what was asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    logging.setLoggerClass(logging.Logger)
    head, pipes, _, _ = socket.recv_fds(there, 9, 3)
    while not head.endswith(b"\n"):
        head += _more(there, 1)
    told = b""
    while len(told) < int(head):
        told += _more(there, int(head) - len(told))
    folder, count, *words = told.decode(errors="surrogateescape").split("\0")
    arguments, variables = words[1 : int(count)], words[int(count) :]
    for number, pipe in enumerate(pipes):
        os.dup2(pipe, number)
        os.close(pipe)
    os.environ.clear()
    os.environ.update(dict(variable.split("=", 1) for variable in variables))
    os.chdir(folder)
    time.tzset()
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), write_through=True)
    arguments = arguments[1:] if arguments[0] == "-u" else arguments
    threading.Thread(target=_obey, args=[there, os.path.basename(arguments[0]) == RUNNER], daemon=True).start()
    _run(arguments)


def _more(there: socket.socket, size: int) -> bytes:
    return there.recv(size) or os._exit(137)


def _obey(there: socket.socket, is_program: bool) -> None:
    """Take the signals of whoever asked, and be killed with it."""
    while number := there.recv(1):
        if is_program:
            # It would wait for an engine that does not answer any more, and be killed for it after 5 s.
            break
        # The main thread alone obeys, and only what is sent to itself wakes it.
        signal.pthread_kill(threading.main_thread().ident or 0, number[0])
    os._exit(137)


def _run(arguments: list[str]) -> None:
    sys.orig_argv = [sys.executable, *arguments]
    sys.path[0] = "" if arguments[0] in ("-m", "-c") else os.path.dirname(arguments[0])
    if added := os.environ.get("PYTHONPATH"):
        sys.path[1:1] = added.split(os.pathsep)
        sys.modules.pop("sitecustomize", None)
        if importlib.util.find_spec("sitecustomize"):
            importlib.import_module("sitecustomize")
    if arguments[0] == "-m":
        sys.argv = arguments[1:]
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    elif arguments[0] == "-c":
        sys.argv = ["-c", *arguments[2:]]
        exec(arguments[1], {"__name__": "__main__"})
    else:
        sys.argv = arguments
        runpy.run_path(arguments[0], run_name="__main__")


if __name__ == "__main__":
    serve(sys.argv[1])
