"""The ground floor: send bytes, wait, count calls and name what went wrong. It does not know what is sent."""
