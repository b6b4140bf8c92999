#!/bin/bash
# Runs the Dockerfile's steps without Docker: each stage in a root made by debootstrap, entered by chroot.
#
#   deploy/try-dockerfile.sh [WORK_DIRECTORY]       as root, on Debian, with debootstrap and Node 20
#
# Stands in for the base images: Debian with its Python 3.11, or with this machine's Node. Package clients use this
# machine's configuration. Ends by starting the image's command `jiceng --version` as the image's user.

set -euo pipefail
cd "$(dirname "$0")/.."
work=${1:-$(mktemp -d)}
mkdir -p "$work"
declare -A stages environment
stage='' root='' directory=/ user=root

say() { printf '\n== %s\n' "$*"; }

inside() { # run a shell line in the current stage, as its user, with its environment
    local settings=()
    for name in "${!environment[@]}"; do settings+=("$name=${environment[$name]}"); done
    while IFS= read -r line; do settings+=("$line"); done < <(env | grep -E '^(PIP_|SSL_|NODE_EXTRA_CA_CERTS=|npm_config_|https?_proxy=|no_proxy=)' || true)
    chroot --userspec="$user" "$root" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LC_ALL=C.UTF-8 \
        "${settings[@]}" /bin/sh -ec "cd '$directory'; $1"
}

base() { # one minimal root, made once
    if [ ! -e "$work/base.done" ]; then
        local mirror release
        mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Codename: bookworm' | head -n 1)
        release=bookworm
        say "debootstrap $release"
        rm -rf "$work/base"
        debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv,libstdc++6 \
            "$release" "$work/base" "$mirror" > "$work/debootstrap.log"
        cp /etc/resolv.conf "$work/base/etc/resolv.conf"
        for file in /etc/pip.conf /etc/ssl/certs/ca-certificates.crt "$HOME/.npmrc" /etc/npmrc "$HOME/.config/pip/pip.conf"; do
            if [ -e "$file" ]; then mkdir -p "$work/base$(dirname "$file")"; cp "$file" "$work/base$file"; fi
        done
        touch "$work/base.done"
    fi
}

mounts() { # what a container has, and a package directory that the pip configuration may name
    mkdir -p "$root/opt"
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    for name in /opt/*; do
        if [ -d "$name" ] && [ ! -e "$root$name" ]; then mkdir -p "$root$name"; mount --bind -o ro "$name" "$root$name"; fi
    done
}

unmount() {
    { grep -o " $work/[^ ]*" /proc/mounts || true; } | sort -r | while read -r point; do umount "$point"; done
}
trap unmount EXIT

from() { # FROM image [AS name]
    unmount
    stage=${3:-final} root="$work/$stage" directory=/ user=root
    environment=()
    stages[$stage]=$root
    say "FROM $1 AS $stage"
    rm -rf "$root"
    cp -a --reflink=auto "$work/base" "$root"
    case $1 in
        node:20*)
            cp "$(command -v node)" "$root/usr/local/bin/node"
            mkdir -p "$root/usr/local/lib/node_modules"
            cp -a "$(npm root -g)/npm" "$root/usr/local/lib/node_modules/npm"
            ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
            ;;
        python:3.11*) ;;
        *) echo "no stand-in for the image $1" >&2; exit 1 ;;
    esac
    mounts
}

copy() { # COPY [--from=stage] source… target, with Docker's meaning of a directory: its content
    local origin=$PWD
    case $1 in --from=*) origin=${stages[${1#--from=}]}; shift ;; esac
    local target=${!#} name
    case $target in /*) target=$root$target ;; *) target=$root$directory/$target ;; esac
    for name in "${@:1:$#-1}"; do
        local source="$origin/${name#/}"
        if [ -d "$source" ]; then
            mkdir -p "$target"
            tar -C "$source" --exclude=node_modules --exclude=__pycache__ --exclude=./web/static -cf - . | tar -C "$target" -xf -
        elif [ "${target%/}" != "$target" ]; then mkdir -p "$target"; cp "$source" "$target"
        else mkdir -p "$(dirname "$target")"; cp "$source" "$target"; fi
    done
}

base
# Continued lines are joined; comments and empty lines go.
sed -e ':again' -e '/\\$/N; s/\\\n *//; tagain' deploy/Dockerfile | grep -vE '^(#|\s*$)' > "$work/steps"
while IFS= read -r -u 3 step; do
    word=${step%% *} rest=${step#* }
    case $word in
        FROM) read -ra arguments <<< "$rest"; from "${arguments[@]}" ;;
        WORKDIR) directory=$rest; mkdir -p "$root$directory" ;;
        COPY) read -ra arguments <<< "$rest"; copy "${arguments[@]}" ;;
        ENV)
            read -ra arguments <<< "$rest"
            for pair in "${arguments[@]}"; do environment[${pair%%=*}]=${pair#*=}; done
            environment[PATH]=${environment[PATH]/\$PATH//usr/local/bin:/usr/bin:/bin}
            ;;
        USER) user=$(awk -F: -v name="$rest" '$1 == name { print $3 ":" $4 }' "$root/etc/passwd") ;;
        RUN) say "RUN $rest"; inside "$rest" ;;
        *) say "$word (not tried)" ;;
    esac
done 3< "$work/steps"
say "as the image's user, in the image's directory"
inside 'id; jiceng --version; jiceng --help'
