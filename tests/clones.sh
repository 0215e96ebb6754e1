# Clones of an office that meet through the bare repository hub.git. Source it behind attack.sh.

# clone_as NAME DIR: this person's clone of the hub, with the drivers, its root pinned.
clone_as() {
	cd "$W" && git clone -q hub.git "$2" && git -C "$2" config jzbf.person "$1" &&
	in_clone "$2" by "$1" jzbf doctor --mend >/dev/null 2>&1
	in_clone "$2" by "$1" jzbf -q list >/dev/null 2>&1; test -d "$2/cases"
}

# in_clone DIR COMMAND…
in_clone() (
	cd "$W/$1" && shift && "$@"
)

# plain NAME DIR GIT-ARGUMENTS…: git as the person's own set-up has it, signed and named as jzbf does.
plain() {
	local name=$1 dir=$2 fpr
	shift 2
	eval "fpr=\$fpr_$name"
	(become "$name" && export JZBF_PERSON=$name GIT_AUTHOR_EMAIL=$name@ls.jzbf.invalid GIT_COMMITTER_EMAIL=$name@ls.jzbf.invalid &&
		cd "$W/$dir" && git -c user.signingkey="$fpr" -c commit.gpgsign=true "$@")
}

# same DIR DIR: both stand at one commit.
same() {
	test "$(git -C "$W/$1" rev-parse main)" = "$(git -C "$W/$2" rev-parse main)" || { git -C "$W/$1" log --oneline -3; git -C "$W/$2" log --oneline -3; return 1; }
}

# make_hub: base, the office of make_office, pushed to hub.git.
make_hub() {
	git init -q --bare -b main "$W/hub.git" && cd "$W/base" && git remote add origin ../hub.git && by anna jzbf -q sync >/dev/null && cd "$W"
}
