"""Programs of the peers: each runs in an environment that has the peer, and knows nothing of this project."""
