"""The catalogue's models, one aggregate a module."""

from interventions.models.categories import ContractType, ServiceCategory
from interventions.models.complexity import ComplexityLevel
from interventions.models.contracts import Activity, Contract, Setting
from interventions.models.delivery_units import ProbationDeliveryUnit
from interventions.models.grants import ContractGrant
from interventions.models.offices import ProbationOffice
from interventions.models.outcomes import DesiredOutcome
from interventions.models.places import PoliceArea, ProbationRegion
from interventions.models.provider_changes import ProviderChange, ProviderTerm

__all__ = [
    "Activity",
    "ComplexityLevel",
    "Contract",
    "ContractGrant",
    "ContractType",
    "DesiredOutcome",
    "PoliceArea",
    "ProbationDeliveryUnit",
    "ProbationOffice",
    "ProbationRegion",
    "ProviderChange",
    "ProviderTerm",
    "ServiceCategory",
    "Setting",
]
