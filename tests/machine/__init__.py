"""The machine: a small engine, an emulated platform and random programs, to see that nothing is lost, doubled or taken."""
