#!/bin/sh
# Lays out all of the Debian package but the program in ./debian/datadrop, with what runs when it is
# installed and removed in its DEBIAN/. What a tool of Debian does is left to debhelper.
#   stage_package.sh FOLDER PROGRAM LICENCES VERSION MAINTAINER
# FOLDER is where this file is, LICENCES the file with those of what the program contains of others.
set -eu
from=$1 program=$2 licences=$3 version=$4 maintainer=$5

rm -rf debian
mkdir -p debian/bash debian/zsh
for part in service sysusers tmpfiles logrotate; do
    cp "$from/datadrop.$part" debian/
done
cp "$from/datadrop.toml" "$from/datadrop.rules.yml" "$from/datadrop.grafana.json" "$from/HANDBOOK.md" \
    "$from/copyright" "$licences" debian/
"$program" help --man >debian/datadrop.1
"$program" completion bash >debian/bash/datadrop
"$program" completion zsh >debian/zsh/_datadrop

cat >debian/control <<TEXT
Source: datadrop
Maintainer: $maintainer
Build-Depends: debhelper-compat (= 13)

Package: datadrop
Architecture: any
Description: staged here, packed by CPack
TEXT
"$from/debian_changelog.sh" "$from/CHANGELOG.md" "$version" "$maintainer" >debian/changelog
cat >debian/datadrop.install <<TEXT
debian/datadrop.toml etc/datadrop
debian/datadrop.rules.yml usr/share/datadrop
debian/datadrop.grafana.json usr/share/datadrop
debian/bash/datadrop usr/share/bash-completion/completions
debian/zsh/_datadrop usr/share/zsh/vendor-completions
TEXT

dh_install
dh_installman debian/datadrop.1
dh_installdocs debian/licences.txt debian/HANDBOOK.md
dh_installchangelogs
dh_installlogrotate
dh_installsysusers
dh_installtmpfiles
dh_installsystemd
dh_compress --exclude=HANDBOOK.md # which alerts link to
dh_fixperms
dh_installdeb
