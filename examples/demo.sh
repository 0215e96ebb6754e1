#!/bin/sh
# A whole office from an empty directory to printed reports: throw-away keys, a store, the 24 made-up
# people of this directory through all of clause 6, an alarm, clones that meet at a hub, somebody who
# leaves, and what an office sees of it.
#
#	examples/demo.sh [DIRECTORY]	(default: a new directory under /tmp; it is kept)
#
# The day is pinned, so that every run shows the same.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=${1:-$(mktemp -d /tmp/jzbf-demo.XXXXXX)}
store=$dir/store
export JZBF_NOW=2026-11-20T09:00:00+08:00 TZ=Asia/Shanghai XDG_STATE_HOME=$dir/state
case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in zh*) zh=1 ;; *) zh= ;; esac

say() # ENGLISH CHINESE
{
	printf '\n== %s\n' "$( [ "$zh" ] && echo "$2" || echo "$1" )"
}

finish()
{
	for home in "$dir"/gnupg/*; do
		[ ! -d "$home" ] || GNUPGHOME=$home gpgconf --kill all 2>/dev/null || :
	done
}
trap finish EXIT
trap 'exit 130' INT TERM

# Everybody has a keyring of their own, as on a machine of their own.
new_key() # PERSON
{
	mkdir -p "$dir/gnupg/$1"
	chmod 700 "$dir/gnupg/$1"
	GNUPGHOME=$dir/gnupg/$1 gpg --batch --quiet --no-tty --passphrase '' \
		--quick-gen-key "$1 <$1@demo.invalid>" future-default default never 2>/dev/null
	GNUPGHOME=$dir/gnupg/$1 gpg --batch --armor --export >"$dir/$1.asc" 2>/dev/null
}

as() # PERSON COMMAND…
{
	JZBF_PERSON=$1 GNUPGHOME=$dir/gnupg/$1
	export JZBF_PERSON GNUPGHOME
	shift
	jzbf -q -C "$store" "$@"
}

# Everybody has a clone of their own, too.
at() # PERSON COMMAND…
{
	person=$1
	shift
	(store=$dir/$person && as "$person" "$@")
}

say 'Keys of a small office, thrown away with this directory' '小单位的密钥，随本目录一起丢弃'
mkdir -p "$store"
for person in he.min su.lan li.qing wang.song pan.ning qi.zheng; do
	new_key "$person"
done

say 'A store and its people' '建库并登记人员'
GNUPGHOME=$dir/gnupg/he.min jzbf init --office LS --name 示例县社区矫正教育帮扶中心 --region 441825 \
	--person he.min --person-name 何敏 "$store"
as he.min access add su.lan --name 苏岚 --role supervisor --key-file "$dir/su.lan.asc"
as he.min access add li.qing --name 李青 --role caseworker --key-file "$dir/li.qing.asc"
as he.min access add wang.song --name 王松 --role caseworker --key-file "$dir/wang.song.asc"
as he.min access add pan.ning --name 潘宁 --role psychologist --key-file "$dir/pan.ning.asc"
as he.min access add qi.zheng --name 齐正 --role auditor --key-file "$dir/qi.zheng.asc"
as he.min access list

say 'Two lists of people, one of them in GB18030' '导入两份名单，其中一份为 GB18030 编码'
as he.min intake --csv "$here/people.csv" --map "$here/map.yaml" >"$dir/ids"
as he.min intake --csv "$here/people-gb18030.csv" --map "$here/map.yaml" --encoding gb18030 >>"$dir/ids"
wc -l <"$dir/ids"

say 'Each person through contact, file, assessment, plan, services, closing, follow-up' \
	'每个人依次经过接触、建档、评估、方案、服务、结案、回访'
for person in "$here"/cases/*; do
	id=LS-2026-00${person##*/}
	worker=$(as he.min show "$id" 'assigned[0]')
	for file in "$person"/*.yaml; do
		step=${file##*/}
		step=${step#*-}
		step=${step%.yaml}
		case $step in
		assess-*)
			date=$(as "$worker" show "$id" 'contacts[0].date')
			as "$worker" assess "$id" "${step#assess-}" --answers "$file" purpose=psych_screen \
				date="$date" mode=self_paper >/dev/null 2>>"$dir/notices"
			;;
		alert)
			seen=$(as "$worker" show "$id" 'assessments[0].id')
			as "$worker" alert "$id" --assessment "$seen" --from "$file" >/dev/null 2>>"$dir/notices"
			;;
		*)
			as "$worker" "$step" "$id" --from "$file" >/dev/null 2>>"$dir/notices"
			;;
		esac
	done
	printf .
done
echo

say 'A critical answer today: the duty to report shows at once and stays until it is met' \
	'今天出现危急作答：立即提示报告义务，直到处理为止'
as li.qing assess LS-2026-0011 phq-9 --answers "$here/critical.yaml" purpose=psych_screen mode=interview
as li.qing status
seen=$(as li.qing show LS-2026-0011 'assessments[1].id')
as li.qing alert LS-2026-0011 --assessment "$seen" --from "$here/alert.yaml"

say 'Psychological work goes into a file of its own, which not even the custodian opens' \
	'心理矫正另立档案，档案管理员也不能打开'
as wang.song intake LS-2026-0012 'assigned[+]=pan.ning' 2>>"$dir/notices"
as pan.ning serve LS-2026-0012 --psych --from "$here/psych.yaml" 2>>"$dir/notices"
as pan.ning show LS-2026-0012 --psych sessions
as he.min show LS-2026-0012 --psych || echo "(exit status $?)"

say 'A caseworker opens the cases assigned to them, a custodian all' '矫正社工只能打开自己负责的档案，档案管理员可打开全部'
as wang.song list --ids || :

say 'A hub for several clones; its hooks judge every push and hold no key of a case' \
	'多个副本之间的中心仓库：钩子核验每次推送，不持有任何档案的密钥'
git init --quiet --bare -b main "$dir/hub.git"
jzbf -q -C "$dir/hub.git" hook install >/dev/null
git -C "$store" remote add origin "$dir/hub.git"
as he.min sync >"$dir/sent"
wc -l <"$dir/sent"
for person in li.qing su.lan; do
	git clone --quiet "$dir/hub.git" "$dir/$person"
	at "$person" doctor --mend >/dev/null || :
done

say 'Two people change one case: other fields merge, the same field is for a person to settle' \
	'两人修改同一个案：不同字段自动合并，同一字段由人处理'
at li.qing intake LS-2026-0011 person.phone=13800000001 person.traits=沉静 2>>"$dir/notices"
at su.lan intake LS-2026-0011 person.phone=13800000002 2>>"$dir/notices"
at li.qing sync
at su.lan sync || echo "(exit status $?)"
at su.lan resolve LS-2026-0011 || :
at su.lan resolve LS-2026-0011 --theirs
at su.lan sync

say 'A change that the person may not make does not get in' '无权作出的修改进不了中心仓库'
at li.qing sync
at li.qing hook install >/dev/null
( # round the hooks of the own clone
	cd "$dir/li.qing"
	GNUPGHOME=$dir/gnupg/li.qing
	export GNUPGHOME
	git config core.hooksPath /dev/null
	sed -i 's/role: caseworker/role: custodian/' access.yaml
	git commit --quiet -a -m access
	git push origin HEAD:main || echo "(exit status $?)"
	git reset --quiet --hard HEAD^
)

say 'Somebody leaves: their key opens nothing new, and what it opened is listed' \
	'有人离开：其密钥不能打开新内容，曾能打开的内容逐一列出'
as he.min sync
as he.min access remove su.lan --rotate >"$dir/renewed"
wc -l <"$dir/renewed"
as he.min access exposure su.lan | tail -n 3
as he.min sync >"$dir/sent"

say 'What the office sees' '单位看到的情况'
as he.min list
as he.min check || :
as he.min report caseload
as he.min report indicators --year 2026
as he.min report indicators --year 2026 --cases --format html -o "$dir/indicators.html"
as he.min report case LS-2026-0019 --format html -o "$dir/case.html"

say 'What an auditor can check with plain git and gpg' '审计人员用普通 git 和 gpg 可以核查的内容'
git -C "$store" fsck --no-dangling
git -C "$store" status --short
as qi.zheng verify
as qi.zheng log LS-2026-0011 | tail -n 8
as qi.zheng bundle -o "$dir/evidence.tar"
jzbf -q bundle verify "$dir/evidence.tar" >/dev/null && echo "$dir/evidence.tar"

say 'Done; look at' '完成，可查看'
printf '%s\n' "$store" "$dir/indicators.html" "$dir/case.html" "$dir/hub.git" "GNUPGHOME=$dir/gnupg/he.min"
