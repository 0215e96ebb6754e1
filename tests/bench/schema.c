/*
 * What typing and checking by a schema cost on top of reading the YAML, on one core.
 * usage: schema FILE [ROUNDS [SCHEMA]]; FILE is one document, read ROUNDS times (10,000); SCHEMA is
 * a file or the name of one of the program's own schemas (case). Prints microseconds a document and
 * the ratio (typing + checking) / reading, which is to be 0.30 at most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/model/schema.h"
#include "lib/port/yaml.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static const struct jz_schema *load(const char *name)
{
	const struct jz_schema_opts opts = {.assert_format = true};
	const struct jz_schema *builtin = NULL;
	struct jz_schema *schema = NULL;
	struct jz_err err = JZ_ERR_INIT;

	if (strchr(name, '/') ? jz_schema_read(name, &opts, &schema, &err)
			      : jz_schema_builtin(name, &builtin, &err)) {
		fprintf(stderr, "%s: %s\n", name, err.message);
		exit(3);
	}
	return schema ? schema : builtin;
}

int main(int argc, char **argv)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	int rounds = argc > 2 ? atoi(argv[2]) : 10000;
	double started = now();
	const struct jz_schema *schema = load(argc > 3 ? argv[3] : "case");
	double compiled = now() - started;
	double reading = 0, typing = 0, checking = 0;
	struct jz_findings findings;

	if (argc < 2 || rounds < 1 || jz_file_read(argv[1], JZ_YAML_MAX_BYTES, &text, NULL))
		return 2;
	jz_findings_init(&findings);
	for (int i = 0; i < rounds; i++) {
		struct jz_node *tree = NULL;
		double at[4];

		at[0] = now();
		if (jz_yaml_read(arena, text.data, text.len, &tree, NULL))
			return 3;
		at[1] = now();
		jz_schema_type(schema, tree);
		at[2] = now();
		if (jz_schema_check(schema, tree, &findings)) {
			fprintf(stderr, "%s: not valid\n", argv[1]);
			return 3;
		}
		at[3] = now();
		reading += at[1] - at[0];
		typing += at[2] - at[1];
		checking += at[3] - at[2];
		jz_arena_reset(arena);
	}
	jz_findings_release(&findings);
	printf("schema: %d documents of %zu bytes: compile %.0f us once; read %.1f, type %.1f, "
	       "check %.1f "
	       "us each; %.3f of reading on top\n",
	       rounds, text.len, compiled, reading / rounds, typing / rounds, checking / rounds,
	       (typing + checking) / reading);
	return 0;
}
