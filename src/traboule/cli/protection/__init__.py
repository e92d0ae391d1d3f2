"""Commands about protected persons."""
