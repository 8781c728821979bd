"""Oracle-flavoured SQL expressions of control files and mappings: a whitelist, never eval, never raw SQL."""
