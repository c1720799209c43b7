"""The sender: queued rows become messages, at least once, each with one key.

Everything it knows is in the database; killed at any moment, it loses nothing, and what it sends
twice has the same key. What was cancelled is not sent.
"""

from fleet.outbox.service import run, serve

__all__ = ["run", "serve"]
