"""Each error code of the contract has its place in the tree of errors."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_livechannels.ground import errors
from pulumi_livechannels.vendors.volcengine import codes as volcengine
from pulumi_livechannels.vendors.wangsu import codes as wangsu
from pulumi_livechannels.vendors.wangsu.codes import meaning

TABLE = {
    errors.PlatformError: ["300", "900", "24102500"],
    errors.RefusedError: [
        *["1000", "1004", "1006", "1012", "1013", "1502", "NoSuchDomain"],
        *["24102002", "24102006", "24102007", "24102008", "24102013", "24102014"],
        *["24102019", "24102020", "24102021"],
    ],
    errors.CredentialsError: ["1001", "1002", "1003", "4001", "4002", "InvalidKey"],
    errors.ClockError: ["1010", "1011", "4003", "4004"],
    errors.AccessDeniedError: ["1008", "1301", "1505", "1525", "1535"],
    errors.ThrottledError: ["WPLUS_AccountApiTooFrequence"],
}


@pytest.mark.parametrize(("error", "code"), [(error, code) for error, codes in TABLE.items() for code in codes])
def test_a_code_has_its_class(error: type[errors.VendorError], code: str) -> None:
    assert meaning(code, 200).error is error
    assert meaning(code, 200).next_step


@pytest.mark.parametrize("vendor", [wangsu, volcengine], ids=["wangsu", "volcengine"])
def test_each_code_has_a_sentence_of_its_own(vendor: Any) -> None:
    told = [known.next_step for known in vendor.CODES.values()]
    assert len(set(told)) == len(told)


@pytest.mark.rule("R29")
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, errors.CredentialsError),
        (403, errors.AccessDeniedError),
        (429, errors.ThrottledError),
        (500, errors.PlatformError),
        (504, errors.PlatformError),
        (200, errors.RefusedError),
        (462, errors.RefusedError),
    ],
)
def test_an_unknown_code_is_judged_by_the_http_status(status: int, error: type[errors.VendorError]) -> None:
    assert meaning("brand-new", status).error is error
