"""The organisation 1+3+N: who is responsible where, who is asked, what if nobody answers."""
