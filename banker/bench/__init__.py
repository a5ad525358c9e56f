"""What the house can take on this machine, beside plainer ways to write the same bets."""
