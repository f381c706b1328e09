"""A report of drift as JUnit's XML, which every CI shows: a suite for each stack, a case for each resource.

What differs is a failure, what could not be found out an error, and what was not looked at is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timezone
from xml.etree import ElementTree

from ..verdicts import Drift, Verdict

# What XML 1.0 cannot hold, however it is escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ACCOUNT = "account"
_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def junit(drift: Drift, depth: str, unmanaged: bool) -> None:
    """Write it to stdout."""
    suites = _Suites(depth, drift.encrypted)
    _resources(suites, drift)
    for begun in drift.pending:
        name = f"{begun.kind} {begun.urn.rpartition('::')[2]}: {begun.doing} when a run died"
        _add(suites.case(begun.stack, name), "failure", "pending", [begun.urn])
    for (kind, key), held in drift.twice.items():
        case = suites.case(_ACCOUNT, f"{kind} {key} is held once")
        _add(case, "failure", "twice", [entry.urn for entry in held])
    stock = suites.case(_ACCOUNT, "what no stack holds")
    objects = [f"{each.kind} {each.id} {each.name}" for each in drift.unmanaged]
    if drift.trouble:
        _add(stock, "error", "failed", drift.trouble)
    elif objects and unmanaged:
        _add(stock, "failure", "unmanaged", objects)
    elif drift.lists:
        ElementTree.SubElement(stock, "skipped")
    print(suites.xml({_ACCOUNT: objects}))


def _resources(suites: _Suites, drift: Drift) -> None:
    for verdict in drift.verdicts:
        _judge(suites.case(verdict.entry.stack, drift.named(verdict.entry)), verdict)
    for entry in drift.before:
        suites.case(entry.stack, drift.named(entry))
    still = {entry.key for entry in drift.still}
    for entry in (*drift.left, *(entry for entry, _ in drift.skipped)):
        case = suites.case(entry.stack, drift.named(entry))
        if entry.key in still:
            _add(case, "failure", "still", ["found by an earlier run, and not looked at in this one"])
        else:
            ElementTree.SubElement(case, "skipped")


class _Suites:
    """The suites by name, in the strictest of the schemas that are about: each attribute and element is there."""

    def __init__(self, depth: str, encrypted: Collection[str]) -> None:
        self._suites: dict[str, ElementTree.Element] = {}
        self._depth = depth
        self._encrypted = encrypted
        self._now = datetime.now(timezone.utc).isoformat(timespec="seconds").partition("+")[0]

    def case(self, suite: str, name: str) -> ElementTree.Element:
        """A new case of the suite."""
        if suite not in self._suites:
            about = {"name": _clean(suite), "package": "livechannels", "id": str(len(self._suites))}
            origin = {"timestamp": self._now, "hostname": "localhost"}
            self._suites[suite] = ElementTree.Element("testsuite", {**about, **origin})
            told = {
                "depth": self._depth,
                **({"secrets": "encrypted, not compared"} if suite in self._encrypted else {}),
            }
            properties = ElementTree.SubElement(self._suites[suite], "properties")
            for key, value in told.items():
                ElementTree.SubElement(properties, "property", {"name": key, "value": value})
        about = {"name": _clean(name), "classname": _clean(suite), "time": "0"}
        return ElementTree.SubElement(self._suites[suite], "testcase", about)

    def xml(self, said: Mapping[str, list[str]]) -> str:
        """All of them, with their counts, and with what is `said` beside the cases of a suite."""
        whole = ElementTree.Element("testsuites")
        for name, suite in self._suites.items():
            cases = suite.findall("testcase")
            suite.set("tests", str(len(cases)))
            for tag, counted in _COUNTED.items():
                suite.set(counted, str(sum(case.find(tag) is not None for case in cases)))
            suite.set("time", "0")
            ElementTree.SubElement(suite, "system-out").text = _clean("\n".join(said.get(name, ())))
            ElementTree.SubElement(suite, "system-err")
            whole.append(suite)
        ElementTree.indent(whole)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(whole, encoding="unicode")}'


def _judge(case: ElementTree.Element, verdict: Verdict) -> None:
    kind, key = verdict.entry.thing
    if verdict.failure:
        _add(case, "error", "failed", [verdict.failure])
    elif verdict.is_gone:
        _add(case, "failure", "gone", [f"the platform has no {kind} {key} any more"])
    elif verdict.differences:
        _add(case, "failure", "differs", [each.says for each in verdict.differences])


def _add(case: ElementTree.Element, tag: str, type: str, sentences: Iterable[str]) -> None:
    lines = [_clean(sentence) for sentence in sentences]
    ElementTree.SubElement(case, tag, {"type": type, "message": lines[0]}).text = "\n".join(lines)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
