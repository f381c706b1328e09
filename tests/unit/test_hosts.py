"""Why a program died, in as many words as help: the way there stays out, and so do paths of a machine."""

from __future__ import annotations

import pytest

from pulumi_livechannels.hosts import why_it_died

PYTHON = "Program failed with an unhandled exception:\nTraceback (most recent call last):\n"
OURS = '  File "/builds/live/channels/parts.py", line 7, in make\n    raise Wrong("geheim")\n'
ENGINES = (
    '  File "/opt/pulumi/pulumi-language-python-exec", line 232, in <module>\n    run()\n'
    '  File "/builds/venv/lib/python3.11/site-packages/pulumi/stack.py", line 5, in run\n    await it\n'
    '  File "<frozen runpy>", line 304, in run_path\n'
) * 20


@pytest.mark.parametrize(
    ("frames", "said", "left"),
    [
        (ENGINES + OURS, "ValueError: too late", "parts.py, line 7:\nValueError: too late"),
        (OURS + ENGINES, "ValueError: one\n\n  two", "parts.py, line 7:\nValueError: one\n\n  two"),
        (ENGINES, "ValueError: nobody's", "ValueError: nobody's"),
        (
            '  File "C:\\work\\__main__.py", line 1\n    import (\n           ^\n',
            "SyntaxError: invalid syntax",
            "__main__.py, line 1:\nSyntaxError: invalid syntax",
        ),
        (
            f"{OURS}KeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\n"
            f"Traceback (most recent call last):\n{OURS}",
            "RuntimeError: in the end",
            "parts.py, line 7:\nRuntimeError: in the end",
        ),
        (OURS, "OSError: no /builds/live/main.py", "parts.py, line 7:\nOSError: no main.py"),
        (OURS, "E: /live/channel at https://a.example.com/b/c.js", "parts.py, line 7:\n"
         "E: /live/channel at https://a.example.com/b/c.js"),
        (OURS, "", "parts.py, line 7:"),
    ],
)  # fmt: skip
def test_of_a_traceback_the_error_and_its_place_are_left(frames: str, said: str, left: str) -> None:
    assert why_it_died(f"{PYTHON}{frames}{said}") == f"Program failed with an unhandled exception:\n{left}"


def test_of_a_group_each_error_is_left() -> None:
    died = (
        "Program failed with an unhandled exception:\n  + Exception Group Traceback (most recent call last):\n"
        '  |   File "/builds/__main__.py", line 3, in <module>\n  |     raise ExceptionGroup("geheim")\n'
        "  | ExceptionGroup: several (2 sub-exceptions)\n  +-+---------------- 1 ----------------\n"
        '    | Traceback (most recent call last):\n    |   File "/builds/parts.py", line 9, in make\n'
        "    |     1 / 0\n    | ZeroDivisionError: division by zero\n    +---------------- 2 ----------------\n"
        "    | KeyError: 'two'\n    +------------------------------------\n"
    )
    said = "ExceptionGroup: several (2 sub-exceptions)\nZeroDivisionError: division by zero\nKeyError: 'two'"
    assert why_it_died(died) == f"Program failed with an unhandled exception:\n{said}"


def test_of_node_the_error_is_left() -> None:
    died = (
        "Running program '/builds/live/index.ts' failed with an unhandled exception:\nError: rejected\n"
        "    at Object.<anonymous> (/builds/live/index.ts:1:58)\n    at require (node:internal/modules/helpers:182:18)"
    )
    assert why_it_died(died) == "Running program 'index.ts' failed with an unhandled exception:\nError: rejected"


def test_what_no_host_said_stays_as_it_is() -> None:
    said = "RecordTask: /builds/file.py\n    at night"
    assert why_it_died(said) == said
