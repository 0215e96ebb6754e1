/*
 * access.yaml in a merge. Role keys that both sides replaced are no conflict: the remote's stays in
 * force and ours is retired, so that whatever was encrypted to it can be read; but a key that the
 * side had handed to somebody whom the other removed gives way to one that it had not.
 */
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"
#include "lib/store/merge-impl.h"

static const char *key_of(const struct jz_node *access, int key)
{
	return jz_map_text(jz_map_get(access, "role_keys"), jz_role_key_word((enum jz_role_key)key));
}

static bool both_replaced(const struct jz_node *const versions[JZ_VERSION_COUNT], int key)
{
	const char *base = key_of(versions[JZ_VERSION_BASE], key);
	const char *ours = key_of(versions[JZ_VERSION_OURS], key);
	const char *theirs = key_of(versions[JZ_VERSION_THEIRS], key);

	return base && ours && theirs && strcmp(ours, theirs) && strcmp(ours, base) &&
	       strcmp(theirs, base);
}

/* ---- the lists of retired keys ---- */

static struct jz_node *list_of(struct jz_arena *arena, struct jz_node *access)
{
	struct jz_node *list = jz_map_get(access, "retired_role_keys");

	if (list)
		return list;
	list = jz_node_seq(arena);
	jz_map_set(arena, access, "retired_role_keys", list);
	return list;
}

static bool names(const struct jz_node *list, const struct jz_node *item)
{
	for (size_t i = 0; i < jz_seq_len(list); i++) {
		const struct jz_node *other = jz_seq_get(list, i);

		if (jz_eq(jz_map_text(other, "role_key"), jz_map_text(item, "role_key")) &&
		    jz_eq(jz_map_text(other, "fingerprint"), jz_map_text(item, "fingerprint")))
			return true;
	}
	return false;
}

/* In force since the one before it was retired; where that is not written, only today. */
static void retire(struct jz_arena *arena, struct jz_node *access, int key)
{
	const char *word = jz_role_key_word((enum jz_role_key)key), *since = NULL;
	struct jz_node *list = list_of(arena, access), *item = jz_node_map(arena);
	char today[11];

	jz_date_format(jz_today(), today);
	for (size_t i = 0; i < jz_seq_len(list); i++)
		if (jz_eq(jz_map_text(jz_seq_get(list, i), "role_key"), word))
			since = jz_map_text(jz_seq_get(list, i), "until");
	jz_map_set(arena, item, "role_key", jz_node_string(arena, word));
	jz_map_set(arena, item, "fingerprint", jz_node_string(arena, key_of(access, key)));
	jz_map_set(arena, item, "from", jz_node_string(arena, since ? since : today));
	jz_map_set(arena, item, "until", jz_node_string(arena, today));
	jz_seq_push(arena, list, item);
}

/* Nothing is ever taken out of these lists: both sides get the remote's, then what only ours has. */
static void join_lists(struct jz_arena *arena, struct jz_node *ours, struct jz_node *theirs)
{
	struct jz_node *more, *list;

	if (!jz_map_get(ours, "retired_role_keys") && !jz_map_get(theirs, "retired_role_keys"))
		return;
	more = list_of(arena, ours);
	list = list_of(arena, theirs);
	for (size_t i = 0; i < jz_seq_len(more); i++)
		if (!names(list, jz_seq_get(more, i)))
			jz_seq_push(arena, list, jz_seq_get(more, i));
	jz_map_set(arena, ours, "retired_role_keys", jz_node_clone(arena, list));
}

/* ---- the merge ---- */

/* keep: whose role key stays in force, where both replaced it. */
static struct jz_node *merge_keeping(struct jz_merge *merge,
				     const struct jz_node *const versions[JZ_VERSION_COUNT],
				     const enum jz_side keep[JZ_ROLE_KEY_COUNT])
{
	struct jz_arena *arena = merge->arena;
	struct jz_node *ours = jz_node_clone(arena, versions[JZ_VERSION_OURS]);
	struct jz_node *theirs = jz_node_clone(arena, versions[JZ_VERSION_THEIRS]);

	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++) {
		bool mine = keep[k] == JZ_SIDE_OURS;
		struct jz_node *from = mine ? ours : theirs, *to = mine ? theirs : ours;
		const char *word = jz_role_key_word((enum jz_role_key)k);

		if (keep[k] == JZ_SIDE_NONE)
			continue;
		retire(arena, to, k);
		jz_map_set(arena, jz_map_get(to, "role_keys"), word,
			   jz_node_clone(arena, jz_map_get(jz_map_get(from, "role_keys"), word)));
	}
	join_lists(arena, ours, theirs);
	merge->clashes.len = 0;
	return jz_merge_trees(merge, versions[JZ_VERSION_BASE], ours, theirs);
}

/* Does nobody know the side's role key but who holds it after the merge too? */
static bool known_to_holders(const struct jz_access *side, const struct jz_access *merged, int key)
{
	for (size_t i = 0; i < side->count; i++) {
		const struct jz_person *person = &side->people[i], *after;

		if (!jz_person_holds(person, (enum jz_role_key)key, jz_today()))
			continue;
		after = jz_access_person(merged, person->id);
		if (!after || !jz_person_holds(after, (enum jz_role_key)key, jz_today()))
			return false;
	}
	return true;
}

/* *again: another side's key is better for one of them. */
static int weigh(const struct jz_node *const versions[JZ_VERSION_COUNT], struct jz_node *root,
		 enum jz_side keep[JZ_ROLE_KEY_COUNT], bool *again, bool *known, struct jz_err *err)
{
	jz_cleanup(jz_access_free_p) struct jz_access *merged = NULL, *ours = NULL, *theirs = NULL;
	int rc = jz_access_from_tree(root, &merged, err);

	if (!rc)
		rc = jz_access_from_tree(versions[JZ_VERSION_OURS], &ours, err);
	if (!rc)
		rc = jz_access_from_tree(versions[JZ_VERSION_THEIRS], &theirs, err);
	for (int k = 0; !rc && k < JZ_ROLE_KEY_COUNT; k++) {
		if (keep[k] == JZ_SIDE_NONE || known_to_holders(theirs, merged, k))
			continue;
		if (known_to_holders(ours, merged, k)) {
			keep[k] = JZ_SIDE_OURS;
			*again = true;
		} else {
			*known = true;
		}
	}
	return rc;
}

static void tell(const struct jz_node *root, int key, bool known, char *message, size_t size)
{
	jz_autofree char *text = jz_xasprintf(
		known ? _("both sides replaced a role key (%s), and %.16s, which is in force now, is "
			  "known to somebody who was removed: 'jzbf access rotate %s'")
		      : _("both sides replaced a role key (%s): %.16s is in force, the other one is "
			  "retired; 'jzbf access rotate --resume' encrypts anew what is left"),
		jz_role_key_word((enum jz_role_key)key), key_of(root, key) + 24,
		jz_role_key_word((enum jz_role_key)key));

	jz_copy(message, size, text);
}

int jz_access_merge(struct jz_merge *merge, const struct jz_node *const versions[JZ_VERSION_COUNT],
		    struct jz_node **out, char *message, size_t size, struct jz_err *err)
{
	enum jz_side keep[JZ_ROLE_KEY_COUNT] = {JZ_SIDE_NONE};
	bool any = false, again = false, known = false;
	int rc = 0;

	for (int k = 0; k < JZ_ROLE_KEY_COUNT; k++) {
		keep[k] = both_replaced(versions, k) ? JZ_SIDE_THEIRS : JZ_SIDE_NONE;
		any = any || keep[k];
	}
	*out = merge_keeping(merge, versions, keep);
	if (!any || merge->clashes.len)
		return 0;
	rc = weigh(versions, *out, keep, &again, &known, err);
	if (!rc && again)
		*out = merge_keeping(merge, versions, keep);
	for (int k = 0; !rc && message && k < JZ_ROLE_KEY_COUNT; k++)
		if (keep[k])
			tell(*out, k, known, message, size);
	return rc;
}
