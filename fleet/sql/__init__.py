"""SQL text: schema.sql, migrations, and one file of named queries a noun."""
