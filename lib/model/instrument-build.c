/* From the tree of a key file to a key: texts, scales, items, critical items, validity checks. */
#include "lib/model/instrument-impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"

#define MAX_ITEMS  500
#define MAX_ASKED  550
#define MAX_ANSWER 999

void jz_build_fault(struct jz_builder *b, const struct jz_node *node, const char *path,
		    const char *fmt, ...)
{
	char message[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	jz_findings_add(b->findings, JZ_ERROR, node, path, "instrument", NULL, "%s", message);
}

char *jz_build_string(struct jz_builder *b, const struct jz_node *map, const char *name)
{
	const char *text = jz_map_text(map, name);

	return text ? jz_arena_strdup(b->arena, text) : NULL;
}

struct jz_text jz_build_text(struct jz_builder *b, const struct jz_node *node)
{
	return (struct jz_text){jz_build_string(b, node, "zh"), jz_build_string(b, node, "en")};
}

int jz_build_int(struct jz_builder *b, const struct jz_node *node, const char *path, int min,
		 int max)
{
	int64_t value;

	if (jz_node_to_int(node, &value) && value >= min && value <= max)
		return (int)value;
	jz_build_fault(b, node, path, _("expected a whole number from %d to %d, without decimals"),
		       min, max);
	return min;
}

static const char *const op_signs[] = {
	[JZ_GE] = ">=", [JZ_GT] = ">", [JZ_LE] = "<=", [JZ_LT] = "<"};

const char *jz_op_sign(enum jz_op op)
{
	return op_signs[op];
}

enum jz_op jz_build_op(const struct jz_node *map)
{
	const char *sign = jz_map_text(map, "op");

	for (size_t i = 0; i < JZ_COUNT(op_signs); i++)
		if (jz_eq(sign, op_signs[i]))
			return (enum jz_op)i;
	return JZ_GE;
}

bool jz_op_holds(enum jz_op op, int comparison)
{
	switch (op) {
	case JZ_GE:
		return comparison >= 0;
	case JZ_GT:
		return comparison > 0;
	case JZ_LE:
		return comparison <= 0;
	case JZ_LT:
		break;
	}
	return comparison < 0;
}

bool jz_on_scale(const struct jz_scale *limit, const struct jz_scale *scale)
{
	return !limit || limit == scale;
}

const struct jz_scale *jz_build_scale(struct jz_builder *b, const struct jz_node *map,
				      const char *path)
{
	const char *id = jz_map_text(map, "scale");
	const struct jz_scale *scale;

	if (!id)
		return NULL;
	scale = jz_instrument_scale(b->key, id);
	if (!scale)
		jz_build_fault(b, jz_map_get(map, "scale"), path,
			       _("the instrument has no such scale"));
	return scale;
}

/* "1-5" and its anchors. */
static void build_scale(struct jz_builder *b, const struct jz_node *node, const char *path,
			struct jz_scale *out)
{
	const char *id = jz_build_string(b, node, "id");
	const struct jz_node *anchors = jz_map_get(node, "anchors");
	const char *dash = id ? strchr(id, '-') : NULL;
	jz_autofree char *low = dash ? jz_xstrndup(id, (size_t)(dash - id)) : NULL;
	struct jz_text *texts;
	long min = 0;
	long max = 1;

	if (!low || !jz_parse_int(low, 0, MAX_ANSWER, &min) ||
	    !jz_parse_int(dash + 1, 0, MAX_ANSWER, &max) || min >= max) {
		jz_build_fault(b, node, path,
			       _("a scale is written LOWEST-HIGHEST, and the highest is greater"));
		min = 0;
		max = 1;
		id = "0-1";
	}
	*out = (struct jz_scale){.id = id, .min = (int)min, .max = (int)max};
	if (!anchors)
		return;
	if (jz_seq_len(anchors) != (size_t)(max - min + 1)) {
		jz_build_fault(b, anchors, path, _("needs %ld answers, one for each value"),
			       max - min + 1);
		return;
	}
	texts = jz_arena_alloc(b->arena, jz_seq_len(anchors) * sizeof(*texts));
	for (size_t i = 0; i < jz_seq_len(anchors); i++)
		texts[i] = jz_build_text(b, jz_seq_get(anchors, i));
	out->anchors = texts;
}

static void build_scales(struct jz_builder *b, const struct jz_node *root)
{
	const struct jz_node *list = jz_map_get(root, "scales");
	size_t count = jz_seq_len(list);
	struct jz_scale *scales = jz_arena_alloc(b->arena, (count + 1) * sizeof(*scales));

	for (size_t i = 0; i < count; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/scales/%zu", i);
		build_scale(b, jz_seq_get(list, i), path, &scales[i]);
		for (size_t j = 0; j < i; j++)
			if (jz_eq(scales[j].id, scales[i].id))
				jz_build_fault(b, jz_seq_get(list, i), path,
					       _("this scale stands there twice"));
	}
	if (!count)
		jz_build_fault(b, root, "/scales", _("the instrument needs a scale"));
	b->key->scales = scales;
	b->key->scale_count = count;
}

static void build_unscored(struct jz_builder *b, const struct jz_node *list, struct jz_item *items)
{
	for (size_t i = 0; i < jz_seq_len(list) && i < MAX_ASKED - MAX_ITEMS; i++) {
		const struct jz_node *node = jz_seq_get(list, i);
		struct jz_scale *scale = jz_arena_alloc(b->arena, sizeof(*scale));
		char path[64];
		unsigned number = b->key->scored + (unsigned)i + 1;
		int64_t written;

		snprintf(path, sizeof(path), "/unscored/%zu", i);
		if (!jz_node_to_int(jz_map_get(node, "item"), &written) || written != number)
			jz_build_fault(b, node, path,
				       _("unscored items are numbered behind the scored ones: this "
					 "one is item %u"),
				       number);
		build_scale(b, jz_map_get(node, "scale"), path, scale);
		items[number - 1] =
			(struct jz_item){.number = number,
					 .text = jz_build_text(b, jz_map_get(node, "text")),
					 .scale = scale};
		b->key->asked++;
	}
}

static void build_item_texts(struct jz_builder *b, const struct jz_node *texts,
			     struct jz_item *items)
{
	if (!texts)
		return;
	if (jz_eq(b->key->licence, "key-only"))
		jz_build_fault(b, texts, "/text",
			       _("an instrument marked key-only carries no text of items"));
	if (texts->kind != JZ_MAP)
		return;
	for (uint32_t i = 0; i < texts->len; i++) {
		long number;

		if (jz_parse_int(texts->pairs[i].key, 1, b->key->scored, &number))
			items[number - 1].text = jz_build_text(b, texts->pairs[i].value);
		else
			jz_build_fault(b, texts->pairs[i].value, "/text",
				       _("a text belongs to a scored item, 1 to %u"),
				       b->key->scored);
	}
	for (unsigned i = 0; i < b->key->scored; i++)
		if (!items[i].text.zh)
			jz_build_fault(b, texts, "/text", _("the text of item %u is missing"),
				       i + 1);
}

static void build_items(struct jz_builder *b, const struct jz_node *root)
{
	const struct jz_node *reverse = jz_map_get(root, "reverse");
	struct jz_item *items = jz_arena_alloc(b->arena, MAX_ASKED * sizeof(*items));

	b->key->scored =
		(unsigned)jz_build_int(b, jz_map_get(root, "items"), "/items", 1, MAX_ITEMS);
	b->key->asked = b->key->scored;
	b->key->items = items;
	for (unsigned i = 0; i < b->key->scored; i++) {
		items[i].number = i + 1;
		items[i].scored = true;
	}
	for (size_t i = 0; i < jz_seq_len(reverse); i++) {
		int number =
			jz_build_int(b, jz_seq_get(reverse, i), "/reverse", 1, (int)b->key->scored);

		if (items[number - 1].reversed)
			jz_build_fault(b, jz_seq_get(reverse, i), "/reverse",
				       _("this item stands there twice"));
		items[number - 1].reversed = true;
	}
	build_item_texts(b, jz_map_get(root, "text"), items);
	build_unscored(b, jz_map_get(root, "unscored"), items);
}

static void build_critical(struct jz_builder *b, const struct jz_node *root)
{
	const struct jz_node *list = jz_map_get(root, "critical");
	size_t count = jz_seq_len(list);
	struct jz_critical *critical = jz_arena_alloc(b->arena, (count + 1) * sizeof(*critical));

	for (size_t i = 0; i < count; i++) {
		const struct jz_node *node = jz_seq_get(list, i);
		struct jz_critical *c = &critical[i];
		const struct jz_scale *on;
		char path[64];

		snprintf(path, sizeof(path), "/critical/%zu", i);
		*c = (struct jz_critical){
			.item = (unsigned)jz_build_int(b, jz_map_get(node, "item"), path, 1,
						       (int)b->key->asked),
			.op = jz_build_op(node),
			.scale = jz_build_scale(b, node, path),
			.duty = jz_eq(jz_map_text(node, "duty"), "watch") ? JZ_DUTY_WATCH
									  : JZ_DUTY_ALERT,
			.means = jz_build_text(b, jz_map_get(node, "means")),
		};
		on = jz_item_scale(&b->key->items[c->item - 1],
				   c->scale ? c->scale : jz_instrument_scale(b->key, NULL));
		if (!on) {
			jz_build_fault(b, node, path,
				       _("the instrument has several scales: say for which one"));
			continue;
		}
		c->value = jz_build_int(b, jz_map_get(node, "value"), path, on->min, on->max);
		if (jz_op_holds(c->op, on->min - c->value) ==
		    jz_op_holds(c->op, on->max - c->value))
			jz_build_fault(b, node, path,
				       _("this holds for every answer, or for none"));
	}
	b->key->critical = critical;
	b->key->critical_count = count;
}

static void build_validity(struct jz_builder *b, const struct jz_node *root)
{
	const struct jz_node *list = jz_map_get(root, "validity");
	size_t count = jz_seq_len(list);
	struct jz_validity *checks = jz_arena_alloc(b->arena, (count + 1) * sizeof(*checks));

	for (size_t i = 0; i < count; i++) {
		const struct jz_node *node = jz_seq_get(list, i);
		char path[64];

		snprintf(path, sizeof(path), "/validity/%zu", i);
		checks[i] = (struct jz_validity){
			.kind = jz_eq(jz_map_text(node, "check"), "no-lowest") ? JZ_NO_LOWEST
									       : JZ_STRAIGHT_LINE,
			.invalidates = jz_eq(jz_map_text(node, "effect"), "invalid"),
			.except_lowest = jz_map_true(node, "except_lowest"),
			.scale = jz_build_scale(b, node, path),
			.note = jz_build_text(b, jz_map_get(node, "note")),
		};
	}
	b->key->validity = checks;
	b->key->validity_count = count;
}

static void build_head(struct jz_builder *b, const struct jz_node *root)
{
	const struct jz_node *licence = jz_map_get(root, "licence");
	const struct jz_node *list = jz_map_get(root, "provenance");
	size_t count = jz_seq_len(list);
	struct jz_provenance *sources = jz_arena_alloc(b->arena, (count + 1) * sizeof(*sources));

	b->key->id = jz_build_string(b, root, "id");
	b->key->key_version = jz_build_string(b, root, "key_version");
	b->key->title = jz_build_text(b, jz_map_get(root, "title"));
	b->key->period = jz_build_text(b, jz_map_get(root, "period"));
	b->key->question = jz_build_text(b, jz_map_get(root, "question"));
	b->key->licence = jz_build_string(b, licence, "items");
	b->key->licence_note = jz_build_text(b, jz_map_get(licence, "note"));
	for (size_t i = 0; i < count; i++)
		sources[i] = (struct jz_provenance){jz_build_string(b, jz_seq_get(list, i), "mark"),
						    jz_build_text(b, jz_seq_get(list, i))};
	b->key->provenance = sources;
	b->key->provenance_count = count;
	if (!b->key->id || !b->key->key_version)
		jz_build_fault(b, root, "/id", _("the instrument needs an id and a key_version"));
}

int jz_instrument_build(const struct jz_node *root, struct jz_findings *findings,
			struct jz_instrument **out)
{
	jz_cleanup(jz_arena_free_p) struct jz_arena *arena = jz_arena_new_public();
	struct jz_instrument *key = jz_arena_alloc(arena, sizeof(*key));
	struct jz_builder builder = {arena, key, findings};
	size_t errors = findings->errors;

	build_head(&builder, root);
	build_scales(&builder, root);
	build_items(&builder, root);
	if (findings->errors == errors) {
		jz_build_scores(&builder, root);
		build_critical(&builder, root);
		build_validity(&builder, root);
	}
	if (findings->errors == errors)
		jz_build_screens(&builder, root);
	if (findings->errors != errors)
		return JZ_E_INVALID;
	key->arena = jz_steal(arena);
	*out = key;
	return 0;
}
