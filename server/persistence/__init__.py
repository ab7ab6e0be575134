"""The store: engine, tables, named queries and migrations. Knows the domain and nobody above."""
