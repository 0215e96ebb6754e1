#include "cmd/case-change.h"

#include <stdio.h>

#include "cmd/case-result.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/model/schema.h"
#include "lib/model/template.h"
#include "lib/port/yaml.h"
#include "lib/store/access.h"
#include "lib/store/keyring.h"

const char *const jz_change_encodings[] = {"utf-8", "gb18030", NULL};

const struct jz_arg jz_change_case_args[] = {
	{.metavar = N_("CASE"),
	 .help = N_("id of the case"),
	 .complete = JZ_COMPLETE_CASE,
	 .optional = true},
	JZ_FIELDS_ARG,
	{0},
};

const char jz_change_about_fields[] = N_(
	"Fields are given as path=value, or as YAML by --from. A path is looked up in what the "
	"command writes, then in the record (with a dot in front only there): person.phone=…, "
	"needs[a7k2m9q4].severity=2, needs[+].domain=housing for a new item. A code may be given "
	"by its code or its label; path= removes a field; path=@FILE takes the text of a file. "
	"Printed are the ids that were touched, one a line: records first, then items.");

const char jz_change_about_argv[] = N_(
	"Everyone on this machine can see the arguments of a running command. Give what is about "
	"a person by --from FILE or --from - instead.");

/* ---- what was given ---- */

static int find_shapes(struct jz_change *change, struct jz_err *err)
{
	struct jz_shape list;
	int rc = jz_shape_open(change->kind, &change->shape, err);

	if (rc || !change->list)
		return rc;
	if (!jz_shape_key(&change->shape, change->list, strlen(change->list), &list))
		return jz_fail(err, JZ_E_BUG, "no '%s' in the schema", change->list);
	if (change->object)
		change->item_shape = list;
	else
		jz_shape_items(&list, &change->item_shape);
	if (change->sub &&
	    jz_shape_key(&change->item_shape, change->sub, strlen(change->sub), &list))
		jz_shape_items(&list, &change->item_shape);
	return 0;
}

static int read_document(struct jz_change *change, struct jz_err *err)
{
	const struct jz_shape *shape = change->list ? &change->item_shape : &change->shape;
	struct jz_node *doc;
	int rc;

	if (!change->args->from)
		return 0;
	rc = jz_yaml_read_file(change->arena, change->args->from, &doc, err);
	if (!rc && doc->kind != JZ_MAP)
		rc = jz_fail_at(err, JZ_E_INVALID, doc->line, doc->column,
				_("fields are expected, as --template prints them"));
	if (!rc)
		rc = jz_item_prepare(shape, change->codes, &change->names, change->arena, doc,
				     &change->doc, err);
	if (rc && jz_eq(change->args->from, "-"))
		jz_err_file(err, _("standard input"));
	else if (rc)
		jz_err_file(err, change->args->from);
	return rc;
}

int jz_change_cases(struct jz_change *change, int argc, char **argv, int max)
{
	int first = 1;

	for (; first < argc && first <= max && !strchr(argv[first], '='); first++)
		jz_strs_add(&change->ids, argv[first]);
	return first;
}

int jz_change_needs_case(const struct jz_change *change, struct jz_err *err)
{
	if (change->ids.len || change->args->template)
		return 0;
	return jz_fail(err, JZ_E_USAGE, _("which case? name its id before the fields"));
}

int jz_change_begin(struct jz_change *change, int argc, char **argv, int first, struct jz_err *err)
{
	const struct jz_person *me;
	int rc;

	change->arena = jz_arena_new();
	jz_findings_init(&change->findings);
	jz_item_new_id(change->new_item);
	rc = jz_snapshot_open(change->ctx->store, NULL, &change->snapshot, err);
	if (!rc)
		rc = find_shapes(change, err);
	if (rc)
		return rc;
	change->codes = jz_policy_codes(jz_snapshot_policy(change->snapshot));
	if (change->args->template)
		return 0;
	rc = jz_keyring_me(jz_store_keyring(change->ctx->store),
			   jz_snapshot_access(change->snapshot), &me, err);
	if (rc)
		return rc;
	change->me = me->id;
	rc = read_document(change, err);
	for (int i = first; !rc && i < argc; i++)
		rc = jz_fields_add(&change->fields, argv[i], i - first + 1, err);
	return rc;
}

int jz_change_template(struct jz_change *change, const char *const *only, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	const struct jz_shape *shape = change->list ? &change->item_shape : &change->shape;
	const char *title = jz_shape_title(shape);

	(void)err;
	if (change->list && !title) {
		struct jz_shape list;

		jz_shape_key(&change->shape, change->list, strlen(change->list), &list);
		title = jz_shape_title(&list);
	}
	jz_buf_addf(&text, "# %s\n", title ? title : change->kind);
	jz_buf_addf(&text, "# %s\n",
		    _("Fill in what is known and leave the rest empty; give it with --from."));
	jz_template_write(shape, change->codes, only, &text);
	fwrite(text.data, 1, text.len, stdout);
	return 0;
}

/* ---- one record ---- */

void jz_now_text(int64_t now, char out[26])
{
	jz_time_format(now, jz_local_offset(now), out);
}

void jz_work_default(struct jz_change *change, struct jz_work *work, const char *key,
		     const char *value)
{
	struct jz_node *map = work->item ? work->item : work->root;

	if (!jz_has(map, key))
		jz_item_set(work->item ? &change->item_shape : &change->shape, work->arena, map,
			    key, jz_node_string(work->arena, value));
}

void jz_work_default_now(struct jz_change *change, struct jz_work *work, const char *key)
{
	char text[26];

	jz_now_text(work->now, text);
	jz_work_default(change, work, key, text);
}

/* A psych record that is begun belongs to a case that is there (7.5.2). */
static int begin_psych(struct jz_work *work, const char *id, struct jz_err *err)
{
	struct jz_node *assigned;
	struct jz_entry entry;
	char today[11];
	int rc = jz_snapshot_find(work->snapshot, "case", id, &entry, err);

	if (rc)
		return rc;
	jz_copy(work->id, sizeof(work->id), entry.id);
	assigned = jz_node_seq(work->arena);
	jz_seq_push(work->arena, assigned, jz_node_string(work->arena, work->me));
	jz_date_format(work->today, today);
	jz_map_set(work->arena, work->root, "case", jz_node_string(work->arena, entry.id));
	jz_map_set(work->arena, work->root, "assigned", assigned);
	jz_map_set(work->arena, work->root, "opened_on", jz_node_string(work->arena, today));
	return 0;
}

int jz_work_open(struct jz_change *change, struct jz_txn *txn, const char *id, struct jz_work *work,
		 struct jz_err *err)
{
	struct jz_record *before = NULL;
	struct jz_entry entry;
	int rc;

	memset(work, 0, sizeof(*work));
	work->txn = txn;
	work->snapshot = jz_txn_snapshot(txn);
	work->policy = jz_snapshot_policy(work->snapshot);
	work->me = change->me;
	work->now = jz_now();
	work->today = jz_local_date(work->now);
	work->arena = jz_arena_new();
	work->fresh = true;
	work->root = jz_node_map(work->arena);
	if (!id)
		return 0;
	rc = jz_snapshot_find(work->snapshot, change->kind, id, &entry, err);
	if (rc == JZ_E_FINDINGS && jz_eq(change->kind, "psych"))
		return begin_psych(work, id, err);
	if (!rc)
		rc = jz_record_read(work->snapshot, &entry, &before, err);
	if (rc)
		return rc;
	work->fresh = false;
	work->before = before;
	jz_copy(work->id, sizeof(work->id), entry.id);
	work->root = jz_node_clone(work->arena, before->root);
	return 0;
}

void jz_work_release(struct jz_work *work)
{
	jz_arena_free(work->arena);
	if (work->before)
		jz_record_free((struct jz_record *)(uintptr_t)work->before);
	memset(work, 0, sizeof(*work));
}

/* A new item at the end of a list. */
static void push_item(struct jz_change *change, struct jz_work *work, struct jz_node *list)
{
	work->item = jz_node_map(work->arena);
	jz_map_set(work->arena, work->item, "id", jz_node_string(work->arena, change->new_item));
	jz_seq_push(work->arena, list, work->item);
}

static int open_in_list(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	struct jz_node *list = jz_item_list(&change->shape, work->arena, work->root, change->list);
	const char *id = change->item_id;
	struct jz_shape items, item;

	if (!id && change->choose)
		id = change->choose(change, work);
	if (!id) {
		push_item(change, work, list);
		jz_strs_addf(&change->items, "%s[%s]", change->list, change->new_item);
		return 0;
	}
	work->item = (struct jz_node *)(uintptr_t)jz_item(list, id);
	if (!work->item)
		return jz_fail(err, JZ_E_FINDINGS, _("%s: there is no item '%s' in '%s'"), work->id,
			       id, change->list);
	if (!change->sub) {
		jz_strs_addf(&change->items, "%s[%s]", change->list, id);
		return 0;
	}
	jz_shape_key(&change->shape, change->list, strlen(change->list), &items);
	jz_shape_items(&items, &item);
	push_item(change, work, jz_item_list(&item, work->arena, work->item, change->sub));
	jz_strs_addf(&change->items, "%s[%s].%s[%s]", change->list, id, change->sub,
		     change->new_item);
	return 0;
}

/* Finds or makes what the command is about. */
static int open_item(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	if (!change->list)
		return 0;
	if (!change->object)
		return open_in_list(change, work, err);
	work->item = jz_map_get(work->root, change->list);
	if (!work->item) {
		work->item = jz_node_map(work->arena);
		jz_item_set(&change->shape, work->arena, work->root, change->list, work->item);
	}
	return 0;
}

static int merge_given(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	struct jz_field_target target = {
		.arena = work->arena,
		.codes = change->codes,
		.shape = change->shape,
		.root = work->root,
		.item_shape = change->item_shape,
		.item = work->item,
	};
	int rc;

	if (change->doc && work->item)
		jz_item_merge(&change->item_shape, work->arena, work->item, change->doc);
	else if (change->doc)
		jz_item_merge(&change->shape, work->arena, work->root, change->doc);
	rc = jz_fields_apply(&change->fields, &target, err);
	for (size_t i = 0; !rc && i < target.made.len; i++)
		jz_strs_add(&change->items, target.made.items[i]);
	jz_field_target_release(&target);
	return rc;
}

static void remember(struct jz_change *change, const struct jz_work *work)
{
	struct jz_touched *put = jz_xcalloc(1, sizeof(*put));

	put->arena = jz_arena_new();
	put->root = jz_node_clone(put->arena, work->root);
	if (work->before)
		put->before = jz_node_clone(put->arena, work->before->root);
	jz_copy(put->kind, sizeof(put->kind), change->kind);
	jz_copy(put->id, sizeof(put->id), work->id);
	jz_vec_push(&change->puts, put);
}

static void forget(struct jz_change *change)
{
	for (size_t i = 0; i < change->puts.len; i++) {
		struct jz_touched *put = change->puts.items[i];

		jz_arena_free(put->arena);
		free(put);
	}
	change->puts.len = 0;
	jz_strs_release(&change->items);
}

/* Somebody gave what stands there already: that is no event in the history. */
static bool is_unchanged(const struct jz_change *change, struct jz_work *work)
{
	const struct jz_schema *schema;

	if (!work->before || jz_schema_builtin(change->kind, &schema, NULL))
		return false;
	jz_schema_type(schema, work->root);
	return jz_node_equal(work->root, work->before->root);
}

int jz_work_put(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	int rc = open_item(change, work, err);

	if (!rc && change->seed)
		rc = change->seed(change, work, err);
	if (!rc)
		rc = merge_given(change, work, err);
	if (!rc && change->fill)
		rc = change->fill(change, work, err);
	if (!rc && is_unchanged(change, work)) {
		jz_note(change->ctx, _("%s: nothing was changed, so there is no commit"), work->id);
		return 0;
	}
	if (!rc && work->fresh && !*work->id)
		rc = jz_txn_new_id(work->txn, work->today.year, work->id, err);
	if (!rc)
		rc = jz_txn_put(work->txn, change->kind, work->id, work->root, work->arena,
				work->before, err);
	if (rc)
		return rc;
	remember(change, work);
	return 0;
}

static int change_one(struct jz_change *change, struct jz_txn *txn, const char *id,
		      struct jz_err *err)
{
	jz_cleanup(jz_work_release) struct jz_work work;
	int rc = jz_work_open(change, txn, id, &work, err);

	for (size_t i = 0; !rc && i < change->puts.len; i++)
		if (jz_eq(((struct jz_touched *)change->puts.items[i])->id, work.id))
			rc = jz_fail(err, JZ_E_USAGE, _("case '%s' is named twice"), work.id);
	return rc ? rc : jz_work_put(change, &work, err);
}

/* One attempt at the transaction; nothing of an earlier one may stay. */
static int attempt(struct jz_txn *txn, void *data, struct jz_err *err)
{
	struct jz_change *change = data;
	int rc = 0;

	forget(change);
	jz_findings_release(&change->findings);
	jz_findings_init(&change->findings);
	if (change->apply)
		return change->apply(change, txn, err);
	if (!change->ids.len)
		return change_one(change, txn, NULL, err);
	for (size_t i = 0; !rc && i < change->ids.len; i++)
		rc = change_one(change, txn, change->ids.items[i], err);
	return rc;
}

int jz_change_commit(struct jz_change *change, struct jz_err *err)
{
	struct jz_change_opts opts = {
		.verb = change->verb,
		.dry_run = change->args->dry_run,
		.findings = &change->findings,
		.touched = &change->touched,
	};
	int rc = jz_store_change(change->ctx->store, &opts, attempt, change, err);

	if (!rc)
		jz_copy(change->commit, sizeof(change->commit), opts.commit);
	return jz_change_tell(change, rc, err);
}

int jz_change_try(struct jz_change *change, struct jz_err *err)
{
	struct jz_change_opts opts = {
		.verb = change->verb,
		.dry_run = true,
		.findings = &change->findings,
	};
	int rc = jz_store_change(change->ctx->store, &opts, attempt, change, err);

	return rc ? jz_change_tell(change, rc, err) : 0;
}

void jz_change_end(struct jz_change *change)
{
	forget(change);
	jz_vec_release(&change->puts);
	jz_strs_release(&change->ids);
	jz_strs_release(&change->touched);
	jz_fields_release(&change->fields);
	jz_item_names_release(&change->names);
	if (change->snapshot)
		jz_snapshot_free(change->snapshot);
	if (change->arena) {
		jz_findings_release(&change->findings);
		jz_arena_free(change->arena);
	}
}

int jz_change_run(struct jz_change *change, int argc, char **argv, int max, struct jz_err *err)
{
	int first = jz_change_cases(change, argc, argv, max);
	int rc = jz_change_needs_case(change, err);

	if (!rc && change->refused)
		rc = jz_fail(err, JZ_E_USAGE, "%s", change->refused);
	if (!rc && change->item_id && change->ids.len > 1)
		rc = jz_fail(err, JZ_E_USAGE, _("one item of one case at a time"));
	if (!rc)
		rc = jz_change_begin(change, argc, argv, first, err);
	if (!rc && change->args->template)
		rc = jz_change_template(change, NULL, err);
	else if (!rc)
		rc = jz_change_commit(change, err);
	jz_change_end(change);
	return rc;
}
