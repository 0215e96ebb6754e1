/*
 * Cost of the YAML reader over libyaml's bare events, and of the writer, in nanoseconds a byte.
 * usage: yaml FILE [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yaml.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/port/yaml.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void bare_events(const struct jz_buf *text)
{
	yaml_parser_t parser;
	bool done = false;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text->data, text->len);
	while (!done) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event))
			exit(3);
		done = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
}

static struct jz_node *read_tree(struct jz_arena *arena, const struct jz_buf *text)
{
	struct jz_node *tree = NULL;

	if (jz_yaml_read(arena, text->data, text->len, &tree, NULL))
		exit(3);
	return tree;
}

int main(int argc, char **argv)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new();
	jz_cleanup(jz_arena_free_p) struct jz_arena *kept = jz_arena_new();
	int rounds = argc > 2 ? atoi(argv[2]) : 1000;
	double best[3] = {1e300, 1e300, 1e300};
	const struct jz_node *tree;

	if (argc < 2 || jz_file_read(argv[1], JZ_YAML_MAX_BYTES, &text, NULL))
		return 2;
	tree = read_tree(kept, &text);
	for (int i = 0; i < rounds; i++) {
		double from = now(), spent[3];

		bare_events(&text);
		spent[0] = now() - from;
		from = now();
		read_tree(arena, &text);
		jz_arena_reset(arena);
		spent[1] = now() - from;
		from = now();
		jz_buf_clear(&out);
		jz_yaml_write(tree, &out);
		spent[2] = now() - from;
		for (int k = 0; k < 3; k++)
			if (spent[k] < best[k])
				best[k] = spent[k];
	}
	printf("%zu bytes: events %.2f, read %.2f (%.2fx), write %.2f ns/byte\n", text.len,
	       best[0] / (double)text.len, best[1] / (double)text.len, best[1] / best[0],
	       best[2] / (double)text.len);
	return 0;
}
