"""The screens, one file each: what a visit asks for, the verbs it needs, the page."""
