"""Property values survive the way in and out: unicode, large numbers, unknowns, secrets wherever they stand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime import rpc

from pulumi_livechannels.core.fields import UNKNOWN
from pulumi_livechannels.plugin import codec

leaves = (
    st.booleans()
    | st.integers(min_value=-(2**53), max_value=2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(max_size=20)
    | st.just(UNKNOWN)
)
keys = st.text(min_size=1, max_size=8).filter(lambda key: key != codec.SIGNATURE)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def marked(draw: Any, value: Any) -> Any:
    """Which parts of a value are secret."""
    if draw(st.booleans()) and draw(st.booleans()):
        return True
    if isinstance(value, dict):
        marks = {key: draw(marked(item)) for key, item in value.items()}
        return {key: mark for key, mark in marks.items() if mark is not None} or None
    if isinstance(value, list):
        marks_in_list = [draw(marked(item)) for item in value]
        return marks_in_list if any(mark is not None for mark in marks_in_list) else None
    return None


@pytest.mark.rule("R33")
@given(data=st.data(), properties=st.dictionaries(keys, values, max_size=4))
def test_values_and_their_secrets_come_back_as_they_went(data: st.DataObject, properties: dict[str, Any]) -> None:
    marks = {key: data.draw(marked(value)) for key, value in properties.items()}
    secrets = {key: mark for key, mark in marks.items() if mark is not None}
    plain, found = codec.decode(codec.encode(properties, secrets))
    assert plain == properties
    assert found == secrets


def test_the_protocols_marks_are_those_of_the_sdk() -> None:
    assert (rpc._special_sig_key, rpc._special_secret_sig) == (codec.SIGNATURE, codec.SECRET)
    assert rpc.UNKNOWN == codec.UNKNOWN_TEXT
    assert rpc._special_output_value_sig == codec.OUTPUT


def test_a_secret_list_that_changed_is_secret_throughout() -> None:
    struct = codec.encode({"a": [1, 2, 3]}, {"a": [None, True]})
    assert codec.decode(struct)[1] == {"a": [True, True, True]}
