"""Seawall: scaffold hardened container services that were seen to work."""

__version__ = "0.1.0"
