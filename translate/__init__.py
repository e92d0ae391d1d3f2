"""Gettext catalogues: extract what the rooms say in English, bring every language up to date, compile, check."""
