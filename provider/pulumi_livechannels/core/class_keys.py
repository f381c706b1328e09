"""What the Python classes tell their provider process beside the inputs, and what it notes in the outputs for itself.

The SDK passes neither the URN nor the options of a resource on. The engine shows nobody a key that begins with `__`.
"""

from __future__ import annotations

PROVIDER = "__provider"
ADOPT = "adopt"
# For which resource something is asked.
HOLDER = "__urn"
# That it is asked in a preview, which stores nothing.
PREVIEW = "__preview"
# The inputs that the program has marked secret.
HIDDEN = "__hidden"
# The options replaceOnChanges and ignoreChanges.
REPLACE = "__replaceOnChanges"
IGNORE = "__ignoreChanges"
# In outputs, beside `HOLDER`: which inputs the program gave, so that a refresh can answer inputs, and which inputs
# somebody else has changed since, so that a preview can tell.
PROGRAM = "__program"
GIVEN = "given"
CLICKS = "clicks"

NOT_OF_THE_OBJECT = (PROVIDER, ADOPT, HOLDER, PREVIEW, HIDDEN, REPLACE, IGNORE, PROGRAM)
