#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Builds dist/ from src/. The result is committed, so that running Loopdesk needs
# no Node; run this after a change to src/ or to a class in a .templ file.
# With --fast the installed node_modules are taken as they are.
set -eu
cd "$(dirname "$0")"
root=$(cd ../../.. && pwd)
tool() { (cd "$root" && go tool -modfile=tools/go.mod "$@"); }

if [ "${1:-}" != --fast ] || [ ! -d src/node_modules ]; then
	(cd src && npm ci --silent)
fi

node src/icons.mjs

# Of Basecoat only the button is used; it comes as a component and a style for it.
mkdir -p src/node_modules/.cache dist
{
	cat src/node_modules/basecoat-css/dist/components/button.css
	echo '@layer components {'
	sed -n '/\/\* Button \*\//,/^  \/\* /p' src/node_modules/basecoat-css/dist/styles/vega.css | sed '1d;$d'
	echo '}'
} > src/node_modules/.cache/basecoat-button.css

(cd src && node_modules/.bin/tailwindcss --input css/app.css --output ../dist/app.css --minify 2>node_modules/.cache/said) || { cat src/node_modules/.cache/said >&2; exit 1; }
cp src/inter-latin.woff2 src/icon.svg src/icon-*.png dist/

for entry in start app remote sw; do
	tool esbuild "$root/internal/web/assets/src/js/$entry.js" --bundle --minify --target=es2022 --format=iife \
		--legal-comments=none --log-level=warning --outfile="$root/internal/web/assets/dist/$entry.js"
done
printf 'app.css %s, app.js %s bytes compressed\n' "$(gzip -9c dist/app.css | wc -c)" "$(gzip -9c dist/app.js | wc -c)"
