"""Every reader of what others wrote under random bytes: it gives a result, or refuses in one line, within a second."""
