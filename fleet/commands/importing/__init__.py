"""Files of people who run ports, into the register: read, checked whole, then written."""
