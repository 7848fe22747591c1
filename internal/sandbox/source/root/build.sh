#!/bin/sh
# Construye dist/ a partir de src/. Cada parte debe declarar su versión en una
# sola línea; si una falta o está a medias, no se construye nada y dist/ queda
# como estaba.
set -eu
cd "$(dirname "$0")/.."

fail() {
  echo "build: $*" >&2
  exit 1
}

rm -rf dist.new
count=0
for file in src/lib/connectors/*.ts src/lib/mcp/*.ts src/panel/*.ts; do
  [ -s "$file" ] || fail "$file falta o está vacío"
  if grep -q -e '^<<<<<<<' -e '^>>>>>>>' "$file"; then
    fail "$file tiene marcas de conflicto sin resolver"
  fi
  version=$(sed -n 's/^export const version = "\(v[0-9][0-9]*\.[0-9][0-9]*\.[0-9][0-9]*\)";$/\1/p' "$file")
  case "$version" in
    '') fail "$file no declara su versión" ;;
    *[!v0-9.]*) fail "$file declara más de una versión" ;;
  esac
  mkdir -p "dist.new/$(dirname "${file#src/}")"
  cp "$file" "dist.new/${file#src/}"
  echo "build: ${file#src/} $version"
  count=$((count + 1))
done

rm -rf dist
mv dist.new dist
echo "build: $count partes en dist/"
