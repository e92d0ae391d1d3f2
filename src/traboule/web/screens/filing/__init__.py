"""Returns: what one's states have filed, filing another, the template, the receipt; for the desk who has filed."""
