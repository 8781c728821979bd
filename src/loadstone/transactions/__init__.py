"""Transactions: types of one load, each staged apart and published as a whole, those first that others need."""
