"""The vendors whose reports a module of this package answers: a new one is a line here, and a file of its name."""

VENDORS = {"wangsu": "Wangsu and CDNetworks", "volcengine": "Volcengine Live"}
