"""A spec and a target compile to a plan: what each column is made of, and by which lane."""
