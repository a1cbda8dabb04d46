"""The sample deployment is what its README says: valid, limited, and never root."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from medrag.config import Settings, read_toml
from medrag.generation.server.replicas import Replicas
from medrag.index.remote import ShardsFile
from medrag.service.settings import ServiceSettings

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
KUBERNETES = "1.33"
FILES = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
WORKLOADS = {"Deployment", "StatefulSet"}
READERS = {
    "service.toml": (ServiceSettings, "service setting"),
    "shards.toml": (ShardsFile, "setting of shards"),
    "replicas.toml": (Replicas, "setting of replicas"),
    "answers.toml": (Settings, "setting"),
}


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"twice: {twice}"
        return super().construct_mapping(node, deep)


def load(path: Path) -> list[dict[str, Any]]:
    return [part for part in yaml.load_all(path.read_text("utf-8"), Strict) if part]


def manifests() -> list[dict[str, Any]]:
    return [part for path in FILES if path.name != "kustomization.yaml" for part in load(path)]


def workloads() -> list[Any]:
    found = [part for part in manifests() if part["kind"] in WORKLOADS]
    return [pytest.param(part, id=part["metadata"]["name"]) for part in found]


def pods() -> dict[str, Any]:
    """The pods of all workloads, by the label that finds them."""
    templates = [part["spec"]["template"] for part in manifests() if part["kind"] in WORKLOADS]
    return {one["metadata"]["labels"]["app"]: one["spec"] for one in templates}


@pytest.mark.parametrize("part", manifests(), ids=lambda p: f"{p['kind']}-{p['metadata']['name']}")
def test_every_manifest_is_valid_for_kubernetes(part):
    validate = pytest.importorskip("kubernetes_validate")
    validate.validate(part, KUBERNETES, strict=True)


def test_the_check_would_find_a_fault():
    validate = pytest.importorskip("kubernetes_validate")
    part = next(part for part in manifests() if part["kind"] == "Deployment")
    wrong = {**part, "spec": {**part["spec"], "replcas": 2}}
    with pytest.raises(validate.ValidationError):
        validate.validate(wrong, KUBERNETES, strict=True)


def test_every_manifest_is_applied():
    (listed,) = load(DEPLOY / "kubernetes" / "kustomization.yaml")
    assert sorted(listed["resources"]) == [
        path.name for path in FILES if path.name != "kustomization.yaml"
    ]


@pytest.mark.parametrize("part", workloads())
def test_pods_run_without_root_privileges_or_a_writable_image(part):
    pod = part["spec"]["template"]["spec"]
    shared = pod["securityContext"]
    assert shared["runAsNonRoot"] is True
    assert shared["runAsUser"] > 0
    assert shared["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
    for container in pod["containers"]:
        own = container["securityContext"]
        assert own["readOnlyRootFilesystem"] is True
        assert own["allowPrivilegeEscalation"] is False
        assert own["capabilities"] == {"drop": ["ALL"]}
    assert not [volume for volume in pod["volumes"] if "hostPath" in volume]
    assert all(v["emptyDir"].get("sizeLimit") for v in pod["volumes"] if "emptyDir" in v)


@pytest.mark.parametrize("part", workloads())
def test_containers_have_limits_probes_and_a_version(part):
    for container in part["spec"]["template"]["spec"]["containers"]:
        for kind in ("requests", "limits"):
            assert {"cpu", "memory"} <= container["resources"][kind].keys()
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            assert container[probe]["httpGet"]["path"].startswith("/")
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+", container["image"])


@pytest.mark.parametrize("part", workloads())
def test_what_is_mounted_is_there_and_data_are_read_only_but_the_records(part):
    pod = part["spec"]["template"]["spec"]
    names = {volume["name"] for volume in pod["volumes"]}
    writable = set()
    for container in pod["containers"]:
        mounts = container["volumeMounts"]
        assert {mount["name"] for mount in mounts} <= names
        writable |= {mount["name"] for mount in mounts if not mount.get("readOnly")}
    assert writable <= {"tmp", "scratch", "shm", "records"}
    held = {
        (part["kind"], part["metadata"]["name"])
        for part in manifests()
        if part["kind"] in {"ConfigMap", "PersistentVolumeClaim"}
    }
    for volume in pod["volumes"]:
        if "configMap" in volume:
            assert ("ConfigMap", volume["configMap"]["name"]) in held
        if "persistentVolumeClaim" in volume:
            claim = volume["persistentVolumeClaim"]["claimName"]
            assert ("PersistentVolumeClaim", claim) in held


def test_the_network_is_closed_but_for_what_is_needed():
    policies = {
        p["metadata"]["name"]: p["spec"] for p in manifests() if p["kind"] == "NetworkPolicy"
    }
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name in ("shard", "llm"):
        (rule,) = policies[name]["ingress"]
        assert rule["from"] == [{"podSelector": {"matchLabels": {"app": "medrag-front"}}}]
        assert "egress" not in policies[name]
        assert "Egress" in policies[name]["policyTypes"]
    chosen = {s["podSelector"].get("matchLabels", {}).get("app") for s in policies.values()}
    assert set(pods()) <= chosen


def test_services_find_pods_and_ports_that_are_there():
    found = pods()
    for service in (part for part in manifests() if part["kind"] == "Service"):
        pod = found[service["spec"]["selector"]["app"]]
        (port,) = pod["containers"][0]["ports"]
        (offered,) = service["spec"]["ports"]
        assert offered.get("targetPort", offered["port"]) in {port["name"], port["containerPort"]}


def settings_files(tmp_path: Path) -> dict[str, Path]:
    """The settings of both samples, as files."""
    found = {
        f"compose-{path.parent.name}-{path.name}": path
        for path in sorted((DEPLOY / "compose").rglob("*.toml"))
    }
    for part in manifests():
        if part["kind"] == "ConfigMap":
            for name, text in part["data"].items():
                path = tmp_path / f"{part['metadata']['name']}-{name}"
                path.write_text(text, encoding="utf-8")
                found[path.name] = path
    return found


def test_settings_are_such_as_medrag_reads(tmp_path):
    found = settings_files(tmp_path)
    assert len(found) == 10
    for name, path in found.items():
        kind, noun = READERS[name.rpartition("-")[2]]
        read = read_toml(path, kind, noun)
        if isinstance(read, ServiceSettings):
            assert read.clients, name
            assert {client.token_sha256 for client in read.clients} == {"0" * 64}


def test_compose_holds_the_same():
    (whole,) = load(DEPLOY / "compose" / "compose.yaml")
    assert whole["networks"]["shards"] == {"internal": True}
    for name, service in whole["services"].items():
        assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+", service["image"])
        assert service["read_only"] is True
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert {"cpus", "memory"} <= service["deploy"]["resources"]["limits"].keys()
        assert service["pids_limit"] > 0
        assert service["healthcheck"]["test"][0] == "CMD"
        writable = [v for v in service["volumes"] if not v.endswith(":ro")]
        assert writable == (["records:/data/records"] if name == "front" else [])
        if name != "front":
            assert service["networks"] == ["shards"]
            assert "ports" not in service
    assert all(port.startswith("127.0.0.1:") for port in whole["services"]["front"]["ports"])


def instructions() -> list[tuple[str, str]]:
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", text)).splitlines()
    return [tuple(line.split(None, 1)) for line in lines if line.strip()]  # type: ignore[misc]


def test_the_image_is_pinned_without_root_and_fetches_nothing_unpinned():
    found = instructions()
    (base,) = [rest for word, rest in found if word == "ARG" and rest.startswith("BASE=")]
    assert re.fullmatch(r"BASE=python:3\.1\d\.\d+-slim-\w+", base)
    assert {rest.split()[0] for word, rest in found if word == "FROM"} == {"${BASE}"}
    users = [rest for word, rest in found if word == "USER"]
    assert users == ["10001:10001"]
    words = [word for word, _ in found]
    assert words.index("USER") > max(n for n, word in enumerate(words) if word == "FROM")
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert "RUN" not in words[words.index("USER") :]
    assert not {"ADD", "MAINTAINER"} & set(words)
    runs = [rest for word, rest in found if word == "RUN"]
    assert not [run for run in runs if re.search(r"curl|wget|sudo|apt-get|chmod 777", run)]
    assert all("-c constraints.txt" in run for run in runs if "pip install" in run)
    for word in ("ENTRYPOINT", "CMD"):
        (given,) = [rest for name, rest in found if name == word]
        assert given.startswith("[")


def test_what_the_image_copies_is_in_the_repository_and_let_through():
    root = DEPLOY.parent
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").split()
    copied = [rest.split()[:-1] for word, rest in instructions() if word == "COPY"]
    names = [name for line in copied for name in line if not name.startswith(("-", "/"))]
    assert names
    for name in names:
        assert (root / name).exists()
        assert f"!{name}" in ignored
