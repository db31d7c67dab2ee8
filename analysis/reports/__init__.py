"""Findings and questionnaires as pages."""
