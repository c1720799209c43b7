"""What `fleet decode` writes: which columns, in which form; the decoder itself knows of neither."""
