"""Checks inputs before anything is sent: every broken rule at once, each with its property, its value and the way out.

What a preview cannot know yet passes, and rules that need it wait. Checking what was checked changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

from pydantic import ValidationError

from ..ground.errors import InputError, Problem
from ..ground.hints import did_you_mean
from ..ground.language import closed_up, tr
from .diff import same
from .fields import UNKNOWN, Inputs, Model, Property, properties
from .rule_words import sentence

# What rules across properties have between the rule and the way out, in the languages that there are.
_GIVEN = re.compile(r"(, but is |，但现为 ).*?(: |：)(?=[^:：]*$)", re.DOTALL)
# What the SDKs write in the place of an output that a program puts into a text of its own.
_NO_TEXT = re.compile(r"Calling (__str__|\[to\w+\]) on an \[?Output")
_JOIN = "pulumi.Output.concat(…)"
I = TypeVar("I", bound=Inputs)  # noqa: E741 - the letter for inputs everywhere in the core


@dataclass(frozen=True)
class Context:
    """What a rule may know besides the inputs.

    Attributes:
        now: seconds since the epoch.
        exists: whether the object was created by an earlier run.
        changed: keys of the inputs that differ from those of the earlier run; all of them for a new object.
    """

    now: float
    exists: bool
    changed: frozenset[str]


Rule = Callable[[Any, Context], Iterator[Problem]]


def rule(*keys: str) -> Callable[[Rule], Rule]:
    """A rule across properties, written as a method of an `Inputs`: runs when all named keys are known and valid."""

    def mark(function: Rule) -> Rule:
        function.__dict__["keys"] = keys
        return function

    return mark


@dataclass
class Checked:
    """What a check found: inputs with defaults filled in, broken rules, and warnings that stop nothing."""

    inputs: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def check(
    model: type[Inputs],
    news: Mapping[str, Any],
    olds: Mapping[str, Any] | None,
    now: float,
    hidden: Collection[str] = (),
    *,
    adopting: bool = False,
) -> Checked:
    """Check `news` for a new object, or for one that was made from `olds`; values of `hidden` keys are not shown.

    While `adopting`, `olds` are no word of the program's about what is there.
    """
    declared = properties(model)
    result = Checked({key: value for key, value in news.items() if value is not None})
    good: dict[str, Any] = {}
    for key in result.inputs:
        if key not in declared:
            result.problems.append(Problem(key, _unknown_key(key, declared)))
    for key, item in declared.items():
        if key not in result.inputs:
            if item.required:
                result.problems.append(Problem(key, tr("is required, but is missing: set it")))
            elif item.default is not None:
                result.inputs[key] = item.default
        if key in result.inputs:
            _check_value(item, result, good)
    settled = {key for key in declared if key in good or key not in result.inputs}
    _conditional_defaults(model, good, result.inputs)
    before = olds or {}
    changed = {key for key, item in declared.items() if key in good and not same(item, before.get(key), good[key])}
    result.problems += _rule_problems(model, good, settled, Context(now, olds is not None, frozenset(changed)))
    result.problems = veiled(result.problems, result.inputs, hidden)
    if olds is not None:
        result.warnings += [_released(key) for key, item in declared.items() if _is_released(item, olds, news)]
    moved = [key for key in declared if key in changed and _is_moved(declared[key], before)]
    if moved and not adopting:
        result.warnings.append(_moved(moved))
    return result


def veiled(problems: Iterable[Problem], inputs: Mapping[str, Any], hidden: Collection[str]) -> list[Problem]:
    """The problems without what stands in the `hidden` keys of the inputs, which the program has marked secret."""
    return [_veiled(problem, inputs) if _top(problem) in hidden else problem for problem in problems]


def _check_value(item: Property, result: Checked, good: dict[str, Any]) -> None:
    value = whole(result.inputs[item.key])
    if value == {} and item.nested and not any(part.required for part in properties(item.nested).values()):
        # A group in which nothing is asked for asks for nothing.
        del result.inputs[item.key]
        return
    problems = list(_value_problems(item, value))
    result.problems += problems
    if not problems and not contains_unknown(value):
        good[item.key] = item.adapter.validate_python(value)
        if item.nested is None:
            # Some values can be written in two ways, and go on in one.
            value = good[item.key]
    result.inputs[item.key] = value


def _top(problem: Problem) -> str:
    return re.split(r"[.\[]", problem.path)[0]


def _veiled(problem: Problem, inputs: Mapping[str, Any]) -> Problem:
    """The problem of a secret value, without it."""
    if problem.veiled:
        return Problem(problem.path, problem.veiled, True)
    text = closed_up(_GIVEN.sub(rf"\1{tr('a secret that is not shown')}\2", problem.text))
    shown = [part for part in _texts(inputs.get(_top(problem))) if part in text]
    return Problem(problem.path, tr("breaks a rule; its value is a secret that is not shown") if shown else text, True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)


def require(model: type[I], inputs: Mapping[str, Any], olds: Mapping[str, Any] | None, now: float) -> I:
    """The inputs as their model.

    Raises:
        InputError: they break rules.
    """
    checked = check(model, inputs, olds, now)
    if checked.problems:
        raise InputError(checked.problems)
    return model.model_validate(checked.inputs)


def shown_as(problem: Problem) -> tuple[str, str]:
    """The property and the reason to hand to an engine.

    Beside the name of a property the engine prints its value, so the name of a secret one goes into the sentence.
    """
    return ("", f"{problem.path} {problem.text}") if problem.secret else (problem.path, problem.text)


def whole(value: Any) -> Any:
    """Pulumi sends every number as a float: whole ones become integers again."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items() if item is not None}
    return value


def contains_unknown(value: Any) -> bool:
    """Whether a value or any part of it is not known yet."""
    if isinstance(value, dict):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN


def _value_problems(item: Property, value: Any) -> Iterator[Problem]:
    if value is UNKNOWN:
        return
    if item.nested and isinstance(value, dict):
        yield from _nested_problems(item, item.nested, value)
        return
    if isinstance(value, str) and _NO_TEXT.search(value):
        yield Problem(
            item.key, tr("is an output inside of text, which is not known yet: join them with {join}", join=_JOIN)
        )
        return
    known = [part for part in value if part is not UNKNOWN] if isinstance(value, list) else value
    if contains_unknown(value) and not known:
        return
    try:
        item.adapter.validate_python(known)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = item.key + "".join(f"[{part}]" for part in detail["loc"] if isinstance(part, int))
            veiled = sentence(item, detail, hidden=True)
            text = veiled if item.flags.secret else sentence(item, detail, hidden=False)
            yield Problem(path, text, item.flags.secret, veiled)


def _nested_problems(item: Property, nested: type[Model], value: dict[str, Any]) -> Iterator[Problem]:
    declared = properties(nested)
    for key in value:
        if key not in declared:
            yield Problem(f"{item.key}.{key}", _unknown_key(key, declared))
    for key, inner in declared.items():
        if key in value:
            for problem in _value_problems(inner, value[key]):
                yield replace(problem, path=f"{item.key}.{problem.path}")
        elif inner.required:
            yield Problem(f"{item.key}.{key}", tr("is required, but is missing: set it"))


def _conditional_defaults(model: type[Inputs], good: dict[str, Any], inputs: dict[str, Any]) -> None:
    for key, value in _partial(model, good).conditional_defaults().items():
        inputs.setdefault(key, value)
        good.setdefault(key, value)


def _rule_problems(model: type[Inputs], good: dict[str, Any], settled: set[str], context: Context) -> Iterator[Problem]:
    declared = properties(model)
    partial = _partial(model, good)
    for function, keys in _rules(model):
        if all(key in settled and (key in good or not declared[key].required) for key in keys):
            yield from function(partial, context)


@cache
def _rules(model: type[Inputs]) -> list[tuple[Rule, tuple[str, ...]]]:
    """Every rule of a model with the keys that it is about; there are hundreds of other names to look through."""
    # Pydantic completes a model when it is first used, which may be in another thread at this moment.
    functions = [function for base in model.__mro__ for function in list(vars(base).values())]
    found = [(function, getattr(function, "keys", None)) for function in functions]
    return [(function, keys) for function, keys in found if isinstance(keys, tuple)]


def _partial(model: type[Inputs], good: dict[str, Any]) -> Inputs:
    """The inputs with only what is known and valid in them, for rules to look at."""
    return model.model_construct(**{properties(model)[key].name: value for key, value in good.items()})


def _unknown_key(key: str, declared: Mapping[str, Property]) -> str:
    hint = did_you_mean(key, declared, tr("the properties are {names}.", names=", ".join(declared)))
    return tr("is not a property here: {hint}", hint=hint)


def _is_released(item: Property, olds: Mapping[str, Any], news: Mapping[str, Any]) -> bool:
    return item.flags.released and bool(olds.get(item.key)) and news.get(item.key) is None


def _released(key: str) -> str:
    return tr(
        "{key} was taken out of the program and is no longer managed: the vendor documents no way to clear it, "
        "so the platform keeps the last value",
        key=key,
    )


def _is_moved(item: Property, olds: Mapping[str, Any]) -> bool:
    """Whether a change of the property is another time for an object that cannot be given one."""
    return item.is_instant and item.flags.replaces and isinstance(olds.get(item.key), str)


def _moved(keys: Sequence[str]) -> str:
    if len(keys) > 1:
        return tr(
            "{names} are other times than in the run before, so the object is ended and another one is made. If the "
            "program computes times from the present, that happens in every run: put {names} under ignoreChanges "
            "(ignore_changes in Python)",
            names=tr(" and ").join(keys),
        )
    return tr(
        "{name} is another time than in the run before, so the object is ended and another one is made. If the program "
        "computes a time from the present, that happens in every run: put {name} under ignoreChanges "
        "(ignore_changes in Python)",
        name=keys[0],
    )
