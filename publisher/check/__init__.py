"""The preflight linter: pure functions from an issue to findings."""
