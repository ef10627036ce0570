"""Ways out: one module per transport."""
