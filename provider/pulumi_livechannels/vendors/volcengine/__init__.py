"""Volcengine Live: signing, error codes and calls, for its statistics."""
