"""Repeatable measurements, each printing a ratio against a named reference of the same run."""
