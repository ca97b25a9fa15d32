"""Guard 13 walks a page again for a reader who sees more on it: what counts as more."""

from tests.guards.controls import Walked


def test_a_control_that_a_later_reader_sees_is_walked_again():
    walked, page = Walked(), "<main><nav><a class=btn href='/desk/'>Home</a></nav>{}</main>"
    assert walked.is_new("/desk/staff/", page.format("")) and not walked.is_new("/desk/staff/", page.format(""))
    form = "<form method=post action='/desk/staff/{}/'><input type=hidden name=a>{}</form>"
    assert walked.is_new("/desk/staff/", page.format(form.format(7, "<button name=act value=end>")))
    assert not walked.is_new("/desk/staff/", page.format(form.format(8, "<button name=act value=end>Another</button>")))
    assert walked.is_new("/desk/staff/", page.format(form.format(8, "<button name=act value=stop>")))
    assert walked.is_new("/desk/staff/", page.format("<a class='btn btn--small' href='/desk/staff/new/'>New</a>"))
    assert not walked.is_new(
        "/desk/staff/", "<a class=btn href='/accounts/logout/'>In the bar</a>" + page.format("<p>")
    )
