"""SQL*Loader: its language, its command line, its log."""
