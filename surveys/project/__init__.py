"""The project: one encrypted file with the study, its questionnaires, its answers and its history."""

from __future__ import annotations

from surveys.project.entries import ImportSource
from surveys.project.project import Project

__all__ = ["ImportSource", "Project"]
