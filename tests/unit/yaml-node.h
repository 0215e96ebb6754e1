/* Records of a test, written as YAML. */
#ifndef TESTS_YAML_NODE_H
#define TESTS_YAML_NODE_H

#include <stdio.h>
#include <string.h>
#include "lib/base/arena.h"
#include "lib/port/yaml.h"

/* Owns all that yaml() returns; each test makes its own. */
static struct jz_arena *arena;

/* With typed values; NULL where the text is no YAML, and why is printed. */
static struct jz_node *yaml(const char *text)
{
	struct jz_node *node = NULL;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_yaml_read(arena, text, strlen(text), &node, &err))
		printf("# %s\n", err.message);
	else
		jz_node_type_core(node);
	return node;
}

#endif
