"""Wangsu, and CDNetworks, which serves the same API on another host."""
