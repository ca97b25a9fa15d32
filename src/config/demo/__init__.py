"""A believable year in the demo city: people, contacts, requests and work orders, made through the rooms' services.

Everything is invented and repeatable (one seed); times end at the moment the year is built, and a storm passed three
days before. Nothing is sent: messages of the year are settled as the services would have settled them.
"""

from config.demo.build import PASSWORD, build

__all__ = ["PASSWORD", "build"]
