"""Other people's formats -> our story files."""
