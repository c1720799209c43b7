"""All database I/O: one typed function a query, grouped by noun. The SQL text is in fleet/sql."""
