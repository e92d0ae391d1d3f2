"""Describe releases as disclosure control reads them: what each says, and what changed between two of them."""
