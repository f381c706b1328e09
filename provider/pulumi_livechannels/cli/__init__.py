"""The command line. Data goes to stdout, everything else to stderr; exit 0 done, 1 failed, 2 bad usage."""
