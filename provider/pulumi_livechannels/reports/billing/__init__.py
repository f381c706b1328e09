"""The bills of both vendors: what a month's bandwidth comes to, reckoned from their reports."""

from __future__ import annotations

from .bill import BandwidthBill, VolcengineBill, WangsuBill

BILLS: tuple[type[BandwidthBill], ...] = (WangsuBill, VolcengineBill)
