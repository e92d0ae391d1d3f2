"""What is written, and how it reads: the script of a text, the text without what clerks add to letters, Latin letters.

In: texts as filed. Out: scripts, cleaned texts, words in small Latin letters. Promise: pure; no text makes it raise.
"""
