"""What is done for protected persons: who waits for what, and what was done."""
