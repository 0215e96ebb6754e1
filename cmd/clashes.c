#include "cmd/clashes.h"

#include "cmd/out.h"
#include "lib/base/date.h"
#include "lib/base/i18n.h"
#include "lib/port/git.h"
#include "lib/store/store.h"

static const char *what(const struct jz_clash *clash)
{
	switch (clash->kind) {
	case JZ_CLASH_ADDED:
		return _("both sides added it, differently");
	case JZ_CLASH_OURS_REMOVED:
		return _("our side removed it, the other changed it");
	case JZ_CLASH_THEIRS_REMOVED:
		return _("the other side removed it, ours changed it");
	case JZ_CLASH_CHANGED:
	default:
		return _("both sides changed it, differently");
	}
}

void jz_print_clash(const char *id, const struct jz_clash *clash, FILE *to)
{
	jz_say(to, "%s: %s: %s\n", id, clash->path, what(clash));
}

void jz_print_clashes(const char *id, const struct jz_vec *clashes, FILE *to)
{
	for (size_t i = 0; i < clashes->len; i++)
		jz_print_clash(id, clashes->items[i], to);
}

struct last_change {
	const char *side;
	FILE *to;
};

static int print_commit(void *data, const struct jz_git_commit *commit)
{
	const struct last_change *last = data;
	char day[11];

	jz_date_format(jz_local_date(commit->author.time), day);
	jz_say(last->to, "  %s: %s, %s, %.10s\n", last->side, commit->author.name, day, commit->id);
	return 1;
}

void jz_print_last_change(struct jz_store *store, const char *side, const char *from,
			  const char *path, FILE *to)
{
	struct last_change last = {side, to};

	if (*from)
		jz_git_log(jz_store_git(store), from, path, print_commit, &last, NULL);
}
