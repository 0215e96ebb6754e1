/* One row of a list: cells become fields, and a record that is checked, and put if all is well. */
#include <stdio.h>
#include <string.h>

#include "cmd/intake-csv.h"
#include "cmd/out.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

struct row {
	struct jz_import *in;
	const struct jz_csv_row *from;
	struct jz_arena *arena;
	struct jz_node *root;
	bool *told; /* by column: something is wrong with the cell */
	bool bad;
};

/* ---- saying what is wrong ---- */

/* column 0: of the row as a whole. */
static void say(struct row *row, size_t column, const char *path, const char *rule,
		const char *clause, const char *message)
{
	struct jz_import *in = row->in;
	const struct jz_node at = {.line = row->from->cells[0].line};

	row->bad = true;
	if (column && row->told[column - 1])
		return;
	if (column) {
		row->told[column - 1] = true;
		jz_findings_add(&in->findings, JZ_ERROR, &at, "", rule, clause,
				_("row %zu, column %zu '%s': %s"), row->from->number, column,
				in->heads[column - 1], message);
	} else {
		jz_findings_add(&in->findings, JZ_ERROR, &at, path, rule, clause,
				_("row %zu: %s"), row->from->number, message);
	}
}

/* The column that a finding is about, counted from 1; 0: none. */
static size_t concerned(const struct jz_import *in, const char *pointer)
{
	for (size_t i = 0; i < in->column_count; i++)
		if (jz_csvmap_concerns(in->columns[i], pointer))
			return i + 1;
	return 0;
}

/* ---- the header ---- */

static int read_header(struct jz_import *in, const struct jz_csv_row *row, struct jz_err *err)
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

/* ---- the record ---- */

/* An empty cell whose field must be there is named as a cell, whatever else is wrong with the row.
 */
static void require_cells(struct row *row)
{
	struct jz_import *in = row->in;

	for (size_t i = 0; i < in->column_count; i++) {
		const char *path = in->columns[i]->path;
		const char *key = path ? strrchr(path, '.') : NULL;
		jz_autofree char *parent = NULL;
		struct jz_shape at;

		if (row->from->cells[i].len || !key)
			continue;
		parent = jz_xstrndup(path, (size_t)(key - path));
		if (!jz_node_at(row->root, parent) ||
		    !jz_shape_at(&in->change->shape, parent, &at) ||
		    !jz_shape_required(&at, key + 1))
			continue;
		say(row, i + 1, "", "required", jz_shape_clause_at(&in->change->shape, path),
		    _("must not be empty"));
	}
}

static void fill_record(struct row *row)
{
	struct jz_import *in = row->in;
	struct jz_change *change = in->change;
	struct jz_field_target target = {
		.arena = row->arena,
		.codes = change->codes,
		.shape = change->shape,
		.root = row->root,
	};
	struct jz_err why = JZ_ERR_INIT;

	for (size_t i = 0; i < in->column_count; i++) {
		const struct jz_csv_cell *cell = &row->from->cells[i];

		if (jz_csvmap_cell(in->columns[i], cell->text, cell->len, &target, &why))
			say(row, i + 1, "", NULL, NULL, why.message);
	}
	if (jz_csvmap_constants(in->map, &target, &why))
		say(row, 0, "", NULL, NULL, why.message);
	require_cells(row);
	jz_field_target_release(&target);
	jz_intake_derive(row->arena, &change->shape, row->root, change->me);
}

/* What schema and rules found in the record, by the columns that it came from. */
static void say_findings(struct row *row, size_t from, size_t errors)
{
	struct jz_findings *findings = &row->in->change->findings;
	bool cells_bad = row->bad;

	for (size_t i = from; i < findings->len; i++) {
		const struct jz_finding *f = &findings->items[i];

		/* A field is not missing when its cell was refused. */
		if (f->severity == JZ_ERROR && !(cells_bad && jz_eq(f->rule, "required")))
			say(row, concerned(row->in, f->path), f->path, f->rule,
			    f->clause ? f->clause
				      : jz_shape_clause_at(&row->in->change->shape, f->path),
			    f->message);
	}
	findings->len = from;
	findings->errors = errors;
}

/* An open case of the same person, here or in the list. */
static const struct jz_known_case *open_case(struct row *row)
{
	const struct jz_known_case *same = jz_known_find(&row->in->known, row->root);

	if (same && same->closed)
		jz_note(row->in->change->ctx,
			_("row %zu: an earlier case of this person is closed: %s"),
			row->from->number, same->id);
	return same && !same->closed ? same : NULL;
}

static void say_known(struct row *row, const struct jz_known_case *same)
{
	jz_autofree char *message =
		same->id[0] == '#'
			? jz_xasprintf(_("the same person is in row %s"), same->id + 1)
			: jz_xasprintf(_("this person has an open case already: '%s'"), same->id);

	say(row, concerned(row->in, "/person/id_number"), "/person/id_number", NULL, "6.2.1",
	    message);
}

/* ---- into the transaction ---- */

/* Puts the record, or only checks it where nothing can come of it. */
static int put(struct row *row, bool only_check, struct jz_err *err)
{
	struct jz_import *in = row->in;
	struct jz_findings *findings = &in->change->findings;
	size_t from = findings->len, errors = findings->errors;
	int rc = in->id[0] ? 0 : jz_txn_new_id(in->txn, jz_today().year, in->id, err);

	if (rc)
		return rc;
	rc = (only_check ? jz_txn_check : jz_txn_put)(in->txn, "case", in->id, row->root,
						      row->arena, NULL, err);
	if (!rc && !only_check)
		in->id[0] = '\0'; /* taken */
	if (rc != JZ_E_INVALID || jz_txn_broken(in->txn))
		return rc;
	if (findings->errors > errors)
		say_findings(row, from, errors);
	else
		say(row, 0, "", NULL, NULL, err->message);
	*err = (struct jz_err)JZ_ERR_INIT;
	return 0;
}

static int take(struct row *row, struct jz_err *err)
{
	struct jz_import *in = row->in;
	const struct jz_known_case *same;
	char name[40];
	int rc;

	fill_record(row);
	same = open_case(row);
	rc = put(row, row->bad || same, err);
	if (same) {
		say_known(row, same);
	} else {
		snprintf(name, sizeof(name), "#%zu", row->from->number);
		jz_known_add(&in->known, name, row->root);
	}
	return rc;
}

static void reject(struct jz_import *in, const struct jz_csv_row *from)
{
	for (size_t k = 0; k < from->count; k++)
		jz_csv_write(from->cells[k].text, from->cells[k].len, !k, &in->rejects);
	jz_csv_end_row(&in->rejects);
}

int jz_import_row(void *data, const struct jz_csv_row *from, struct jz_err *err)
{
	struct jz_import *in = data;
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = NULL;
	jz_autofree bool *told = NULL;
	struct row row = {.in = in, .from = from};
	int rc;

	if (!from->number)
		return read_header(in, from, err);
	row.arena = arena = jz_arena_new();
	row.told = told = jz_xcalloc(from->count, sizeof(*told));
	row.root = jz_node_map(arena);
	rc = take(&row, err);
	in->store_failed = rc != 0;
	in->count++;
	in->bad += row.bad;
	if (row.bad && in->csv->rejects)
		reject(in, from);
	else if (row.bad && in->bad == 1)
		jz_txn_only_check(in->txn);
	jz_progress_update(in->progress, in->count);
	return rc;
}
