#include "cmd/clashes.h"

#include "cmd/out.h"
#include "lib/base/i18n.h"

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
