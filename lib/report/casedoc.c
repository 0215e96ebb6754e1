#include "lib/report/casedoc.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/model/casefile.h"
#include "lib/model/display.h"
#include "lib/report/casescore.h"
#include "lib/report/scan.h"
#include "lib/store/access.h"

#define MAX_COLUMNS 6

struct walk {
	struct jz_doc *doc;
	struct jz_codes *codes;
	const struct jz_access *access; /* names of the staff; NULL: ids do */
};

/* The shape of a field; one that points to nothing where the schema knows none. */
static struct jz_shape field(const struct jz_shape *shape, const struct jz_pair *pair)
{
	struct jz_shape found = {NULL, NULL};

	if (shape->schema && !jz_shape_key(shape, pair->key, pair->key_len, &found))
		found.schema = NULL;
	return found;
}

static bool skipped(const char *key)
{
	return !strcmp(key, "id") || !strcmp(key, "format") || !strcmp(key, "revision");
}

/* The staff by name and id: who reads the page has no access.yaml at hand. */
static void staff(const struct walk *walk, const char *id, struct jz_buf *out)
{
	const struct jz_person *person = jz_access_person(walk->access, id);

	if (person && person->name && !jz_eq(person->name, id))
		jz_buf_addf(out, "%s (%s)", person->name, id);
	else
		jz_buf_adds(out, id);
}

static void display(const struct walk *walk, const struct jz_shape *shape,
		    const struct jz_node *value, struct jz_buf *out)
{
	struct jz_shape item = *shape;
	bool list = value->kind == JZ_SEQ;

	if (!walk->access || !shape->schema || (list && !jz_shape_items(shape, &item)) ||
	    !jz_shape_is_staff(&item)) {
		jz_display(shape, walk->codes, value, out);
		return;
	}
	if (!list)
		staff(walk, jz_node_text(value) ? jz_node_text(value) : "", out);
	for (size_t i = 0; i < jz_seq_len(value); i++) {
		const char *id = jz_node_text(jz_seq_get(value, i));

		if (i)
			jz_buf_adds(out, _("; "));
		staff(walk, id ? id : "", out);
	}
}

/* What a machine gets for a value; a list only as it is shown. */
static const char *machine(const struct jz_node *value, const struct jz_buf *shown)
{
	if (value->kind == JZ_BOOL)
		return value->truth ? "true" : "false";
	return jz_node_text(value) ? jz_node_text(value) : shown->data;
}

static void flat_fact(struct walk *walk, const struct jz_shape *shape, const char *key,
		      const struct jz_node *value)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	display(walk, shape, value, &text);
	jz_doc_fact(walk->doc, key, jz_display_title(shape, key), machine(value, &text), text.data);
}

static void map(struct walk *walk, const struct jz_shape *shape, const struct jz_node *node,
		int level);

/* A small map that can stand among the fields of what it is part of. */
static bool is_small(const struct jz_node *value)
{
	if (value->kind != JZ_MAP)
		return false;
	for (uint32_t i = 0; i < value->len; i++)
		if (!jz_is_flat(value->pairs[i].value))
			return false;
	return true;
}

/* Answers by the numbers of the items: one line, "1=2 2=0 3=". */
static void numbered_fact(struct walk *walk, const struct jz_shape *shape, const char *key,
			  const struct jz_node *value)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	for (uint32_t i = 0; i < value->len; i++) {
		const char *answer = jz_node_text(value->pairs[i].value);

		jz_buf_addf(&text, "%s%s=%s", i ? " " : "", value->pairs[i].key,
			    answer && value->pairs[i].value->kind != JZ_NULL ? answer : "");
	}
	jz_doc_fact(walk->doc, key, jz_display_title(shape, key), text.data, NULL);
}

static void small_facts(struct walk *walk, const struct jz_shape *shape, const char *key,
			const struct jz_node *value)
{
	if (value->len && jz_is_number(value->pairs[0].key, value->pairs[0].key_len)) {
		numbered_fact(walk, shape, key, value);
		return;
	}
	for (uint32_t i = 0; i < value->len; i++) {
		const struct jz_pair *pair = &value->pairs[i];
		struct jz_shape own = field(shape, pair);
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT, label = JZ_BUF_INIT;

		display(walk, &own, pair->value, &text);
		jz_buf_addf(&label, "%s · %s", jz_display_title(shape, key),
			    jz_display_title(&own, pair->key));
		jz_doc_fact(walk->doc, pair->key, label.data, text.data, NULL);
	}
}

/* Keys of a list whose items are flat and share few keys, in the order met. */
static bool table_keys(const struct jz_node *list, struct jz_strs *keys)
{
	jz_items(item, list)
	{
		if (item->kind != JZ_MAP)
			return false;
		for (uint32_t i = 0; i < item->len; i++) {
			const struct jz_pair *pair = &item->pairs[i];

			if (!jz_is_flat(pair->value) ||
			    (pair->value->kind == JZ_STRING && pair->value->len > 120))
				return false;
			if (!skipped(pair->key) && !jz_strs_has(keys, pair->key))
				jz_strs_add(keys, pair->key);
		}
	}
	return keys->len && keys->len <= MAX_COLUMNS;
}

static void table(struct walk *walk, const struct jz_shape *item_shape, const char *key,
		  const char *title, const struct jz_node *list, const struct jz_strs *keys)
{
	struct jz_column columns[MAX_COLUMNS];
	struct jz_shape shapes[MAX_COLUMNS];

	for (size_t c = 0; c < keys->len; c++) {
		struct jz_pair pair = {.key = keys->items[c],
				       .key_len = (uint32_t)strlen(keys->items[c])};

		shapes[c] = field(item_shape, &pair);
		columns[c] = (struct jz_column){
			keys->items[c], jz_display_title(&shapes[c], keys->items[c]), false};
	}
	jz_doc_table(walk->doc, key, title, columns, keys->len);
	jz_items(item, list)
	{
		for (size_t c = 0; c < keys->len; c++) {
			jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
			const struct jz_node *value = jz_map_get(item, keys->items[c]);

			if (value)
				display(walk, &shapes[c], value, &text);
			jz_doc_cell(walk->doc, value ? machine(value, &text) : NULL, text.data);
		}
	}
}

static void item_heading(struct walk *walk, const char *title, size_t number,
			 const struct jz_node *item, int level)
{
	static const char *const dates[] = {"date", "observed_at", "due", "found_on", "from"};
	const char *when = NULL;
	char text[256];

	for (size_t i = 0; i < JZ_COUNT(dates) && !when; i++)
		when = jz_map_text(item, dates[i]);
	snprintf(text, sizeof(text), "%s %zu%s%.10s", title, number, when ? " · " : "",
		 when ? when : "");
	jz_doc_heading(walk->doc, level, text);
}

static void list(struct walk *walk, const struct jz_shape *shape, const char *key,
		 const struct jz_node *node, int level)
{
	jz_cleanup(jz_strs_release) struct jz_strs keys = JZ_STRS_INIT;
	struct jz_shape item_shape = {NULL, NULL};
	const char *title = jz_display_title(shape, key);

	if (shape->schema && !jz_shape_items(shape, &item_shape))
		item_shape.schema = NULL;
	if (table_keys(node, &keys)) {
		table(walk, &item_shape, key, level > 1 ? title : NULL, node, &keys);
		return;
	}
	for (size_t i = 0; i < jz_seq_len(node); i++) {
		item_heading(walk, title, i + 1, jz_seq_get(node, i), 2);
		map(walk, &item_shape, jz_seq_get(node, i), level + 1);
	}
}

/* Fields that stand in one list: flat ones, and below the top small maps too. */
static bool in_list(const struct jz_pair *pair, int level)
{
	return !skipped(pair->key) &&
	       (jz_is_flat(pair->value) || (level > 1 && is_small(pair->value)));
}

/* What stands in one list first, then what has parts of its own. */
static void map(struct walk *walk, const struct jz_shape *shape, const struct jz_node *node,
		int level)
{
	bool begun = false;

	for (uint32_t i = 0; node->kind == JZ_MAP && i < node->len; i++) {
		const struct jz_pair *pair = &node->pairs[i];
		struct jz_shape own = field(shape, pair);

		if (!in_list(pair, level))
			continue;
		if (!begun)
			jz_doc_facts(walk->doc, "fields");
		begun = true;
		if (pair->value->kind == JZ_MAP)
			small_facts(walk, &own, pair->key, pair->value);
		else
			flat_fact(walk, &own, pair->key, pair->value);
	}
	for (uint32_t i = 0; node->kind == JZ_MAP && i < node->len; i++) {
		const struct jz_pair *pair = &node->pairs[i];
		struct jz_shape own = field(shape, pair);

		if (jz_is_flat(pair->value) || in_list(pair, level))
			continue;
		if (level == 1)
			jz_doc_heading(walk->doc, 1, jz_display_title(&own, pair->key));
		else if (pair->value->kind == JZ_MAP)
			jz_doc_heading(walk->doc, 2, jz_display_title(&own, pair->key));
		if (pair->value->kind == JZ_MAP)
			map(walk, &own, pair->value, level + 1);
		else
			list(walk, &own, pair->key, pair->value, level);
	}
}

void jz_casedoc_fields(struct jz_doc *doc, const struct jz_shape *shape, struct jz_codes *codes,
		       const struct jz_node *node, int level)
{
	struct walk walk = {doc, codes, NULL};

	if (node->kind == JZ_MAP)
		map(&walk, shape, node, level);
	else if (node->kind == JZ_SEQ && !jz_is_flat(node))
		list(&walk, shape, "", node, level);
}

static void derived(struct jz_doc *doc, const struct jz_node *record,
		    const struct jz_policy *policy, struct jz_date date)
{
	enum jz_case_state state = jz_case_state(record, policy, date);
	int age = jz_case_age(record, date);
	char text[32];

	jz_doc_heading(doc, 1, _("Derived on this day"));
	jz_doc_facts(doc, "derived");
	jz_doc_fact(doc, "state", _("state"), jz_case_state_name(state),
		    jz_case_state_label(state));
	if (age >= 0) {
		snprintf(text, sizeof(text), "%d", age);
		jz_doc_fact(doc, "age", _("age"), text, NULL);
	}
	if (!jz_map_get(record, "minor_track")) /* the field itself follows below */
		jz_doc_fact(doc, "minor_track", _("minor track"),
			    jz_case_minor(record) ? "true" : "false",
			    jz_case_minor(record) ? _("yes") : _("no"));
	snprintf(text, sizeof(text), "%zu", jz_case_open_alerts(record));
	jz_doc_fact(doc, "open_alerts", _("open alerts"), text, NULL);
}

int jz_report_case(struct jz_snapshot *snapshot, const char *id, struct jz_date date,
		   struct jz_doc **out, struct jz_err *err)
{
	jz_cleanup(jz_record_free_p) struct jz_record *record = NULL;
	const struct jz_policy *policy = jz_snapshot_policy(snapshot);
	struct jz_entry entry;
	struct jz_shape shape;
	struct jz_doc *doc;
	char title[128];
	int failed = jz_snapshot_find(snapshot, "case", id, &entry, err);

	if (!failed)
		failed = jz_record_read(snapshot, &entry, &record, err);
	if (!failed)
		failed = jz_shape_open("case", &shape, err);
	if (failed)
		return failed;
	snprintf(title, sizeof(title), _("Case file %s"), entry.id);
	doc = jz_doc_new("case", title);
	jz_report_head(doc, snapshot, date, NULL, NULL);
	jz_doc_record(doc, record->root);
	if (!jz_snapshot_find(snapshot, "psych", entry.id, &entry, NULL))
		jz_doc_notice(doc,
			      _("A psych file (7.5.2) exists; it is not part of this document."));
	derived(doc, record->root, policy, date);
	jz_casedoc_scores(doc, record->root);
	doc->of_record = true;
	jz_doc_heading(doc, 1, _("Record"));
	map(&(struct walk){doc, jz_policy_codes(policy), jz_snapshot_access(snapshot)}, &shape,
	    record->root, 1);
	*out = doc;
	return 0;
}
