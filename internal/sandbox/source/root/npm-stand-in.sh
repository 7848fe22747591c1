#!/bin/sh
# Takes the place of npm on a machine without it. It runs the two scripts that
# the practice repository has and refuses everything else.
set -eu

refuse() {
  echo "npm (stand-in): $1" >&2
  echo "npm (stand-in): only 'npm run build' and 'npm run deploy:staging' are known here; install npm for anything else" >&2
  exit 1
}

[ "$#" -eq 2 ] && [ "$1" = run ] || refuse "cannot do: npm $*"
[ -f package.json ] || refuse "there is no package.json in $(pwd)"
case "$2" in
  build) script=scripts/build.sh ;;
  deploy:staging) script=scripts/deploy-staging.sh ;;
  *) refuse "there is no script called $2" ;;
esac
printf '\n> %s\n> sh %s\n\n' "$2" "$script"
exec sh "$script"
