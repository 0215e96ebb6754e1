# Chinese in mdoc: roff parts words with spaces, breaks lines there, and takes only ASCII marks for
# punctuation. A line that ends in Chinese goes on in the next one that begins with it; a full-width
# mark stands close to what is before and behind it, in text and among a macro's arguments.

BEGIN {
	MARK = "^(，|。|；|：|、|）|」|”)+$"
	TEXT_END = "(（|「|“|，|。|；|：|、|）|」|”)$"
	MACRO = "^(Ar|Cm|Do|Dq|Em|Ev|Fl|Li|Nm|No|Pa|Po|Pq|Ql|Qo|Qq|Sy|Va|Xr)$"
}

function wide(c) { return c > "\177" }
function inline(line) { return line ~ /^\./ && substr(line, 2, 2) ~ MACRO && substr(line, 4, 1) == " " }

# The arguments of a macro. What encloses all of its line (Dq) would take a mark at the end in: it is
# closed (Do … Dc) before it.
function arguments(line,    n, i, words, text, macro, ends, last) {
	while (match(line, / (，|。|；|：|、|）|」|”) (，|。|；|：|、|）|」|”)/))
		line = substr(line, 1, RSTART + 3) substr(line, RSTART + 5)
	n = split(substr(line, 2), words, " ")
	last = words[n] ~ MARK
	for (i = 1; i <= n; i++) {
		if (last && words[i] ~ /^([DPQS]q|Ql)$/) {
			if (words[i] == "Ql")
				words[i] = "Sq"
			ends = " " substr(words[i], 1, 1) "c" ends
			words[i] = substr(words[i], 1, 1) "o"
			macro = "No"
		} else if (words[i] ~ MACRO) {
			macro = words[i] ~ /^[DPQS][oq]$/ ? "No" : words[i]
		} else if (words[i] ~ MARK && i == n) {
			words[i] = "Ns " words[i]
		} else if (words[i] ~ MARK) {
			words[i] = "Ns " words[i] " Ns" (words[i + 1] ~ MACRO ? "" : " " macro)
		}
		text = text (i == n && last ? ends : "") " " words[i]
	}
	return "." substr(text, 2)
}

function put(line, following,    flows) {
	flows = following != "" && (following !~ /^\./ || inline(following))
	if (literal || line ~ /^\.\\"/)
		return line "\n"
	if (inline(line)) {
		if (line ~ /"/)
			return line "\n"
		return arguments(line) (flows && line ~ TEXT_END ? "\\c\n" : "\n")
	}
	if (line ~ /^\./)
		return line "\n"
	gsub(/、/, "、\\:", line)
	sub(/\\:$/, "", line)
	return line (flows && following !~ /^\./ && wide(substr(line, length(line))) && wide(substr(following, 1, 1)) ? "" : "\n")
}

NR > 1 {
	if (last ~ /^\.Bd /)
		literal = 1
	if (last ~ /^\.Ed/)
		literal = 0
	printf "%s", put(last, $0)
}
{ last = $0 }
END { printf "%s", put(last, "") }
