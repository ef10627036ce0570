"""The one step of building the wheel that pyproject.toml cannot say: a file under another name."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class SampleSettings(BuildHookInterface[Any]):
    """Put `publisher.toml` beside the sample issues.

    Editable installs ("editable") get no copy, since a copy would grow stale.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the file to what goes into a wheel."""
        if version == "standard":
            build_data["force_include"]["publisher.toml"] = "publisher/data/newsroom/publisher.toml"
