"""A Monday that goes wrong: two call in sick, callers interrupt each other, the server goes away, a department sends
work back, and at the end of the day nothing is lost, nothing is counted twice, and every page says the same figures.

One day, told once: the seats stay open from the first call to the sign-out.
"""

import re

import pytest
from django.core import mail

from citydesk.city.customers.models import Customer
from citydesk.city.knowledge import queries as knowledge
from citydesk.city.profile import queries as profile
from citydesk.contact.interactions import services as interactions
from citydesk.contact.interactions.models import Interaction, InteractionOutcome, Promise
from citydesk.contact.service_requests import services as requests
from citydesk.contact.service_requests.models import ServiceRequest
from citydesk.desk.tests.contact_city import quiet
from citydesk.kernel.clock import utc_now
from citydesk.kernel.tests.jobs import run_jobs
from citydesk.management.statistics import services as statistics
from tests.journeys.bad_hours import key_a_paper_form, lose_the_server
from tests.journeys.desk import Contact, saved_numbers
from tests.journeys.monday import goto, lies_with, monday, stage

__all__ = ["monday"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
CARD = "4111 1111 1111 1111"


def test_a_monday_that_goes_wrong(city, monday, seat, axe):
    priscilla, dana, lucille = seat("priscilla"), seat("dana"), seat("lucille")
    lay = ServiceRequest.objects.count()
    with stage("two call in sick, and what lies with them is moved, taken back, moved again"):
        move_what_the_sick_left(city, monday, priscilla)
    with stage("the wrong person is picked, and linked again"):
        pothole = relink_a_call(monday, dana)
    with stage("a floor bulletin pins the request; a Spanish call is interrupted by a walk-in"):
        bulletin_and_spanish_call(priscilla, lucille, pothole)
    with stage("a call drops"):
        dropped = drop_a_call(city, dana)
    with stage("the server goes away in mid-form; an hour on paper is keyed"):
        lose_the_server(seat("theodora", watched=False))
        key_a_paper_form(city, dana, monday["form"])
    with stage("help: seen as it is typed, a card number, a note, taken over, handed back, no code fits"):
        uncoded = help_with_a_strange_call(priscilla, dana, axe)
    with stage("a call ended after a warning, a caller of the council, the panic key"):
        rough_callers(priscilla, dana)
    with stage("a report in confidence, asked for by number and word"):
        in_confidence(lucille, dana)
    with stage("a department returns a second time; the supervisor rules, and codes what had no code"):
        rule_and_code(seat("harriet"), priscilla, monday["returned"], uncoded)
    with stage("two people in one record"):
        two_in_one_record(monday["edna"], dana, lucille)
    with stage("signing out with unfinished contacts"):
        sign_out(city, monday, dana, lucille, dropped)
    with stage("the figures of the day"):
        figures(priscilla, pothole, lay, waited={dropped, monday["osei"].draft})


def move_what_the_sick_left(city, monday, boss):
    imre, osei = monday["imre"], monday["osei"]
    for who, to, first in ((imre, "dana", True), (osei, "lucille", False)):
        goto(boss, "/desk/")
        row = boss.locator("tr", has_text=who.user.name)
        row.locator("select").select_option(label=city.person(to).name)
        row.get_by_role("button").click()
        boss.wait_for_url("**/absent/**")
        for _time in range(2 if first else 1):
            boss.keyboard.press("F8")
            boss.wait_for_selector("main [role=status] >> text=Undo")
            assert lies_with(who) == {city.person(to).pk}
            if first and _time == 0:
                boss.keyboard.press("Control+z")
                boss.wait_for_selector("main [role=status] >> text=Undo", state="detached")
                assert lies_with(who) == {who.user.pk}
                boss.goto(f"/desk/absent/{who.user.pk}/move/?to={city.person(to).pk}")
    assert "nothing waits" in boss.locator("tr", has_text=imre.user.name).inner_text()


def relink_a_call(monday, page):
    """Edna is taken for Edgar. Returns the number of the request."""
    contact = Contact.new(page)
    contact.words("big pothole in the road").code("pothole").where("136 Quarry Rd")
    contact.answer("gas", "no").answer("water", "no").answer("where", "lane").who("0177").save()
    [number] = saved_numbers(page)
    before = ServiceRequest.objects.get(number=number).public_token
    page.keyboard.press("Control+z")
    page.wait_for_selector("#f-right_who:focus")
    page.keyboard.type("0178")
    page.wait_for_selector("#relink-people >> text=Edgar Marsh")
    page.fill("[name=reason]", "The voices are alike")
    page.click("text=Link to this person")
    page.wait_for_selector("#contact-relink", state="hidden")
    request = ServiceRequest.objects.get(number=number)
    assert request.customer_id == monday["edgar"].id and request.public_token != before
    run_jobs(only=("kernel.handle_events", "correspondence.deliver"))
    assert {one for sent in mail.outbox for one in sent.to} <= {"edgar@example.org"}
    return number


def bulletin_and_spanish_call(boss, page, pothole):
    """The bulletin comes while she speaks; its request is the first that is offered, and counts the call."""
    before = set(Interaction.objects.values_list("pk", flat=True))
    page.goto("/desk/contact/")
    with page.expect_response(lambda answer: "/stream/" in answer.url):
        spanish = Contact.new(page)
    spanish.words("hay un bache muy grande en la calle").language("es")
    boss.goto("/desk/knowledge/bulletins/")
    boss.fill("#f-text", "Quarry Rd gives way: one request holds all calls")
    boss.fill("#f-read_aloud_es", "Ya vamos en camino")
    boss.fill("#f-service_code", "pothole")
    boss.fill("#f-request_number", pothole)
    boss.fill("#f-hours", "4")
    boss.check("[name=is_urgent]", force=True)
    boss.click("main button:has-text('Post on every desk')")
    boss.wait_for_selector("main strong:has-text('Quarry Rd gives way')")

    # It is read by one key, beside the form, and nothing she typed moves.
    page.wait_for_selector("#bulletins >> text=Quarry Rd gives way")
    page.keyboard.press("F3")
    page.wait_for_selector("#bulletins .note", state="detached")
    assert page.input_value("#f-words") == "hay un bache muy grande en la calle"
    spanish.code("pothole").where("138 Quarry Rd")
    spanish.answer("gas", "no").answer("water", "no").answer("where", "lane").who("0148")
    first = page.locator("#part-nearby li").first
    assert pothole in first.inner_text() and "Bulletin" in first.inner_text()
    page.keyboard.press("F6")
    page.wait_for_selector("#part-outcomes >> text=Me too")
    page.keyboard.press("Shift+F2")
    page.wait_for_function("() => document.querySelector('#f-words')?.value === ''")
    spanish.words("tiraron basura y llantas en la esquina").code("illegal_dumping").where("142 Quarry Rd").kept()
    spoken_on = page.url

    # Somebody stands at the glass: F2 parks the call; F4 takes it up where it was left.
    counter = Contact.new(page)
    counter.words("street light flickers").code("street_light_out").where("112 Quarry Rd").answer("fault", "flicker")
    counter.refuse_name().save()
    assert ServiceRequest.objects.get(number=saved_numbers(page)[0]).is_anonymous
    page.goto(spoken_on)
    page.wait_for_selector("text=Time counts as parked")
    page.keyboard.press("F4")
    page.wait_for_selector("text=Time counts as parked", state="detached")
    assert page.input_value("#f-words") == "tiraron basura y llantas en la esquina"
    spanish.settled().answer("kind", "tires").save()
    call = Interaction.objects.get(pk=re.search(r"/contact/(\d+)/", spoken_on).group(1))
    told = sorted(InteractionOutcome.objects.filter(interaction=call).values_list("kind", "target_number"))
    assert [one[0] for one in told] == ["follow", "request"] and told[0][1] == pothole
    dumping = ServiceRequest.objects.get(number=told[1][1])
    assert dumping.language == "es" and dumping.customer.given_name == "Rosa"
    assert call.parked_seconds >= 1 and ServiceRequest.objects.get(number=pothole).follower_count == 1
    assert {one.state for one in Interaction.objects.exclude(pk__in=before)} == {"saved"}
    [line] = knowledge.active_bulletins(utc_now())
    assert (line.contact_count, line.seen_by) == (1, 1)


def drop_a_call(city, page):
    """One key keeps the number and promises to call back. Returns the id of the contact."""
    Contact.new(page).words("the water in my").who("0178").kept()
    page.keyboard.press("Shift+F4")
    page.wait_for_selector("text=Time counts as parked")
    contact = int(re.search(r"/contact/(\d+)/", page.url).group(1))
    promise = Promise.objects.get(interaction=contact)
    assert (promise.owner_id, promise.state) == (city.person("dana").id, "open")
    assert Interaction.objects.get(pk=contact).state == "parked"
    page.goto("/desk/interactions/promises/")
    said = page.inner_text("main")
    assert "the line broke off" in said and "555-0178" in said
    return contact


def help_with_a_strange_call(boss, clerk, axe):
    """From the question to the saved contact, through four hands. Returns the number of the request without a code."""
    goto(boss, "/desk/interactions/promises/")
    with clerk.expect_response(lambda answer: "/stream/" in answer.url):
        contact = Contact.new(clerk)
    clerk.keyboard.type("The fountain sings at night")
    clerk.keyboard.press("Shift+F1")
    clerk.wait_for_selector("#help-question")
    clerk.fill("#help-question", "Whose is it?")
    clerk.press("#help-question", "Enter")
    boss.wait_for_selector("#alerts >> text=Whose is it?")
    with boss.expect_response(lambda answer: "/stream/" in answer.url):
        boss.click("#alerts a.link")
    boss.wait_for_selector("#typed")
    clerk.wait_for_selector("#contact-beside >> text=sees this contact as you type")

    # Seen as it is typed, while the supervisor's note stays under the hand; a card number is not kept, and saves.
    boss.keyboard.press("F6")
    boss.keyboard.type("Parks has it")
    clerk.focus("#f-words")
    clerk.keyboard.press("End")
    clerk.keyboard.type(f", he wants to pay: {CARD} ")
    contact.kept()
    boss.wait_for_selector("#typed >> text=sings at night, he wants to pay")
    clerk.wait_for_function("() => !document.querySelector('#f-words').value.includes('4111 1111 1111')")
    assert "4111 1111 1111" not in boss.inner_text("#typed") and boss.input_value("#f-text") == "Parks has it"
    axe(boss)
    with boss.expect_response(lambda answer: "/stream/" in answer.url):
        boss.keyboard.press("F8")
    clerk.wait_for_selector("#notices >> text=Parks has it")
    axe(clerk)
    clerk.keyboard.press("Shift+F3")
    clerk.wait_for_selector("#notices .note", state="detached")

    # Taken over: the form is the supervisor's; handed back, it lies parked with the clerk.
    boss.wait_for_selector("#typed >> text=Read")
    with boss.expect_navigation(url="**/desk/contact/*/"):
        boss.keyboard.press("F9")
    boss.wait_for_selector("#contact-beside >> text=Taken over from")
    clerk.wait_for_selector("#contact-beside[data-taken]")
    clerk.wait_for_function("() => document.getElementById('contact').inert")
    axe(clerk)
    with boss.expect_navigation(url="**/desk/contact/"):
        boss.keyboard.press("Shift+F9")
    clerk.wait_for_selector("text=Time counts as parked")
    clerk.wait_for_selector("#contact:not([inert])")
    contact.settled()
    clerk.keyboard.press("F4")
    clerk.wait_for_selector("text=Time counts as parked", state="detached")
    contact.settled().code("no_code_fits").where("112 Quarry Rd").refuse_name().save()
    [number] = saved_numbers(clerk)
    words = ServiceRequest.objects.get(number=number).description
    assert "1111 1111" not in words and "he wants to pay" in words
    return number


def rough_callers(boss, page):
    """A caller who is warned and does not stop; a council office; and the key for danger."""
    goto(boss, "/desk/interactions/promises/")
    rude = Contact.new(page).words("shouts about a parking ticket")
    page.click("[data-opens=contact-ending]")
    page.wait_for_selector("#contact-ending >> text=I will end the call")
    page.check("[name=ending][value=ended_after_warning]", force=True)
    page.fill("#f-ending_note", "Threatened the clerk")
    page.keyboard.press("Escape")
    page.keyboard.press("F8")
    page.wait_for_selector("#part-outcomes .outcome")
    rude.refuse_name().save()
    ended = Interaction.objects.filter(state="saved").latest("recorded_at")
    assert (ended.ending, ended.ending_note) == ("ended_after_warning", "Threatened the clerk")

    council = Contact.new(page).words("the council asks about the pool")
    page.click("[data-opens=contact-about]")
    page.select_option("#f-caller_class", "elected")
    page.wait_for_selector("#part-facts >> text=The supervisor hears of it when you save")
    page.keyboard.press("Escape")
    page.keyboard.press("F8")
    page.wait_for_selector("#part-outcomes .outcome")
    council.refuse_name().save()
    run_jobs(only=("kernel.handle_events", "interactions.alert_of_caller"))
    boss.wait_for_selector("#alerts >> text=took a contact you should know of")

    page.keyboard.press("Control+F1")
    boss.wait_for_selector("#alerts [role=alert] >> text=needs help now")
    for _alert in range(2):
        left = boss.locator("#alerts .note").count()
        boss.locator("#alerts button[type=submit]").first.click()
        boss.wait_for_function("(left) => document.querySelectorAll('#alerts .note').length < left", arg=left)


def in_confidence(taker, clerk):
    """Who took it knows no more of it than the colleague who is asked how it stands."""
    call = Contact.new(taker)
    call.words("fraud: a foreman sells the fuel of the city").code("fraud_waste")
    taker.click("[data-opens=contact-about]")
    taker.fill("[name=code_word]", "Blue Heron")
    taker.keyboard.press("Escape")
    call.kept().save()
    [number] = saved_numbers(taker)
    for page in (taker, clerk):
        assert page.request.get(f"/desk/requests/{number}/").status == 404
    clerk.goto("/desk/code-word/")
    clerk.fill("[name=word_number]", number)
    clerk.fill("[name=word_code]", "blue heron")
    clerk.get_by_role("button", name="Check").click()
    heard = clerk.locator("#code-word [role=status]").inner_text()
    assert number in heard and "foreman" not in clerk.content()


def rule_and_code(works, boss, returned, uncoded):
    """The second return waits for a ruling; the request without a code is coded and goes on."""
    works.goto(f"/desk/requests/{returned.number}/")
    fold = works.locator("details:not([open]) > summary", has_text="Return")
    if fold.count():
        fold.first.click()
    works.get_by_role("button", name=re.compile("^Return")).first.click()
    works.fill("#move-reason", "Still the state's")
    works.click("#move button[type=submit]")
    works.wait_for_selector("main [role=status] >> text=went on")
    boss.goto("/desk/")
    boss.locator("main a[href$='/requests/returns/']", has_text=returned.number).click()
    boss.wait_for_url("**/requests/returns/")
    said = boss.inner_text("main")
    assert "That is a state road" in said and "Still the state's" in said
    boss.locator("select[name=team]").select_option(str(returned.team_id))
    boss.fill("main textarea[name=reason]", "Inside the city limits since May")
    boss.click("main button:has-text('Rule')")
    boss.wait_for_selector("main >> text=Nothing waits for a ruling")
    returned.refresh_from_db()
    assert not returned.is_disputed and returned.is_open

    boss.goto("/desk/requests/coding/")
    assert uncoded in boss.inner_text("main")
    boss.select_option("#f-code", "street_light_out")
    quiet(boss)
    boss.check("#questions [name='q.fault'][value=flicker]", force=True)
    boss.keyboard.press("F8")
    boss.wait_for_selector("main >> text=Every request has its code")
    assert ServiceRequest.objects.get(number=uncoded).service.code == "street_light_out"


def two_in_one_record(edna, first, second):
    """Both correct one person: who comes later sees both texts, and nothing is overwritten."""
    address = f"/desk/customers/{edna.number}/edit"
    for page, name in ((first, "Marsh-Lee"), (second, "Marshe")):
        page.goto(address)
        page.fill("#f-family_name", name)
        page.fill("#f-reason", "As she spells it")
    second.click("main button:has-text('Save')")
    second.wait_for_url(f"**/desk/customers/{edna.number}/")
    first.click("main button:has-text('Save')")
    first.wait_for_selector("main >> text=Two people changed this")
    said = first.locator("main table").inner_text()
    assert "Marshe" in said and "Marsh-Lee" in said
    assert Customer.objects.get(pk=edna.id).family_name == "Marshe"
    first.click("main button:has-text('Save')")
    first.wait_for_url(f"**/desk/customers/{edna.number}/")
    assert Customer.objects.get(pk=edna.id).family_name == "Marsh-Lee"


def sign_out(city, monday, page, colleague, dropped):
    """What is unfinished is listed: handed to a named colleague, dropped with a reason. The colleague finishes hers."""
    page.goto("/accounts/logout/")
    assert "Not finished yet" in page.inner_text("main")
    page.click("text=Finish, hand over or drop")
    page.locator(f"#to-{dropped}").select_option(label=city.person("lucille").name)
    page.locator("form", has=page.locator(f"#to-{dropped}")).get_by_role("button").click()
    page.wait_for_url("**/desk/contact/")
    assert Interaction.objects.get(pk=dropped).holder_id == city.person("lucille").pk
    page.goto("/desk/contact/unfinished/")
    page.fill(f"#why-{monday['imre'].draft}", "He called again")
    page.locator("form", has=page.locator(f"#why-{monday['imre'].draft}")).get_by_role("button").click()
    page.wait_for_selector(f"#strip a[href*='/{monday['imre'].draft}/']", state="detached")
    page.goto("/accounts/logout/")
    assert "You have no open contacts." in page.inner_text("main")
    page.click("main button:has-text('Sign out')")
    page.wait_for_url("**/accounts/login/**")

    for contact, code in ((dropped, ""), (monday["osei"].draft, "F8")):
        colleague.goto(f"/desk/contact/{contact}/")
        colleague.wait_for_selector("text=Time counts as parked")
        colleague.keyboard.press("F4")
        colleague.wait_for_selector("text=Time counts as parked", state="detached")
        one = Contact(colleague).settled()
        if code:
            colleague.keyboard.press(code)
            colleague.wait_for_selector("#part-outcomes .outcome")
            one.refuse_name()
        one.save()


def figures(boss, pothole, lay, *, waited):
    """Every contact is counted once, by what came of it; drafts and what was dropped are not; pages agree."""
    assert not Interaction.objects.filter(state__in=("draft", "parked")).exists()
    saved = list(Interaction.objects.filter(state="saved"))
    assert Interaction.objects.filter(state="abandoned").count() == 1 and len(saved) == 11
    assert ServiceRequest.objects.count() == lay + 6
    untimed = [one.channel for one in saved if one.active_seconds is None or one.parked_seconds is None]
    assert untimed == ["counter"], "but for the paper: keying it is not the time the call took"
    assert waited <= {one.pk for one in saved if one.parked_seconds}, "the call that broke off, the sick colleague's"
    interactions.refresh_contact_facts(now=utc_now())
    requests.refresh_request_facts(now=utc_now())
    statistics.refresh_facts(now=utc_now())
    outcomes = {"Request recorded": 5, "Answered": 4, "Recorded without a code": 1, "Promise given": 1}
    boss.goto("/desk/reports/?dates=30d")
    table = boss.locator("table", has=boss.locator("caption", has_text=re.compile("outcome", re.I))).first
    read = {}
    for row in table.locator("tbody tr").all():
        name, count, *_more = [one.strip() for one in row.locator("th, td").all_inner_texts()]
        read[name] = int(count)
    assert read == outcomes
    today = [
        one for one in saved if one.received_at.astimezone(profile.local_zone()).date() == profile.city_today(utc_now())
    ]
    boss.goto("/desk/")
    box = boss.locator(".figure", has_text="Contacts today")
    assert re.search(r"\b\d+\b", box.locator(".figure__value").inner_text()).group() == str(len(today))
    assert ServiceRequest.objects.get(number=pothole).is_open
