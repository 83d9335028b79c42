"""An import-linter contract: a context imports of another only the modules that are its public face.

A module belongs to the face of its context where one of its names below the context is in ``faces``, as
``services`` is in ``lamplighter.hub.intake.reports.services``; or where it is listed whole in ``also``.
"""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

Link = tuple[str, str]


class PublicFaces(Contract):
    """Hold the contexts of a package to one another's public faces.

    Options:
        container: the package whose children are the contexts.
        kit: contexts of which every module may be imported.
        composed_by: contexts that may import every module of every other.
        faces: names of modules, or of packages, that are the face of any context.
        also: further modules, without the container's name. One that nobody needs breaks the contract.
    """

    type_name = "public_faces"

    container = fields.StringField()
    kit = fields.SetField(subfield=fields.StringField())
    composed_by = fields.SetField(subfield=fields.StringField())
    faces = fields.SetField(subfield=fields.StringField())
    also = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Find imports of what is no face, and modules in ``also`` that nobody needs there."""
        links: list[Link] = []
        needed: set[str] = set()
        for importer in sorted(graph.find_descendants(str(self.container))):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                inside = self._behind_the_face(importer, imported)
                if inside in (self.also or ()):
                    needed.add(inside)
                elif inside:
                    links.append((importer, imported))
        unneeded = sorted(set(self.also or ()) - needed)
        return ContractCheck(kept=not links and not unneeded, metadata={"links": links, "unneeded": unneeded})

    def _behind_the_face(self, importer: str, imported: str) -> str:
        """Return the imported module without the container's name; "" where it may be imported."""
        start = f"{self.container}."
        if not (importer.startswith(start) and imported.startswith(start)):
            return ""
        inside = imported.removeprefix(start)
        context, *names = inside.split(".")
        mine = importer.removeprefix(start).split(".")[0]
        open_to_all = context in {mine, *self.kit} or mine in self.composed_by  # type: ignore[attr-defined]
        if open_to_all or not names or set(names) & set(self.faces):  # type: ignore[call-overload]
            return ""
        return inside

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say each import that is not allowed, and each exception that is not needed."""
        for importer, imported in check.metadata["links"]:
            output.print_error(f"{importer} imports {imported}, which is no public face of its context.")
        for inside in check.metadata["unneeded"]:
            output.print_error(f"{inside} is in `also`, and no other context imports it.")
        output.new_line()
        output.print_error(
            "Move what is needed to the `services` or `selectors` of its context, let it be asked by a hook, "
            "or add the module to `also` with the reason."
        )
