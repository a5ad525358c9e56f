"""What is done by nobody's hand: one timetable, run by whichever worker holds it."""
