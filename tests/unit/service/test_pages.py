"""The pages: what people read, and what they cannot be made to do."""

import re

import pytest
from tests.unit.service.conftest import HERE, TOKENS, opened

import medrag

QUESTION = "What dose of examplazine do adults get?"


def asked(browser, **form):
    return browser.post("/", data={"question": QUESTION, **form})


def test_strangers_are_sent_to_the_sign_in(settings):
    with opened(settings) as stranger:
        for path in ("/", "/answers", "/documents", "/search", "/answers/0123456789abcdef"):
            response = stranger.get(path, follow_redirects=False)
            then = "" if path == "/" else "?then=" + path.replace("/", "%2F")
            assert response.status_code == 303
            assert response.headers["location"] == f"/sign-in{then}"


def test_a_wrong_token_does_not_sign_in(settings):
    with opened(settings) as stranger:
        response = stranger.post("/sign-in", data={"token": "guess"})
        assert response.status_code == 403
        assert "set-cookie" not in response.headers


def test_the_session_is_kept_from_scripts_and_other_sites(settings):
    with opened(settings) as client:
        response = client.post("/sign-in", data={"token": TOKENS["reader"]}, follow_redirects=False)
        cookie = response.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie


def test_an_answer_is_shown_with_its_quotation_marked_and_a_way_to_its_place(browser):
    page = asked(browser)
    assert page.url.path.startswith("/answers/")
    assert "<mark>Give examplazine 40 mg once daily to adults." in page.text
    (link,) = re.findall(r'href="(/documents/[^"]+)"', page.text)
    document = browser.get(link.replace("&amp;", "&"))
    assert '<mark id="quoted">Give examplazine 40 mg once daily to adults.' in document.text


def test_a_decision_is_recorded_and_shown(browser):
    page = asked(browser)
    signed = browser.post(page.url.path, data={"decision": "accept", "reason": "read"})
    assert "accepted by reviewer person" in signed.text
    assert "It may act." in signed.text
    assert "review" in signed.text.split("Audit trail")[1]


def test_a_rejection_without_a_reason_is_refused_in_words(browser):
    page = asked(browser)
    refused = browser.post(page.url.path, data={"decision": "reject"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_a_reader_sees_no_form_and_cannot_send_one(settings):
    with opened(settings) as client:
        client.post("/sign-in", data={"token": TOKENS["reader"]})
        page = asked(client)
        assert "Decision" not in page.text
        assert client.post(page.url.path, data={"decision": "accept"}).status_code == 403


def test_forms_of_other_sites_are_refused(browser):
    page = asked(browser)
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        sent = browser.post(page.url.path, data={"decision": "accept"}, headers=headers)
        assert sent.status_code == 403
    assert "Nobody has signed" in browser.get(page.url.path).text


@pytest.mark.parametrize(
    "form",
    [
        {"question": ""},
        {"patient": "{"},
        {"patient": "[1]"},
        {"patient": '{"weigth_kg": 3}'},
        {"as_of": "yesterday"},
    ],
)
def test_what_is_not_understood_comes_back_in_the_form(browser, form):
    page = asked(browser, **form)
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "<form" in page.text


def test_nothing_of_a_document_or_a_question_runs(browser):
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    pages = [
        browser.get("/search", params={"q": f"examplazine stored cold {hostile}"}),
        browser.post("/", data={"question": hostile}),
        browser.get("/documents"),
        browser.get("/documents/" + hostile.replace("/", "")),
    ]
    for page in pages:
        assert "<script" not in page.text
        assert "<img src=x" not in page.text
        assert "<b>guide" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_no_page_has_inline_script_or_style(browser):
    for path in ("/", "/answers", "/documents", "/search?q=dose"):
        text = browser.get(path).text
        assert not re.search(r"<script|\son\w+=|\sstyle=", text), path


def test_documents_say_their_edition(browser):
    page = browser.get("/documents")
    assert "Examplazine &lt;b&gt;guide" in page.text
    assert "<td>2</td>" in page.text


def test_a_place_outside_a_document_marks_nothing(browser):
    (link,) = re.findall(r'href="(/documents/[^"]+)"', asked(browser).text)
    document = link.split("?")[0]
    for place in ("start=5&end=2", "start=-1&end=9", "start=0&end=99999999", "start=x&end=y"):
        page = browser.get(f"{document}?{place}")
        assert page.status_code in {200, 422}
        assert 'id="quoted"' not in page.text


def test_files_beside_the_corpus_cannot_be_had(browser):
    for path in ("/static/../pages.py", "/static/%2e%2e%2fpages.py", "/static/base.html"):
        assert browser.get(f"{HERE}{path}").status_code == 404


def test_the_list_of_answers_says_what_was_asked(browser):
    page = asked(browser)
    listed = browser.get("/answers").text
    assert f'<a href="{page.url.path}">What dose of examplazine do adults get?</a>' in listed


def test_who_signs_sees_whom_the_answer_is_about(browser):
    facts = '{"age_years": 71, "allergies": [], "medications": ["<i>warfarin</i> 5 mg daily"]}'
    page = asked(browser, patient=facts)
    assert "<dt>age years</dt><dd>71</dd>" in page.text
    assert "<dt>allergies</dt><dd>none known</dd>" in page.text
    assert "<dd>&lt;i&gt;warfarin&lt;/i&gt; 5 mg daily</dd>" in page.text
    assert "<dt>sex</dt><dd>not known</dd>" in page.text


def test_where_nothing_answers_the_passages_looked_at_can_be_read(browser):
    page = browser.post("/", data={"question": "Does examplazine help against headache in spring?"})
    assert "abstained" in page.text
    link = re.search(r'href="(/documents/[^"]+)"', page.text.split("looked at")[1])[1]
    assert 'id="quoted"' in browser.get(link.replace("&amp;", "&")).text


def test_a_superseded_document_leads_to_what_stands_in_its_place(settings, tmp_path):
    for name, more in (("old", ""), ("new", "supersedes: [old]\nedition: '2'\n")):
        text = f"---\nkey: {name}\ntitle: Notes\n{more}---\n\n# Notes\n\nKeep {name} notes cold.\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    files = [tmp_path / "old.md", tmp_path / "new.md"]
    medrag.Index.build(files, tmp_path / "index", embedder="hashing", progress=False)
    with opened(settings.model_copy(update={"index": str(tmp_path / "index")})) as client:
        client.post("/sign-in", data={"token": TOKENS["reader"]})
        listed = client.get("/documents").text
        link = re.search(r'superseded by new</span>: <a href="([^"]+)"', listed)[1]
        assert "Keep new notes cold." in client.get(link).text
        old = next(one for one in re.findall(r"/documents/\w+", listed) if one != link)
        assert f'In its place: <a href="{link}">Notes, 2</a>' in client.get(old).text


def test_who_follows_a_link_to_a_passage_comes_to_it_after_the_sign_in(settings):
    link = "/documents/0123456789abcdef?start=1&end=5"
    with opened(settings) as client:
        page = client.get(link)
        assert page.url.path == "/sign-in"
        shown = link.replace("&", "&amp;")
        assert f'<a href="{shown}">' in page.text
        assert f'name="then" value="{shown}"' in page.text
        sent = {"token": TOKENS["reader"], "then": link}
        done = client.post("/sign-in", data=sent, follow_redirects=False)
        assert done.headers["location"] == link


@pytest.mark.parametrize(
    "then",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "/\n/evil", ""],
)
def test_the_sign_in_leads_to_no_other_site(settings, then):
    with opened(settings) as client:
        sent = {"token": TOKENS["reader"], "then": then}
        done = client.post("/sign-in", data=sent, follow_redirects=False)
        assert done.headers["location"] == "/"
        page = client.get("/sign-in", params={"then": then})
        assert "evil" not in page.text
        assert "javascript:" not in page.text
