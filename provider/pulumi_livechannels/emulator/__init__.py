"""An emulator of the vendors' APIs, so that a stack runs on a laptop or in CI without an account.

It is a vendor of its own: it shares no model and no rule with the provider, only the published contract, because a
shared model would hide a shared mistake. Each behaviour is marked documented, observed or assumed.
"""

# Where it lets people and tests in, beside the vendors' own addresses; a browser finds the console here.
DOOR = "/_emulator"
