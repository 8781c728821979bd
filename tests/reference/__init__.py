"""A slow, obvious reader of control files' meaning, written from the documented rules alone."""
