"""All SQL: one module per aggregate, functions that take a connection."""
