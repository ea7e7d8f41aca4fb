"""What kustomize makes of a folder, as far as ours use it: resources, a namespace, images, and patches by RFC 6902.

Stricter than kustomize: a key that it does not know, a key given twice, and a patch for nothing are errors.
"""

from __future__ import annotations

from collections.abc import Hashable
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

Resource = dict[str, Any]
KNOWN = {"apiVersion", "kind", "namespace", "resources", "images", "patches"}


class _OneKeyOnce(yaml.SafeLoader):
    """Refuses a mapping with a key twice: YAML would take the last one, and Kubernetes might not."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise ValueError(f"a key twice in {keys}")
        return super().construct_mapping(node, deep)


def read(file: Path) -> list[Resource]:
    """Every document of a file."""
    return [deepcopy(found) for found in yaml.load_all(file.read_text(), _OneKeyOnce) if found]


def build(folder: Path) -> list[Resource]:
    """The resources of a folder with a kustomization, patched. Raises ``ValueError`` for what cannot be done."""
    (said,) = read(folder / "kustomization.yaml")
    if unknown := said.keys() - KNOWN:
        raise ValueError(f"not known here: {sorted(unknown)}")
    built: list[Resource] = []
    for name in said["resources"]:
        there = folder / name
        built += build(there) if there.is_dir() else read(there)
    for patch in said.get("patches", []):
        target = patch["target"]
        found = [
            resource
            for resource in built
            if resource["kind"] == target["kind"] and resource["metadata"]["name"] == target["name"]
        ]
        if len(found) != 1:
            raise ValueError(f"{len(found)} resources for the patch of {target}")
        for operation in yaml.load(patch["patch"], _OneKeyOnce):
            _replace(found[0], operation)
    for resource in built:
        if "namespace" in said:
            resource["metadata"]["namespace"] = said["namespace"]
        for container in containers(resource):
            container["image"] = _image(container["image"], said.get("images", []))
    return built


def _replace(resource: Resource, operation: dict[str, Any]) -> None:
    """One operation of a patch: replaces what is there."""
    if operation.keys() != {"op", "path", "value"} or operation["op"] != "replace":
        raise ValueError(f"only replacing is known here: {operation}")
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    place: Any = resource
    for part in way:
        place = place[int(part)] if isinstance(place, list) else place.get(part, {})
    key = int(last) if isinstance(place, list) else last
    if isinstance(place, dict) and key not in place:
        raise ValueError(f"nothing at {operation['path']}")
    place[key] = operation["value"]


def _image(name: str, images: list[dict[str, str]]) -> str:
    for image in images:
        if image["name"] == name:
            return f"{image['newName']}:{image['newTag']}"
    return name


def pod_of(resource: Resource) -> dict[str, Any] | None:
    """The template of its pods, if it starts some."""
    template: dict[str, Any] | None = resource.get("spec", {}).get("template")
    return template


def containers(resource: Resource) -> list[dict[str, Any]]:
    """Every container of its pods, those first that end before the others begin."""
    spec = (pod_of(resource) or {}).get("spec", {})
    return [*spec.get("initContainers", []), *spec.get("containers", [])]
