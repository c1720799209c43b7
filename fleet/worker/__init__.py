"""The way of a position: feeds, decoding, judgement, one transaction, acknowledgement.

Invariant: nothing is acknowledged before the commit that holds it, and what is stored twice is
stored once.
"""
