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

# same DIR DIR: both stand at one commit.
same() {
	test "$(git -C "$W/$1" rev-parse main)" = "$(git -C "$W/$2" rev-parse main)" || { git -C "$W/$1" log --oneline -3; git -C "$W/$2" log --oneline -3; return 1; }
}

# make_hub: base, the office of make_office, pushed to hub.git.
make_hub() {
	git init -q --bare -b main "$W/hub.git" && cd "$W/base" && git remote add origin ../hub.git && by anna jzbf -q sync >/dev/null && cd "$W"
}
