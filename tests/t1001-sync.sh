#!/bin/bash
# sync: clones that meet through a bare hub.
. "$(dirname "$0")/lib.sh"
. "$SRC/tests/store.sh"
. "$SRC/tests/attack.sh"
. "$SRC/tests/clones.sh"

test_expect_success 'an office, and an empty hub' '
	make_office && git -C "$W/base" remote add origin ../hub.git && git init -q --bare -b main "$W/hub.git"
'
test_expect_success 'the first push' '
	cd "$W/base" && by anna jzbf sync >../out 2>../err && test_grep "sent +LS-2026-0001" ../out && test_grep "sent +access.yaml" ../out &&
	test "$(git -C ../hub.git rev-parse main)" = "$(git rev-parse HEAD)" && clean_after && by anna jzbf sync >../out 2>../err &&
	test_empty ../out && test_grep "nothing new" ../err
'
test_expect_success 'clones' 'clone_as anna a && clone_as ben b && clone_as dora d'
test_expect_success 'ahead, then behind' '
	in_clone a touched anna LS-2026-0001 && in_clone a by anna jzbf sync >out && test_grep "^sent +LS-2026-0001\$" out && test_line_count = 1 out &&
	in_clone b by ben jzbf sync >out 2>err && test_grep "^received +LS-2026-0001" out && same a b && same a hub.git && clean_after b
'
test_expect_success 'two cases changed in two clones' '
	in_clone a touched anna LS-2026-0001 && in_clone b touched ben LS-2026-0002 && in_clone a by anna jzbf -q sync >out &&
	in_clone b by ben jzbf sync >out 2>err && test_grep "^received +LS-2026-0001" out && test_grep "^sent +LS-2026-0002" out &&
	in_clone a by anna jzbf -q sync >out && same a b && clean_after a && clean_after b &&
	in_clone a by anna jzbf verify --full >out && test_grep "^verified" out
'
test_expect_success 'one case changed in two clones is merged by meaning' '
	in_clone a by anna jzbf -q intake 1 person.phone=13800000001 && in_clone b by ben jzbf -q intake 1 person.former_name=乙 &&
	in_clone a by anna jzbf -q sync >out && in_clone b by ben jzbf sync >out 2>err && test_grep "^merged +LS-2026-0001" out &&
	in_clone a by anna jzbf -q sync >out && same a b && in_clone a by anna jzbf show 1 --format yaml >plain && test_grep 13800000001 plain && test_grep 乙 plain &&
	in_clone a by anna jzbf verify --full >out && test_grep "^verified" out
'
test_expect_success 'the first sync of a founding clone sets what plain git pulls from, as push -u does; later ones leave it alone' '
	test "$(git -C base rev-parse --abbrev-ref @{u})" = origin/main && in_clone base git pull -q --ff-only && git init -q --bare other.git && git -C base remote add other ../other.git && in_clone base by anna jzbf -q sync other >/dev/null &&
	test "$(git -C base config branch.main.remote)" = origin && cp -r base lone && cd lone && git remote remove other && git config --remove-section branch.main && git remote rename origin there && by anna jzbf -q sync -n >/dev/null && test_must_fail git config branch.main.remote &&
	by anna jzbf -q sync >/dev/null && test "$(git config branch.main.remote) $(git config branch.main.merge)" = "there refs/heads/main" && cd ..
'
test_done
