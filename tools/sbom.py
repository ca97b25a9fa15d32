"""Writes what a release is made of, as CycloneDX 1.6 JSON: `make sbom`, or `python tools/sbom.py FILE`.

The Python packages come from the hashed lock `requirements/base.lock`, which is what a city installs; those whose
scripts, style sheets and fonts the pages load from `package-lock.json`, with all that they lean on (some of it never
reaches a page). Each has name, version, license, purl and the hashes that an installation checks. A
package's license is read from what is installed; one that this kind of machine never installs has none, and says so.
"""

import base64
import json
import re
import sys
import tomllib
import uuid
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SPEC = "1.6"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
TOLD = "citydesk:license"
# Packages that name no license where a program finds it: read in their license file.
READ = {"pyrage": "MIT", "scipy": "BSD-3-Clause", "usaddress-scourgify": "MIT", "yaml-config": "MIT"}


def plain_name(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> list[dict[str, Any]]:
    """Name, version, marker and hashes of every requirement of a lock."""
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        if pin := PIN.match(line):
            found.append({"name": plain_name(pin[1]), "version": pin[2], "marker": pin[3] or "", "hashes": []})
        elif found and (mark := HASH.search(line)):
            found[-1]["hashes"].append(mark[1])
    return found


def installed() -> dict[str, Distribution]:
    return {plain_name(one.metadata["Name"]): one for one in distributions() if one.metadata["Name"]}


def license_of(package: Distribution | None) -> list[dict[str, Any]]:
    """CycloneDX's `licenses`: an SPDX expression where the package gives one, else the name it gives."""
    if package is None:
        return []
    said = field(package, "License-Expression")
    if said:
        return [{"expression": said}]
    classes = [one for one in package.metadata.get_all("Classifier") or [] if one.startswith("License ::")]
    names = [one.rpartition(" :: ")[2] for one in classes if not one.endswith("OSI Approved")]
    short = field(package, "License")
    if not names and short not in ("", "UNKNOWN") and "\n" not in short and not short.startswith("Copyright"):
        names = [short]
    return [{"license": {"name": name}} for name in names]


def field(package: Distribution, name: str) -> str:
    """A field of a package's description; empty when it has none."""
    return str((package.metadata.get_all(name) or [""])[0]).strip()


def python_component(pin: dict[str, Any], package: Distribution | None) -> dict[str, Any]:
    name, version = pin["name"], pin["version"]
    licenses = license_of(package) or [{"expression": one} for one in [READ.get(name)] if one]
    told = []
    if package is None:
        told = [{"name": TOLD, "value": f"not installed on the machine that made this: {pin['marker']}"}]
    elif not licenses:
        told = [{"name": TOLD, "value": "not named by the package; see its license file"}]
    elif package.version != version:
        told = [{"name": TOLD, "value": f"as version {package.version} names it"}]
    return component("pypi", name, version, licenses, [("SHA-256", mark) for mark in pin["hashes"]], told)


def component(
    kind: str,
    name: str,
    version: str,
    licenses: list[dict[str, Any]],
    hashes: list[tuple[str, str]],
    told: list[dict[str, str]],
) -> dict[str, Any]:
    """One component; a list that is empty is left out. Several hashes are those of the files a lock admits."""
    purl = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    found: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    found |= {"hashes": [{"alg": alg, "content": content} for alg, content in hashes]} if hashes else {}
    found |= {"licenses": licenses} if licenses else {}
    found |= {"properties": told} if told else {}
    return found


def script_components(lock: dict[str, Any], packages: tuple[str, ...]) -> list[dict[str, Any]]:
    """What the pages load: the packages that are copied, and what is built into their files."""
    known = lock["packages"]
    wanted, found = list(packages), {}
    while wanted:
        name = wanted.pop()
        if name in found or f"node_modules/{name}" not in known:
            continue
        entry = known[f"node_modules/{name}"]
        found[name] = script_component(name, entry)
        wanted += entry.get("dependencies", {})
    return [found[name] for name in sorted(found)]


def script_component(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    algorithm, _dash, mark = entry["integrity"].partition("-")
    hashes = [(f"SHA-{algorithm.removeprefix('sha')}", base64.b64decode(mark).hex())]
    said = entry.get("license", "")
    licenses = [{"license": {"name": said}} if "SEE LICENSE" in said else {"expression": said}] if said else []
    return component("npm", name, entry["version"], licenses, hashes, [])


def bill(at: datetime) -> dict[str, Any]:
    """The whole bill of materials; the same locks and the same moment make the same one."""
    from tools.assets import PACKAGES

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    have = installed()
    pins = pinned((ROOT / "requirements/base.lock").read_text())
    parts = [python_component(pin, have.get(pin["name"])) for pin in pins]
    parts += script_components(json.loads((ROOT / "package-lock.json").read_text()), PACKAGES)
    stamp = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    text = json.dumps([own, stamp, parts], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, text)}",
        "version": 1,
        "metadata": {
            "timestamp": stamp,
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"expression": project["license"]}],
                "purl": own,
            },
        },
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": sorted(one["bom-ref"] for one in parts)}],
    }


def main(words: list[str]) -> int:
    """Write the bill to a file (default `build/citydesk.cdx.json`)."""
    target = Path(words[0]) if words else ROOT / "build/citydesk.cdx.json"
    whole = bill(datetime.now(UTC))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
    unnamed = sum(1 for one in whole["components"] if not one.get("licenses"))
    sys.stdout.write(f"{target}: {len(whole['components'])} components, {unnamed} without a license's name.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
