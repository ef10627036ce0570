"""Issue -> Edition: the press, pure."""
