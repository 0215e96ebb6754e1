/* assess --csv: one assessment a row. */
#include "cmd/assess.h"

#include <stdio.h>
#include <string.h>
#include "cmd/case-result.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/port/csv.h"
#include "lib/port/encoding.h"

/* What a column holds: the case, the answer to an item, or a field of the assessment. */
struct column {
	const char *head;
	unsigned item;	 /* 0: none */
	const char *key; /* NULL: none; "" is the case */
};

struct place {
	unsigned line, column;
};

struct row {
	size_t number;
	struct place *places; /* of its cells */
	const char *id; /* of the case */
	struct jz_node *doc;
};

struct table {
	struct jz_change *change;
	const char *file;
	const struct jz_instrument *instrument;
	struct column *columns;
	size_t column_count;
	struct row *rows;
	size_t count;
	size_t cap;
};

static const char *const case_heads[] = {"case", "id", "档案编号", "个案编号", NULL};

static bool is_case(const char *head)
{
	for (const char *const *name = case_heads; *name; name++)
		if (jz_eq(*name, head))
			return true;
	return false;
}

/* The key of the assessment's field that the header names by key or title. */
static const char *field_key(const struct jz_shape *shape, const char *head)
{
	for (size_t i = 0; i < jz_shape_count(shape); i++) {
		const char *key = jz_shape_name(shape, i);
		struct jz_shape field;

		jz_shape_key(shape, key, strlen(key), &field);
		if (!jz_eq(key, "answers") && !jz_eq(key, "id") &&
		    (jz_eq(key, head) || jz_eq(jz_shape_title(&field), head)))
			return key;
	}
	return NULL;
}

static int read_header(struct table *t, const struct jz_csv_row *from, struct jz_err *err)
{
	bool has_case = false;

	t->column_count = from->count;
	t->columns = jz_arena_alloc(t->change->arena, from->count * sizeof(*t->columns));
	for (size_t i = 0; i < from->count; i++) {
		struct column *column = &t->columns[i];
		long number;

		column->head = jz_arena_strdup(t->change->arena, from->cells[i].text);
		if (is_case(column->head))
			column->key = "";
		else if (jz_parse_int(column->head, 1, t->instrument->asked, &number))
			column->item = (unsigned)number;
		else
			column->key = field_key(&t->change->item_shape, column->head);
		has_case = has_case || (column->key && !*column->key);
		if (!column->item && !column->key)
			return jz_fail_at(
				err, JZ_E_INVALID, from->cells[i].line, from->cells[i].column,
				_("column '%s' is neither case, nor an item of '%s', nor a "
				  "field of an assessment"),
				column->head, t->instrument->id);
	}
	return has_case ? 0 : jz_fail(err, JZ_E_INVALID, _("the table has no column 'case'"));
}

static void say(struct table *t, const struct jz_csv_row *from, size_t column, const char *message)
{
	const struct jz_node at = {.line = from->cells[column].line,
				   .column = from->cells[column].column};

	jz_findings_add(&t->change->findings, JZ_ERROR, &at, "", NULL, NULL,
			_("row %zu, column %zu '%s': %s"), from->number, column + 1,
			t->columns[column].head, message);
}

static void take_answer(struct table *t, struct jz_answers *answers, const struct jz_csv_row *from,
			size_t column)
{
	struct jz_err why = JZ_ERR_INIT;
	long value;

	if (!jz_parse_int(from->cells[column].text, 0, 1000, &value))
		say(t, from, column, _("not a number of the scale"));
	else if (jz_answers_set(answers, t->columns[column].item, value, &why))
		say(t, from, column, why.message);
}

static void take_field(struct table *t, struct row *row, const struct jz_csv_row *from,
		       size_t column)
{
	const char *key = t->columns[column].key;
	struct jz_change *change = t->change;
	struct jz_err why = JZ_ERR_INIT;
	struct jz_shape shape;
	struct jz_node *value;

	jz_shape_key(&change->item_shape, key, strlen(key), &shape);
	if (jz_item_value(&shape, change->codes, change->arena, from->cells[column].text,
			  from->cells[column].len, &value, &why))
		say(t, from, column, why.message);
	else
		jz_item_set(&change->item_shape, change->arena, row->doc, key, value);
}

/* The scale of a row: its own column's, else the instrument's only one. */
static const char *row_scale(const struct table *t, const struct jz_csv_row *from)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (jz_eq(t->columns[i].key, "scale") && from->cells[i].len)
			return from->cells[i].text;
	return NULL;
}

static int take_row(void *data, const struct jz_csv_row *from, struct jz_err *err)
{
	struct table *t = data;
	jz_cleanup(jz_answers_release) struct jz_answers answers = {0};
	struct row *row;
	int rc;

	if (!from->number)
		return read_header(t, from, err);
	rc = jz_answers_init(&answers, t->instrument, row_scale(t, from), err);
	if (rc)
		return rc;
	if (t->count == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->rows = jz_xrealloc(t->rows, t->cap * sizeof(*t->rows));
	}
	row = &t->rows[t->count++];
	*row = (struct row){.number = from->number, .doc = jz_node_map(t->change->arena)};
	row->places = jz_arena_alloc(t->change->arena, from->count * sizeof(*row->places));
	for (size_t i = 0; i < from->count; i++) {
		row->places[i] = (struct place){from->cells[i].line, from->cells[i].column};
		if (!from->cells[i].len)
			continue;
		if (t->columns[i].item)
			take_answer(t, &answers, from, i);
		else if (*t->columns[i].key)
			take_field(t, row, from, i);
		else
			row->id = jz_arena_strdup(t->change->arena, from->cells[i].text);
	}
	if (!row->id)
		say(t, from, 0, _("the case is not named"));
	jz_item_set(&t->change->item_shape, t->change->arena, row->doc, "answers",
		    jz_assess_node(t->change->arena, &answers));
	return 0;
}

/* ---- writing ---- */

static int fill(struct jz_change *change, struct jz_work *work, struct jz_err *err)
{
	struct table *t = change->data;

	(void)err;
	jz_assess_derive(change, work, t->instrument, "self_paper");
	return 0;
}

/* The column behind "/assessments/3/answers/9" or "/assessments/3/date"; else that of the case. */
static size_t column_of(const struct table *t, const char *path)
{
	const char *key = jz_starts_with(path, "/assessments/") ? strchr(path + 13, '/') : NULL;
	size_t found = 0;

	for (size_t i = 0; i < t->column_count; i++) {
		const struct column *column = &t->columns[i];
		char name[80];

		if (column->item)
			snprintf(name, sizeof(name), "/answers/%u", column->item);
		else
			snprintf(name, sizeof(name), "/%s", column->key);
		if (key && jz_eq(name, key))
			return i;
		if (column->key && !*column->key)
			found = i;
	}
	return found;
}

/* What is found in a record is told where the table says it. */
static void locate(struct table *t, const struct row *row, size_t from)
{
	struct jz_findings *findings = &t->change->findings;

	for (size_t i = from; i < findings->len; i++) {
		struct place place = row->places[column_of(t, findings->items[i].path)];

		findings->items[i].line = place.line;
		findings->items[i].column = place.column;
	}
	jz_findings_file(findings, from, t->file);
}

static int put_row(struct table *t, const struct row *row, struct jz_txn *txn, struct jz_err *err)
{
	jz_cleanup(jz_work_release) struct jz_work work = {0};
	size_t errors = t->change->findings.errors, before = t->change->findings.len;
	int rc = jz_work_open(t->change, txn, row->id, &work, err);

	if (!rc && work.fresh && !work.root->len)
		rc = jz_fail(err, JZ_E_FINDINGS, _("the case is not in the store"));
	for (size_t i = 0; !rc && i < t->change->puts.len; i++)
		if (jz_eq(((struct jz_touched *)t->change->puts.items[i])->id, work.id))
			rc = jz_fail(err, JZ_E_INVALID, _("the case has a row already"));
	jz_item_new_id(t->change->new_item);
	t->change->doc = row->doc;
	if (!rc)
		rc = jz_work_put(t->change, &work, err);
	if ((rc == JZ_E_INVALID || rc == JZ_E_FINDINGS) && t->change->findings.errors == errors) {
		jz_findings_add(&t->change->findings, JZ_ERROR, NULL, "", NULL, NULL,
				_("row %zu: %s"), row->number, err->message);
		rc = JZ_E_INVALID;
	}
	locate(t, row, before);
	return rc;
}

static int put_rows(struct jz_change *change, struct jz_txn *txn, struct jz_err *err)
{
	struct table *t = change->data;
	bool bad = false;

	for (size_t i = 0; i < t->count; i++) {
		int rc = put_row(t, &t->rows[i], txn, err);

		if (rc && rc != JZ_E_INVALID)
			return rc;
		bad = bad || rc;
	}
	return bad ? JZ_E_INVALID : 0;
}

static int read_table(struct table *t, const char *file, const char *encoding, struct jz_err *err)
{
	jz_cleanup(jz_buf_release) struct jz_buf bytes = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int rc = jz_file_read(file, JZ_CSV_MAX_BYTES, &bytes, err);

	if (!rc)
		rc = jz_decode(jz_encoding_named(encoding ? encoding : "utf-8"), bytes.data,
			       bytes.len, &text, err);
	if (!rc)
		rc = jz_csv_each(text.data, text.len, take_row, t, err);
	if (!rc && !t->count)
		rc = jz_fail(err, JZ_E_INVALID, _("the table has no rows"));
	if (rc)
		jz_err_file(err, file);
	return rc;
}

int jz_assess_csv(struct jz_change *change, const struct jz_instrument *instrument,
		  const char *file, const char *encoding, struct jz_err *err)
{
	struct table t = {.change = change, .file = file, .instrument = instrument};
	int rc;

	change->findings.limit = 100000;
	change->data = &t;
	change->fill = fill;
	change->apply = put_rows;
	rc = read_table(&t, file, encoding, err);
	if (!rc && change->findings.errors) {
		jz_findings_file(&change->findings, 0, file);
		rc = jz_change_tell(change, JZ_E_INVALID, err);
	} else if (!rc) {
		rc = jz_change_commit(change, err);
	}
	free(t.rows);
	return rc;
}
