"""What Redis tells. Nothing is true because Redis said so: a board in doubt asks Postgres."""
