"""The bill of materials: CycloneDX's own schema holds, every locked package is in it, no index is named."""

import json
import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from tools import sbom

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def bill():
    return sbom.bill(AT)


def test_the_schema_of_the_standard_holds(bill):
    folder = files("cyclonedx.schema") / "_res"
    schemas = [json.loads(one.read_text()) for one in folder.iterdir() if one.name.endswith("schema.json")]
    registry = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in schemas)
    (own,) = [one for one in schemas if one["$id"].endswith(f"bom-{sbom.SPEC}.schema.json")]
    validator = Draft7Validator(own, registry=registry)
    assert [error.message for error in validator.iter_errors(bill)] == []
    broken = {**bill, "components": [{**bill["components"][0], "type": "thing"}]}
    assert not validator.is_valid(broken)  # control: the schema does look


def test_every_locked_package_is_in_it_with_what_an_installation_checks(bill):
    lock = (sbom.ROOT / "requirements/base.lock").read_text()
    pins = {one.partition("==")[0] for one in lock.splitlines() if "==" in one and not one.startswith(("#", " "))}
    python = {one["name"]: one for one in bill["components"] if one["purl"].startswith("pkg:pypi/")}
    assert set(python) == {sbom.plain_name(one) for one in pins}
    hashes = [len(one["hashes"]) for one in bill["components"] if one["purl"].startswith("pkg:pypi/")]
    assert sum(hashes) == lock.count("--hash=sha256:")
    scripts = {one["name"]: one for one in bill["components"] if one["purl"].startswith("pkg:npm/")}
    assert {"@uswds/uswds", "leaflet", "vega", "vega-lite", "vega-embed", "vega-interpreter"} <= set(scripts)
    assert "axe-core" not in scripts  # it looks at pages in tests and is never served
    for one in bill["components"]:
        assert one["hashes"] and (one.get("licenses") or one["properties"]), one["name"]
    assert all(re.fullmatch("[0-9a-f]{128}", one["hashes"][0]["content"]) for one in scripts.values())
    assert len({one["bom-ref"] for one in bill["components"]}) == len(bill["components"])


def test_no_license_forbids_the_use_and_no_index_is_named(bill):
    text = json.dumps(bill)
    assert "http" not in text and str(sbom.ROOT) not in text
    said = {one["name"]: json.dumps(one.get("licenses", "")) for one in bill["components"]}
    strict = {name for name, words in said.items() if re.search(r"\bA?GPL|GNU (Affero )?General Public", words)}
    assert not strict, strict
    assert said["pyrage"] == '[{"expression": "MIT"}]'
    assert sbom.bill(AT) == bill
