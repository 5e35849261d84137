"""The way to what an edit is about, and the reasons for which one cannot be made."""

from wizard.check.nodes import Node
from wizard.check.source import Place
from wizard.fix.refusal import NotEditable as NotEditable
from wizard.fix.yaml_data import Path, at, child, depth, misfit, named
from wizard.fix.yaml_places import Pair, Part, Source
from wizard.text import visible

Holder = Pair | Part
"""What holds a value: the pair of a mapping, or the entry of a list itself."""


def document(source: Source, path: Path) -> tuple[int, Node, Path]:
    """The number and data of the document that an edit is made in, and the path with the number of an entry for its name.

    Raises NotEditable where there is none.
    """
    if not path:
        raise NotEditable(source.name, "no key is named")
    found = max(enumerate(source.nodes), key=lambda one: (depth(one[1], path), one[0]), default=(0, Node({}, Place(source.name))))
    if not isinstance(found[1].value, (dict, list, type(None))):
        raise NotEditable(found[1].place, "the document is no mapping")
    entries = at(found[1], path[:-1])
    is_list = entries is not None and isinstance(entries.value, list) and all(isinstance(one.value, str) for one in entries.value)
    if isinstance(path[-1], str) and entries is not None and is_list:
        path = (*path[:-1], named(entries, path[-1]))
    if wrong := misfit(found[1], path):
        raise NotEditable(wrong[0].place, f"there is no place for {visible(str(wrong[1]))} in what stands here")
    return (*found, path)


class Walk:
    """The way along a path as far as the text itself has it: to the pair or entry that holds its end, else to what lacks the next part.

    Raises NotEditable where it leads through what other places take as well.
    """

    def __init__(self, source: Source, number: int, root: Node, path: Path) -> None:
        self.source, self.part, self.node = source, source.roots[number], root
        self.passed: list[tuple[Part, Holder]] = []
        """Each collection on the way, and what in it leads on."""
        for part in path:
            self.refuse_shared(self.part)
            found = self._held(part)
            if found is None:
                break
            self.passed.append((self.part, found))
            self.part = found.value if isinstance(found, Pair) else found
            inner = child(self.node, part)
            assert inner is not None
            self.node = inner
        self.is_whole = len(self.passed) == len(path)

    def _held(self, part: str | int) -> Holder | None:
        if self.part.kind == "Sequence" and isinstance(part, int):
            entries = self.part.entries()
            return entries[part] if 0 <= part < len(entries) else None
        if self.part.kind != "Mapping":
            return None
        own = (pair for pair in self.part.pairs() if not pair.is_merge)
        return next((pair for pair, key in zip(own, self.node.value, strict=False) if key == part), None)

    def refuse_shared(self, part: Part) -> None:
        """Raise NotEditable for a value that other places take as well."""
        if part.kind == "Alias":
            raise NotEditable(
                self.source.place(part.start), f"{_shown('*', part)} stands for what is written elsewhere: a change would show there, too"
            )
        if part.number in self.source.taken:
            raise NotEditable(self.source.place(part.start), f"what is named {_shown('&', part)} is taken elsewhere: a change would show there, too")

    def refuse_named(self, holder: Holder, whole: bool = False) -> None:
        """Raise NotEditable if a value that goes (or, the `whole` pair) holds what other places take as well."""
        first, last = (
            (holder.key.number if whole else holder.value.number, holder.value.last) if isinstance(holder, Pair) else (holder.number, holder.last)
        )
        for alias, anchor in self.source.aliases:
            if first <= anchor <= last and not first <= alias <= last:
                part = Part(self.source, anchor)
                raise NotEditable(self.source.place(part.start), f"what is named {_shown('&', part)} is taken elsewhere: it cannot go")


def _shown(sign: str, part: Part) -> str:
    return visible(f"{sign}{part.event.anchor}")
