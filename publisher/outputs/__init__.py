"""Edition(s) -> bytes: one module per format, pure."""
