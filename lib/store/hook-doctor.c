#include "lib/store/hook.h"

#include "lib/base/i18n.h"
#include "lib/store/doctor.h"

static void check_state(struct jz_checkup *checkup, enum jz_hook hook, enum jz_hook_state state)
{
	const char *name = jz_hook_name(hook), *again = _("run 'jzbf hook install' again");

	if (state == JZ_HOOK_CHANGED)
		jz_checkup_add(checkup, JZ_WARNING, "hook-changed", again,
			       _("the hook %s is not as jzbf would write it now"), name);
	else if (state == JZ_HOOK_BYPASSED)
		jz_checkup_add(checkup, JZ_WARNING, "hook-bypassed",
			       _("take core.hooksPath out of git's configuration"),
			       _("git does not run the hook %s: core.hooksPath leads elsewhere"),
			       name);
	else if (state == JZ_HOOK_FOREIGN)
		jz_checkup_add(checkup, JZ_INFO, "hook-foreign",
			       _("run 'jzbf hook install --force', if it can be done without"),
			       _("the hook %s is somebody else's"), name);
}

static void check_needs(struct jz_checkup *checkup, struct jz_store *store)
{
	struct jz_hook_need needs[JZ_HOOK_NEEDS];
	size_t count = jz_hook_needs(store, needs);

	for (size_t i = 0; i < count; i++)
		if (!needs[i].set)
			jz_checkup_add(checkup, JZ_WARNING, "hook-setting",
				       _("run 'jzbf hook install' again"),
				       _("git's setting %s is not what the hooks need"),
				       needs[i].key);
}

void jz_hook_check(struct jz_checkup *checkup, struct jz_store *store)
{
	size_t missing = 0, wanted = 0;

	for (int i = 0; i < JZ_HOOK_COUNT; i++) {
		enum jz_hook_state state;

		if (!jz_hook_fits(store, (enum jz_hook)i))
			continue;
		state = jz_hook_look(store, (enum jz_hook)i, NULL);
		wanted++;
		missing += state == JZ_HOOK_MISSING || state == JZ_HOOK_FOREIGN;
		check_state(checkup, (enum jz_hook)i, state);
	}
	if (missing == wanted)
		jz_checkup_add(checkup, JZ_INFO, "hook-missing", _("run 'jzbf hook install'"),
			       jz_hook_fits(store, JZ_HOOK_PRE_RECEIVE)
				       ? _("no hook judges what is pushed to this repository")
				       : _("no hook holds back what plain git would commit or "
					   "push wrongly here"));
	else if (missing)
		jz_checkup_add(checkup, JZ_WARNING, "hook-changed",
			       _("run 'jzbf hook install' again"),
			       _("%zu of the %zu hooks of this repository are not there"), missing,
			       wanted);
	if (missing < wanted && jz_hook_fits(store, JZ_HOOK_PRE_RECEIVE)) /* a clone: doctor-git.c */
		check_needs(checkup, store);
}
