/* What people write into a record: shapes, fields, items, templates. */
#include "lib/model/field.h"
#include "lib/model/template.h"
#include "lib/port/yaml.h"

#include <stdlib.h>

#include "tests/unit/tap.h"

static struct jz_arena *arena;
static struct jz_codes *codes;
static struct jz_shape record_shape;

static struct jz_node *read_yaml(const char *text)
{
	struct jz_node *node = NULL;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_yaml_read(arena, text, strlen(text), &node, &err))
		printf("# %s\n", err.message);
	return node;
}

static struct jz_field_target target_of(struct jz_node *root, const char *list)
{
	struct jz_field_target t = {
		.arena = arena, .codes = codes, .shape = record_shape, .root = root};

	if (list) {
		struct jz_shape shape;

		jz_shape_key(&record_shape, list, strlen(list), &shape);
		jz_shape_items(&shape, &t.item_shape);
		t.item = jz_node_map(arena);
		jz_map_set(arena, t.item, "id", jz_node_string(arena, "abcdefgh"));
		jz_seq_push(arena, jz_item_list(&record_shape, arena, root, list), t.item);
	}
	return t;
}

static int set(struct jz_field_target *t, const char *path, const char *value, struct jz_err *err)
{
	return jz_field_set(t, path, value, strlen(value), err);
}

static const char *text_at(const struct jz_node *root, const char *path)
{
	return jz_node_text(jz_node_at(root, path));
}

static void test_fields(void)
{
	struct jz_node *root = read_yaml("{format: jzbf/case/1, sentence: {category: probation}}");
	struct jz_field_target t = target_of(root, NULL);
	struct jz_err err = JZ_ERR_INIT;

	is_int(set(&t, "person.name", " 测试甲 ", &err), 0, "a field in a map that was missing");
	is_str(text_at(root, "person.name"), "测试甲", "blanks around a value are cut");
	is_str(root->pairs[1].key, "person", "a new key stands where the schema has it");
	is_int(set(&t, "person.sex", "男性", &err), 0, "a code by its Chinese label");
	is_str(text_at(root, "person.sex"), "1", "is stored as the code");
	is_int(set(&t, "sentence.category", "Parole", &err), 0, "a code by its English label");
	is_str(text_at(root, "sentence.category"), "parole", "in any case");
	is_int(set(&t, "minor_track", "否", &err), 0, "a boolean by a Chinese word");
	ok(jz_map_get(root, "minor_track")->kind == JZ_BOOL && !jz_map_true(root, "minor_track"),
	   "is false");
	is_int(set(&t, "assigned", "chen.wen，li.ming", &err), 0, "a list at commas");
	is_int(jz_seq_len(jz_map_get(root, "assigned")), 2, "has two values");
	is_int(set(&t, "person.skills", "木工，电工; 驾驶", &err), 0, "sentences at semicolons");
	is_int(jz_seq_len(jz_node_at(root, "person.skills")), 2, "keep their commas");
	is_int(set(&t, "person.skills[+]", "养蜂", &err), 0, "one more value");
	is_int(jz_seq_len(jz_node_at(root, "person.skills")), 3, "is appended");
	is_int(set(&t, "person.phone", "", &err), 0, "removing what is not there");
	is_int(set(&t, "person.health.status", "", &err), 0, "removing below what is not there");
	ok(!jz_node_at(root, "person.health"), "makes nothing on the way");
	is_int(set(&t, "person.name", "", &err), 0, "removing a field");
	ok(!jz_node_at(root, "person.name"), "takes it away");
	jz_field_target_release(&t);
}

static void test_items(void)
{
	struct jz_node *root = read_yaml("{needs: [{id: need0001, domain: family}]}");
	struct jz_field_target t = target_of(root, "services");
	struct jz_err err = JZ_ERR_INIT;

	is_int(set(&t, "kind", "就业帮扶", &err), 0, "a field of the command's own item");
	is_str(text_at(root, "services[abcdefgh].kind"), "employment", "goes into the item");
	is_int(set(&t, "needs[need0001].severity", "2", &err), 0, "an item of the record by id");
	is_str(text_at(root, "needs[0].severity"), "2", "is changed");
	is_int(set(&t, "needs[+].domain", "就业", &err), 0, "a new item");
	is_int(set(&t, "needs[+].severity", "1", &err), 0, "and a second field of it");
	is_int(set(&t, "needs[+2].domain", "housing", &err), 0, "and a further item");
	is_int(jz_seq_len(jz_map_get(root, "needs")), 3, "make two new items");
	is_str(text_at(root, "needs[1].severity"), "1", "the second field went into the first");
	is_int(t.made.len, 2, "what was made is remembered");
	ok(jz_node_at(root, t.made.items[0]) == jz_node_at(root, "needs[1]"), "by its path");
	is_int(set(&t, "needs[need0001]", "", &err), 0, "an item is removed");
	is_int(jz_seq_len(jz_map_get(root, "needs")), 2, "by its id");
	is_int(set(&t, ".education.stage", "none", &err), 0, "a dot leads to the record");
	is_str(text_at(root, "education.stage"), "none", "and not to the item");
	is_int(set(&t, "alerts[+].observed_at", "2026-03-02 09:30", &err), 0, "a local time");
	is_str(text_at(root, "alerts[0].observed_at"), "2026-03-02T09:30:00+08:00",
	       "is that moment");
	is_int(set(&t, "x-note", "1", &err), 0, "an extension field");
	is_int(set(&t, "x-note.deeper", "1", &err), JZ_E_USAGE,
	       "is not entered when it is a value");
	jz_field_target_release(&t);
}

static void test_refusals(void)
{
	struct jz_node *root = read_yaml("{person: {name: a}}");
	struct jz_field_target t = target_of(root, NULL);
	struct jz_err err = JZ_ERR_INIT;
	jz_cleanup(jz_fields_release) struct jz_fields fields = JZ_FIELDS_INIT;

	is_int(set(&t, "person.nmae", "SECRETMARK", &err), JZ_E_USAGE, "an unknown field");
	ok(strstr(err.message, "did you mean 'name'") != NULL, "is answered with the known one");
	ok(!strstr(err.message, "SECRETMARK"), "and without the value");
	is_int(set(&t, "person.sex", "SECRETMARK", &err), JZ_E_INVALID, "an unknown code");
	ok(strstr(err.message, "'sex'") && !strstr(err.message, "SECRETMARK"),
	   "names the table and not the value");
	is_int(set(&t, "minor_track", "SECRETMARK", &err), JZ_E_INVALID, "no boolean");
	ok(!strstr(err.message, "SECRETMARK"), "is not repeated");
	is_int(set(&t, "needs", "x", &err), JZ_E_USAGE, "a list of items takes no value");
	is_int(set(&t, "person", "x", &err), JZ_E_USAGE, "a map takes no value");
	is_int(set(&t, "needs[zzzzzzzz].domain", "x", &err), JZ_E_INVALID,
	       "an item that is not there");
	is_int(set(&t, "person[0]", "x", &err), JZ_E_USAGE, "an index where no list is");
	is_int(set(&t, "person..name", "x", &err), JZ_E_USAGE, "an empty name");
	is_int(set(&t, "needs[", "x", &err), JZ_E_USAGE, "an open bracket");
	is_int(set(&t, "person.name.", "x", &err), JZ_E_USAGE, "a dot at the end");
	is_int(jz_fields_add(&fields, "SECRETMARK", 3, &err), JZ_E_USAGE, "no field at all");
	ok(strstr(err.message, "3") && !strstr(err.message, "SECRETMARK"), "is named by number");
	is_int(jz_fields_add(&fields, "=x", 1, &err), JZ_E_USAGE, "no path");
	is_int(jz_field_known(&t, "needs[+].domain", &err), 0, "a path that the schema knows");
	is_int(jz_field_known(&t, "needs[+].domian", &err), JZ_E_USAGE, "and one that it does not");
	jz_field_target_release(&t);
}

static void test_prepare(void)
{
	struct jz_item_names names = {JZ_MAP_INIT};
	struct jz_err err = JZ_ERR_INIT;
	struct jz_node *doc, *out, *old;
	const char *id;

	doc = read_yaml(
		"needs:\n  # a remark\n  - {id: n1, domain: 就业, severity: 2, statement_self: }\n"
		"plans:\n  - goals:\n      - {id: g1, need: n1, term: 短期}\n"
		"    steps: [{goal: g1, what: '', who: ~}]\n    content: []\nno_needs: {reason: "
		"}\n");
	is_int(jz_item_prepare(&record_shape, codes, &names, arena, doc, &out, &err), 0,
	       "a document");
	is_str(text_at(out, "needs[0].domain"), "employment", "labels become codes");
	ok(!jz_node_at(out, "needs[0].statement_self") && !jz_map_get(out, "no_needs") &&
		   !jz_node_at(out, "plans[0].content"),
	   "what is empty is dropped");
	id = text_at(out, "needs[0].id");
	is_int(strlen(id), JZ_ITEM_ID_LEN, "a short name becomes an id");
	is_str(text_at(out, "plans[0].goals[0].need"), id, "also where it is referred to");
	is_str(text_at(out, "plans[0].steps[0].goal"), text_at(out, "plans[0].goals[0].id"),
	       "in every list");
	ok(text_at(out, "plans[0].id") != NULL, "an item without an id gets one");
	is_str(text_at(out, "plans[0].goals[0].term"), "short",
	       "labels of an enum become its values");

	old = read_yaml(
		"needs: [{id: need0001, domain: family, severity: 1}]\nperson: {name: a}\n");
	doc = read_yaml(
		"needs: [{id: need0001, severity: 3}, {domain: housing}]\nperson: {phone: '1'}\n");
	jz_item_prepare(&record_shape, codes, &names, arena, doc, &out, &err);
	jz_item_merge(&record_shape, arena, old, out);
	is_int(jz_seq_len(jz_map_get(old, "needs")), 2, "merging appends a new item");
	is_str(text_at(old, "needs[0].severity"), "3", "changes the one that is there");
	is_str(text_at(old, "needs[0].domain"), "family", "keeps what is not mentioned");
	is_str(text_at(old, "person.phone"), "1", "and enters maps");

	doc = read_yaml("person:\n  nam: SECRETMARK\n");
	is_int(jz_item_prepare(&record_shape, codes, &names, arena, doc, &out, &err), JZ_E_INVALID,
	       "an unknown key is refused");
	ok(err.line == 2 && strstr(err.message, "'name'") && !strstr(err.message, "SECRETMARK"),
	   "at its line, with a suggestion and without the value");
	jz_item_names_release(&names);
}

static void test_answers(void)
{
	struct jz_item_names names = {JZ_MAP_INIT};
	struct jz_node *out, *doc = read_yaml("assessments: [{answers: {'1': 0, '2': null}}]\n");

	jz_item_prepare(&record_shape, codes, &names, arena, doc, &out, NULL);
	ok(jz_node_at(out, "assessments[0].answers.2")->kind == JZ_NULL,
	   "null stays where the schema gives it a meaning");
	jz_item_names_release(&names);
}

static void test_shape(void)
{
	struct jz_shape at;

	ok(jz_shape_at(&record_shape, "plans[+].goals[x].due", &at), "a path of names and items");
	is_str(jz_shape_title(&at), "Due", "leads to the field");
	ok(jz_shape_at(&record_shape, "/plans/0/goals/12/due", &at), "so does a pointer");
	ok(!jz_shape_at(&record_shape, "plans[+].goals[x].deu", &at), "an unknown one does not");
	is_str(jz_shape_clause_at(&record_shape, "/person/family/0/guardian"), "6.4.2", "a clause");
	is_str(jz_shape_clause_at(&record_shape, "/person/family/0/phone"), "6.2.1",
	       "the clause above");
	ok(!jz_shape_clause_at(&record_shape, "/format"), "no clause");
}

static void test_template(void)
{
	static const char *const only[] = {"person", "needs", "plans", NULL};
	struct jz_item_names names = {JZ_MAP_INIT};
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_node *doc, *out;

	jz_template_write(&record_shape, codes, only, &text);
	ok(strstr(text.data, "# Name (required) [6.2.1]\n  name:\n") != NULL,
	   "title, duty, clause");
	ok(strstr(text.data, "#   0 unknown | 1 male | 2 female") != NULL, "codes with labels");
	ok(!strstr(text.data, "revision"), "not what the program fills in");
	doc = read_yaml(text.data);
	ok(doc && !jz_item_prepare(&record_shape, codes, &names, arena, doc, &out, NULL) && !out,
	   "an empty template is nothing");
	text.len = 0;
	jz_template_write(&record_shape, codes, NULL, &text);
	doc = read_yaml(text.data);
	ok(doc && !jz_item_prepare(&record_shape, codes, &names, arena, doc, &out, NULL) && !out,
	   "nor is that of the whole record");
	jz_item_names_release(&names);
}

int main(void)
{
	struct jz_err err = JZ_ERR_INIT;

	setenv("TZ", "Asia/Shanghai", 1);
	arena = jz_arena_new();
	codes = jz_codes_new(NULL);
	is_int(jz_shape_open("case", &record_shape, &err), 0, "the schema of a case");
	test_fields();
	test_items();
	test_refusals();
	test_prepare();
	test_answers();
	test_shape();
	test_template();
	jz_codes_free(codes);
	jz_arena_free(arena);
	return done_testing();
}
