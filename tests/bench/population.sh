#!/bin/bash
# Makes a store with a made-up population and keeps it: $BENCH_DIR/pop-SIZE (default: below /tmp, one
# directory a user; agent sockets need a short path). What is there already is used again.
#	tests/bench/population.sh SIZE	prints the directory; in it:
#	  store     the store: 1,000 cases take about ten seconds, 100,000 some minutes
#	  env       to be sourced: HOME, GNUPGHOME and the rest of a custodian who may read all of it
#	  gnupg/*   a GnuPG home for each person: he.min (custodian), li.qing, wang.song and zhao.yu
#	            (caseworkers; each case is assigned to one of them, in turn)
# A copy of the store is to be made before it is written to: cp -a $dir/store mine, and the memory of
# trust goes by path (the first look at the copy pins it again).
set -e
src=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${JZBF_BUILD:-$src/build}" && pwd)
size=${1:?usage: population.sh SIZE}
base=${BENCH_DIR:-/tmp/jzbf-bench.$(id -u)}
dir=$base/pop-$size

new_key() { # new_key PERSON
	mkdir -p -m 700 "$dir/gnupg/$1"
	printf 'no-random-seed-file\n' >"$dir/gnupg/$1/gpg.conf"
	printf 'auto-expand-secmem\n' >"$dir/gnupg/$1/gpg-agent.conf"
	gpg --homedir "$dir/gnupg/$1" --batch --quiet --no-tty --passphrase '' \
		--quick-gen-key "$1 <$1@bench.invalid>" future-default default never 2>/dev/null
	gpg --homedir "$dir/gnupg/$1" --batch --armor --export >"$dir/$1.asc"
	gpgconf --homedir "$dir/gnupg/$1" --kill all
}

if [ ! -e "$dir/complete" ]; then
	rm -rf "$dir"
	mkdir -p -m 700 "$base" "$dir/home"
	for person in he.min li.qing wang.song zhao.yu; do new_key "$person"; done
	cat >"$dir/env" <<-END
	unset JZBF_PERSON GIT_DIR
	export HOME=$dir/home XDG_CONFIG_HOME=$dir/home/.config XDG_STATE_HOME=$dir/home/state
	export GNUPGHOME=$dir/gnupg/he.min GIT_CONFIG_NOSYSTEM=1
	export JZBF_NOW=2026-11-24T09:00:00+08:00 TZ=Asia/Shanghai
	END
	. "$dir/env"
	{
		"$build/jzbf" init "$dir/store" --office LS --name 示例县社区矫正中心 --region 441825 \
			--person he.min --person-name 何敏
		for person in li.qing wang.song zhao.yu; do
			"$build/jzbf" -C "$dir/store" access add "$person" --name "$person" --role caseworker \
				--key-file "$dir/$person.asc"
		done
	} >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
	JZBF_SCHEMAS=$src/schemas "$build/bench/population" fill "$dir/store" "$size" "$src/tests/data" >&2
	gpgconf --kill all
	touch "$dir/complete"
fi
echo "$dir"
