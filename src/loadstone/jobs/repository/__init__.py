"""Every query of jobs, by noun; private to this room."""
