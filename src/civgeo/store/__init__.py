"""The store of one city: tables, migrations, reads and writes."""
