"""`baseline.toml` as typed, frozen values, and one clear message for every mistake in it."""

from stacks.configuration.access import AccessSettings, AdministrationSettings, ExemptionSettings
from stacks.configuration.audit import AuditSettings, CheckPack, CheckSettings, Source
from stacks.configuration.cache import CacheSettings
from stacks.configuration.document import Configuration
from stacks.configuration.loading import (
    ConfigurationError,
    configuration_path,
    load_configuration,
)
from stacks.configuration.region import ExistingVpc, ReaderAccount, RegionCache, RegionSettings
from stacks.configuration.table import IndexSettings, TableSettings
from stacks.configuration.workload import WorkloadSettings

__all__ = [
    "AccessSettings",
    "AdministrationSettings",
    "AuditSettings",
    "CacheSettings",
    "CheckPack",
    "CheckSettings",
    "Configuration",
    "ConfigurationError",
    "ExemptionSettings",
    "ExistingVpc",
    "IndexSettings",
    "ReaderAccount",
    "RegionCache",
    "RegionSettings",
    "Source",
    "TableSettings",
    "WorkloadSettings",
    "configuration_path",
    "load_configuration",
]
