#include "cmd/command.h"

#include <stdio.h>

#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/clone.h"
#include "lib/store/doctor.h"
#include "lib/store/store.h"
#include "lib/store/trust.h"

static struct {
	const char *format;
	bool mend;
} given;

static const char *const severities[] = {"info", "warning", "error"};

static void print_json(const struct jz_checkup *checkup)
{
	struct jz_arena *arena = checkup->arena;
	struct jz_node *root = jz_node_map(arena), *list = jz_node_seq(arena);

	jz_map_set(arena, root, "format", jz_node_string(arena, "jzbf/doctor/1"));
	for (size_t i = 0; i < checkup->len; i++) {
		const struct jz_ailment *ailment = &checkup->items[i];
		struct jz_node *map = jz_node_map(arena);

		jz_map_set(arena, map, "severity",
			   jz_node_string(arena, severities[ailment->severity]));
		jz_map_set(arena, map, "id", jz_node_string(arena, ailment->id));
		jz_map_set(arena, map, "message", jz_node_string(arena, ailment->what));
		jz_map_set(arena, map, "mend", jz_node_string(arena, ailment->mend));
		jz_seq_push(arena, list, map);
	}
	jz_map_set(arena, root, "findings", list);
	jz_print_json(root, stdout);
}

static void print_text(const struct jz_checkup *checkup)
{
	const char *const words[] = {_("note"), _("warning"), _("error")};

	for (size_t i = 0; i < checkup->len; i++) {
		const struct jz_ailment *ailment = &checkup->items[i];
		jz_autofree char *line =
			jz_xasprintf("%s: %s", words[ailment->severity], ailment->what);

		jz_print_wrapped(stdout, line, 0, jz_term_columns());
		if (ailment->mend[0])
			jz_print_wrapped(stdout, ailment->mend, 4, jz_term_columns());
	}
	if (!checkup->len)
		printf("%s\n", _("all is well"));
}

static int check_store(const struct jz_ctx *ctx, struct jz_checkup *checkup, struct jz_err *err)
{
	jz_cleanup(jz_store_free_p) struct jz_store *store = NULL;
	int rc = jz_store_open(ctx->dir, &store, err);

	if (rc && ctx->dir)
		return rc;
	if (rc) {
		jz_note(ctx, _("looked at this machine only: %s"), err->message);
		return 0;
	}
	jz_store_unverified(store); /* it must look when nothing else does */
	if (given.mend)
		rc = jz_clone_configure(store, err);
	if (given.mend && !rc)
		jz_note(ctx, "%s", _("git's diff and merge drivers are registered in this clone"));
	if (!rc)
		jz_doctor_store(checkup, store);
	return rc;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_checkup_release) struct jz_checkup checkup;
	int rc;

	(void)argc, (void)argv;
	jz_checkup_init(&checkup);
	jz_doctor_machine(&checkup);
	rc = check_store(ctx, &checkup, err);
	if (rc)
		return rc;
	if (jz_eq(given.format, "json"))
		print_json(&checkup);
	else
		print_text(&checkup);
	rc = jz_stdout_check(err);
	if (!rc && checkup.wrong)
		return jz_fail(err, JZ_E_FINDINGS, "%s", "");
	return rc;
}

static const struct jz_opt opts[] = {
	JZ_FORMAT_OPT(&given.format, jz_text_or_json, N_("text for people, or json")),
	JZ_FLAG_OPT(&given.mend, "mend",
		    N_("first register git's diff and merge drivers in this clone")),
	{0},
};

static const char *const about[] = {
	N_("Looks for what will go wrong or leak: missing programs, no file system in memory, slow "
	   "or small "
	   "agents, keys that have expired or will within 60 days, role secrets that are not "
	   "encrypted to "
	   "those who hold them today, git drivers that this clone lacks, what plain git would commit "
	   "as somebody else or unsigned, git settings that store "
	   "decrypted text, interrupted changes and edits. Every finding says how to mend it."),
	N_("Notes are worth knowing; a warning or an error makes the exit status 1. Outside a "
	   "store only the "
	   "machine is looked at."),
	NULL,
};
static const char *const examples[] = {
	"jzbf doctor", N_("look at this machine and this clone"), "jzbf doctor --mend",
	N_("after git clone: register the drivers, then look"), NULL};

const struct jz_command jz_cmd_doctor = {
	.name = "doctor",
	.group = "store",
	.summary = N_("find what is missing, about to expire, or leaking"),
	.opts = opts,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_NOTHING,
	.run = run,
};
