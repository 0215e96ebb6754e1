/*
 * The YAML reader and writer. Prints nanoseconds a byte for reading and for writing, best of the
 * rounds. usage: yaml FILE ROUNDS
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/port/yaml.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
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
	double best[2] = {1e300, 1e300};

	if (argc != 3 || jz_file_read(argv[1], JZ_YAML_MAX_BYTES, &text, NULL))
		return 2;
	for (int i = atoi(argv[2]); i > 0; i--) {
		double start = now(), was_read, written, end;
		const struct jz_node *tree = read_tree(arena, &text);

		was_read = now();
		jz_buf_clear(&out);
		jz_yaml_write(tree, &out);
		written = now();
		jz_arena_reset(arena); /* forgetting the tree belongs to reading it */
		end = now();
		if (was_read - start + end - written < best[0])
			best[0] = was_read - start + end - written;
		if (written - was_read < best[1])
			best[1] = written - was_read;
	}
	printf("%.2f %.2f\n", best[0] / (double)text.len, best[1] / (double)text.len);
	return 0;
}
