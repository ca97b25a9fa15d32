"""Which passwords are taken (docs/rules/sign-in.md)."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from citydesk.city.staff.tests.factories import add_second_factor, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("password", "has_factor", "is_good"),
    [
        ("kettle-orbit-wa", False, True),  # 15
        ("kettle-orbit-w", False, False),  # 14
        ("kettleor", True, True),  # 8 with a second factor
        ("kettleo", True, False),
        ("correct horse battery staple", False, True),  # spaces, no digits or capitals asked for
        ("ñandú en la montaña azul", False, True),
        ("w" * 30, False, False),
        ("kettle orbit " * 8, False, True),  # 104 characters
        ("k" + "ettle orbit walnut" * 20, False, False),  # above 256
        ("password1234567", False, False),
        ("rosa.lopez.rosa.lopez", False, False),  # the person's own name
        ("citydesk-citydesk-311", False, False),  # the product's
        ("1q2w3e4r5t6y7u8i9o0p", False, False),  # long and common
        ("8391 4752 0616 2938", False, True),  # digits alone, if nobody guesses them
        ("12345678", True, False),  # common
        ("baseball", True, False),
    ],
)
def test_password_policy(password, has_factor, is_good):
    user = make_user("rosa", name="Rosa Lopez")
    if has_factor:
        add_second_factor(user)
    if is_good:
        validate_password(password, user)
    else:
        with pytest.raises(ValidationError):
            validate_password(password, user)
