"""A one-time code makes its first user a member of staff."""

from datetime import datetime

from bot.city import City
from bot.commands.registry import ADMINISTRATOR
from bot.i18n import say
from storage.records import ContactView, StaffView
from storage.work import Work


class _LastAdministrator(Exception):
    """The code would leave nobody who administers."""


async def join(work: Work, city: City, contact: ContactView, code: str, now: datetime) -> str:
    """Use a code; what to say to who sent it.

    The only administrator who tries a colleague's code keeps the role, and the code stays good.
    """
    language = contact.language or city.languages[0]
    try:
        async with work.savepoint():
            staff = await _redeemed(work, contact, code, now)
    except _LastAdministrator:
        return say(language, "You are the only administrator: first invite another one. "
                             "For example: /invite administrator all")  # fmt: skip
    if staff is None:
        return say(language, "This code is not valid any more. Ask for a new one.")
    subject = f"{staff.role} {staff.team or '-'} {','.join(staff.areas) or 'all'}"
    await work.audit.append(f"staff:{staff.id}", "join", subject, now)
    role = say(language, staff.role)
    return say(
        language, "You are now set up as {role}. Send /help to see what you can do.", role=role
    )


async def _redeemed(work: Work, contact: ContactView, code: str, now: datetime) -> StaffView | None:
    before = contact.staff
    staff = await work.staff.redeem(code, contact.id, now)
    left = before is not None and before.role == ADMINISTRATOR and staff is not None
    if left and not await work.staff.members(role=ADMINISTRATOR):
        raise _LastAdministrator
    return staff
