#!/bin/sh
# Rebuild static/design/lamplighter.css and the scripts from govuk-frontend 6.3.0.
# Needs node and npm; only somebody who changes the styles needs to run it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/*.scss "$work"
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent govuk-frontend@6.3.0 sass@1.108.2
npx sass --no-source-map --style=compressed --quiet-deps lamplighter.scss lamplighter.css
out=$here/../static/design
mkdir -p "$out"
cp lamplighter.css "$out/lamplighter.css"
# Without the pointer to a source map that we do not ship.
sed 's|//# sourceMappingURL=.*$||' node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js >"$out/govuk-frontend.min.js"
cp "$here/govuk-frontend.LICENSE.txt" "$out/govuk-frontend.LICENSE.txt"
# The crest belongs to the Government; we have no use for it.
sed -i.bak 's#url("/assets/images/govuk-crest.svg")#none#g' "$out/lamplighter.css"
rm "$out/lamplighter.css.bak"
if grep -q 'url(' "$out/lamplighter.css"; then
    echo "The style sheet asks for a file: $(grep -o 'url([^)]*)' "$out/lamplighter.css" | sort -u)" >&2
fi
ls -l "$out"
