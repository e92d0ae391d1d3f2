"""Articles as people save them: web pages, text documents, PDFs and text in old code pages."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
import typst
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

import traboule.release
from traboule.core.errors import Refused
from traboule.core.language.languages import LANGUAGES
from traboule.core.language.messages import sentence
from traboule.returns.reading.documents.document import read_document
from traboule.returns.reading.documents.layout import Glyph, _logical

FONTS = Path(traboule.release.__file__).parent
ARABIC = (
    "أعلن الإنتربول الأربعاء توقيف 2517 شخصا في عملية ليبرتيرا الثانية التي نفذت في 116 دولة وإقليما بين 29 سبتمبر "
    "و4 أكتوبر، وإنقاذ ٣٬٢٢٢ ضحية محتملة للاتجار بالبشر، منهم 59 في الأرجنتين، وقال لا أحد غيرهم."
)


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head><title>9 men</title>{head}</head><body>{body}</body></html>".encode()


def refused(content: bytes, name: str) -> str:
    with pytest.raises(Refused) as caught:
        read_document(content, name)
    for language in LANGUAGES:
        assert name in sentence("errors", caught.value.code, language, caught.value.values)
    return caught.value.code


def test_a_page_is_read_without_markup_scripts_and_navigation() -> None:
    body = """<header><nav><a href=#>7 stories</a></nav></header><script>var a = "2,571 arrests"</script>
      <main><h1>Raids</h1><p>Police made <b>2,5</b>17&nbsp;arrests in <i>116</i> countries &amp; territories.</p>
      <aside>12 more articles</aside><p hidden>13</p><p style="display: none">14</p><!-- 15 arrests --></main>
      <footer>© 2024, 3 editors</footer><form>4 <button>5</button></form>"""
    assert read_document(page(body), "a.html") == (
        "Raids\n\nPolice made 2,517\u00a0arrests in 116 countries & territories.\n"
    )


def test_numbers_of_a_page_are_not_glued() -> None:
    body = "<table><tr><th>Arrests<td>3 222<td>430</table><ul><li>2,517<li>850</ul><p>116<br>47</p>"
    lines = [line for line in read_document(page(body), "a.html").splitlines() if line]
    assert lines == ["Arrests | 3 222 | 430", "2,517", "850", "116", "47"]


def test_marks_of_notes_are_no_digits_of_their_number() -> None:
    body = "<p>2,517<sup>3</sup> arrests<sup>[12]</sup> on the 1<sup>st</sup> day</p>"
    assert read_document(page(body), "a.html") == "2,517 arrests on the 1st day\n"


def test_the_article_of_a_page_is_read_and_teasers_are_not() -> None:
    article = "<p>Police arrested 2,517 people, Interpol said on Wednesday.</p>" * 5
    teaser = "<article><h3>Storm kills 14</h3></article>"
    read = read_document(page(f"<h1>Raids in 116 countries</h1>{teaser}<article>{article}</article>{teaser}"), "a.html")
    assert read.startswith("Raids in 116 countries\n\nPolice arrested")
    assert "14" not in read


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("windows-1256", "cp1256"), ("utf-8", "utf-8"), ("iso-8859-6", "iso-8859-6"), ("", "cp1256"), ("", "utf-16")],
)
def test_a_page_is_read_in_its_encoding(charset: str, encoding: str) -> None:
    text = "أعلن الإنتربول توقيف 2517 شخصا في 116 دولة"
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    content = f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding)
    assert read_document(content, "a.htm") == f"{text}\n"


def test_a_page_that_says_latin_1_is_read_as_browsers_read_it() -> None:
    content = '<html><meta charset="iso-8859-1"><p>“2 517 arrestations” – c’est œuvre de 116 pays</p>'.encode("cp1252")
    assert read_document(content, "a.html") == "“2 517 arrestations” – c’est œuvre de 116 pays\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_plain_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    text = "Près de 18 000 migrants – « irréguliers » – identifiés à Lyon, où 2 517 personnes ont été arrêtées."
    assert read_document(text.encode(encoding), "a.txt") == text


def test_arabic_text_in_its_old_code_page_is_read() -> None:
    text = "أعلن الإنتربول، الأربعاء، توقيف 2517 شخصا وإنقاذ 3222 ضحية محتملة"
    assert read_document(text.encode("cp1256"), "a.txt") == text


def test_numbers_parted_by_a_tab_are_two() -> None:
    assert read_document(b"Arrests\t3 222\t430\nCountries\t116\t47", "a.txt") == "Arrests\t3 222|430\nCountries\t116|47"


def test_a_plain_text_that_quotes_a_tag_stays_as_it_is() -> None:
    text = "The site wrote <b>2,571 arrests</b>; 5 < 6 and <br> is a tag."
    assert read_document(text.encode(), "a.txt") == text


def word(body: str) -> bytes:
    document = docx.Document()
    for element in list(document.element.body):
        document.element.body.remove(element)
    for paragraph in parse_xml(f"<w:body {nsdecls('w')}>{body}</w:body>"):
        document.element.body.append(paragraph)
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def test_a_text_document_is_read_as_its_reader_sees_it() -> None:
    run = "<w:r><w:t xml:space='preserve'>{}</w:t></w:r>"
    body = (
        f"<w:p>{run.format('Police made 2,')}{run.format('517')}<w:ins w:id='1' w:author='x'>{run.format(' arrests')}"
        f"</w:ins><w:del w:id='2' w:author='x'><w:r><w:delText>2,571</w:delText></w:r></w:del>"
        "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>3</w:t></w:r>"
        f"<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden 7</w:t></w:r>{run.format('.')}</w:p>"
        f"<w:tbl><w:tr><w:tc><w:p>{run.format('Arrests')}</w:p></w:tc><w:tc><w:p>{run.format('3 222')}</w:p></w:tc>"
        f"<w:tc><w:p>{run.format('430')}</w:p></w:tc></w:tr></w:tbl>"
        f"<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE 44</w:instrText></w:r></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run.format('In 116 countries')}</w:p></w:sdtContent></w:sdt>"
    )
    lines = [line for line in read_document(word(body), "a.docx").splitlines() if line]
    assert [" ".join(line.split()) for line in lines] == [
        "Police made 2,517 arrests.",
        "Arrests | 3 222 | 430",
        "In 116 countries",
    ]


def test_a_document_with_an_embedded_chart_is_read() -> None:
    saved = io.BytesIO(word("<w:p><w:r><w:t>2,517 arrests</w:t></w:r></w:p>"))
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("word/embeddings/Microsoft_Excel_Sheet1.xlsx", b"PK")
    assert read_document(saved.getvalue(), "a.docx") == "2,517 arrests\n"


def pdf(body: str, language: str = "en") -> bytes:
    source = f'#set text(lang: "{language}", font: ("Noto Sans Arabic", "Noto Sans"), size: 11pt)\n{body}'
    folders = sorted({str(path.parent) for path in FONTS.rglob("*.ttf")})
    return bytes(typst.compile(source.encode(), format="pdf", font_paths=folders, ignore_system_fonts=True))


def test_a_pdf_is_read_in_paragraphs_and_cells() -> None:
    prose = "Interpol said on Wednesday that police had made 2,517 arrests in 116 countries and territories. " * 3
    table = "#table(columns: (6cm, 4cm, 4cm), [Arrests], [3 222], [430], [Countries], [116], [47])"
    read = read_document(pdf(f"{prose}\n\n{table}"), "a.pdf")
    assert "2,517 arrests in 116 countries and territories. Interpol said on Wednesday" in read
    assert "Arrests | 3 222 | 430\nCountries | 116 | 47" in read


def test_marks_of_notes_in_a_pdf_are_no_digits_of_their_number() -> None:
    read = read_document(
        pdf("Police made 2,517#super[3] arrests in 116#super[12] countries on the 1#super[st] day."), "a.pdf"
    )
    assert read == "Police made 2,517 arrests in 116 countries on the 1st day.\n"


def test_words_broken_at_the_end_of_a_line_are_whole() -> None:
    prose = (
        "#set par(justify: true)\n#set text(hyphenate: true)\n#block(width: 5cm)["
        + "international trafficking " * 9
        + "]"
    )
    read = read_document(pdf(prose), "a.pdf")
    assert set(read.split()) == {"international", "trafficking"}


def test_an_arabic_pdf_is_read_in_its_own_order() -> None:
    assert " ".join(read_document(pdf(ARABIC, "ar"), "a.pdf").split()) == ARABIC


def test_arabic_glyphs_are_read_by_place_whatever_their_order() -> None:
    # As a browser prints them: each word placed from the left, the ligature's letters in one box.
    boxes = [("ل", 0, 5), ("ج", 5, 10), ("ر", 10, 15), ("7", 30, 35), ("1", 35, 40), ("ا", 60, 70), ("ل", 60, 70)]
    line = [Glyph(sign, left, 0, right, 20) for sign, left, right in boxes]
    assert _logical(line) == "لا 71 رجل"


ENCRYPTED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj 4 0 obj<</Filter/Standard/V 1/R 2/P -4/O<"
    + b"41" * 32
    + b">/U<"
    + b"42" * 32
    + b">>>endobj\ntrailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\n%%EOF"
)


def test_what_cannot_be_read_is_refused_in_words() -> None:
    assert refused(b"", "a.txt") == "file-empty"
    assert refused(b"a" * 10_000_001, "a.txt") == "document-large"
    assert refused(ENCRYPTED, "a.pdf") == "file-encrypted"
    assert refused(b"%PDF-1.7\nnothing", "a.pdf") == "document-damaged"
    assert refused(pdf("#rect(width: 5cm, height: 5cm, fill: red)"), "scan.pdf") == "document-scanned"
    assert refused(b"{\\rtf1 2,517 arrests}", "a.rtf") == "document-kind"
    assert refused(b"PK\x03\x04 mimetypeapplication/vnd.oasis.opendocument.text", "a.odt") == "document-kind"
    assert refused(b"PK\x03\x04 word/document.xml", "a.docx") == "document-damaged"
    assert refused(bytes.fromhex("d0cf11e0a1b11ae1") + b"WordDocument", "a.doc") == "document-kind"
    assert refused(b"From: <Saved>\nContent-Type: multipart/related;\n\n2,517", "a.mht") == "document-kind"


def test_entities_of_a_document_are_not_unfolded() -> None:
    laughs = '<!DOCTYPE w [<!ENTITY a "2,571 arrests"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w") as archive:
        part = f"{laughs}<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
        archive.writestr("word/document.xml", part)
    assert refused(saved.getvalue(), "a.docx") == "document-damaged"


def test_a_page_nested_without_end_is_refused() -> None:
    assert refused(b"<html><body>" + b"<div>" * 200_000 + b"2,517 arrests", "a.html") == "document-damaged"
