#!/bin/sh
# Despliega dist/ en staging. La entrega se copia entera en un directorio nuevo y
# solo entonces cambia, de una vez, el fichero que dice cuál se sirve: quien lee
# ve la entrega anterior o la nueva, nunca una mezcla.
set -eu
cd "$(dirname "$0")/.."
staging=../staging

if [ ! -d dist ]; then
  echo "deploy: no hay dist/; ejecute antes npm run build" >&2
  exit 1
fi

mkdir -p "$staging/releases"
last=0
if [ -f "$staging/current" ]; then
  last=$(cat "$staging/current")
fi
# Un despliegue interrumpido puede haber dejado un directorio a medias.
next=$((last + 1))
while ! mkdir "$staging/releases/$next" 2>/dev/null; do
  [ -d "$staging/releases/$next" ] || {
    echo "deploy: no se puede escribir en $staging/releases" >&2
    exit 1
  }
  next=$((next + 1))
done

cp -R dist/. "$staging/releases/$next/"
echo "$next" >"$staging/current.new"
mv -f "$staging/current.new" "$staging/current"

# Se conserva la entrega anterior, que alguien puede estar leyendo todavía.
for old in "$staging"/releases/*; do
  number=${old##*/}
  if [ "$number" -ne "$next" ] && [ "$number" -ne "$last" ]; then
    rm -rf "$old"
  fi
done
echo "deploy: entrega $next servida en staging"
