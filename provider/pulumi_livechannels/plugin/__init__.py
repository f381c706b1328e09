"""The face for every Pulumi language: a provider plugin that speaks the engine's gRPC protocol directly.

`pulumi.provider.experimental` would be shorter, but it cannot tell a missing object from an empty one, loses half-made
objects, and answers every error with a traceback.
"""
