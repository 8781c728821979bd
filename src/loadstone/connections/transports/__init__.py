"""How files are listed, read, moved and written outside: one file a protocol, each behind ``model.Transport``."""
