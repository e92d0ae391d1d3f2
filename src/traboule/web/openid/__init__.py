"""The room and an OpenID provider: how it is configured, what is asked of it over the network, where a browser is sent.

Nothing here decides who somebody is: what the provider answers is handed to the verbs as data.
"""
