#!/bin/bash
# Getting a fresh machine ready: only what is missing is installed, and elsewhere one message says what.
. "$(dirname "$0")/lib.sh"

unset MAKEFLAGS MAKELEVEL MFLAGS
mkdir tools fake
for t in make sh bash env grep id printf cat git awk sed mkdir cmp tr; do ln -s "$(command -v $t)" tools/; done
cat >fake/apt-get <<EOF
#!/bin/sh
echo "apt-get \$*" >>"$PWD/asked"
EOF
cat >fake/sudo <<EOF
#!/bin/sh
echo sudo >>"$PWD/asked"
exec "\$@"
EOF
printf '#!/bin/sh\necho 1000\n' >fake/id
# Everything but two packages is there.
cat >fake/dpkg-query <<'EOF'
#!/bin/sh
for p; do :; done
case $p in libyaml-dev | libcsv-dev) exit 1 ;; esac
echo "install ok installed"
EOF
chmod +x fake/*
target() { (cd "$SRC" && PATH=$1 make -s "$2" O="$TRASH/o"); }

test_expect_success 'on Debian what is missing is installed, as root by sudo' '
	target "$PWD/fake:$PWD/tools" deps >out && test_grep "installing: libyaml-dev libcsv-dev$" out &&
	test_grep "apt-get update" asked && test_grep "apt-get install .* libyaml-dev libcsv-dev$" asked &&
	test_grep sudo asked
'
test_expect_success 'without root and sudo it says what is missing' '
	rm fake/sudo asked && test_must_fail target "$PWD/fake:$PWD/tools" deps 2>err &&
	test_grep "neither root nor sudo.*libyaml-dev libcsv-dev" err && test ! -e asked
'
test_expect_success 'a machine that has everything is left alone' '
	printf "#!/bin/sh\necho install ok installed\n" >fake/dpkg-query &&
	target "$PWD/fake:$PWD/tools" deps-test >out && test_empty out && test ! -e asked
'
test_expect_success 'elsewhere one message names what is needed' '
	test_must_fail target "$PWD/tools" deps 2>err && test_grep "no Debian.* pkg-config msgfmt gpg" err &&
	test_grep "libgit2-dev" err
'
test_done
