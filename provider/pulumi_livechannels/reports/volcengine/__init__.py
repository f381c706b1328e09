"""The reports of Volcengine Live, one file a topic."""

from __future__ import annotations

from ...core.reporting.report import Report

VOLCENGINE: tuple[type[Report], ...] = ()
