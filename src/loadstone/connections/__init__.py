"""Places outside by name: what kind each is, whether it answers, and the breaker that guards it."""
