"""Links: the queue, two records side by side, judging them."""
