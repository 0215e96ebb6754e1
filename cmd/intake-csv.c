/* intake --csv: everyone of a list, all or none, by one commit. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "cmd/case-result.h"
#include "cmd/intake.h"
#include "cmd/out.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/csvmap.h"
#include "lib/model/schema.h"
#include "lib/port/csv.h"
#include "lib/port/encoding.h"
#include "lib/rules/rules.h"
#include "lib/store/access.h"
#include "lib/store/keyring.h"

/* Every bad cell is named, up to a flood that nobody reads. */
#define FINDINGS_LIMIT 100000

/* One row. The record that it becomes is made twice, for checking and for writing, and is never kept
 * beside the others. */
struct row {
	size_t number; /* from 1, without the header */
	unsigned line;
	const char **cells;
	size_t *lens;
	struct jz_node *root; /* at work, in an arena of its own */
	bool *bad_cells;      /* by column: told already */
	bool bad;
	char id[40];
};

struct import {
	struct jz_change *change;
	const struct jz_intake_csv *csv;
	struct jz_csvmap *map;
	const struct jz_csvmap_column **columns; /* by position */
	const char **heads;
	size_t column_count;
	struct jz_arena *arena; /* all cells */
	struct row *rows;
	size_t count;
	size_t cap;
	size_t bad;
	struct jz_known known;
	const struct jz_schema *schema;
};

/* ---- saying what is wrong ---- */

/* column 0: of the row as a whole. */
static void say(struct import *in, struct row *row, size_t column, const char *path,
		const char *rule, const char *clause, const char *message)
{
	struct jz_findings *findings = &in->change->findings;
	const struct jz_node at = {.line = row->line};

	if (!row->bad)
		in->bad++;
	row->bad = true;
	if (column && row->bad_cells[column - 1])
		return;
	if (column) {
		row->bad_cells[column - 1] = true;
		jz_findings_add(findings, JZ_ERROR, &at, "", rule, clause,
				_("row %zu, column %zu '%s': %s"), row->number, column,
				in->heads[column - 1], message);
	} else {
		jz_findings_add(findings, JZ_ERROR, &at, path, rule, clause, _("row %zu: %s"),
				row->number, message);
	}
}

/* The column that a finding is about, counted from 1; 0: none. */
static size_t concerned(const struct import *in, const char *pointer)
{
	for (size_t i = 0; i < in->column_count; i++)
		if (jz_csvmap_concerns(in->columns[i], pointer))
			return i + 1;
	return 0;
}

/* ---- reading ---- */

static int read_header(struct import *in, const struct jz_csv_row *row, struct jz_err *err)
{
	size_t known = 0;

	in->column_count = row->count;
	in->columns = jz_arena_alloc(in->arena, row->count * sizeof(*in->columns));
	in->heads = jz_arena_alloc(in->arena, row->count * sizeof(*in->heads));
	for (size_t i = 0; i < row->count; i++) {
		const struct jz_csv_cell *cell = &row->cells[i];

		in->heads[i] = jz_arena_strndup(in->arena, cell->text, cell->len);
		in->columns[i] = jz_csvmap_find(in->map, in->heads[i]);
		known += in->columns[i] != NULL;
	}
	/* A list without headers begins with a person, of whom a message must say nothing. */
	if (!known)
		return jz_fail_at(err, JZ_E_INVALID, 1, 0,
				  _("the first row is no row of headers: the map knows none of "
				    "its columns"));
	for (size_t i = 0; i < row->count; i++) {
		const struct jz_csv_cell *cell = &row->cells[i];

		if (!in->columns[i])
			return jz_fail_at(err, JZ_E_INVALID, cell->line, cell->column,
					  _("the map does not say what column %zu '%s' is; leave "
					    "it empty there if it is not wanted"),
					  i + 1, in->heads[i]);
	}
	for (size_t i = 0; i < in->map->count; i++) {
		bool there = false;

		for (size_t k = 0; !there && k < row->count; k++)
			there = in->columns[k] == &in->map->columns[i];
		if (!there)
			return jz_fail(err, JZ_E_INVALID, _("the table has no column '%s'"),
				       in->map->columns[i].head);
	}
	return 0;
}

static int take_row(void *data, const struct jz_csv_row *from, struct jz_err *err)
{
	struct import *in = data;
	struct row *row;

	if (!from->number)
		return read_header(in, from, err);
	if (in->count == in->cap) {
		in->cap = in->cap ? in->cap * 2 : 64;
		in->rows = jz_xrealloc(in->rows, in->cap * sizeof(*in->rows));
	}
	row = &in->rows[in->count++];
	memset(row, 0, sizeof(*row));
	row->number = from->number;
	row->line = from->count ? from->cells[0].line : 0;
	row->cells = jz_arena_alloc(in->arena, from->count * sizeof(*row->cells));
	row->lens = jz_arena_alloc(in->arena, from->count * sizeof(*row->lens));
	row->bad_cells = jz_arena_alloc(in->arena, from->count * sizeof(*row->bad_cells));
	for (size_t i = 0; i < from->count; i++) {
		row->cells[i] =
			jz_arena_strndup(in->arena, from->cells[i].text, from->cells[i].len);
		row->lens[i] = from->cells[i].len;
	}
	return 0;
}

static int read_table(struct import *in, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int rc = jz_file_read(in->csv->file, JZ_CSV_MAX_BYTES, &bytes, err);

	if (!rc)
		rc = jz_decode(jz_encoding_named(in->csv->encoding ? in->csv->encoding : "utf-8"),
			       bytes.data, bytes.len, &text, err);
	if (!rc)
		rc = jz_csv_each(text.data, text.len, take_row, in, err);
	if (!rc && !in->count)
		rc = jz_fail(err, JZ_E_INVALID, _("the table has no rows"));
	if (rc)
		jz_err_file(err, in->csv->file);
	return rc;
}

/* ---- checking ---- */

/* An empty cell whose field must be there is named as a cell, whatever else is wrong with the row.
 */
static void require_cells(struct import *in, struct row *row)
{
	for (size_t i = 0; i < in->column_count; i++) {
		const char *path = in->columns[i]->path;
		const char *key = path ? strrchr(path, '.') : NULL;
		jz_autofree char *parent = key ? jz_xstrndup(path, (size_t)(key - path)) : NULL;
		struct jz_shape at;

		if (row->lens[i] || !parent || !jz_node_at(row->root, parent) ||
		    !jz_shape_at(&in->change->shape, parent, &at) ||
		    !jz_shape_required(&at, key + 1))
			continue;
		say(in, row, i + 1, "", "required", jz_shape_clause_at(&in->change->shape, path),
		    _("must not be empty"));
	}
}

static void fill_record(struct import *in, struct row *row, struct jz_arena *arena)
{
	struct jz_change *change = in->change;
	struct jz_field_target target = {
		.arena = arena,
		.codes = change->codes,
		.shape = change->shape,
		.root = row->root = jz_node_map(arena),
	};
	struct jz_err why = JZ_ERR_INIT;

	for (size_t i = 0; i < in->column_count; i++)
		if (jz_csvmap_cell(in->columns[i], row->cells[i], row->lens[i], &target, &why))
			say(in, row, i + 1, "", NULL, NULL, why.message);
	if (jz_csvmap_constants(in->map, &target, &why))
		say(in, row, 0, "", NULL, NULL, why.message);
	require_cells(in, row);
	jz_field_target_release(&target);
	jz_intake_derive(arena, &change->shape, row->root, change->me);
}

/* The schema and the rules that the transaction will apply, so that all rows are judged before any
 * is written. */
static void judge(struct import *in, struct row *row, struct jz_arena *arena)
{
	jz_cleanup(jz_findings_release) struct jz_findings findings;
	struct jz_rule_ctx rules = {
		.record = row->root,
		.policy = jz_snapshot_policy(in->change->snapshot),
		.today = jz_today(),
		.now = jz_now(),
	};

	bool cells_bad = row->bad;

	jz_findings_init(&findings);
	jz_map_set(arena, row->root, "format", jz_node_string(arena, "jzbf/case/1"));
	jz_map_set(arena, row->root, "id", jz_node_string(arena, "AA-2000-0001"));
	jz_map_set(arena, row->root, "revision", jz_node_int(arena, 1));
	jz_schema_type(in->schema, row->root);
	jz_schema_check(in->schema, row->root, &findings);
	if (!findings.errors)
		jz_rules_run(&rules, JZ_RULE_COMMIT, &findings);
	for (size_t i = 0; i < findings.len; i++) {
		const struct jz_finding *f = &findings.items[i];

		/* A field is not missing when its cell was refused. */
		if (f->severity == JZ_ERROR && !(cells_bad && jz_eq(f->rule, "required")))
			say(in, row, concerned(in, f->path), f->path, f->rule,
			    f->clause ? f->clause : jz_shape_clause_at(&in->change->shape, f->path),
			    f->message);
	}
}

static void refuse_known(struct import *in, struct row *row)
{
	const struct jz_known_case *same = jz_known_find(&in->known, row->root);
	char name[40];

	if (same && !same->closed) {
		jz_autofree char *message =
			same->id[0] == '#'
				? jz_xasprintf(_("the same person is in row %s"), same->id + 1)
				: jz_xasprintf(_("this person has an open case already: '%s'"),
					       same->id);

		say(in, row, concerned(in, "/person/id_number"), "/person/id_number", NULL, "6.2.1",
		    message);
		return;
	}
	if (same)
		jz_note(in->change->ctx, _("row %zu: an earlier case of this person is closed: %s"),
			row->number, same->id);
	snprintf(name, sizeof(name), "#%zu", row->number);
	jz_known_add(&in->known, name, row->root);
}

static void check_rows(struct import *in)
{
	struct jz_progress progress;

	jz_progress_start(&progress, in->change->ctx, _("checking rows"), in->count);
	for (size_t i = 0; i < in->count; i++) {
		jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
		struct row *row = &in->rows[i];

		fill_record(in, row, arena);
		judge(in, row, arena);
		refuse_known(in, row);
		row->root = NULL;
		jz_progress_update(&progress, i + 1);
	}
	jz_progress_end(&progress);
}

/* ---- rows that are not taken ---- */

static int write_rejects(struct import *in, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_autoclose int fd =
		open(in->csv->rejects, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc;

	if (fd < 0)
		return jz_fail_errno(err, in->csv->rejects);
	for (size_t k = 0; k < in->column_count; k++)
		jz_csv_write(in->heads[k], strlen(in->heads[k]), !k, &text);
	jz_csv_end_row(&text);
	for (size_t i = 0; i < in->count; i++) {
		const struct row *row = &in->rows[i];

		if (!row->bad)
			continue;
		for (size_t k = 0; k < in->column_count; k++)
			jz_csv_write(row->cells[k], row->lens[k], !k, &text);
		jz_csv_end_row(&text);
	}
	rc = jz_fd_write(fd, text.data, text.len, err);
	if (rc)
		unlink(in->csv->rejects);
	return rc;
}

/* ---- writing ---- */

static int put_rows(struct jz_change *change, struct jz_txn *txn, struct jz_err *err)
{
	struct import *in = change->data;
	int year = jz_today().year, rc = 0;

	if (strcmp(in->known.commit, jz_snapshot_commit(jz_txn_snapshot(txn))))
		return jz_fail(err, JZ_E_CONFLICT,
			       _("the store was changed while the rows were checked; try again"));
	for (size_t i = 0; !rc && i < in->count; i++) {
		jz_cleanup(jz_arena_free_p) struct jz_arena *arena = NULL;
		struct row *row = &in->rows[i];

		if (row->bad)
			continue;
		arena = jz_arena_new();
		fill_record(in, row, arena);
		rc = jz_txn_new_id(txn, year, row->id, err);
		if (!rc)
			rc = jz_txn_put(txn, "case", row->id, row->root, arena, NULL, err);
		row->root = NULL;
	}
	return rc;
}

static int take_good(struct import *in, struct jz_err *err)
{
	struct jz_change *change = in->change;
	bool partly = in->bad > 0, written = partly && !change->args->dry_run;
	int rc = written ? write_rejects(in, err) : 0;

	if (rc)
		return rc;
	jz_print_findings(&change->findings, stderr, false);
	change->apply = put_rows;
	rc = jz_change_commit(change, err);
	if (rc && written)
		unlink(in->csv->rejects);
	if (rc || !partly)
		return rc;
	if (written)
		jz_warn(_("%zu of %zu rows were not taken; they are in '%s', which is not "
			  "encrypted: delete it when they are mended"),
			in->bad, in->count, in->csv->rejects);
	else
		jz_note(change->ctx, _("%zu of %zu rows are wrong"), in->bad, in->count);
	return jz_fail(err, JZ_E_FINDINGS, "%s", "");
}

static int import_all(struct import *in, struct jz_err *err)
{
	struct jz_change *change = in->change;
	struct jz_field_target target = {
		.arena = change->arena,
		.codes = change->codes,
		.shape = change->shape,
	};
	int rc = jz_csvmap_read(in->csv->map, &target, &in->map, err);

	if (!rc)
		rc = jz_schema_builtin("case", &in->schema, err);
	if (!rc)
		rc = read_table(in, err);
	if (!rc)
		rc = jz_intake_known(change->ctx, change->snapshot, &in->known, err);
	if (rc)
		return rc;
	jz_intake_warn_unreadable(&in->known);
	check_rows(in);
	jz_findings_file(&change->findings, 0, in->csv->file);
	if (in->bad && (!in->csv->rejects || in->bad == in->count)) {
		rc = jz_change_tell(change, JZ_E_INVALID, err);
		jz_note(change->ctx, _("%zu of %zu rows are wrong"), in->bad, in->count);
		return rc;
	}
	return take_good(in, err);
}

int jz_intake_csv(struct jz_change *change, const struct jz_intake_csv *csv, int argc, char **argv,
		  struct jz_err *err)
{
	struct import in = {.change = change, .csv = csv};
	int rc;

	if (!csv->map)
		return jz_fail(err, JZ_E_USAGE, _("--csv needs a --map"));
	if (argc > 1 || change->args->from)
		return jz_fail(
			err, JZ_E_USAGE,
			_("--csv takes no case, no fields and no --from; the map has constants"));
	rc = jz_change_begin(change, argc, argv, 1, err);
	change->data = &in;
	change->findings.limit = FINDINGS_LIMIT;
	in.arena = jz_arena_new();
	if (!rc)
		rc = import_all(&in, err);
	jz_known_release(&in.known);
	jz_csvmap_free(in.map);
	free(in.rows);
	jz_arena_free(in.arena);
	return rc;
}
