# Reads compiler dependency files and reports every include that goes up a layer, or a vendor's header
# outside the one file family that owns it. Needs -v order="base port model rules store report".

BEGIN {
	n = split(order, name, " ")
	for (i = 1; i <= n; i++)
		rank[name[i]] = i
	rank["cmd"] = n + 1
	owner["yaml.h"] = "lib/port/yaml"
	owner["gpgme.h"] = "lib/port/gpg"
	owner["git2.h"] = "lib/port/git"
	owner["csv.h"] = "lib/port/csv"
	owner["pcre2.h"] = "lib/port/regex"
	owner["sodium.h"] = "lib/port/seal"
	owner["keyctl.h"] = "lib/port/keep"
}

function layer(path, part) {
	if (path ~ /^cmd\//)
		return "cmd"
	if (path !~ /^lib\//)
		return ""
	split(path, part, "/")
	return part[2]
}

function basename(path) {
	sub(/.*\//, "", path)
	return path
}

function judge(source, header, from, to) {
	from = layer(source)
	to = layer(header)
	if (from != "" && to != "" && rank[to] > rank[from]) {
		printf "%s includes %s: %s may not know %s\n", source, header, from, to
		bad = 1
	}
	if (header ~ /^\/usr/ && basename(header) in owner &&
	    index(source, owner[basename(header)]) != 1) {
		printf "%s includes %s, which belongs to %s*.c\n", source, header,
			owner[basename(header)]
		bad = 1
	}
}

FNR == 1 {
	source = ""
}

/^[^ \t].*:$/ {
	next # the empty targets of -MP
}

{
	for (i = 1; i <= NF; i++) {
		if ($i == "\\" || $i ~ /:$/)
			continue
		if (source == "")
			source = $i
		else
			judge(source, $i)
	}
}

END {
	exit bad
}
