#!/bin/bash
# A signal at any moment of a batch read ends it, also in the midst of malloc(), and what was in memory for it
# is gone. A slice here; JZBF_CRASH=all (make crash) does some hundreds.
rounds=24
[ "$JZBF_CRASH" != all ] || rounds=500 # lib.sh clears the environment
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

test_have_prereq SANITIZED && skip_all "a sanitizer has a malloc() of its own"
test_have_prereq WRAPPED && skip_all "so has valgrind"
setup_keys anna || exit 99
export JZBF_TMPFS=/dev/shm/jzs.$$
mkdir -m 700 "$JZBF_TMPFS" 2>/dev/null || skip_all "no /dev/shm"
trap 'rm -rf "$JZBF_TMPFS"; test_cleanup' EXIT
# under DIR: processes of a GnuPG home there
under() { pgrep -f "homedir $1/"; }

# interrupt SIGNAL…: jzbf is ended by one of them, at a random moment of its time, some $rounds times.
interrupt() {
	JZBF_SLOW=$BUILD/crash-slow-malloc.so perl -e '
		use Time::HiRes qw(time usleep);
		my ($rounds, @signals) = @ARGV;
		my @command = qw(jzbf status);
		sub start {
			my $pid = fork;
			return $pid if $pid;
			$SIG{INT} = "DEFAULT"; # a shell lets its background jobs ignore it
			open STDOUT, ">", "../out"; open STDERR, ">", "../err";
			$ENV{LD_PRELOAD} = $ENV{JZBF_SLOW};
			exec @command;
		}
		my $began = time;
		waitpid start(), 0;
		die "it fails without any signal: $?\n" if $?;
		my ($whole, $ended, $tries) = (time() - $began, 0, 0);
		srand 20261125;
		while ($ended < $rounds && $tries < 4 * $rounds) {
			my $round = $tries++;
			my $signal = $signals[$round % @signals];
			my $moment = rand $whole;
			my $pid = start();
			usleep 1e6 * $moment;
			kill $signal, $pid;
			local $SIG{ALRM} = sub { kill KILL => $pid; die "round $round: $signal after $moment s: it hangs\n" };
			alarm 30;
			waitpid $pid, 0;
			alarm 0;
			my ($by, $rc) = ($? & 127, $? >> 8);
			$whole *= $by ? 1.01 : 0.95; # the machine may be busy, or was when it was measured
			if ($by) { $ended++ } elsif ($rc) { system "cat ../err"; die "round $round: $signal after $moment s: status $rc\n" }
			my @left = glob "$ENV{JZBF_TMPFS}/*";
			die "round $round: $signal after $moment s: left @left\n" if @left;
		}
		print "$ended of $tries ended by a signal, whole $whole s\n";
		exit($ended < $rounds);
	' "$rounds" "$@"
}

test_expect_success 'a store with some records' 'make_store s anna && cd s && crash-writer . new 30 >../ids && jzbf -q status >../out'
test_expect_success 'a signal at any moment, also within malloc(), removes what was in memory' 'interrupt INT TERM HUP && cat ../out'
test_expect_success 'no process stays behind, and the store is whole' '
	for i in $(seq 100); do under "$JZBF_TMPFS" >../left || break; sleep 0.1; done
	test_empty ../left && rmdir "$JZBF_TMPFS" && clean_after
'
test_done
