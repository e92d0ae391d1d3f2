"""What each verb does: the stages put together, one file a subject.

Comes in: a call through the door, and its arguments. Goes out: a result with a JSON form. Promises: a deed opens no
transaction, reads no clock and asks for no permission; the door has seen to all three.
"""
