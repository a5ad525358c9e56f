"""banker: a real-time risk console for bankers of three-digit lotteries."""

__version__ = "0.1.0"
