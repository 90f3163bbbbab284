#!/usr/bin/env bash
# What the GitHub action runs: action.yml says which variables there are. The exit code is the
# linter's: 0 clean, 1 findings at `deny`, 2 the linter itself failed.
set -euo pipefail

read -r -d '' -a words <<<"$CORELINT_ARGS $CORELINT_PATHS" || true

case $CORELINT_FORMAT in
    github)
        exec "$CORELINT" corelint --format github "${words[@]}"
        ;;
    sarif)
        code=0
        "$CORELINT" corelint --format sarif "${words[@]}" >"$CORELINT_SARIF" || code=$?
        # A linter that failed wrote no SARIF.
        if [ "$code" -lt 2 ]; then
            echo "sarif-file=$(realpath "$CORELINT_SARIF")" >>"$GITHUB_OUTPUT"
        fi
        exit "$code"
        ;;
    *)
        echo "::error::the format is \`github\` or \`sarif\`, not \`$CORELINT_FORMAT\`"
        exit 2
        ;;
esac
