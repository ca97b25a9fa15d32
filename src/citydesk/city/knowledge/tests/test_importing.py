"""Articles from another system: drafts, once, changed ones as new versions, published only under a name."""

import json
from argparse import ArgumentParser

import pytest

from citydesk.city.knowledge import commands
from citydesk.city.knowledge.models import Article, ArticleText
from citydesk.city.knowledge.services.importing import import_articles
from citydesk.city.profile.tests.factories import load_small
from citydesk.city.staff.tests.factories import make_user
from citydesk.kernel.actors import SYSTEM
from citydesk.kernel.audit import history_of
from citydesk.kernel.clock import utc_now
from citydesk.kernel.command_line import Console
from citydesk.kernel.errors import Invalid, NotAllowed, NotFound
from citydesk.kernel.imports.undo import StillUsed, undo_run

pytestmark = pytest.mark.django_db
SHEET = """Nr,Lang,Head,Text,Words
carts,en,Carts,"Put the **cart**
out by six.",cart; lid
carts,es,Carros,Saque el carro.,
Carts!,en,Carts,Text,
other,xx,Other,Text,
other,en,,Text,
"""
COLUMNS = {"code": "Nr", "language": "Lang", "title": "Head", "body": "Text", "subjects": "Words"}


@pytest.fixture(autouse=True)
def _city():
    load_small({})


def command(*words: str) -> int:
    parser = ArgumentParser()
    commands.register(parser.add_subparsers())
    given = parser.parse_args(["import", "articles", *words])
    return int(given.run(given, Console(as_json=True)))


def bring(file, **more):
    given = {"columns": COLUMNS, "source": "kb", "actor": SYSTEM, "now": utc_now(), **more}
    return import_articles(file=file, **given)


def test_a_sheet_comes_once_as_drafts_and_a_changed_text_is_a_new_version(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(SHEET)
    assert bring(file, is_dry=True).added == 2 and not Article.objects.exists()
    first = bring(file)
    assert (first.added, first.bad) == (2, 3)
    assert [(one.line, one.field) for one in first.bad_rows] == [(5, "code"), (7, "title"), (6, "language")]
    text = ArticleText.objects.get(language="en")
    assert (text.state, text.keywords, "\n" in text.body) == ("draft", "cart lid", True)
    assert bring(file).known == 2
    file.write_text(SHEET.replace("by six", "by seven"))
    changed = bring(file)
    assert (changed.added, changed.changed, changed.known) == (0, 1, 1)
    with pytest.raises(StillUsed):
        undo_run(run_id=first.run, reason="x", actor=SYSTEM, now=utc_now())
    undo_run(run_id=changed.run, reason="x", actor=SYSTEM, now=utc_now())
    assert undo_run(run_id=first.run, reason="x", actor=SYSTEM, now=utc_now()).taken_back == 2
    assert not Article.objects.filter(code="carts").exists()


def test_a_folder_is_published_only_under_the_name_of_somebody_who_may(tmp_path, capsys):
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "carts.en.md").write_text('+++\ntitle = "Carts"\nsubjects = ["lid"]\n+++\nOut by six.\n')
    (folder / "carts.es.md").write_text('+++\ntitle = "Carros"\n+++\nSaque el carro.\n')
    (folder / "bad.en.md").write_text("no front matter")
    (folder / "worse.en.md").write_text("+++\ntitle = \n+++\nx")
    (folder / "strange.md").write_text("x")
    editor, clerk = make_user("ed", roles=["supervisor"]), make_user("cle", roles=["representative"])
    words = [str(folder), "--published"]
    for more, refusal in (((), Invalid), ((clerk.username,), NotAllowed), (("nobody",), NotFound)):
        with pytest.raises(refusal):
            command(*words, *(("--approver", *more) if more else ()))
    assert not Article.objects.exists()
    assert command(*words, "--approver", editor.username) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["added"], said["bad"]) == (2, 3)
    article = Article.objects.get()
    # The translation came with its original: it is not stale.
    assert set(article.texts.values_list("language", "state")) == {("en", "reviewed"), ("es", "reviewed")}
    assert "articles.import_approved" in [one.code for one in history_of("knowledge.article", article.pk)]


def test_drafts_are_read_changed_and_published_on_their_page(tmp_path, client):
    file = tmp_path / "a.csv"
    file.write_text(SHEET)
    bring(file)
    client.force_login(make_user("ed", roles=["supervisor"]))
    page = client.get("/desk/knowledge/drafts/").content.decode()
    assert "Carros" in page and client.get("/desk/knowledge/articles/carts/").status_code == 404
    assert "<strong>cart</strong>" in client.get("/desk/knowledge/drafts/carts/en/").content.decode()
    assert client.post("/desk/knowledge/drafts/", {}).status_code == 422
    english, spanish = (ArticleText.objects.get(language=one).pk for one in ("en", "es"))
    assert client.post("/desk/knowledge/drafts/", {"drafts": [english]}).status_code == 302
    assert client.get("/desk/knowledge/articles/carts/").status_code == 200
    said = {"title": "Carros", "body": "Antes de las seis.", "based_on": "1", "is_reviewed": "1"}
    assert client.post("/desk/knowledge/drafts/carts/es/", said).status_code == 302
    assert client.get("/desk/knowledge/drafts/carts/es/").status_code == 404
    assert ArticleText.objects.get(language="es", is_current=True).body == "Antes de las seis."
    assert ArticleText.objects.get(pk=spanish).state == "draft"
    client.force_login(make_user("cle", roles=["representative"]))
    assert client.get("/desk/knowledge/drafts/").status_code == 403
