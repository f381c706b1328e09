"""Volcengine Live as the emulator plays it: its statistics."""
