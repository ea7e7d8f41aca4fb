"""The manifests for Kubernetes: as the published schemas say, fitting each other, locked down, starting what there is.

kubernetes-validate carries the schemas. It passes kinds that it does not know, quantities that are none, and a selector
unlike the labels: those are looked at here.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.urls import resolve

from refer_monitor.metrics.worker_port import Pulse
from tests.deploy.kustomized import Resource, build, containers, pod_of, read
from tests.refer_monitor.test_production import SAFE, start

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
EXAMPLE = DEPLOY / "overlays" / "example"
SCHEMAS = "1.37"
KINDS = {
    ("v1", "ServiceAccount"), ("v1", "Service"), ("v1", "ConfigMap"), ("apps/v1", "Deployment"), ("batch/v1", "Job"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"), ("policy/v1", "PodDisruptionBudget"),
    ("networking.k8s.io/v1", "NetworkPolicy"), ("networking.k8s.io/v1", "Ingress"),
}  # fmt: skip
NAME, PART_OF = "app.kubernetes.io/name", "app.kubernetes.io/part-of"
BUILT = build(EXAMPLE)
#: Not kept here: said by the file of the settings.
SECRETS = set(re.findall(r"[A-Z_]{8,}", (EXAMPLE / "settings.yaml").read_text().partition("apiVersion")[0]))
REPLICA = {"DATABASE_REPLICA_URL": "postgres://refer_monitor@replica.invalid:5432/refer_monitor"}
QUANTITY = re.compile(r"\d+(\.\d+)?(m|Ki|Mi|Gi)?")


def _id(resource: Resource) -> str:
    return f"{resource['kind']} {resource['metadata']['name']}"


def _of(kind: str) -> list[Resource]:
    return [resource for resource in BUILT if resource["kind"] == kind]


EACH = [pytest.param(resource, id=_id(resource)) for resource in BUILT]
DEPLOYMENTS = [pytest.param(resource, id=_id(resource)) for resource in _of("Deployment")]
PODS = [pytest.param(resource, id=_id(resource)) for resource in BUILT if pod_of(resource)]


# --- As the schemas say --------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", EACH)
def test_a_resource_is_as_its_published_schema_says(resource: Resource) -> None:
    assert (resource["apiVersion"], resource["kind"]) in KINDS
    kubernetes_validate.validate(resource, SCHEMAS, strict=True)


WRONG = [
    pytest.param({"spec": {"replicaCount": 2}}, id="a key that there is not"),
    pytest.param({"spec": {"replicas": "two"}}, id="a word for a number"),
]


@pytest.mark.parametrize("change", WRONG)
def test_the_schemas_refuse(change: Resource) -> None:
    deployment = _of("Deployment")[0]
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(
            {**deployment, "spec": deployment["spec"] | change["spec"]}, SCHEMAS, strict=True
        )


@pytest.mark.parametrize(
    "patch",
    [
        {"target": {"kind": "Deployment", "name": "nobody"}, "patch": "[]"},
        {
            "target": {"kind": "Deployment", "name": "web"},
            "patch": "[{op: replace, path: /spec/nothing, value: 1}]",
        },
    ],
    ids=["for a resource that there is not", "of a place that there is not"],
)
def test_a_patch_for_nothing_is_found(patch: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text(
        yaml.safe_dump({"resources": ["web.yaml"], "patches": [patch]})
    )
    (tmp_path / "web.yaml").write_text((DEPLOY / "base" / "web.yaml").read_text())
    with pytest.raises(ValueError, match=r"0 resources|nothing at"):
        build(tmp_path)


def test_every_file_is_used() -> None:
    for folder in (DEPLOY / "base", EXAMPLE):
        (said,) = read(folder / "kustomization.yaml")
        files = {file.name for file in folder.glob("*.yaml")} - {"kustomization.yaml"}
        assert files == {name for name in said["resources"] if name.endswith(".yaml")}


# --- Fitting each other -----------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", DEPLOYMENTS)
def test_a_deployment_selects_its_own_pods_and_no_other_s(resource: Resource) -> None:
    wanted = resource["spec"]["selector"]["matchLabels"]
    selected = [
        _id(other)
        for other in BUILT
        if (pod := pod_of(other)) and wanted.items() <= pod["metadata"]["labels"].items()
    ]
    assert selected == [_id(resource)]


def test_whatever_selects_pods_selects_some() -> None:
    labels = [pod["metadata"]["labels"] for resource in BUILT if (pod := pod_of(resource))]
    for resource in [*_of("PodDisruptionBudget"), *_of("NetworkPolicy"), *_of("Service")]:
        spec = resource["spec"]
        wanted = (spec.get("podSelector") or spec["selector"]).get("matchLabels") or spec["selector"]
        assert any(wanted.items() <= found.items() for found in labels), _id(resource)


def test_every_deployment_may_lose_one_pod_at_a_time_and_has_two() -> None:
    budgets = {
        budget["metadata"]["name"]: budget["spec"]["maxUnavailable"] for budget in _of("PodDisruptionBudget")
    }
    assert budgets == {deployment["metadata"]["name"]: 1 for deployment in _of("Deployment")}
    (scaled,) = _of("HorizontalPodAutoscaler")
    assert scaled["spec"]["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    fewest = {"web": scaled["spec"]["minReplicas"]}
    for deployment in _of("Deployment"):
        if (name := deployment["metadata"]["name"]) == "web":
            assert "replicas" not in deployment["spec"], "each time it is applied it would undo the scaling"
        assert fewest.get(name) or deployment["spec"]["replicas"] >= 2


def test_ports_are_open_to_those_who_ask_and_to_nobody_else() -> None:
    (web,) = [resource for resource in _of("Deployment") if resource["metadata"]["name"] == "web"]
    ports = {port["name"]: port["containerPort"] for port in containers(web)[-1]["ports"]}
    policies = {policy["metadata"]["name"]: policy["spec"] for policy in _of("NetworkPolicy")}
    for name in ("pages", "metrics"):
        (rule,) = policies[name]["ingress"]
        assert [port["port"] for port in rule["ports"]] == [ports[name]]
        assert all("namespaceSelector" in source for source in rule["from"])
    assert policies["nothing-else"] == {
        "podSelector": {"matchLabels": {PART_OF: "refer-monitor"}}, "policyTypes": ["Ingress", "Egress"],
    }  # fmt: skip
    (service,) = _of("Service")
    assert [port["targetPort"] for port in service["spec"]["ports"]] == ["pages"], "never metrics"


# --- Locked down --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", PODS)
def test_a_pod_can_do_nothing_but_its_work(resource: Resource) -> None:
    pod = pod_of(resource)
    assert pod is not None
    assert pod["metadata"]["labels"][PART_OF] == "refer-monitor", "no network policy is about it"
    spec = pod["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["serviceAccountName"] == "refer-monitor"
    assert spec["securityContext"]["runAsNonRoot"] is True
    user = re.search(r"useradd .*--uid (\d+)", (ROOT / "Dockerfile").read_text())
    assert user
    assert spec["securityContext"]["runAsUser"] == int(user[1])
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert [volume.keys() - {"name"} for volume in spec["volumes"]] == [{"emptyDir"}], "nothing is kept"
    for container in containers(resource):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["volumeMounts"] == [{"name": "scratch", "mountPath": "/tmp"}]


@pytest.mark.parametrize("resource", PODS)
def test_a_container_asks_for_what_it_needs(resource: Resource) -> None:
    for container in containers(resource):
        requests, limits = (container["resources"][kind] for kind in ("requests", "limits"))
        assert requests.keys() == {"cpu", "memory"}
        assert limits.keys() == {"memory"}, "a limit of processor time only makes it slow"
        assert all(QUANTITY.fullmatch(str(value)) for value in [*requests.values(), *limits.values()])
        assert _mebibytes(requests["memory"]) < _mebibytes(limits["memory"])


def _mebibytes(quantity: str) -> int:
    assert quantity.endswith("Mi")
    return int(quantity.removesuffix("Mi"))


@pytest.mark.parametrize("name", ["web", "worker-waited-for"])
def test_a_pod_that_puts_files_together_has_the_space_that_the_guide_says(name: str) -> None:
    """Kubernetes evicts a pod that takes more than the limit of its volume."""
    guide = (ROOT / "docs" / "operations.md").read_text().partition("\n## Files\n")[2].partition("\n## ")[0]
    said = re.search(r"give worker and web server (\d+) MB", guide)
    assert said
    (deployment,) = [resource for resource in _of("Deployment") if resource["metadata"]["name"] == name]
    (scratch,) = deployment["spec"]["template"]["spec"]["volumes"]
    assert _mebibytes(scratch["emptyDir"]["sizeLimit"]) >= int(said[1])


def test_no_secret_is_kept_here() -> None:
    (settings,) = _of("ConfigMap")
    assert not SECRETS & settings["data"].keys()
    assert {"SECRET_KEY", "DECLARATION_KEY", "OUTER_KEYS", "DATABASE_URL"} <= SECRETS
    for resource in BUILT:
        for container in containers(resource):
            assert container["envFrom"] == [
                {"configMapRef": {"name": settings["metadata"]["name"]}},
                {"secretRef": {"name": "refer-monitor-secrets"}},
            ]
            assert all("valueFrom" in env or env["name"] not in SECRETS for env in container.get("env", []))


# --- Starting what we have ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_settings_and_secrets_together_start_production() -> None:
    (settings,) = _of("ConfigMap")
    secrets = {name: (SAFE | REPLICA)[name] for name in SECRETS}
    nothing = dict.fromkeys(SAFE, "")
    started = start(
        "from django.conf import settings; settings.DEBUG", **nothing | settings["data"] | secrets
    )
    assert started.returncode == 0, started.stderr


def test_every_setting_that_is_given_is_one() -> None:
    named = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))
    (settings,) = _of("ConfigMap")
    given = {
        env["name"]
        for resource in BUILT
        for container in containers(resource)
        for env in container.get("env", [])
    }
    assert given | settings["data"].keys() | SECRETS <= named


def test_processes_are_started_as_the_guide_says() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text()
    commands = {
        name: " ".join(containers(resource)[-1]["command"]).replace(" --loglevel INFO", "")
        for resource in BUILT
        if pod_of(resource)
        for name in [resource["metadata"]["name"]]
    }
    for name in ("web", "worker-waited-for", "scheduler"):
        assert f"`{commands[name]}`" in guide
    assert commands["worker-can-wait"] == commands["worker-waited-for"].replace("waited_for", "can_wait")
    assert commands["make-ready"] == "python manage.py make_ready"


@pytest.mark.parametrize("resource", DEPLOYMENTS)
def test_probes_tell_starting_working_and_hanging_apart(resource: Resource) -> None:
    container = containers(resource)[-1]
    probes = {
        kind: container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "readiness", "liveness")
    }
    assert len(set(probes.values())) == 3
    if resource["metadata"]["name"] == "web":
        assert [resolve(path).view_name for path in probes.values()] == [
            "health_start",
            "health_ready",
            "ping",
        ]
    else:
        assert set(probes.values()) == Pulse().probes().keys()


def test_the_web_server_answers_to_the_name_that_probes_ask_for() -> None:
    (settings,) = _of("ConfigMap")
    (web,) = [resource for resource in _of("Deployment") if resource["metadata"]["name"] == "web"]
    hosts = {
        header["value"]
        for kind in ("startup", "readiness", "liveness")
        for header in containers(web)[-1][f"{kind}Probe"]["httpGet"]["httpHeaders"]
        if header["name"] == "Host"
    }
    (ingress,) = _of("Ingress")
    hosts |= {rule["host"] for rule in ingress["spec"]["rules"]}
    assert set(settings["data"]["ALLOWED_HOSTS"].split(",")) == hosts


def test_nothing_is_killed_before_its_time_is_up() -> None:
    guide = (ROOT / "docs" / "operations.md").read_text().partition("\n## Stop\n")[2].partition("\n## ")[0]
    allowed = {
        name: int(seconds)
        for name, seconds in re.findall(r"^\| (\w+) \|.*: allow (\d+)", guide, re.MULTILINE)
    }
    assert allowed.keys() == {"web", "worker", "scheduler"}
    patience = importlib.import_module("refer_monitor.web_server").graceful_timeout
    for resource in _of("Deployment"):
        spec = resource["spec"]["template"]["spec"]
        grace, container = spec["terminationGracePeriodSeconds"], spec["containers"][0]
        assert grace >= allowed[container["name"]]
        if container["name"] == "web":
            assert grace > int(container["lifecycle"]["preStop"]["exec"]["command"][-1]) + patience


@pytest.mark.parametrize("resource", DEPLOYMENTS)
def test_nothing_starts_before_the_database_is_migrated(resource: Resource) -> None:
    first, *_ = containers(resource)
    assert first["command"] == ["python", "manage.py", "migrate", "--check"]
