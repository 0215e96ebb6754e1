/* Which column is which field: dates, constants, findings back to columns. */
#include "lib/model/csvmap.h"
#include "lib/base/file.h"

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/tap.h"

static struct jz_arena *arena;
static struct jz_codes *codes;
static struct jz_shape shape;

static void date(const char *format, const char *text, const char *want)
{
	char out[11] = "";
	bool good = jz_csvmap_date(format, text, out);

	ok(good == (want != NULL) && (!want || !strcmp(out, want)), "%s by %s", text, format);
}

static void test_dates(void)
{
	date("YYYY/M/D", "2026/3/2", "2026-03-02");
	date("YYYY/M/D", "2026/12/31", "2026-12-31");
	date("YYYY年M月D日", "2026年3月2日", "2026-03-02");
	date("YYYYMMDD", "20260302", "2026-03-02");
	date("DD.MM.YYYY", "02.03.2026", "2026-03-02");
	date("YYYY/M/D", "2026/2/30", NULL);
	date("YYYY/M/D", "2026/13/1", NULL);
	date("YYYY/M/D", "2026/3/2 ", NULL);
	date("YYYY/M/D", "2026/3", NULL);
	date("YYYY/M/D", "", NULL);
	date("YYYY/MM/DD", "2026/3/2", NULL);
	date("YYYYMMDD", "2026030", NULL);
	date("YYYY/M/D", "26/3/2", NULL);
}

static int read_map(const char *text, struct jz_csvmap **out, struct jz_err *err)
{
	struct jz_field_target target = {.arena = arena, .codes = codes, .shape = shape};
	char path[] = "/tmp/jz-map.XXXXXX";
	int fd = mkstemp(path), rc;

	jz_fd_write(fd, text, strlen(text), NULL);
	close(fd);
	rc = jz_csvmap_read(path, &target, out, err);
	unlink(path);
	return rc;
}

static void refused(const char *text, unsigned line, const char *what)
{
	struct jz_csvmap *map = NULL;
	struct jz_err err = JZ_ERR_INIT;

	is_int(read_map(text, &map, &err), JZ_E_INVALID, what);
	is_int(err.line, line, "at its line");
}

static void test_maps(void)
{
	refused("columns:\n  a: person.nmae\n", 2, "an unknown field");
	refused("columns: {}\n", 1, "no columns");
	refused("columns:\n  a: {values: {x: y}}\n", 2, "no field");
	refused("columns:\n  a: {field: person.name, valeus: {}}\n", 2, "an unknown option");
	refused("columns:\n  a: person.name\nconstants:\n  person.name: x\n", 4,
		"a column and a constant");
	refused("columns:\n  a: person.name\nconstants: [1]\n", 3, "constants that are no fields");
	refused("columns:\n  a: person.name\nother: 1\n", 3, "something else");
}

static void fill(const struct jz_csvmap *map, const char *name, const char *domain,
		 struct jz_field_target *target)
{
	jz_csvmap_cell(jz_csvmap_find(map, "name"), name, strlen(name), target, NULL);
	jz_csvmap_cell(jz_csvmap_find(map, "need"), domain, strlen(domain), target, NULL);
	jz_csvmap_constants(map, target, NULL);
}

static void test_rows(void)
{
	struct jz_csvmap *map = NULL;
	struct jz_err err = JZ_ERR_INIT;
	struct jz_node *full = jz_node_map(arena), *bare = jz_node_map(arena);
	struct jz_field_target a = {.arena = arena, .codes = codes, .shape = shape, .root = full};
	struct jz_field_target b = {.arena = arena, .codes = codes, .shape = shape, .root = bare};

	is_int(read_map("columns:\n  name: person.name\n  need: {field: 'needs[+].domain', values: "
			"{w: employment, '-': }}\n  skip:\nconstants:\n  sentence.category: 缓刑\n"
			"  'needs[+].severity': 1\n  'contacts[+].mode': phone\n",
			&map, &err),
	       0, "a map");
	fill(map, "x", "w", &a);
	fill(map, "y", " ", &b);
	is_str(jz_node_text(jz_node_at(full, "needs[0].domain")), "employment", "a mapped value");
	is_str(jz_node_text(jz_node_at(full, "needs[0].severity")), "1", "a constant of its item");
	ok(!jz_node_at(bare, "needs"), "no item where no cell made one");
	is_str(jz_node_text(jz_node_at(bare, "contacts[0].mode")), "phone",
	       "an item of constants alone is in every row");
	is_str(jz_node_text(jz_node_at(bare, "sentence.category")), "probation", "a constant");
	ok(!jz_csvmap_find(map, "skip")->path && !jz_csvmap_find(map, "other"),
	   "columns are known");
	ok(jz_csvmap_concerns(jz_csvmap_find(map, "need"), "/needs/0/domain"),
	   "a finding's column");
	ok(!jz_csvmap_concerns(jz_csvmap_find(map, "need"), "/needs/0"), "not of what is above");
	ok(!jz_csvmap_concerns(jz_csvmap_find(map, "name"), "/person/name/x"), "nor below");
	ok(!jz_csvmap_concerns(jz_csvmap_find(map, "skip"), ""), "nor of what is not taken over");
	jz_field_target_release(&a);
	jz_field_target_release(&b);
	jz_csvmap_free(map);
}

int main(void)
{
	struct jz_err err = JZ_ERR_INIT;

	arena = jz_arena_new();
	codes = jz_codes_new(NULL);
	is_int(jz_shape_open("case", &shape, &err), 0, "the schema of a case");
	test_dates();
	test_maps();
	test_rows();
	jz_codes_free(codes);
	jz_arena_free(arena);
	return done_testing();
}
