"""What is true of the game whatever is stored: pure code, without I/O and without a clock."""
