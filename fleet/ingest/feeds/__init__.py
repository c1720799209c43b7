"""The feeds: one module a way for bytes to arrive."""
