/* Directories that git itself would not write. Whoever looks a name up in one may find another thing
 * than whoever lists it, so that one of them would not see what was put there. */
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/port/git-impl.h"

/* Git's order: a directory counts as if a slash ended its name. */
static int compare(const git_tree_entry *a, const git_tree_entry *b)
{
	const char *left = git_tree_entry_name(a), *right = git_tree_entry_name(b);
	size_t left_len = strlen(left), right_len = strlen(right);
	size_t both = left_len < right_len ? left_len : right_len;
	int order = memcmp(left, right, both);
	char ends[2] = {left[both], right[both]};

	if (!ends[0] && git_tree_entry_type(a) == GIT_OBJECT_TREE)
		ends[0] = '/';
	if (!ends[1] && git_tree_entry_type(b) == GIT_OBJECT_TREE)
		ends[1] = '/';
	return order ? order : (unsigned char)ends[0] - (unsigned char)ends[1];
}

static bool is_plain(const git_tree_entry *entry)
{
	git_filemode_t mode = git_tree_entry_filemode(entry);

	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_TREE;
}

static int tell(const char *prefix, const char *name, enum jz_git_odd what, jz_git_odd_fn *each,
		void *data)
{
	jz_autofree char *path = jz_xasprintf("%s%s", prefix, name);

	return each(data, path, what);
}

/* A file and a directory of one name are not beside each other in git's order. */
static int find_twins(const git_tree *tree, const char *prefix, jz_git_odd_fn *each, void *data)
{
	jz_cleanup(jz_strs_release) struct jz_strs names = JZ_STRS_INIT;
	int rc = 0;

	for (size_t i = 0; i < git_tree_entrycount(tree); i++)
		jz_strs_add(&names, git_tree_entry_name(git_tree_entry_byindex(tree, i)));
	jz_strs_sort(&names);
	for (size_t i = 1; !rc && i < names.len; i++)
		if (!strcmp(names.items[i - 1], names.items[i]))
			rc = tell(prefix, names.items[i], JZ_GIT_ODD_TWICE, each, data);
	return rc;
}

int jz_git_tree_odd(const git_tree *tree, const char *prefix, jz_git_odd_fn *each, void *data)
{
	const git_tree_entry *last = NULL;
	int rc = find_twins(tree, prefix, each, data);

	for (size_t i = 0; !rc && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		const char *name = git_tree_entry_name(entry);

		if (strchr(name, '/'))
			rc = tell(prefix, name, JZ_GIT_ODD_NAME, each, data);
		if (!rc && !is_plain(entry))
			rc = tell(prefix, name, JZ_GIT_ODD_MODE, each, data);
		if (!rc && last && compare(last, entry) > 0)
			rc = tell(prefix, name, JZ_GIT_ODD_ORDER, each, data);
		last = entry;
	}
	return rc;
}
