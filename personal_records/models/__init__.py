"""Which exports were made, how long what is kept, and for whom nothing is blanked."""

from personal_records.models.export import SubjectAccessExport
from personal_records.models.retention import RetentionHold, RetentionRule

__all__ = ["RetentionHold", "RetentionRule", "SubjectAccessExport"]
