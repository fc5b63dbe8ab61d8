"""What a process does: any of four roles, all of them by default."""

from enum import StrEnum


class Role(StrEnum):
    """A part of the service that can run alone against a shared database."""

    WEB = "web"
    WORKER = "worker"
    SENDER = "sender"
    SCHEDULER = "scheduler"


ALL_ROLES = frozenset(Role)


def parse_roles(text: str) -> frozenset[Role]:
    """`web,worker` as roles; ValueError names what is not one."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in {role.value for role in Role}]
    if unknown or not names:
        known = ", ".join(role.value for role in Role)
        raise ValueError(f"unknown role {', '.join(unknown) or '(none)'}: choose from {known}")
    return frozenset(Role(name) for name in names)
