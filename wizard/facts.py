"""What all facts have in common: frozen, no unknown keys, plain text; and the kinds of value that several of them hold."""

from typing import Annotated

from msgspec import Meta, Struct

from wizard.text import plain, visible

Size = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,6}[KMG]$", description="a whole number with K, M or G, such as 64M")]
DevicePath = Annotated[str, Meta(pattern=r"^/dev(/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,40}){1,4}$", description="a path below /dev")]


class Facts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all facts: unknown keys refused, text checked."""

    def __post_init__(self) -> None:
        for field in self.__struct_fields__:
            value = getattr(self, field)
            if isinstance(value, str):
                try:
                    plain(value)
                except ValueError as error:
                    raise ValueError(f"{field}: {error}") from None
                if value != value.strip():
                    raise ValueError(f"{field} {visible(value)} starts or ends with a space")
