import pytest

from bot.runtime.roles import ALL_ROLES, Role, parse_roles


def test_names_become_roles() -> None:
    assert parse_roles("web, worker") == {Role.WEB, Role.WORKER}
    assert parse_roles("web,worker,sender,scheduler") == ALL_ROLES


@pytest.mark.parametrize("text", ["", "wep", "web,drummer", ","])
def test_a_wrong_name_is_told_with_the_right_ones(text: str) -> None:
    with pytest.raises(ValueError, match="choose from web, worker, sender, scheduler"):
        parse_roles(text)
