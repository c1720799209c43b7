"""What a service raised, measured against what the boats really did.

Knows two files, TRUTH (written by `simulators run`) and ALERTS (by whoever was tried), and nothing
of the service; both formats are in simulators/README.md.
"""
