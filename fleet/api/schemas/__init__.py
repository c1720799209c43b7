"""What goes over the wire, typed: one file a noun. Built from rows, never from each other."""
