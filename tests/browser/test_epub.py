"""The built book packed for reading devices: whole, and all its formulas in it."""

from rfbook import epub, pdf


def test_the_whole_book_is_packed_with_all_its_formulas(site):
    parts = pdf.read_parts((pdf.ROOT / "_toc.yml").read_text("utf-8"))
    imprint = pdf.read_imprint()
    # It refuses a book with a formula, picture, link or name that is not right.
    files = epub.make_files(site, parts, imprint)
    articles = pdf.gather(site, parts, imprint).articles
    assert {f"book/{epub.file_name(page)}" for page in articles} <= files.keys()
    for page, article in articles.items():
        formulas = files[f"book/{epub.file_name(page)}"].count(b"<math ")
        assert formulas == len(article.select(".math")), page
