"""What Postgres remembers: each verb runs in a transaction that it is given."""
