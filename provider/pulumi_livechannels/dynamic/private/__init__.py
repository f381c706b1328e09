"""Names of Pulumi's SDK that it does not promise to keep: each in a file of its own, with what breaks when it goes.

`tests/faces/test_private_names.py` notices a change, on the oldest SDK that we promise and on the newest.
"""
