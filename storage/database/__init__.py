"""The SQLite file: connection, migrations, columns, lock."""
