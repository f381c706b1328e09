"""Wangsu and CDNetworks as the emulator plays them: the live actions and the reports."""
