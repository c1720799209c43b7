"""A seeded sea to test against: boats, ships, beacons, receivers, terminals.

Never imports fleet: an independent witness, so it encodes AIS with pyais.
"""
