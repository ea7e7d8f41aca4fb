"""The users of nDelius's directory, by user name. Whom each may see and manages is said in the people.

Somebody who has left is simply not here.
"""

from typing import Any


def _user(username: str, forename: str, surname: str) -> dict[str, Any]:
    return {
        "username": username,
        "name": {"forename": forename, "surname": surname},
        "email": f"{forename}.{surname}@example.com".lower(),
    }


USERS: dict[str, dict[str, Any]] = {
    # Allocated to most people.
    "P.OKONJO": _user("P.OKONJO", "Patience", "Okonjo"),
    # In the same team; manages X980022 and nobody else.
    "J.ARKWRIGHT": _user("J.ARKWRIGHT", "Jonah", "Arkwright"),
    # Excluded from X980017, with a message.
    "H.TRELAWNY": _user("H.TRELAWNY", "Harriet", "Trelawny"),
}
