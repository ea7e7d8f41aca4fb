"""What Prison API tells us: establishments, as the prison register does, so that the two lists can be one."""

from integrations.prison_register.types import Establishment

__all__ = ["Establishment"]
