"""JT/T 808 终端通信协议: terminals over TCP, sans-I/O. Both what is read and what is answered.

`frames` and `parts` make messages of bytes, `location` and `registration` read them, `models` says
what a type of terminal means by its bits, `dialogue` is the platform's side of one connection.
Editions JT/T 808-2011, -2013 and -2019; which one a terminal speaks stands in every header.
"""
