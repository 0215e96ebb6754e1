#!/bin/bash
# Hostile text is refused with a position, within one second and 64 MiB, and never by a crash.
. "$(dirname "$0")/lib.sh"

# The data segment holds every private allocation, touched or not; sanitizers need far more.
bounded() {
	(
		test_have_prereq SANITIZED || test -n "$VALGRIND" || ulimit -d 65536 -t 1
		exec jzbf "$@"
	)
}

# has_position NAME: one line in err, with a place in it. (No program is started for it: it is asked often.)
has_position() {
	local err
	mapfile err <err && test ${#err[@]} = 1 && [[ ${err[0]} =~ $1:[0-9]+:[0-9]+:\  ]] || { cat err; return 1; }
}

# refused FORMAT FILE: by exit status, a position, no output.
refused() {
	test_expect_code 3 bounded convert --from $1 --to json "$2" >out 2>err && test_empty out && has_position "$2" &&
	test_expect_code 3 bounded convert --from $1 --to json - <"$2" >out 2>err && test_empty out && has_position "(-|<[^>]*>|stdin)"
}

repeat() { perl -e 'print $ARGV[0] x $ARGV[1]' -- "$1" "$2"; }

test_expect_success 'alias bomb' '
	{
		echo "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"
		for i in 1 2 3 4 5 6 7 8 9; do
			echo "a$i: &a$i [*a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1))]"
		done
	} >bomb && refused yaml bomb && test_grep "bomb|-:1:5: " err
'

for open in '[' '{a: ' '- ' '? ' '[{a: ' '- - '; do
	test_expect_success "100,000 levels of '$open' in YAML" '
		repeat "$open" 100000 >deep && refused yaml deep
	'
done

test_expect_success 'block maps, each one blank deeper' '
	perl -e "print \" \" x \$_, \"a:\n\" for 0..3000" >deep && refused yaml deep
'

for open in '[' '{"a":' '[{"a":'; do
	test_expect_success "100,000 levels of '$open' in JSON" '
		repeat "$open" 100000 >deep && refused json deep && refused yaml deep &&
		tr -d "\n" <deep >line && refused ndjson line
	'
done

test_expect_success 'scalars of 70 MB' '
	repeat x 70000000 >big &&
	for format in yaml json csv ndjson; do
		refused $format big || return 1
	done &&
	for start in "\"" "- |\n " "\"h\"\n\""; do
		{ printf "$start" && cat big; } >quoted &&
		for format in yaml json csv ndjson; do
			refused $format quoted || return 1
		done
	done &&
	rm big quoted
'

test_expect_success 'a field of CSV over its limit, below that of the file' '
	{ printf "h\n\"" && repeat x 10000000 && printf "\"\n"; } >field && refused csv field
'

test_expect_success 'too many values, keys, comments' '
	repeat "-
" 4000000 >many && refused yaml many &&
	repeat "#
" 4000000 >many && refused yaml many &&
	{ printf "[0" && repeat ",0" 4000000 && printf "]"; } >many &&
	refused json many && refused yaml many && refused ndjson many &&
	perl -e "print \"{\", join(\",\", map { qq(\"k\$_\": 1) } 1..400000), \"}\"" >many &&
	refused json many && refused yaml many
'

test_expect_success 'the same key 250,000 times' '
	{ printf "{\"k\": 0" && repeat ", \"k\": 1" 250000 && printf "}"; } >same &&
	refused json same
'

test_expect_success 'invalid UTF-8, NUL, surrogates, everywhere' '
	for bad in "\377" "\300\200" "\355\240\200" "\364\220\200\200" "\345\274" "\000"; do
		for start in "a: " "\"" "a,b\n1," "# " "[1, "; do
			{ printf "$start" && printf "$bad"; } >bytes &&
			for format in yaml json csv ndjson; do
				refused $format bytes || return 1
			done
		done
	done
'

test_expect_success 'duplicate keys' '
	printf "a: 1\nb: 2\na: 3\n" >twice && refused yaml twice && test_grep ":3:1: " err &&
	printf "{\"a\":1,\"b\":{\"c\":1,\"c\":2}}" >twice &&
	refused json twice && test_grep ":1:19: " err && refused ndjson twice
'

test_expect_success 'truncated anywhere' '
	printf "[{\"a\": \"\\\\u5f20\\\\n\", \"b\": [1.5e3, true]}]" >whole &&
	bounded convert --from json --to yaml whole &&
	size=$(wc -c <whole) &&
	for ((n = 0; n < size; n++)); do
		head -c $n whole >cut &&
		test_expect_code 3 bounded convert --from json --to yaml cut >out 2>err &&
		test_empty out && has_position cut || return 1
	done
'

test_done
