"""The live stream: what changed, sent to every page that is open."""
