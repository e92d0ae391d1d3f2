"""What leaves the house for everybody.

In: figures, the operation's public facts (titles, window, policy) and what changed since the last release. Out:
releases: communiqués in four languages (HTML, PDF) and a fact sheet (JSON, CSV). Guaranteed: a number in a text is a
reference to a released figure, never typed; a qualifier cannot be dropped; a release never changes once issued; nothing
here can reach a record (the privacy wall).
"""
