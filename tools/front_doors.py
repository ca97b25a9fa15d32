"""Import-linter contract: another room is entered only by its front doors."""

from importlinter import Contract, ContractCheck, fields, output


class FrontDoors(Contract):
    type_name = "front_doors"
    flat_rooms = fields.SetField(subfield=fields.StringField())  # rooms directly under citydesk
    doors = fields.SetField(subfield=fields.StringField())  # "tests" is a door for tests only

    def _room(self, module):
        parts = module.split(".")
        depth = 2 if len(parts) > 1 and parts[1] in self.flat_rooms else 3  # type: ignore[operator]  # set by import-linter
        if parts[0] != "citydesk" or len(parts) < depth or parts[1] == "kernel":
            return None, ""
        return parts[:depth], (parts[depth] if len(parts) > depth else "")

    def check(self, graph, verbose):
        bad = []
        for importer in sorted(graph.modules):
            here, part = self._room(importer)
            allowed = self.doors - (set() if part == "tests" else {"tests"})  # type: ignore[operator]  # set by import-linter
            if importer.startswith("config."):
                allowed = allowed | {"urls", "apps", "views", "api"}
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                there, door = self._room(imported)
                if there and there != here and door not in allowed:
                    bad.append((importer, imported))
        return ContractCheck(kept=not bad, metadata={"bad": bad})

    def render_broken_contract(self, check):
        for importer, imported in check.metadata["bad"]:
            output.print_error(f"{importer} -> {imported}: not a front door")
