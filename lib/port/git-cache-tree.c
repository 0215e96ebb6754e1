#include "lib/port/git-cache-tree.h"

#include <stdlib.h>
#include <string.h>

#define ID_SIZE	  20
#define DEPTH_MAX 64

struct copy {
	const char *at;
	const char *end;
	const struct jz_map *changed;
	struct jz_buf path; /* of the node */
	struct jz_buf *out;
};

/* "ENTRIES SUBTREES\n"; entries below 0: the tree is not known. */
static bool read_counts(struct copy *copy, long *entries, long *subtrees)
{
	const char *line = copy->at;
	const char *newline = memchr(line, '\n', (size_t)(copy->end - line));
	char *blank, *after;

	if (!newline)
		return false;
	*entries = strtol(line, &blank, 10);
	if (blank == line || *blank != ' ')
		return false;
	*subtrees = strtol(blank + 1, &after, 10);
	copy->at = newline + 1;
	return after == newline && *subtrees >= 0;
}

/* above: something below the parent changed. Where nothing did, nothing below did either. */
static bool copy_node(struct copy *copy, bool above, int depth)
{
	const char *name = copy->at, *nul = memchr(name, '\0', (size_t)(copy->end - name));
	size_t parent = copy->path.len;
	long entries, subtrees;
	bool good = true, changed = false;

	if (!nul || depth > DEPTH_MAX)
		return false;
	copy->at = nul + 1;
	if (!read_counts(copy, &entries, &subtrees) ||
	    (entries >= 0 && copy->end - copy->at < ID_SIZE))
		return false;
	if (above) {
		if (parent)
			jz_buf_addc(&copy->path, '/');
		jz_buf_add(&copy->path, name, (size_t)(nul - name));
		changed = jz_map_has(copy->changed, copy->path.data, copy->path.len);
	}
	copy->at += entries >= 0 ? ID_SIZE : 0;
	if (changed) {
		jz_buf_add(copy->out, name, (size_t)(nul - name) + 1);
		jz_buf_addf(copy->out, "-1 %ld\n", subtrees);
	} else {
		jz_buf_add(copy->out, name, (size_t)(copy->at - name));
	}
	for (long i = 0; good && i < subtrees; i++)
		good = copy_node(copy, changed, depth + 1);
	jz_buf_truncate(&copy->path, parent);
	return good;
}

bool jz_git_cache_tree_copy(const struct jz_buf *from, const struct jz_map *changed,
			    struct jz_buf *out)
{
	struct copy copy = {.at = from->data,
			    .end = from->data + from->len,
			    .changed = changed,
			    .path = JZ_BUF_INIT,
			    .out = out};
	bool good = from->len && copy_node(&copy, true, 0) && copy.at == copy.end;

	jz_buf_release(&copy.path);
	return good;
}
