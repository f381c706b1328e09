"""Answers the queries of the Grafana dashboard from recorded scrapes; knows of PromQL what the dashboard uses.

A query is parsed by promql-parser. What a dashboard that is changed needs beyond this is an error here, and is added.
"""

from __future__ import annotations

import operator
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import promql_parser as promql

Labels = tuple[tuple[str, str], ...]
Vector = dict[Labels, float]
Scrape = tuple[float, dict[str, Vector]]
"""When it was made, and what stood in it by the metric's name."""

SCALAR: Labels = (("", ""),)
_AGGREGATES: dict[str, Callable[[list[float]], float]] = {"sum": sum, "max": max}
_OPERATORS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
_MATCHES: dict[str, Callable[[str, str], bool]] = {
    "Equal": operator.eq,
    "NotEqual": operator.ne,
    "Re": lambda value, pattern: re.fullmatch(pattern, value) is not None,
    "NotRe": lambda value, pattern: re.fullmatch(pattern, value) is None,
}


def without_variables(query: str) -> str:
    """A query with Grafana's variables as if everything was chosen."""
    return query.replace("$domain", ".*")


def parsed(query: str) -> promql.Expr:
    """The query.

    Raises:
        ValueError: it is none.
    """
    return promql.parse(without_variables(query))


def selectors(query: str) -> list[tuple[str, set[str]]]:
    """The metrics that a query reads, each with the labels that it is asked by."""
    found: list[tuple[str, set[str]]] = []

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector):
            found.append((node.name, {matcher.name for matcher in node.matchers.matchers}))

    promql.walk(parsed(query), visit)
    return found


def grouped_by(query: str) -> set[str]:
    """The labels that a query groups by."""
    labels: set[str] = set()

    def visit(node: promql.Expr) -> None:
        if isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            labels.update(node.modifier.labels)

    promql.walk(parsed(query), visit)
    return labels


def answer(query: promql.Expr, scrapes: Sequence[Scrape]) -> Vector:
    """What Prometheus would answer at the time of the last scrape."""
    now, last = scrapes[-1]
    if isinstance(query, promql.NumberLiteral):
        return {SCALAR: query.val}
    if isinstance(query, promql.ParenExpr):
        return answer(query.expr, scrapes)
    if isinstance(query, promql.VectorSelector):
        return _selected(query, last)
    if isinstance(query, promql.AggregateExpr):
        return _aggregated(query, answer(query.expr, scrapes))
    if isinstance(query, promql.BinaryExpr):
        return _combined(str(query.op), answer(query.lhs, scrapes), answer(query.rhs, scrapes))
    if isinstance(query, promql.Call) and query.func.name == "time":
        return {SCALAR: now}
    if isinstance(query, promql.Call) and query.func.name == "increase":
        return _increase(query.args[0], scrapes)
    raise NotImplementedError(f"the dashboard has not used this before: {query.prettify()}")


def _selected(selector: promql.VectorSelector, scrape: dict[str, Vector]) -> Vector:
    matchers = selector.matchers.matchers
    return {
        labels: value
        for labels, value in scrape.get(selector.name, {}).items()
        if all(_MATCHES[_word(each.op)](dict(labels).get(each.name, ""), each.value) for each in matchers)
    }


def _aggregated(query: promql.AggregateExpr, vector: Vector) -> Vector:
    by = set(query.modifier.labels) if query.modifier else set()
    groups: dict[Labels, list[float]] = defaultdict(list)
    for labels, value in vector.items():
        groups[tuple(pair for pair in labels if pair[0] in by)].append(value)
    return {labels: _AGGREGATES[str(query.op)](values) for labels, values in groups.items()}


def _combined(op: str, left: Vector, right: Vector) -> Vector:
    """Numbers with each value of a vector, or two vectors where their labels are the same."""
    compute = _OPERATORS[op]
    if SCALAR in left:
        return {labels: compute(left[SCALAR], value) for labels, value in right.items()}
    if SCALAR in right:
        return {labels: compute(value, right[SCALAR]) for labels, value in left.items()}
    return {labels: compute(left[labels], right[labels]) for labels in left.keys() & right.keys()}


def _increase(matrix: promql.MatrixSelector, scrapes: Sequence[Scrape]) -> Vector:
    """How much counters have grown in a window, without the vendor's guess at its edges."""
    since = scrapes[-1][0] - matrix.range.total_seconds()
    found: dict[Labels, list[float]] = defaultdict(list)
    for time, scrape in scrapes:
        if time >= since:
            for labels, value in _selected(matrix.vector_selector, scrape).items():
                found[labels].append(value)
    return {labels: values[-1] - values[0] for labels, values in found.items()}


def _word(op: Any) -> str:
    return str(op).rpartition(".")[2]
