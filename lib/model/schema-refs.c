/* Resources, anchors and references of a schema; everything stays inside the one document. */
#include "lib/model/schema-private.h"

#include "lib/base/i18n.h"
#include "lib/base/str.h"

/* Pairs looked at on the way to places that are no schemas by themselves. */
#define WALK_MAX 100000000

struct pending {
	struct jz_sub *sub;
	const struct jz_node *value;
	struct jz_resource *resource;
	bool dynamic;
	char *pointer;
};

static bool is_anchor(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		bool first = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';

		if (!first && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '.')))
			return false;
	}
	return len > 0;
}

static int open_resource(struct jz_compiler *c, const struct jz_node *node,
			 const struct jz_node *id)
{
	jz_cleanup(jz_buf_release) struct jz_buf uri = JZ_BUF_INIT;
	struct jz_resource *resource;
	const char *hash;

	if (id && id->kind != JZ_STRING)
		return jz_schema_wrong(c, id, _("must be text"));
	hash = id ? strchr(id->text, '#') : NULL;
	if (hash && hash[1])
		return jz_schema_wrong(c, id, _("an $id must not have a fragment"));
	if (id) {
		jz_autofree char *plain =
			jz_xstrndup(id->text, hash ? (size_t)(hash - id->text) : id->len);

		jz_uri_resolve(c->resource ? c->resource->uri : "", plain, &uri);
	}
	if (jz_map_has(&c->by_uri, uri.data, uri.len))
		return jz_schema_wrong(c, id ? id : node, _("this $id stands twice in the schema"));
	resource = jz_arena_alloc(c->schema->arena, sizeof(*resource));
	resource->uri = jz_arena_strdup(c->schema->arena, uri.data);
	resource->root = node;
	jz_vec_push(&c->schema->resources, resource);
	jz_map_put(&c->by_uri, uri.data, uri.len, resource);
	c->resource = resource;
	return 0;
}

static int add_anchor(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *node,
		      const char *keyword)
{
	const struct jz_node *name = jz_map_get(node, keyword);

	if (!name)
		return 0;
	if (name->kind != JZ_STRING || !is_anchor(name->text, name->len))
		return jz_schema_wrong(
			c, name, _("an anchor is a name of letters, digits, '-', '_' and '.'"));
	if (jz_map_has(&c->resource->anchors, name->text, name->len))
		return jz_schema_wrong(c, name, _("this anchor stands twice in the schema"));
	jz_map_put(&c->resource->anchors, name->text, name->len, (void *)(uintptr_t)node);
	if (!strcmp(keyword, "$dynamicAnchor"))
		jz_map_put(&c->resource->dynamics, name->text, name->len, sub);
	return 0;
}

int jz_enter_resource(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *node)
{
	const struct jz_node *id = jz_map_get(node, "$id");
	int rc = 0;

	if (id || !c->resource)
		rc = open_resource(c, node, id);
	if (rc == 0)
		rc = add_anchor(c, sub, node, "$anchor");
	if (rc == 0)
		rc = add_anchor(c, sub, node, "$dynamicAnchor");
	return rc;
}

int jz_kw_ref(struct jz_compiler *c, struct jz_sub *sub, const struct jz_node *value, int which)
{
	struct pending *pending;

	if (value->kind != JZ_STRING)
		return jz_schema_wrong(c, value, _("must be text"));
	if (!sub->logic)
		sub->logic = jz_arena_alloc(c->schema->arena, sizeof(*sub->logic));
	pending = jz_xcalloc(1, sizeof(*pending));
	pending->sub = sub;
	pending->value = value;
	pending->resource = c->resource;
	pending->dynamic = which == JZ_KW_DYNAMIC_REF;
	pending->pointer = jz_xstrdup(c->pointer.data);
	jz_vec_push(&c->refs, pending);
	return 0;
}

static void pending_free(struct pending *pending)
{
	free(pending->pointer);
	free(pending);
}

void jz_refs_release(struct jz_compiler *c)
{
	for (size_t i = 0; i < c->refs.len; i++)
		if (c->refs.items[i])
			pending_free(c->refs.items[i]);
	jz_vec_release(&c->refs);
}

static int hex_value(char c)
{
	return c <= '9' ? c - '0' : (c | 32) - 'a' + 10;
}

static void percent_decode(const char *text, struct jz_buf *out)
{
	for (; *text; text++) {
		if (*text == '%' && text[1] && jz_is_hex(text + 1, 2)) {
			jz_buf_addc(out, (char)(hex_value(text[1]) * 16 + hex_value(text[2])));
			text += 2;
		} else {
			jz_buf_addc(out, *text);
		}
	}
}

/* One token of a JSON Pointer, unescaped. */
static const struct jz_node *step(const struct jz_node *node, const char *token, size_t len)
{
	jz_cleanup(jz_buf_release) struct jz_buf key = JZ_BUF_INIT;
	long index;

	for (size_t i = 0; i < len; i++) {
		bool escaped = token[i] == '~' && i + 1 < len;

		if (escaped && (token[i + 1] == '0' || token[i + 1] == '1'))
			jz_buf_addc(&key, token[++i] == '0' ? '~' : '/');
		else
			jz_buf_addc(&key, token[i]);
	}
	if (node->kind == JZ_MAP)
		return jz_map_getn(node, key.data, key.len);
	if (node->kind == JZ_SEQ && jz_parse_int(key.data, 0, (long)node->len - 1, &index))
		return jz_seq_get(node, (size_t)index);
	return NULL;
}

/* Follows a pointer from a resource's root; *resource becomes the one that the place lies in. */
static const struct jz_node *walk(struct jz_compiler *c, const char *pointer,
				  struct jz_resource **resource)
{
	const struct jz_node *node = (*resource)->root;

	while (node && *pointer == '/') {
		size_t len = strcspn(++pointer, "/");
		const struct jz_sub *known;

		c->work += node->kind == JZ_MAP ? node->len : 1;
		node = step(node, pointer, len);
		pointer += len;
		known = node ? jz_map_find(&c->by_node, (const char *)&node, sizeof(node)) : NULL;
		if (known)
			*resource = known->resource;
	}
	return node;
}

static int wrong_ref(struct jz_compiler *c, const struct pending *pending, const char *why)
{
	jz_buf_clear(&c->pointer);
	jz_buf_adds(&c->pointer, pending->pointer);
	return jz_schema_wrong(c, pending->value, "%s", why);
}

/* Finds the resource that a reference names, and leaves its decoded fragment in *fragment. */
static struct jz_resource *find_resource(struct jz_compiler *c, const struct pending *pending,
					 struct jz_buf *fragment)
{
	jz_cleanup(jz_buf_release) struct jz_buf uri = JZ_BUF_INIT;
	const char *hash = strchr(pending->value->text, '#');
	size_t len = hash ? (size_t)(hash - pending->value->text) : pending->value->len;
	jz_autofree char *plain = jz_xstrndup(pending->value->text, len);

	if (hash)
		percent_decode(hash + 1, fragment);
	if (len == 0)
		return pending->resource;
	jz_uri_resolve(pending->resource->uri, plain, &uri);
	return jz_map_find(&c->by_uri, uri.data, uri.len);
}

/* The schema at a decoded fragment of a resource; compiles what was no schema so far. */
static int find_target(struct jz_compiler *c, const struct pending *pending,
		       struct jz_resource *resource, const struct jz_buf *fragment,
		       struct jz_sub **target)
{
	const struct jz_node *node = NULL;
	const struct jz_sub *root =
		jz_map_find(&c->by_node, (const char *)&resource->root, sizeof(resource->root));
	bool anchor = fragment->len > 0 && *fragment->data != '/';

	c->resource = resource;
	jz_buf_clear(&c->pointer);
	jz_buf_adds(&c->pointer, root->pointer);
	jz_buf_adds(&c->pointer, fragment->data);
	if (anchor) {
		node = jz_map_find(&resource->anchors, fragment->data, fragment->len);
	} else {
		*target = jz_map_find(&c->by_pointer, c->pointer.data, c->pointer.len);
		if (*target)
			return 0;
		node = walk(c, fragment->data, &c->resource);
	}
	if (c->work > WALK_MAX)
		return wrong_ref(c, pending, _("the schema is too entangled to be used"));
	if (!node)
		return wrong_ref(c, pending, _("refers to a place that the schema does not have"));
	return jz_compile_sub(c, node, target);
}

static int resolve(struct jz_compiler *c, const struct pending *pending)
{
	jz_cleanup(jz_buf_release) struct jz_buf fragment = JZ_BUF_INIT;
	struct jz_resource *resource = find_resource(c, pending, &fragment);
	struct jz_sub *target;
	int rc;

	if (!resource)
		return wrong_ref(c, pending,
				 _("refers to another document; only references inside the schema "
				   "are followed"));
	rc = find_target(c, pending, resource, &fragment, &target);
	if (rc)
		return rc;
	if (!pending->dynamic) {
		pending->sub->logic->ref = target;
		return 0;
	}
	pending->sub->logic->dynamic_ref = target;
	if (jz_map_find(&resource->dynamics, fragment.data, fragment.len) == target)
		pending->sub->logic->dynamic_name =
			jz_arena_strdup(c->schema->arena, fragment.data);
	return 0;
}

int jz_resolve_refs(struct jz_compiler *c)
{
	c->work = 0;
	/* a reference can reach a place that was no schema so far, and that can add references */
	for (size_t i = 0; i < c->refs.len; i++) {
		struct pending *pending = c->refs.items[i];
		int rc = resolve(c, pending);

		if (rc)
			return rc;
	}
	return 0;
}

/* Follows what always applies to the same place of a document. */
static int find_loop(struct jz_compiler *c, struct jz_sub *sub, unsigned depth)
{
	const struct jz_sub_logic *logic = sub->logic;
	struct jz_node at = {.line = sub->line, .column = sub->column};
	int rc = 0;

	if (sub->settled || !logic)
		return 0;
	if (sub->walking || depth > JZ_SUB_DEPTH_MAX) {
		jz_buf_clear(&c->pointer);
		jz_buf_adds(&c->pointer, sub->pointer);
		return jz_schema_wrong(c, &at, "%s",
				       sub->walking ? _("the schema refers to itself without end")
						    : _("the chain of references is too long"));
	}
	sub->walking = true;
	if (logic->ref)
		rc = find_loop(c, logic->ref, depth + 1);
	if (rc == 0 && logic->dynamic_ref && !logic->dynamic_name)
		rc = find_loop(c, logic->dynamic_ref, depth + 1);
	for (uint32_t i = 0; i < logic->all.len && rc == 0; i++)
		rc = find_loop(c, logic->all.items[i], depth + 1);
	sub->walking = false;
	sub->settled = true;
	return rc;
}

int jz_find_loops(struct jz_compiler *c)
{
	for (size_t i = 0; i < c->schema->subs.len; i++) {
		int rc = find_loop(c, c->schema->subs.items[i], 0);

		if (rc)
			return rc;
	}
	return 0;
}
