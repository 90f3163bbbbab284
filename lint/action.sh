#!/usr/bin/env bash
# What the GitHub action runs: action.yml says which variables there are. The exit code is the
# linter's: 0 clean, 1 findings at `deny`, 2 the linter itself failed.
set -euo pipefail

read -r -d '' -a words <<<"$CORELINT_ARGS $CORELINT_PATHS" || true

case $CORELINT_FORMAT in
    github)
        exec "$CORELINT" corelint --format github "${words[@]}"
        ;;
    markdown)
        exec "$CORELINT" corelint --format markdown "${words[@]}" >>"$GITHUB_STEP_SUMMARY"
        ;;
    sarif | html)
        case $CORELINT_FORMAT in
            sarif) file=$CORELINT_SARIF ;;
            html) file=$CORELINT_HTML ;;
        esac
        code=0
        "$CORELINT" corelint --format "$CORELINT_FORMAT" "${words[@]}" >"$file" || code=$?
        # A linter that failed wrote nothing that can be shown.
        if [ "$code" -lt 2 ]; then
            echo "$CORELINT_FORMAT-file=$(realpath "$file")" >>"$GITHUB_OUTPUT"
        fi
        exit "$code"
        ;;
    *)
        echo "::error::the format is \`github\`, \`markdown\`, \`sarif\` or \`html\`, not \`$CORELINT_FORMAT\`"
        exit 2
        ;;
esac
