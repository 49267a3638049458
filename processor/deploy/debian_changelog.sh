#!/bin/sh
# The changelog of the Debian package, made of the project's.
#   debian_changelog.sh CHANGELOG.md VERSION MAINTAINER
# VERSION is the package's, such as 0.2.0+deb13, and the newest entry has to be of it.
set -eu
changelog=$1 version=$2 maintainer=$3
newest=$(sed -n 's/^## \([0-9.]*\) (.*/\1/p' "$changelog" | head -n 1)
if [ "$newest" != "${version%%+*}" ]; then
    echo "$changelog: the newest entry is of $newest, and the package of ${version%%+*}: write what is new" >&2
    exit 1
fi

awk -v release="+${version#*+}" -v maintainer="$maintainer" '
    # A paragraph at the width that Debian wants.
    function tell(text, begin,    word, words, count, line) {
        count = split(text, words, " ")
        line = begin
        for (word = 1; word <= count; word++) {
            if (length(line " " words[word]) > 76) { print line; line = "   " }
            line = line " " words[word]
        }
        print line
    }
    function end_paragraph() {
        if (paragraph != "") tell(paragraph, "  *")
        paragraph = ""
    }
    function end_entry() {
        end_paragraph()
        if (entry != "") printf "\n -- %s  %s\n\n", maintainer, date
    }
    /^## / {
        end_entry()
        entry = $2
        command = "date -uR -d " substr($3, 2, length($3) - 2)
        command | getline date
        close(command)
        printf "datadrop (%s%s) unstable; urgency=medium\n\n", entry, release
        next
    }
    entry == "" { next }
    /^### / { end_paragraph(); print "\n  [ " substr($0, 5) " ]"; next }
    /^$/ { end_paragraph(); next }
    /^- / { end_paragraph(); $0 = substr($0, 3) }
    { sub(/^ +/, ""); paragraph = paragraph (paragraph == "" ? "" : " ") $0 }
    END { end_entry() }
' "$changelog"
