#!/bin/bash
# doctor finds what is missing, about to expire, or leaking, and says how to mend it.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"

setup_keys anna ben || exit 99
export JZBF_TMPFS=$(mktemp -d /dev/shm/jz.XXXXXX)
umask 077
ids() { # ids of the findings that are wrong
	jzbf doctor --format json >doctor.json
	local rc=$?
	python3 - <<-'EOS' && return $rc
	import json
	d = json.load(open("doctor.json"))
	assert d["format"] == "jzbf/doctor/1"
	for f in d["findings"]:
	    assert f["message"] and f["severity"] in ("info", "warning", "error")
	    if f["severity"] != "info":
	        assert f["mend"], f
	        print(f["id"])
	EOS
}
# finds ID…: exactly these are wrong, exit 1.
finds() {
	ids >../got
	test $? = 1 || { echo "status"; cat ../got; return 1; }
	printf '%s\n' "$@" | sort -u >../want && sort -u ../got | test_cmp ../want -
}

test_expect_success 'outside a store it looks at the machine' '
	jzbf doctor >out 2>err && test_grep "machine only" err &&
	test_expect_code 6 jzbf -C . doctor 2>err
'
test_expect_success 'a new store is well' '
	jzbf init s --office LS --name X --person anna && cd s && echo doctor.json >>.git/info/exclude &&
	ids >../got && test_empty ../got && jzbf doctor >../out
'
test_expect_success 'no memory file system' '
	JZBF_TMPFS=$TRASH finds tmpfs-missing keys-unchecked
'
test_expect_success 'a loose umask' '(umask 0; finds umask) && (umask 022; ids >../got && test_empty ../got && grep -q umask doctor.json)'
test_expect_success 'no pinentry' '
	echo "pinentry-program /nowhere" >>$GNUPGHOME/gpg-agent.conf && finds pinentry-missing &&
	sed -i /nowhere/d $GNUPGHOME/gpg-agent.conf
'
test_expect_success 'no gpg, no git: said, not crashed on' '
	mkdir ../bin && for p in env cat; do ln -s $(command -v $p) ../bin/; done &&
	test_expect_code 1 env PATH=$PWD/../bin $BUILD/jzbf doctor >../out && test_grep "gpg is not installed" ../out &&
	test_grep "git is not installed" ../out
'
test_lazy_prereq LOADED '! nm "$BUILD/jzbf" | grep -q " T git_libgit2_init$"'
test_expect_success LOADED 'a libgit2 that cannot be loaded: doctor finds it, and version still says the version' '
	name=$(jzbf version | sed -n "s/.*loaded from //p") && mkdir ../broken && : >../broken/$name &&
	test_expect_code 1 env LD_LIBRARY_PATH=$PWD/../broken "$BUILD/jzbf" doctor --format json >../out && test_grep libgit2-missing ../out &&
	LD_LIBRARY_PATH=$PWD/../broken "$BUILD/jzbf" version >../out 2>../err && test_line_count = 1 ../out && test_grep "cannot load libgit2" ../err &&
	test_expect_code 6 env LD_LIBRARY_PATH=$PWD/../broken "$BUILD/jzbf" list 2>../err && test_grep "cannot load libgit2" ../err
'
test_expect_success 'a secure memory that does not grow is a note' '
	grep -v auto-expand $GNUPGHOME/gpg-agent.conf >../keep; cp ../keep $GNUPGHOME/gpg-agent.conf &&
	ids >../got && test_empty ../got && grep -q agent-secmem doctor.json
'
test_expect_success 'a clone without drivers, and --mend' '
	git clone -q . ../clone && cd ../clone && echo doctor.json >>.git/info/exclude && finds merge-driver diff-driver &&
	jzbf doctor --mend >../out && ids >../got && test_empty ../got && cd ../s
'
test_expect_success 'a clone of somebody who is not in access.yaml' '
	become ben && cd ../clone && finds person-unknown && cd ../s && become anna
'
test_expect_success 'decrypted text that git stores' '
	git config diff.jzbf.cachetextconv true && finds textconv-cache && git config diff.jzbf.cachetextconv false &&
	git notes --ref=textconv/jzbf add -m x && finds textconv-notes && git update-ref -d refs/notes/textconv/jzbf
'
test_expect_success 'a key that ends soon' '
	gpg --batch -q --quick-set-expire $fpr_anna 30d && gpg --armor --export $fpr_anna >../anna.asc &&
	jzbf access add anna --key-file ../anna.asc && finds key-expiring && test_grep "$(echo $fpr_anna | cut -c25-)" doctor.json
'
test_expect_success 'an expired and a revoked one' '
	past="gpg --batch -q --faked-system-time" &&
	for name in eve fay; do
		$past 20200101T000000 --passphrase "" --quick-generate-key $name future-default default never &&
		fpr=$(gpg --batch --with-colons --list-keys $name | awk -F: "\$1 == \"fpr\" { print \$10; exit }") && eval "fpr_$name=$fpr" &&
		gpg --armor --export $fpr >../$name.asc && jzbf access add $name --name $name --role it --key-file ../$name.asc || return 1
	done &&
	sed "s/^:---/---/" $GNUPGHOME/openpgp-revocs.d/$fpr_eve.rev | gpg --batch -q --import &&
	gpg --armor --export $fpr_eve >keys/$fpr_eve.asc &&
	$past 20210101T000000 --quick-set-expire $fpr_fay 2d && gpg --armor --export $fpr_fay >keys/$fpr_fay.asc &&
	git commit -q -am "keys get old" && finds key-expiring key-revoked key-expired head-unsigned &&
	test_grep "$(echo $fpr_fay | cut -c25-).*has expired" doctor.json
'
test_expect_success 'an expired signer commits nothing, and is told why' '
	sed -i "/id: fay/,/role: it/s/role: it/role: caseworker/" access.yaml && git commit -q -am "by hand" &&
	head=$(git rev-parse HEAD) && test_expect_code 4 env JZBF_PERSON=fay WRITER_UNVERIFIED=1 crash-writer . new 1 2>../err &&
	test_grep "your key .* has expired" ../err && test $(git rev-parse HEAD) = $head && clean_after
'
test_expect_success 'git attributes that let records be merged as text' '
	cd .. && make_store t anna && cd t && echo doctor.json >>.git/info/exclude && jzbf doctor --mend >../out;
	test_grep "role secrets" ../out && echo "# nothing" >.gitattributes && git commit -q -am x && ids >../got;
	test_grep "^attributes$" ../got
'
test_expect_success 'leftovers of killed processes are swept' '
	(exec 9<>/dev/null; mkdir -m 700 $JZBF_TMPFS/jzbf.abcdef && touch $JZBF_TMPFS/jzbf.abcdef/alive) &&
	ids >../got; grep -q stale-homes doctor.json && test ! -e $JZBF_TMPFS/jzbf.abcdef
'
test_expect_success 'nothing is left behind' 'rmdir "$JZBF_TMPFS"'
test_done
