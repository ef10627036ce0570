"""The only place where stages meet: one function is one thing the publisher can do."""
