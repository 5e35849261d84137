"""Options of a tmpfs in Compose's short form, and what is added to one that somebody wrote."""


def options(entry: str) -> frozenset[str]:
    """The names of the options that a tmpfs states, such as uid and size."""
    return frozenset(option.partition("=")[0] for option in entry.partition(":")[2].split(",") if option)


def addition(entry: str, user: str | None = None, size: str = "") -> str:
    """What to write after a tmpfs so that it belongs to `user` (`UID:GID`) and has a size, as far as it does not say so itself.

    Without an owner it is unwritable for the user, or becomes so after a restart (measured, Engine 20.10 and 28).
    """
    there = options(entry)
    uid, _, gid = (user or "").partition(":")
    added = [f"uid={uid},gid={gid or uid}"] if uid.isdecimal() and int(uid) and not there & {"uid", "gid"} else []
    added += [f"size={size}"] if size and "size" not in there else []
    if not added:
        return ""
    return ("," if there else "" if ":" in entry else ":") + ",".join(added)
