"""Scenarios with a known truth: a scripted sea, what its devices send, and what really happened."""
