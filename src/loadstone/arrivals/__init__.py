"""From "a file appeared somewhere" to "its rows are in, or it waits in quarantine with the reason"."""
