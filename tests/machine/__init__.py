"""The machine: a small engine, an emulated platform and random programs, so that nothing is lost, doubled or taken."""
