/* JSON Schema by data: tests/data/schema/NAME.json are lists of groups {description, schema,
 * format?, tests: [{data, valid, why?}]} or {description, schema, wrong: true}. Typing by
 * tests/data/ schema-typing.yaml. Then what hostile schemas and documents may cost. */
#include "tests/unit/tap.h"

#include <dirent.h>
#include <stdlib.h>
#include <time.h>
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/vec.h"
#include "lib/model/schema.h"
#include "lib/port/json.h"
#include "lib/port/yaml.h"

static struct jz_node *read_json(struct jz_arena *arena, const char *path)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	struct jz_node *root = NULL;

	if (jz_file_read(path, 8u << 20, &text, &err) ||
	    jz_json_read(arena, text.data, text.len, &root, &err))
		printf("# %s:%u:%u: %s\n", path, err.line, err.column, err.message);
	return root;
}

static bool is_valid(const struct jz_schema *schema, const struct jz_node *data, bool *told)
{
	struct jz_findings findings;
	bool valid;

	jz_findings_init(&findings);
	valid = jz_schema_check(schema, data, &findings) == 0;
	/* a verdict and its findings must agree */
	*told = (findings.len == 0) == valid;
	jz_findings_release(&findings);
	return valid;
}

static void run_group(const char *name, const struct jz_node *group)
{
	jz_cleanup(jz_schema_free_p) struct jz_schema *schema = NULL;
	const char *about = jz_map_text(group, "description");
	const struct jz_node *tests = jz_map_get(group, "tests");
	struct jz_schema_opts opts = {.assert_format = jz_map_true(group, "format")};
	struct jz_err err = JZ_ERR_INIT;
	int rc = jz_schema_compile(jz_map_get(group, "schema"), &opts, &schema, &err);

	if (jz_map_true(group, "wrong")) {
		ok(rc == JZ_E_INVALID && err.message[0] && err.line > 0, "%s: %s: refused", name,
		   about);
		if (jz_map_get(group, "at"))
			is_str(err.path, jz_map_text(group, "at"), "... at the right place");
		return;
	}
	if (!ok(rc == 0, "%s: %s: compiles", name, about)) {
		printf("# %s: %s\n", err.path, err.message);
		return;
	}
	for (size_t i = 0; i < jz_seq_len(tests); i++) {
		const struct jz_node *test = jz_seq_get(tests, i);
		const char *why = jz_map_text(test, "why");
		bool told;
		bool valid = is_valid(schema, jz_map_get(test, "data"), &told);

		ok(valid == jz_map_true(test, "valid") && told, "%s: %s: %zu %s", name, about,
		   i + 1, why ? why : "");
	}
}

static void run_files(const char *dir)
{
	jz_cleanup(jz_strs_release) struct jz_strs names = JZ_STRS_INIT;
	DIR *handle = opendir(dir);
	struct dirent *entry;

	if (!ok(handle != NULL, "%s is there", dir))
		return;
	while ((entry = readdir(handle)) != NULL)
		if (jz_ends_with(entry->d_name, ".json"))
			jz_strs_add(&names, entry->d_name);
	closedir(handle);
	jz_strs_sort(&names);
	ok(names.len >= 10, "there are files of tests");
	for (size_t i = 0; i < names.len; i++) {
		jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
		jz_autofree char *path = jz_path_join(dir, names.items[i]);
		const struct jz_node *root = read_json(arena, path);

		ok(jz_seq_len(root) > 0, "%s has groups", names.items[i]);
		for (size_t k = 0; k < jz_seq_len(root); k++)
			run_group(names.items[i], jz_seq_get(root, k));
	}
}

/* --- typing --- */

static const struct jz_node *read_yaml(struct jz_arena *arena, const char *text)
{
	struct jz_err err = JZ_ERR_INIT;
	struct jz_node *root = NULL;

	if (jz_yaml_read(arena, text, strlen(text), &root, &err))
		printf("# %u:%u: %s\n", err.line, err.column, err.message);
	return root;
}

/* Each group has a schema (text), a document (text) and what it becomes (JSON text). */
static void run_typing(const char *path)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	struct jz_err err = JZ_ERR_INIT;
	struct jz_node *root = NULL;

	if (!ok(jz_yaml_read_file(arena, path, &root, &err) == 0, "%s is read", path))
		return;
	jz_node_type_core(root);
	ok(jz_seq_len(root) >= 20, "there are cases of typing");
	for (size_t i = 0; i < jz_seq_len(root); i++) {
		const struct jz_node *group = jz_seq_get(root, i);
		struct jz_node *schema_tree =
			(struct jz_node *)(uintptr_t)read_yaml(arena, jz_map_text(group, "schema"));
		struct jz_node *document = (struct jz_node *)(uintptr_t)read_yaml(
			arena, jz_map_text(group, "document"));
		jz_cleanup(jz_schema_free_p) struct jz_schema *schema = NULL;
		jz_cleanup(jz_buf_release) struct jz_buf got = JZ_BUF_INIT;

		jz_node_type_core(schema_tree);
		if (!ok(jz_schema_compile(schema_tree, NULL, &schema, &err) == 0,
			"typing: %s: compiles", jz_map_text(group, "description")))
			continue;
		jz_schema_type(schema, document);
		jz_json_write(document, 0, &got);
		is_str(got.data, jz_map_text(group, "becomes"), jz_map_text(group, "description"));
	}
}

/* --- hostile --- */

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Compiles and checks; false: refused or invalid. Says so if it took long. */
static bool survives(const char *what, const char *schema_text, const char *data_text)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_schema_free_p) struct jz_schema *schema = NULL;
	struct jz_err err = JZ_ERR_INIT;
	struct jz_node *tree = NULL;
	struct jz_node *data = NULL;
	double start;
	bool told = true;
	bool valid;

	if (jz_json_read(arena, schema_text, strlen(schema_text), &tree, &err) ||
	    jz_json_read(arena, data_text, strlen(data_text), &data, &err)) {
		ok(false, "%s: the test itself reads: %s", what, err.message);
		return false;
	}
	start = seconds();
	valid = jz_schema_compile(tree, NULL, &schema, &err) == 0;
	if (valid) {
		jz_schema_type(schema, data);
		valid = is_valid(schema, data, &told);
	}
	/* generous: sanitizers and a busy machine */
	ok(seconds() - start < 10 && told, "%s: takes %.3f s", what, seconds() - start);
	return valid;
}

static void hostile_schemas(void)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_buf_adds(&text, "{\"$ref\":\"#/$defs/a0\",\"$defs\":{");
	for (int i = 0; i < 40; i++)
		jz_buf_addf(&text,
			    "\"a%d\":{\"allOf\":[{\"$ref\":\"#/$defs/a%d\"},{\"$ref\":"
			    "\"#/$defs/a%d\"}]},",
			    i, i + 1, i + 1);
	jz_buf_adds(&text, "\"a40\":{\"type\":\"number\"}}}");
	ok(!survives("doubling allOf", text.data, "1"), "doubling allOf: no silent pass");

	jz_buf_clear(&text);
	jz_buf_adds(&text, "{\"not\":{\"$ref\":\"#/$defs/a0\"},\"$defs\":{");
	for (int i = 0; i < 40; i++)
		jz_buf_addf(&text,
			    "\"a%d\":{\"oneOf\":[{\"$ref\":\"#/$defs/a%d\"},{\"$ref\":"
			    "\"#/$defs/a%d\"}]},",
			    i, i + 1, i + 1);
	jz_buf_adds(&text, "\"a40\":{\"type\":\"number\"}}}");
	ok(!survives("doubling oneOf under not", text.data, "1"), "... no silent pass under not");

	jz_buf_clear(&text);
	jz_buf_adds(&text, "{\"$ref\":\"#/$defs/a0\",\"$defs\":{");
	for (int i = 0; i < 20000; i++)
		jz_buf_addf(&text, "\"a%d\":{\"$ref\":\"#/$defs/a%d\"},", i, i + 1);
	jz_buf_adds(&text, "\"a20000\":true}}");
	ok(!survives("chain of 20,000 references", text.data, "1"), "a long chain is refused");

	ok(!survives("loop through then",
		     "{\"if\":{\"type\":\"number\"},\"then\":{\"$ref\":\"#\"}}", "1"),
	   "a loop through then is found while checking");
	ok(survives("loop through then", "{\"if\":{\"type\":\"number\"},\"then\":{\"$ref\":\"#\"}}",
		    "\"a\""),
	   "... and does no harm where it is not taken");
}

static void hostile_patterns(void)
{
	const char *victim =
		"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"";

	ok(!survives("nested quantifiers", "{\"pattern\":\"^(a+)+$\"}", victim), "no silent pass");
	ok(!survives("nested quantifiers under not", "{\"not\":{\"pattern\":\"^(a+)+$\"}}", victim),
	   "no silent pass under not");
	ok(!survives("alternatives", "{\"pattern\":\"^(a|a|aa)*$\"}", victim), "no silent pass");
	ok(!survives("back references", "{\"pattern\":\"(a*)*\\\\1(a*)*\\\\2b\"}", victim),
	   "no silent pass");
	ok(!survives("names of fields",
		     "{\"patternProperties\":{\"^(a+)+$\":false},\"not\":{\"required\":[\"b\"]}}",
		     "{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\":1}"),
	   "no silent pass for names");
}

static void hostile_documents(void)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;

	jz_buf_adds(&text, "[");
	for (int i = 0; i < 30000; i++)
		jz_buf_addf(&text, "{\"a%d\":%d,\"b\":%d.0},", i, i, i);
	jz_buf_adds(&text, "{\"b\":5,\"a5\":5.0}]");
	ok(!survives("30,000 unlike items", "{\"uniqueItems\":true}", text.data),
	   "the twins among them are found");

	jz_buf_clear(&text);
	jz_buf_adds(&text, "1");
	for (int i = 0; i < 1000000; i++)
		jz_buf_adds(&text, "0");
	ok(survives("number of a million digits", "{\"multipleOf\":1000,\"minimum\":3}", text.data),
	   "a million digits are a multiple of 1000");
	ok(survives("enormous exponents", "{\"multipleOf\":1e-1000000000,\"maximum\":1e1000000001}",
		    "1e1000000000"),
	   "enormous exponents cost nothing");

	jz_buf_clear(&text);
	jz_buf_adds(&text, "{");
	for (int i = 0; i < 100000; i++)
		jz_buf_addf(&text, "\"k%d\":%d,", i, i);
	jz_buf_adds(&text, "\"z\":1}");
	ok(!survives("100,000 unknown fields",
		     "{\"unevaluatedProperties\":false,\"anyOf\":[{\"required\":[\"z\"]},true]}",
		     text.data),
	   "100,000 unknown fields are refused");
}

static void findings_say_no_value(void)
{
	const char *schema_text =
		"{\"title\":\"题\",\"x-title-en\":\"Root\",\"type\":\"object\",\"properties\":{"
		"\"name\":"
		"{\"x-title-en\":\"Name\",\"$ref\":\"#/$defs/"
		"t\"},\"n\":{\"maximum\":3}},\"$defs\":{\"t\":"
		"{\"pattern\":\"^[a-z]+$\"}},\"required\":[\"id\"],\"additionalProperties\":false}";
	const char *data_text = "{\n  \"name\": \"SECRET1\",\n  \"n\": 987654,\n  \"odd~/\": 1}";
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_schema_free_p) struct jz_schema *schema = NULL;
	struct jz_findings findings;
	struct jz_node *tree = NULL;
	struct jz_node *data = NULL;

	jz_findings_init(&findings);
	jz_json_read(arena, schema_text, strlen(schema_text), &tree, NULL);
	jz_json_read(arena, data_text, strlen(data_text), &data, NULL);
	ok(jz_schema_compile(tree, NULL, &schema, NULL) == 0, "compiles");
	ok(jz_schema_check(schema, data, &findings) == JZ_E_INVALID, "is invalid");
	is_int(findings.len, 4, "four findings");
	for (size_t i = 0; i < findings.len; i++)
		ok(!strstr(findings.items[i].message, "SECRET") &&
			   !strstr(findings.items[i].message, "9876"),
		   "no value in: %s", findings.items[i].message);
	if (findings.len == 4) {
		is_str(findings.items[0].path, "/name", "path of the field");
		is_int(findings.items[0].line, 2, "its line");
		is_int(findings.items[0].column, 11, "its column");
		is_str(findings.items[0].rule, "pattern", "the keyword");
		ok(jz_starts_with(findings.items[0].message, "Name: "), "its title");
		is_str(findings.items[2].path, "/odd~0~1", "pointer of an unknown field");
		is_int(findings.items[2].column, 3, "an unknown field is shown at its name");
		is_str(findings.items[3].rule, "required", "what is missing comes last");
	}
	jz_findings_release(&findings);
}

/* The first finding of a document as "path rule". */
static void told(const char *schema_text, const char *data_text, const char *want)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_schema_free_p) struct jz_schema *schema = NULL;
	jz_cleanup(jz_buf_release) struct jz_buf got = JZ_BUF_INIT;
	struct jz_node *tree = (struct jz_node *)(uintptr_t)read_yaml(arena, schema_text);
	struct jz_node *data = (struct jz_node *)(uintptr_t)read_yaml(arena, data_text);
	struct jz_findings findings;

	jz_findings_init(&findings);
	jz_node_type_core(tree);
	if (jz_schema_compile(tree, NULL, &schema, NULL) == 0) {
		jz_schema_type(schema, data);
		jz_schema_check(schema, data, &findings);
	}
	for (size_t i = 0; i < findings.len; i++)
		jz_buf_addf(&got, "%s%s %s", i ? ", " : "", findings.items[i].path,
			    findings.items[i].rule);
	is_str(got.data, want, data_text);
	jz_findings_release(&findings);
}

static void branches_tell_what_helps(void)
{
	const char *kinds =
		"oneOf:\n"
		"- properties: {kind: {const: talk}, minutes: {type: integer}, who: true}\n"
		"  required: [kind, minutes]\n"
		"- properties: {kind: {const: visit}, place: {type: string}, with: {items: {type: "
		"string}}}\n"
		"  required: [kind, place]\n"
		"  additionalProperties: false\n";

	told(kinds, "{kind: visit, place: [x]}", "/place type");
	told(kinds, "{kind: visit, place: x, with: [a, {}]}", "/with/1 type");
	told(kinds, "{kind: talk}", " required");
	told(kinds, "{kind: talk, minutes: soon}", "/minutes type");
	told(kinds, "{kind: visit, place: x, colour: red}", "/colour additionalProperties");
	told("anyOf: [{type: string}, {type: integer}]", "[1]", " anyOf");
	told("anyOf: [{type: 'null'}, {type: object, required: [a]}]", "{b: 1}", " required");
	told("anyOf: [{type: 'null'}, {$ref: '#/$defs/o'}]\n$defs: {o: {type: object, required: "
	     "[a]}}",
	     "text", " anyOf");
	told("oneOf: [{required: [a]}, {required: [b]}]", "{a: 1, b: 1}", " oneOf");
	told("{allOf: [{required: [a]}, {required: [b]}], minProperties: 3}", "{}",
	     " minProperties,  required,  required");
	told("{properties: {a: {$ref: '#/$defs/t', maxLength: 1}}, $defs: {t: {pattern: '^x'}}}",
	     "{a: yy}", "/a maxLength, /a pattern");
}

static void builtin_schemas(void)
{
	static const char *const names[] = {"case", "psych", "office", "access"};
	static const char *const files[] = {"tests/data/case-full.yaml",
					    "tests/data/psych-full.yaml", "tests/data/jzbf.yaml",
					    "tests/data/access.yaml"};
	const struct jz_schema *schema = NULL;

	for (size_t i = 0; i < JZ_COUNT(names); i++) {
		jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
		struct jz_err err = JZ_ERR_INIT;
		struct jz_findings findings;
		struct jz_node *root = NULL;

		if (!ok(jz_schema_builtin(names[i], &schema, &err) == 0, "%s compiles", names[i])) {
			printf("# %s:%u: %s: %s\n", err.file, err.line, err.path, err.message);
			continue;
		}
		if (!ok(jz_yaml_read_file(arena, files[i], &root, &err) == 0, "%s is read",
			files[i]))
			continue;
		jz_findings_init(&findings);
		jz_schema_type(schema, root);
		ok(jz_schema_check(schema, root, &findings) == 0, "%s is valid", files[i]);
		for (size_t k = 0; k < findings.len; k++)
			printf("# %u: %s: %s\n", findings.items[k].line, findings.items[k].path,
			       findings.items[k].message);
		jz_findings_release(&findings);
	}
	ok(jz_schema_builtin("../case", &schema, NULL) == JZ_E_USAGE, "a name is no path");
	ok(jz_schema_builtin("nothing-of-this-name", &schema, NULL) < 0,
	   "an unknown name is an error");
}

int main(void)
{
	run_files("tests/data/schema");
	run_typing("tests/data/schema-typing.yaml");
	findings_say_no_value();
	branches_tell_what_helps();
	builtin_schemas();
	hostile_schemas();
	hostile_patterns();
	hostile_documents();
	return done_testing();
}
