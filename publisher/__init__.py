"""Publisher turns curated stories into a newsletter and feeds."""

__version__ = "0.1.0"
