"""The load: inputs, plan, chunks, commits, files and the receipt."""
