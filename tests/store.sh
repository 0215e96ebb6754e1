# A store made by hand, with nothing but gpg and git, for tests of what is under the commands. Source
# it behind lib.sh; it needs setup_keys first.

# make_store DIR NAME [psych]: NAME (a key of setup_keys) is custodian and caseworker, psychologist
# too unless the third argument is "none". Role keys are made once a build.
make_store() {
	local dir=$1 name=$2 also="
      - {role: psychologist, from: '2020-01-01'}" fpr office clinical
	[ "$3" != none ] || also=
	eval "fpr=\$fpr_$name"
	mkdir -p "$dir/keys" "$KEYS" || return 1
	for role in office clinical; do
		(flock 9 && make_key "role-$role") 9>"$KEYS/lock" || return 1
		eval "$role=$(gpg --batch --with-colons --show-keys "$KEYS/role-$role.pub" |
			awk -F: '$1 == "fpr" { print $10; exit }')"
		eval "cp '$KEYS/role-$role.pub' '$dir/keys/'\$$role.asc"
		gpg --dearmor <"$KEYS/role-$role.sec" |
			gpg --batch --quiet --trust-model always -r "$fpr" -e >"$dir/keys/$role.sec.gpg" || return 1
	done
	gpg --armor --export "$fpr" >"$dir/keys/$fpr.asc"
	cat >"$dir/jzbf.yaml" <<-\YAML
	format: jzbf/office/1
	office: {code: LS, name: 示例县司法局, region: '441825'}
	standard: {id: 连山社区矫正教育帮扶服务规范, version: 征求意见稿}
	locale: zh_CN
	timezone: Asia/Shanghai
	clock: pinned
	YAML
	cat >"$dir/access.yaml" <<-YAML
	format: jzbf/access/1
	people:
	  - id: $name
	    name: $name
	    roles:
	      - {role: custodian, from: '2020-01-01'}
	      - {role: caseworker, from: '2020-01-01'}$also
	    keys:
	      - {fingerprint: $fpr, from: '2020-01-01'}
	role_keys:
	  office: $office
	  clinical: $clinical
	YAML
	echo '*.gpg diff=jzbf merge=jzbf -text' >"$dir/.gitattributes"
	rm -rf "$HOME/.local/state/jzbf" # another store may have been here
	git init -q -b main "$dir" &&
	git -C "$dir" config jzbf.person "$name" &&
	git -C "$dir" add -A && (cd "$dir" && commit_as "$name" init)
}

# commit_as NAME MESSAGE [OPTION…]: what the index holds (or all, -a), signed and named as jzbf does
# it for NAME, a key of setup_keys and an id of access.yaml (called $AS there, if not the same).
commit_as() {
	local name=$1 message=$2 fpr
	eval "fpr=\$fpr_$name"
	shift 2
	GNUPGHOME=$SHORT/$name GIT_AUTHOR_NAME=${AS:-$name} GIT_AUTHOR_EMAIL=$name@ls.jzbf.invalid \
		GIT_COMMITTER_NAME=${AS:-$name} GIT_COMMITTER_EMAIL=$name@ls.jzbf.invalid \
		git -c user.signingkey="$fpr" commit -q -S -m "$message" "$@"
}

# clean_after [DIR]: nothing uncommitted, nothing broken, no lock left.
clean_after() {
	(
		cd "${1:-.}" &&
		test -z "$(git status --porcelain)" || { git status --porcelain; exit 1; }
		git fsck --strict --no-dangling || exit 1
		! find .git -name '*.lock' -o -name 'pending*' -o -name '*.own' | grep .
	)
}
