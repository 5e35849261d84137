"""Write docs/checklist.md: `python tools/checklist.py` maps every line of the source documents' checklists to what became of it.

All but the lines and the control that each belongs to comes from the controls themselves, as they are rendered for the sample app.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TARGET = ROOT / "docs" / "checklist.md"
POLICY, EXAMPLES, GUIDE = "Policy (000)", "Production examples (003)", "Runtime guide (004)"
_PRIVILEGED = {"privileged": True}
_HOST_NETWORK = {"network_mode": "host"}
_NO_APPARMOR = {"security_opt": ["apparmor=unconfined"]}
LINES: tuple[tuple[str, str, str] | tuple[str, str, str, dict[str, object]], ...] = (
    (POLICY, "`Dockerfile` contains `USER <uid>:<gid>`", "non-root-user"),
    (POLICY, "`docker-compose.yml` sets `read_only: true` for services", "read-only-rootfs"),
    (POLICY, '`docker-compose.yml` defines `cap_drop: ["ALL"]` (or specific list)', "minimal-capabilities"),
    (POLICY, "Writable paths are handled via `volumes` or `tmpfs`", "writable-paths"),
    (POLICY, "No services use `privileged: true`", "no-host-access", _PRIVILEGED),
    (EXAMPLES, "Running as non-root user (USER directive in Dockerfile)", "non-root-user"),
    (EXAMPLES, "Minimal base image (alpine, distroless, scratch)", "pinned-base-image", {"image": "python:3.13"}),
    (EXAMPLES, "All capabilities dropped except necessary ones", "minimal-capabilities"),
    (EXAMPLES, "No privileged mode (--privileged)", "no-host-access", _PRIVILEGED),
    (EXAMPLES, "No Docker socket mounted (-v /var/run/docker.sock)", "no-host-access", {"volumes": ["/var/run/docker.sock:/var/run/docker.sock"]}),
    (EXAMPLES, "Read-only root filesystem where possible", "read-only-rootfs"),
    (EXAMPLES, "Tmpfs for writable directories", "writable-paths"),
    (EXAMPLES, "Resource limits set (memory, CPU, PIDs)", "resource-limits"),
    (EXAMPLES, "Seccomp profile applied", "confinement-profiles"),
    (EXAMPLES, "AppArmor/SELinux profile configured", "confinement-profiles", _NO_APPARMOR),
    (EXAMPLES, "User namespace remapping enabled", ""),
    (EXAMPLES, "Network isolation configured", "internal-networks"),
    (EXAMPLES, "No host networking (--network host)", "no-host-access", _HOST_NETWORK),
    (EXAMPLES, "Image signed and verified", ""),
    (EXAMPLES, "No secrets in environment variables (use secrets management)", "secrets-as-files"),
    (EXAMPLES, "Health checks configured", "health-check"),
    (EXAMPLES, "Log rotation configured", "log-rotation"),
    (EXAMPLES, "Restart policy appropriate for workload", "restart-policy"),
    (GUIDE, "Run as non-root user", "non-root-user"),
    (GUIDE, "Drop all capabilities, add only needed", "minimal-capabilities"),
    (GUIDE, "Enable no-new-privileges", "no-new-privileges"),
    (GUIDE, "Use read-only filesystem", "read-only-rootfs"),
    (GUIDE, "Set resource limits (CPU, memory, PIDs)", "resource-limits"),
    (GUIDE, "Use tmpfs for writable areas", "writable-paths"),
    (GUIDE, "Use internal networks for databases", "internal-networks"),
    (GUIDE, "Don't expose unnecessary ports", "declared-listeners"),
    (GUIDE, "Bind to localhost for development", "loopback-ports"),
    (GUIDE, "Avoid host network mode", "no-host-access", _HOST_NETWORK),
    (GUIDE, "Enable seccomp (default profile minimum)", "confinement-profiles"),
    (GUIDE, "Consider AppArmor/SELinux profiles", "confinement-profiles", _NO_APPARMOR),
    (GUIDE, "Never use privileged mode in production", "no-host-access", _PRIVILEGED),
    (GUIDE, "Avoid host namespace sharing", "no-host-access", {"pid": "host"}),
    (GUIDE, "Enable health checks", "health-check"),
    (GUIDE, "Configure logging", "log-rotation"),
    (GUIDE, "Monitor resource usage", "resource-limits"),
    (GUIDE, "Audit container events", ""),
)
"""Document, line of its checklist, the control that it became, and what that control forbids where the line is about one such thing."""
LAW = "tests/engine/test_laws_5.py::test_without_a_control_exactly_its_probes_fail[{}]"
"""It passes with the control and fails, by exactly that control's probes, when only that control is left out."""
OTHERS: Mapping[str, tuple[str, str, str, str, str]] = {
    "User namespace remapping enabled": (
        "no control: a setting of the engine, which is proposed and never applied",
        '`{"userns-remap": "default"}` in daemon.json (`--set extras=daemon`)',
        "`docker info --format '{{range .SecurityOptions}}{{println .}}{{end}}' | grep '^name=userns'` prints nothing without it",
        "/proc/PID/uid_map of root inside: 0 100000 65536", "tests/engine/test_daemon.py::test_root_inside_is_nobody_outside",
    ),
    "Image signed and verified": (
        "no control: of a registry, not of a service", "`cosign sign --yes \"$IMAGE\"` in .github/workflows/container.yml (`--set extras=ci`), "
        "deploy/policy/cluster-image-policy.yaml (`--set extras=signing`)",
        "`cosign verify` by digest, identity and issuer, in the same workflow; the policy refuses what is not signed",
        "a stand-in for cosign gets the pushed digest; the signature itself is not made here: `cosign version` printed `cosign: not found`",
        "tests/engine/test_workflow.py::test_every_step_of_the_workflow_does_what_it_says",
    ),
    "Audit container events": (
        "no control: what was done, not what is set", "`docker events --since 1h --until 0s` in HARDENING.md", "to be read by a person",
        "each service's start is among the events", "tests/engine/test_runbook.py::test_what_is_watched_says_something_of_each_service",
    ),
}  # fmt: skip
"""Lines that are no control's: whose they are, how they are rendered, how they are looked at by hand, what is seen, and the test that saw it."""
PROVEN = {
    "Minimal base image (alpine, distroless, scratch)": (
        "no compiler", "tests/engine/test_live.py::test_a_compiler_is_seen_in_an_image_to_build_with",
    ),
}  # fmt: skip
"""Which probe of a control is about a line, and the test that sees it fail, where that is not the first and law 5."""
_NO_MODULE = (
    "no kernel here has it: `cat /sys/module/apparmor/parameters/enabled` printed `No such file or directory`; what `apparmor: rendered` "
    "writes is accepted by `apparmor_parser -Q`",
    "tests/test_profiles.py::test_apparmors_parser_accepts_what_is_rendered",
)
UNSEEN = {"AppArmor/SELinux profile configured": _NO_MODULE, "Consider AppArmor/SELinux profiles": _NO_MODULE}
"""Lines whose effect cannot be seen here: the command that says so, what it printed, and the test of what can be."""


def page() -> str:
    """The whole document."""
    from tests.tools import APPS
    from wizard.controls import control_of
    from wizard.dockerfile_text import dockerfile
    from wizard.render import as_data, service_parts
    from wizard.resolve import resolve
    from wizard.scaffold import Request, begin

    folder = APPS / "ledger"
    project = resolve(begin(Request(folder, folder)).workload)
    services = (project.app, *project.services[1:])
    head = "| Line | Control | Rendered as | Found by check | Probe | Test |"
    text = ["# What became of every line of the source documents' checklists", "", "Written by `python tools/checklist.py` from the controls,",
            "as they are rendered for tests/apps/ledger. The test of a probe passes with the control and fails, by exactly that probe,",
            "when only that control is left out (`tests/engine/test_laws_5.py`)."]  # fmt: skip
    for document in (POLICY, EXAMPLES, GUIDE):
        text += ["", f"## {document}", "", head, "|---|---|---|---|---|---|"]
        for place, line, name, *forbidden in LINES:
            if place != document:
                continue
            if not name:
                text.append(f"| {' | '.join(_cell(cell) for cell in (line, *OTHERS[line]))} |")
                continue
            control = control_of(name)
            violation = dict(*forbidden) or control.violation
            shares = [
                (key, part.value) for service in services for key, parts in service_parts(service).items() for part in parts if part.control == name
            ]
            written = next((made.text for made in dockerfile(project.app).lines if made.control == name and made.text.startswith("FROM ")), "")
            left_out = f"left out: `{_yaml(violation)}`" if violation else ""
            rendered = (written and f"`{written}`") or left_out or (f"`{_yaml(dict(shares[:1]))}`" if shares else "in the Dockerfile")
            broken = {**as_data(service_parts(project.app)), **violation} if violation else {}
            found = next((finding.message for service in services for finding in control.check(service, broken)), "")
            wanted, proven = PROVEN.get(line, ("", LAW.format(name)))
            own = sorted(services, key=lambda service: not any(part.control == name for parts in service_parts(service).values() for part in parts))
            probe = next((probe for service in own for probe in control.probes(service) if wanted in probe.what), None)
            seen = f"{probe.what}: {probe.expected}" if probe else ""
            seen, test = UNSEEN.get(line, (seen, proven if probe else ""))
            text.append(f"| {' | '.join(_cell(cell) for cell in (line, name, rendered, found, seen, test))} |")
    return "\n".join(text) + "\n"


def _yaml(fragment: Mapping[str, object]) -> str:
    import json

    return ", ".join(f"{key}: {value if isinstance(value, str) else json.dumps(value)}" for key, value in fragment.items())


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
