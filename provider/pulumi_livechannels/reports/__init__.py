"""Every report, in the order in which lists show them. Adding one is its class and its line here."""

from __future__ import annotations

from ..core.reporting.report import Report
from .volcengine import VOLCENGINE
from .wangsu import WANGSU

REPORTS: tuple[type[Report], ...] = (*WANGSU, *VOLCENGINE)
