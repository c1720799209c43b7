"""The live stream: one reader of the database, one encoder, any number of clients."""
