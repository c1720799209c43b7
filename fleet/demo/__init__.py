"""A believable Yazhou for demonstration and tests: data files with their sources, no code."""
