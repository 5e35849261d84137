"""Tests on a real engine: the laws that only a running container can show."""
