"""Puts resources/ into the wheel as mlpviz/resources, where an installed mlpviz looks for it."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ResourcesHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install reads resources/ in the checkout; a copy made here would only grow stale.
        if version == "standard":
            build_data["force_include"]["resources"] = "mlpviz/resources"
