#include "cmd/command.h"

#include <stdio.h>
#include <string.h>

#include "cmd/access.h"
#include "cmd/out.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/access.h"
#include "lib/store/keyring.h"
#include "lib/store/member.h"
#include "lib/store/reseal.h"
#include "lib/store/store.h"

static struct {
	const char *format;
	const char *name, *key, *key_file, *from, *until;
	struct jz_strs roles;
	bool all, dry_run, rotate;
} given;

/* ---- list ---- */

static void set_text(struct jz_arena *arena, struct jz_node *map, const char *key, const char *text)
{
	jz_map_set(arena, map, key, jz_node_string(arena, text));
}

static struct jz_node *person_json(struct jz_arena *arena, const struct jz_access *access,
				   const struct jz_person *person, struct jz_date day)
{
	struct jz_node *map = jz_node_map(arena), *holds = jz_node_seq(arena);
	const struct jz_node *people = jz_map_get(access->root, "people");
	const struct jz_node *source = jz_seq_get(people, (size_t)(person - access->people));
	const char *key = jz_person_key_on(person, day);

	set_text(arena, map, "id", person->id);
	set_text(arena, map, "name", person->name);
	jz_map_set(arena, map, "in_force", jz_node_bool(arena, jz_person_in_force(person, day)));
	jz_map_set(arena, map, "key", key ? jz_node_string(arena, key) : jz_node_null(arena));
	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++)
		if (jz_person_holds(person, (enum jz_role_key)k, day))
			jz_seq_push(arena, holds, jz_node_string(arena, jz_role_key_word((enum jz_role_key)k)));
	jz_map_set(arena, map, "holds", holds);
	jz_map_set(arena, map, "roles", jz_node_clone(arena, jz_map_get(source, "roles")));
	jz_map_set(arena, map, "keys", jz_node_clone(arena, jz_map_get(source, "keys")));
	return map;
}

static void list_json(const struct jz_access *access, struct jz_date day)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_node *root = jz_node_map(arena), *people = jz_node_seq(arena);
	const struct jz_node *retired = jz_map_get(access->root, "retired_role_keys");

	set_text(arena, root, "format", "jzbf/access-list/1");
	for (size_t i = 0; i < access->count; i++)
		jz_seq_push(arena, people, person_json(arena, access, &access->people[i], day));
	jz_map_set(arena, root, "people", people);
	jz_map_set(arena, root, "role_keys",
		   jz_node_clone(arena, jz_map_get(access->root, "role_keys")));
	jz_map_set(arena, root, "retired_role_keys", retired ? jz_node_clone(arena, retired)
							      : jz_node_seq(arena));
	jz_map_set(arena, root, "recovery_key",
		   access->recovery ? jz_node_string(arena, access->recovery)
				    : jz_node_null(arena));
	jz_print_json(root, stdout);
}

/* "custodian, caseworker (until 2026-12-31)" */
static void describe_roles(const struct jz_person *person, struct jz_date day, struct jz_buf *out)
{
	for (size_t i = 0; i < person->role_count; i++) {
		const struct jz_person_role *role = &person->roles[i];
		char until[11];

		if (!given.all && !jz_span_holds(&role->span, day))
			continue;
		jz_buf_addf(out, "%s%s", out->len ? ", " : "", jz_role_label(role->role));
		if (!role->span.until.year)
			continue;
		jz_date_format(role->span.until, until);
		jz_buf_addf(out, _(" (until %s)"), until);
	}
}

static void role_key_row(struct jz_table *table, enum jz_role_key key, const struct jz_span *span,
			 const char *fingerprint)
{
	char from[11], until[11];

	jz_date_format(span->from, from);
	jz_date_format(span->until, until);
	jz_table_cell(table, jz_role_key_word(key));
	jz_table_cell(table, span->from.year ? from : "-");
	jz_table_cell(table, span->until.year ? until : "-");
	jz_table_cell(table, fingerprint + 24);
}

/* The role keys: those that were replaced, then the ones in force. */
static void list_role_keys(const struct jz_access *access)
{
	const char *const heads[] = {_("ROLE KEY"), _("FROM"), _("TO"), _("KEY")};
	struct jz_table *table = jz_table_new(JZ_COUNT(heads), heads);

	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++) {
		struct jz_span present = {0};

		for (size_t i = 0; i < access->retired_count; i++) {
			const struct jz_retired_key *retired = &access->retired[i];

			if ((int)retired->key != k)
				continue;
			role_key_row(table, retired->key, &retired->span, retired->fingerprint);
			present.from = retired->span.until;
		}
		role_key_row(table, (enum jz_role_key)k, &present, access->role_key[k]);
	}
	printf("\n");
	jz_table_print(table, stdout);
	jz_table_free(table);
}

static void list_text(const struct jz_access *access, struct jz_date day)
{
	const char *const heads[] = {_("ID"), _("NAME"), _("ROLES"), _("KEY")};
	struct jz_table *table = jz_table_new(JZ_COUNT(heads), heads);

	for (size_t i = 0; i < access->count; i++) {
		jz_cleanup(jz_buf_release) struct jz_buf roles = JZ_BUF_INIT;
		const struct jz_person *person = &access->people[i];
		const char *key = jz_person_key_on(person, day);

		if (!given.all && !jz_person_in_force(person, day))
			continue;
		describe_roles(person, day, &roles);
		jz_table_cell(table, person->id);
		jz_table_cell(table, person->name);
		jz_table_cell(table, roles.data);
		jz_table_cell(table, key ? key + 24 : "-");
	}
	jz_table_print(table, stdout);
	jz_table_free(table);
	if (given.all)
		list_role_keys(access);
	if (access->recovery) { /* it opens everything: nobody who looks should miss it */
		printf("\n");
		jz_say(stdout, _("recovery key: %s\n"), access->recovery + 24);
	}
}

static int run_list(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	int rc = jz_snapshot_open(ctx->store, NULL, &snapshot, err);

	(void)argc, (void)argv;
	if (rc)
		return rc;
	if (jz_eq(given.format, "json"))
		list_json(jz_snapshot_access(snapshot), jz_today());
	else
		list_text(jz_snapshot_access(snapshot), jz_today());
	return jz_stdout_check(err);
}

/* ---- add, remove, seal ---- */

int jz_access_tell(const struct jz_ctx *ctx, int rc, const struct jz_strs *notes, bool dry_run,
		   struct jz_err *err)
{
	if (rc)
		return rc;
	for (size_t i = 0; i < notes->len; i++)
		jz_warn("%s", notes->items[i]);
	if (dry_run)
		jz_note(ctx, "%s", _("dry run: nothing was written"));
	return jz_stdout_check(err);
}

static int read_key(struct jz_ctx *ctx, struct jz_buf *key, struct jz_err *err)
{
	char fingerprint[JZ_FPR_LEN + 1];
	int rc;

	if (given.key_file)
		return jz_file_read(given.key_file, KEY_FILE_MAX, key, err);
	if (!given.key)
		return 0;
	rc = jz_fingerprint_parse(given.key, fingerprint, err);
	return rc ? rc : jz_keyring_export_own(jz_store_keyring(ctx->store), fingerprint, key, err);
}

static int run_add(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs notes = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf key = JZ_BUF_INIT;
	struct jz_member member = {.id = argv[1], .name = given.name, .roles = &given.roles};
	struct jz_change_opts change = {.dry_run = given.dry_run};
	const struct jz_reseal_opts reseal = {.dry_run = false};
	bool ended = false;
	int rc = jz_roles_check(&given.roles, err);

	(void)argc;
	if (!rc)
		rc = read_key(ctx, &key, err);
	if (!rc) {
		member.key = key.len ? &key : NULL;
		if (given.from)
			jz_date_parse(given.from, &member.from);
		if (given.until)
			jz_date_parse(given.until, &member.until);
		rc = jz_member_add(ctx->store, &member, &change, &notes, &ended, err);
	}
	jz_strs_release(&given.roles);
	rc = jz_access_tell(ctx, rc, &notes, given.dry_run, err);
	return rc || !ended || given.dry_run ? rc : jz_access_reseal(ctx, &reseal, err);
}

static int run_remove(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs notes = JZ_STRS_INIT;
	struct jz_change_opts change = {.dry_run = given.dry_run};
	struct jz_reseal_opts reseal = {.dry_run = given.dry_run};
	bool rotated[JZ_ROLE_KEY_COUNT] = {false};
	int rc = jz_member_remove(ctx->store, argv[1], given.rotate, rotated, &change, &notes, err);

	(void)argc;
	rc = jz_access_tell(ctx, rc, &notes, given.dry_run, err);
	if (given.dry_run) {
		reseal.suppose.left = argv[1];
		memcpy(reseal.suppose.renewed, rotated, sizeof(rotated));
	}
	return rc ? rc : jz_access_reseal(ctx, &reseal, err);
}

static int run_seal(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs notes = JZ_STRS_INIT;
	struct jz_change_opts change = {.dry_run = given.dry_run};
	int rc = jz_member_seal(ctx->store, &change, &notes, err);

	(void)argc, (void)argv;
	return jz_access_tell(ctx, rc, &notes, given.dry_run, err);
}

/* ---- tables ---- */

#define DRY_RUN_OPT JZ_DRY_RUN_OPT(&given.dry_run, N_("check everything, write nothing"))

static const struct jz_opt list_opts[] = {
	JZ_FORMAT_OPT(&given.format, jz_text_or_json, N_("text for people, or json")),
	{.kind = JZ_OPT_FLAG,
	 .short_name = 'a',
	 .long_name = "all",
	 .dest = &given.all,
	 .help = N_("also people and roles that are not in force today, and the role keys, retired ones too")},
	{0},
};

static const struct jz_opt add_opts[] = {
	{.kind = JZ_OPT_STRING,
	 .long_name = "name",
	 .dest = &given.name,
	 .metavar = N_("NAME"),
	 .help = N_("the person's name")},
	{.kind = JZ_OPT_STRINGS,
	 .long_name = "role",
	 .dest = &given.roles,
	 .metavar = N_("ROLE"),
	 .help = N_("custodian, supervisor, caseworker, psychologist, auditor or it")},
	{.kind = JZ_OPT_STRING,
	 .long_name = "key",
	 .dest = &given.key,
	 .metavar = N_("FINGERPRINT"),
	 .help = N_("the person's key, taken from your own keyring: compare the fingerprint with "
		    "them")},
	JZ_FILE_OPT(&given.key_file, "key-file", N_("the person's public key in a file")),
	{.kind = JZ_OPT_DATE,
	 .long_name = "from",
	 .dest = &given.from,
	 .metavar = N_("DATE"),
	 .help = N_("first day of the new roles and key (default: today)")},
	{.kind = JZ_OPT_DATE,
	 .long_name = "until",
	 .dest = &given.until,
	 .metavar = N_("DATE"),
	 .help = N_("last day of the new roles and key")},
	DRY_RUN_OPT,
	{0},
};

static const struct jz_opt change_opts[] = {DRY_RUN_OPT, {0}};

static const struct jz_opt remove_opts[] = {
	JZ_FLAG_OPT(&given.rotate, "rotate",
		    N_("also replace the role keys that they held, as 'jzbf access rotate' does")),
	DRY_RUN_OPT,
	{0},
};

static const struct jz_arg new_person[] = {
	{.metavar = N_("PERSON"), .help = N_("an id of small letters, for instance 'li'")},
	{0},
};
static const struct jz_arg person[] = {
	{.metavar = N_("PERSON"),
	 .help = N_("an id in access.yaml"),
	 .complete = JZ_COMPLETE_PERSON},
	{0},
};

static const char *const list_about[] = {
	N_("Lists the people of the office, their roles of today and the last 16 digits of their "
	   "keys."),
	NULL,
};
static const char *const add_about[] = {
	N_("Adds a person with a name, a role and a key; or adds a role or a key to a person who "
	   "is there. "
	   "A newer file of the same key replaces the old one. The role secrets are encrypted anew "
	   "to "
	   "those who hold them then. Only a custodian may do this."),
	N_("Which cases a caseworker or psychologist can read is not said here but in each case, "
	   "under "
	   "'assigned'."),
	NULL,
};
static const char *const remove_about[] = {
	N_("Ends the roles and keys of a person as of yesterday, encrypts the role secrets to "
	   "those who "
	   "remain, and encrypts the case files that named the person anew, without them; the ids "
	   "of these "
	   "are printed. What that does not undo is said on standard error: earlier commits stay "
	   "readable "
	   "to them, and so does what a role key that they held can open."),
	NULL,
};
static const char *const seal_about[] = {
	N_("Encrypts the role secrets that you can open to the people who hold the role today. A "
	   "custodian "
	   "cannot open the clinical one: after a psychologist was added or removed, another "
	   "psychologist "
	   "runs this."),
	NULL,
};
static const char *const about[] = {
	N_("Who works in the office, in which role, from when until when and with which key. It "
	   "stands in "
	   "plain text in access.yaml; each change is one signed commit of a custodian."),
	NULL,
};
static const char *const add_examples[] = {
	"jzbf access add li --name 李四 --role caseworker --key-file li.asc",
	N_("a new caseworker with the public key that they handed over"), NULL};

static const struct jz_command list = {
	.name = "list",
	.summary = N_("list people, roles and keys"),
	.opts = list_opts,
	.about = list_about,
	.needs = JZ_NEED_STORE,
	.run = run_list,
};
static const struct jz_command add = {
	.name = "add",
	.summary = N_("add a person, a role or a key"),
	.opts = add_opts,
	.args = new_person,
	.about = add_about,
	.examples = add_examples,
	.needs = JZ_NEED_STORE,
	.run = run_add,
};
static const struct jz_command removal = {
	.name = "remove",
	.summary = N_("end a person's roles and keys"),
	.opts = remove_opts,
	.args = person,
	.about = remove_about,
	.needs = JZ_NEED_STORE,
	.run = run_remove,
};
static const struct jz_command seal = {
	.name = "seal",
	.summary = N_("encrypt the role secrets to those who hold them today"),
	.opts = change_opts,
	.about = seal_about,
	.needs = JZ_NEED_STORE,
	.run = run_seal,
};
static const struct jz_command *const subs[] = {&list, &add, &removal, &seal, &jz_access_rotate,
						&jz_access_recovery, &jz_access_exposure, NULL};

const struct jz_command jz_cmd_access = {
	.name = "access",
	.group = "store",
	.summary = N_("show or change who may read and write"),
	.about = about,
	.subs = subs,
};
