"""The page Imports: who sees what came from where, and takes the refused rows out with a reason."""

import pytest

from citydesk.city.customers.services.importing import import_customers
from citydesk.city.staff.tests.factories import make_user, standard_roles
from citydesk.contact.service_requests.tests.factories import load_city
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.clock import utc_now

pytestmark = pytest.mark.django_db


def test_an_auditor_sees_every_run_and_its_refused_rows(client, tmp_path):
    load_city()
    standard_roles()
    file = tmp_path / "people.csv"
    file.write_text("id,family_name,email\n1,Ruiz,\n2,Stone,not an address\n")
    more = {"source": "old_crm", "columns": {}, "is_dry": False, "actor": SYSTEM, "now": utc_now()}
    run = import_customers(file=file, **more).run
    assert run is not None
    client.force_login(make_user(roles=["auditor"]))
    page = client.get("/desk/administration/imports/?kind=customers&state=done").content.decode()
    assert "people.csv" in page and "old_crm" in page
    assert "people.csv" not in client.get("/desk/administration/imports/?kind=notes").content.decode()
    shown = client.get(f"/desk/administration/imports/{run}/").content.decode()
    assert "Refused rows" in shown and "email" in shown and "Ruiz" not in shown
    csv = b"".join(client.get("/desk/administration/imports/?as=csv").streaming_content).decode()
    assert "old_crm" in csv
    asked = client.get(f"/desk/administration/imports/{run}/?as=csv")
    assert asked.status_code == 200 and "reason" in asked.content.decode()
    assert client.get("/desk/administration/imports/999999999/").status_code == 404
    client.force_login(make_user(roles=["administrator"]))
    assert client.get("/desk/administration/imports/").status_code == 200
    client.force_login(make_user(roles=["supervisor"]))
    assert client.get("/desk/administration/imports/").status_code == 403
