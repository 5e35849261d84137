"""Small images: which of them are too much to run from, and that none of ours is."""

import pytest

from tests.tools import APP_NAMES, APPS
from wizard.base_images import too_much
from wizard.controls import control_of
from wizard.resolve import resolve
from wizard.scaffold import Request, begin


@pytest.mark.parametrize(("reference", "instead"), [
    ("python:3.13", "python:3.13-slim"), ("python", "python:slim"), ("python:latest", "python:slim"), ("docker.io/library/node:22-bookworm", "node:22-bookworm-slim"),
    ("golang:1.27", "distroless"), ("golang:1.27-alpine", "distroless"), ("rust:1", "distroless"), ("maven:3-eclipse-temurin-21", "eclipse-temurin:21-jre"),
    ("eclipse-temurin:17-jdk-noble", "eclipse-temurin:17-jre"), ("eclipse-temurin", "-jre"), ("mcr.microsoft.com/dotnet/sdk:8.0", "dotnet/aspnet"),
    (f"ruby:3@sha256:{'a' * 64}", "ruby:3-slim"),
])  # fmt: skip
def test_a_full_image_is_told_with_a_smaller_one(reference: str, instead: str) -> None:
    assert instead in (too_much(reference) or "")
    assert list(control_of("pinned-base-image").forbids({"image": reference}))


@pytest.mark.parametrize("reference", [
    "python:3.13-slim", "node:22-alpine", "redis:8", "eclipse-temurin:21-jre-alpine", "mcr.microsoft.com/dotnet/aspnet:8.0", "ghcr.io/acme/python:3", "acme/node:1", "gcr.io/distroless/python3-debian13:nonroot",
    f"python@sha256:{'a' * 64}", "localhost:5000/python:3",
])  # fmt: skip
def test_one_that_is_small_or_not_known_is_not(reference: str) -> None:
    assert too_much(reference) is None


@pytest.mark.parametrize("app", APP_NAMES)
def test_none_of_ours_is_too_much(app: str) -> None:
    for service in resolve(begin(Request(APPS / app, APPS / app)).workload).services:
        assert too_much(service.image.reference) is None
        assert [probe.expected for probe in control_of("pinned-base-image").probes(service)] == ["pinned", "none"]


def test_an_image_of_which_nothing_is_known_is_not_said_to_be_without_a_compiler() -> None:
    answers = ("image=ghcr.io/acme/app:1", "user=1:1", "health=none: job")
    service = resolve(begin(Request(APPS / "ledger", APPS / "ledger", answers)).workload).app
    assert len(control_of("pinned-base-image").probes(service)) == 1
