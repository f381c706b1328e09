"""The page for people at `GET /_emulator/`: what a vendor's console shows and lets do, and what only an emulator can.

`page/` is sent as it lies here: no step builds it, and it loads nothing from elsewhere.
"""
