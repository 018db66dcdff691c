# shellcheck shell=bash
# Looks at what something deployed has answered and made. Sourced by container_test and systemd_test; needs python3, and
# pdffonts and pdftotext (poppler-utils).
#
#   without_positions       its input, JSON, without the positions in the ledgers: that somebody read what only few may read is
#                           an entry too, and changes no figure
#   check_pdf FILE TEXT…    every font is in the file, the Chinese ones are those of the package, and the texts can be read
#   check_xlsx FILE TEXT…   cells say these texts

without_positions() {
  python3 -c '
import json, sys
def figures(value):
    if isinstance(value, dict): return {key: figures(part) for key, part in value.items() if key != "sequence"}
    return [figures(part) for part in value] if isinstance(value, list) else value
json.dump(figures(json.load(sys.stdin)), sys.stdout, indent=1, ensure_ascii=False)'
}

check_pdf() {
  local file="$1" fonts text wanted
  shift
  fonts="$(pdffonts "${file}" | tail -n +3)"
  printf '%s\n' "${fonts}"
  grep -q 'NotoSansCJK' <<<"${fonts}"
  # The columns from the end: embedded, subset, Unicode, object's number and generation.
  awk 'NF < 5 || $(NF - 4) != "yes" || $(NF - 2) != "yes" { print "a font is not embedded: " $0; bad = 1 } END { exit bad }' <<<"${fonts}"
  text="$(pdftotext "${file}" -)"
  for wanted in "$@"; do
    grep -qF -- "${wanted}" <<<"${text}" || {
      echo "${file} does not say ${wanted}"
      return 1
    }
  done
}

check_xlsx() {
  python3 - "$@" <<'PY'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as book:
    cells = book.read("xl/sharedStrings.xml").decode()
for text in sys.argv[2:]:
    assert text in cells, f"{sys.argv[1]} does not say {text}"
PY
}
