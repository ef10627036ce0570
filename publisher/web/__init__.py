"""Public pages and feeds: one module per page."""
