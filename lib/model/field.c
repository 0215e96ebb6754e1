#include "lib/model/field.h"

#include <string.h>

#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define TEXT_LIMIT (1u << 20) /* bytes of a text read from a file */

/* ---- reading what was given ---- */

int jz_fields_add(struct jz_fields *fields, const char *text, int what_number, struct jz_err *err)
{
	const char *equal = strchr(text, '=');
	struct jz_field *field;
	const char *value;

	if (!equal || equal == text)
		return jz_fail(err, JZ_E_USAGE,
			       _("argument %d is no field: write it as path=value"), what_number);
	if (fields->len == fields->cap) {
		fields->cap = fields->cap ? fields->cap * 2 : 8;
		fields->items = jz_xrealloc(fields->items, fields->cap * sizeof(*fields->items));
	}
	field = &fields->items[fields->len++];
	field->path = jz_xstrndup(text, (size_t)(equal - text));
	jz_buf_init(&field->value);
	value = equal + 1;
	if (*value == '@' && value[1] != '@')
		return jz_file_read(value + 1, TEXT_LIMIT, &field->value, err);
	jz_buf_adds(&field->value, *value == '@' ? value + 1 : value);
	return 0;
}

void jz_fields_release(struct jz_fields *fields)
{
	for (size_t i = 0; i < fields->len; i++) {
		free(fields->items[i].path);
		jz_buf_release(&fields->items[i].value);
	}
	free(fields->items);
	memset(fields, 0, sizeof(*fields));
}

void jz_field_target_release(struct jz_field_target *target)
{
	jz_map_release(&target->fresh, free);
	jz_strs_release(&target->made);
}

/* ---- walking a path ---- */

struct step {
	const char *text; /* key, or what stands in the brackets */
	size_t len;
	bool bracket;
};

/* Takes the next step off a path. 1: a step, 0: the end, negative: malformed. */
static int next_step(const char **path, struct step *out)
{
	const char *p = *path;

	if (!*p)
		return 0;
	out->bracket = *p == '[';
	out->text = p + out->bracket;
	out->len = strcspn(out->text, out->bracket ? "]" : ".[");
	p = out->text + out->len;
	if (!out->len)
		return JZ_E_USAGE;
	if (out->bracket) {
		if (*p != ']')
			return JZ_E_USAGE;
		p++;
	}
	if (*p == '.') {
		p++;
		if (!*p)
			return JZ_E_USAGE;
	}
	*path = p;
	return 1;
}

#define NOTHING_THERE 1 /* the way to what is to be removed ends early */

/* Where the walk stands. */
struct walk {
	struct jz_field_target *target; /* NULL: only look whether the schema knows the path */
	struct jz_arena *arena;
	const char *path; /* whole, for messages */
	struct jz_shape shape;
	struct jz_node *node;
	struct jz_node *parent; /* of node, with the key or index that leads to it */
	struct jz_shape parent_shape;
	struct step last;
	bool append; /* the last step was [+] of a plain list */
	bool create; /* make what is missing on the way */
};

static int unknown(const struct walk *walk, const struct step *step, struct jz_err *err)
{
	char *key = jz_arena_strndup(walk->arena, step->text, step->len);

	return jz_fail(err, JZ_E_USAGE, _("'%s': there is no field '%s'%s"), walk->path, key,
		       jz_item_suggest(&walk->shape, walk->arena, key));
}

/* The item of [ID], [2] or [+]; made for the latter. */
static struct jz_node *select_item(struct walk *walk, const struct step *step,
				   const struct jz_shape *item_shape)
{
	struct jz_field_target *target = walk->target;
	size_t list_len = (size_t)(step->text - walk->path);
	const char *key, *id;
	struct jz_node *item;

	if (*step->text != '+')
		return jz_node_at(walk->node, jz_arena_printf(walk->arena, "[%.*s]", (int)step->len,
							      step->text));
	key = jz_arena_strndup(walk->arena, walk->path, list_len + step->len);
	id = jz_map_gets(&target->fresh, key);
	if (!id) {
		char *made = jz_xcalloc(1, JZ_ITEM_ID_LEN + 1);

		jz_item_new_id(made);
		jz_map_puts(&target->fresh, key, made);
		item = jz_node_map(target->arena);
		jz_item_set(item_shape, target->arena, item, "id",
			    jz_node_string(target->arena, made));
		jz_seq_push(target->arena, walk->node, item);
		jz_strs_addf(&target->made, "%.*s%s]", (int)list_len, walk->path, made);
		return item;
	}
	for (size_t i = 0; i < jz_seq_len(walk->node); i++)
		if (jz_eq(jz_map_text(jz_seq_get(walk->node, i), "id"), id))
			return jz_seq_get(walk->node, i);
	return NULL;
}

static int enter_list(struct walk *walk, const struct step *step, struct jz_err *err)
{
	struct jz_shape item;

	if ((walk->shape.schema && jz_shape_type(&walk->shape) != JZ_TYPE_ARRAY) ||
	    !jz_shape_items(&walk->shape, &item))
		return jz_fail(err, JZ_E_USAGE, _("'%s': is no list where an item is named"),
			       walk->path);
	if (walk->target) {
		if (walk->node->kind != JZ_SEQ)
			return jz_fail(err, JZ_E_USAGE,
				       _("'%s': is no list where an item is named"), walk->path);
		walk->append = *step->text == '+' && !jz_shape_has_ids(&walk->shape);
		walk->parent = walk->node;
		walk->node = walk->append ? NULL : select_item(walk, step, &item);
		if (!walk->node && !walk->append)
			return jz_fail(err, JZ_E_INVALID, _("'%s': there is no such item"),
				       walk->path);
	}
	walk->parent_shape = walk->shape;
	walk->shape = item;
	return 0;
}

static int enter_key(struct walk *walk, const struct step *step, bool last, struct jz_err *err)
{
	struct jz_shape below;
	char *key;

	if ((walk->shape.schema && !(jz_shape_type(&walk->shape) & JZ_TYPE_OBJECT)) ||
	    !jz_shape_key(&walk->shape, step->text, step->len, &below))
		return unknown(walk, step, err);
	if (walk->target) {
		if (walk->node->kind != JZ_MAP)
			return unknown(walk, step, err);
		key = jz_arena_strndup(walk->arena, step->text, step->len);
		walk->parent = walk->node;
		walk->node = jz_map_getn(walk->node, step->text, step->len);
		if (!walk->node && !last && !walk->create)
			return NOTHING_THERE;
		if (!walk->node && !last) {
			bool list = below.schema && jz_shape_type(&below) == JZ_TYPE_ARRAY;

			walk->node = list ? jz_node_seq(walk->arena) : jz_node_map(walk->arena);
			jz_item_set(&walk->shape, walk->arena, walk->parent, key, walk->node);
		}
	}
	walk->parent_shape = walk->shape;
	walk->shape = below;
	return 0;
}

static int walk_path(struct walk *walk, const char *path, struct jz_err *err)
{
	struct step step;
	int more;

	while ((more = next_step(&path, &step)) > 0) {
		int rc = step.bracket ? enter_list(walk, &step, err)
				      : enter_key(walk, &step, !*path, err);

		if (rc)
			return rc;
		walk->last = step;
	}
	if (more < 0)
		return jz_fail(err, JZ_E_USAGE, _("'%s' is not well-formed as a path"), walk->path);
	return 0;
}

/* The item or the record, whichever knows the first name of the path. */
static void start(struct walk *walk, const struct jz_field_target *target, const char **path)
{
	struct jz_shape found;
	const char *p = *path;
	bool own = target->item && *p != '.' &&
		   (jz_shape_rank(&target->item_shape, p, strcspn(p, ".[")) != SIZE_MAX ||
		    !jz_shape_key(&target->shape, p, strcspn(p, ".["), &found) ||
		    jz_starts_with(p, "x-"));

	*path += *p == '.';
	walk->arena = target->arena;
	walk->path = *path;
	walk->shape = own ? target->item_shape : target->shape;
	walk->node = own ? target->item : target->root;
}

/* ---- changing ---- */

static void remove_at(const struct walk *walk)
{
	if (!walk->node)
		return;
	if (walk->last.bracket) {
		for (uint32_t i = 0; i < walk->parent->len; i++) {
			if (walk->parent->items[i] != walk->node)
				continue;
			jz_seq_remove(walk->parent, i);
			return;
		}
	} else {
		jz_map_remove(walk->parent,
			      jz_arena_strndup(walk->arena, walk->last.text, walk->last.len));
	}
}

static int store_value(struct walk *walk, struct jz_node *value, struct jz_err *err)
{
	if (walk->append) {
		jz_seq_push(walk->arena, walk->parent, value);
		return 0;
	}
	if (walk->last.bracket)
		return jz_fail(err, JZ_E_USAGE, _("'%s': has fields of its own: name one of them"),
			       walk->path);
	value->notes = walk->node ? walk->node->notes : NULL;
	jz_item_set(&walk->parent_shape, walk->arena, walk->parent,
		    jz_arena_strndup(walk->arena, walk->last.text, walk->last.len), value);
	return 0;
}

int jz_field_set(struct jz_field_target *target, const char *path, const char *value, size_t len,
		 struct jz_err *err)
{
	struct jz_err here = JZ_ERR_INIT;
	struct walk walk = {.target = target, .create = len > 0};
	struct jz_node *node;
	int rc;

	err = err ? err : &here;
	start(&walk, target, &path);
	rc = walk_path(&walk, path, err);
	if (rc)
		return rc == NOTHING_THERE ? 0 : rc;
	if (!len) {
		remove_at(&walk);
		return 0;
	}
	rc = jz_item_value(&walk.shape, target->codes, target->arena, value, len, &node, err);
	if (rc)
		jz_err_prefix(err, "%s", walk.path);
	return rc ? rc : store_value(&walk, node, err);
}

int jz_fields_apply(const struct jz_fields *fields, struct jz_field_target *target,
		    struct jz_err *err)
{
	bool removed = false;

	for (size_t i = 0; i < fields->len; i++) {
		const struct jz_field *field = &fields->items[i];
		int rc =
			jz_field_set(target, field->path, field->value.data, field->value.len, err);

		if (rc)
			return rc;
		removed = removed || !field->value.len;
	}
	if (removed)
		jz_item_prune(target->root, target->item);
	return 0;
}

int jz_field_known(const struct jz_field_target *target, const char *path, struct jz_err *err)
{
	struct walk walk = {0};

	start(&walk, target, &path);
	walk.node = NULL;
	return walk_path(&walk, path, err);
}
