# A home for a key of anna's that has a passphrase, with a pinentry that counts and answers from
# $SHORT/answer; without that file it cancels. Source it behind lib.sh.
mkdir -m 700 "$SHORT/anna"
export GNUPGHOME=$SHORT/anna

cat >"$SHORT/pinentry" <<EOS
#!/bin/bash
echo OK ready
while read -r word rest; do
	case \$word in
	GETPIN)
		echo asked >>"$SHORT/asked"
		if [ -e "$SHORT/answer" ]; then echo "D \$(cat "$SHORT/answer")"; echo OK; else echo "ERR 83886179 cancelled"; fi;;
	BYE) echo OK; exit;;
	*) echo OK;;
	esac
done
EOS
chmod +x "$SHORT/pinentry"
printf 'pinentry-program %s\ns2k-count 65536\nauto-expand-secmem\n' "$SHORT/pinentry" >"$GNUPGHOME/gpg-agent.conf"
printf 'no-random-seed-file\n' >"$GNUPGHOME/gpg.conf"

# How often it asked since the last forget.
asked() { [ -e "$SHORT/asked" ] && wc -l <"$SHORT/asked" || echo 0; }
forget() { gpgconf --kill gpg-agent; rm -f "$SHORT/asked"; }
