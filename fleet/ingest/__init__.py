"""From the wire to columns: framing, formats, cleaning, and the feeds that carry the bytes."""
