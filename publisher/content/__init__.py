"""Files -> Issue: reading what editors write."""
