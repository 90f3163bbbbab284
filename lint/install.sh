#!/usr/bin/env bash
# Puts the linter into the folder `$1`, for the GitHub action: the program of the release that the workflow asks for,
# with its checksum compared, or one that cargo builds of the source where no release has one for this machine.
set -euo pipefail

folder=$1
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
name=cargo-corelint-$version-$(uname -m)-unknown-linux-gnu

# 0: it is there. 1: no release has it, or it does not run here.
from_release() {
    # A branch or a commit may be ahead of every release.
    [ -n "$CORELINT_REPOSITORY" ] && [ "$CORELINT_REF" = "v$version" ] && [ "$(uname -s)" = Linux ] || return 1
    local files=$GITHUB_SERVER_URL/$CORELINT_REPOSITORY/releases/download/$CORELINT_REF
    local archives
    archives=$(mktemp -d)
    for file in SHA256SUMS "$name.tar.xz"; do
        curl --fail --silent --show-error --location --output "$archives/$file" "$files/$file" || return 1
    done
    # Never built in its place: somebody has to look.
    if ! (cd "$archives" && grep " [ *]$name.tar.xz\$" SHA256SUMS | sha256sum --check --quiet); then
        echo "::error::$files/$name.tar.xz is not what its SHA256SUMS says"
        exit 1
    fi
    mkdir -p "$folder/bin"
    tar --extract --xz --file "$archives/$name.tar.xz" --directory "$folder/bin" --strip-components 1 || return 1
    "$folder/bin/cargo-corelint" --version
}

if ! from_release; then
    echo "no release has a linter for this: building it"
    cargo install --locked --quiet --force --path lint --root "$folder"
fi
