#!/usr/bin/env bash
# Chromium's tagged PDF of a page (chromium on PATH, Debian's package), read with pikepdf 9.5.2 and pypdf 5.4.0.
# Guess: what HTML says is in the tags: description lists, hidden words of a link, added and removed text, language.
# Seen: tables and headings are; a description list is "NonStruct" throughout, so a summary list has no structure left;
# <ins> and <del> likewise; words hidden for the eye ("Change<span> surname</span>") are gone, so that each link is "Change";
# <strong> becomes "Strong", a tag of PDF 2.0, in a file that calls itself PDF 1.4 and maps it to nothing. Languages are kept.
# Where it matters: pages that people print to keep. Say in words what is added and removed, and name links in full.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pikepdf==9.5.2 pypdf==5.4.0
cat > "$folder/page.html" <<'HTML'
<!doctype html><html lang="en"><head><title>Answers</title>
<style>.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }</style></head>
<body><h1>Answers</h1>
<dl><dt>Name</dt><dd>Alex Example</dd></dl><p><a href="https://example.com/">Change<span class="hidden"> surname</span></a></p>
<p>Text <ins>added</ins> and <del>removed</del>, and <strong>strong</strong>.</p><p lang="cy">Geiriau Cymraeg</p>
<table><tr><th scope="col">Due</th></tr><tr><td>1 May</td></tr></table></body></html>
HTML
chromium --version 2>/dev/null
timeout 60 chromium --headless --no-sandbox --disable-gpu --user-data-dir="$folder/profile" \
    --print-to-pdf="$folder/page.pdf" "file://$folder/page.html" 2>/dev/null
"$folder/venv/bin/python" - "$folder/page.pdf" <<'PYTHON'
import sys
from importlib.metadata import version

import pikepdf
import pypdf

print("pikepdf", version("pikepdf"))
document = pikepdf.open(sys.argv[1])
tags, languages = [], []


def walk(element):
    if isinstance(element, pikepdf.Array):
        for child in element:
            walk(child)
    elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
        tags.append(str(element.S)[1:])
        if "/Lang" in element:
            languages.append(str(element.Lang))
        walk(element.get("/K", pikepdf.Array()))


walk(document.Root.StructTreeRoot.K)
kinds = sorted(set(tags))
roles = sorted(str(key) for key in document.Root.StructTreeRoot.get("/RoleMap", {}))
print("PDF", document.pdf_version, "tags:", kinds, "mapped:", roles, "language of the document:", document.Root.get("/Lang"), "of parts:", languages)
text = pypdf.PdfReader(sys.argv[1]).pages[0].extract_text()
print("text:", " ".join(text.split()))
assert "Change" in text and "surname" not in text
assert document.pdf_version == "1.4" and "Strong" in kinds and "/Strong" not in roles
assert {"H1", "Table", "TH", "TD", "Link", "P"} <= set(kinds)
assert not {"L", "LI", "Lbl", "LBody", "Span", "Ins", "Del"} & set(kinds)
assert "cy" in languages
PYTHON
