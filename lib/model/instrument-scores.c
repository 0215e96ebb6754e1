/* Building a key, second part: subscales, scores and their bands, screening rules. */
#include "lib/model/instrument-impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/i18n.h"
#include "lib/base/str.h"

static int compare_items(const void *a, const void *b)
{
	return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

/* The items of a score, all of them if the list is not there. */
static void build_score_items(struct jz_builder *b, const struct jz_node *list, const char *path,
			      struct jz_score *score)
{
	size_t count = list ? jz_seq_len(list) : b->key->scored;
	uint16_t *items = jz_arena_alloc(b->arena, (count + 1) * sizeof(*items));

	for (size_t i = 0; i < count; i++)
		items[i] = list ? (uint16_t)jz_build_int(b, jz_seq_get(list, i), path, 1,
							 (int)b->key->scored)
				: (uint16_t)(i + 1);
	qsort(items, count, sizeof(*items), compare_items);
	for (size_t i = 1; i < count; i++)
		if (items[i] == items[i - 1])
			jz_build_fault(b, list, path, _("item %u stands there twice"), items[i]);
	if (!count)
		jz_build_fault(b, list, path, _("a score needs items"));
	score->items = items;
	score->item_count = count;
}

static int item_cut(struct jz_builder *b, const struct jz_node *where, const char *path,
		    unsigned item)
{
	char name[16];
	const struct jz_node *own;

	snprintf(name, sizeof(name), "%u", item);
	own = jz_map_get(jz_map_get(where, "except"), name);
	return jz_build_int(b, own ? own : jz_map_get(where, "value"), path, 0, 999);
}

static void build_where(struct jz_builder *b, const struct jz_node *where, const char *path,
			struct jz_score *score)
{
	const struct jz_node *except = jz_map_get(where, "except");
	int16_t *cuts;

	if (!where)
		return;
	cuts = jz_arena_alloc(b->arena, (score->item_count + 1) * sizeof(*cuts));
	for (size_t i = 0; i < score->item_count; i++)
		cuts[i] = (int16_t)item_cut(b, where, path, score->items[i]);
	score->filtered = true;
	score->op = jz_build_op(where);
	score->cuts = cuts;
	for (uint32_t i = 0; except && except->kind == JZ_MAP && i < except->len; i++) {
		long number = 0;
		uint16_t item;

		jz_parse_int(except->pairs[i].key, 1, 999, &number);
		item = (uint16_t)number;
		if (!bsearch(&item, score->items, score->item_count, sizeof(item), compare_items))
			jz_build_fault(b, except->pairs[i].value, path,
				       _("the exception is for an item that the score does not "
					 "have"));
	}
}

struct jz_ratio jz_score_scaled(const struct jz_score *score, struct jz_ratio source)
{
	struct jz_ratio value = jz_ratio_mul(source, score->factor);

	switch (score->rounding) {
	case JZ_ROUND_DOWN:
		return jz_ratio(jz_ratio_floor(value), 1);
	case JZ_ROUND_HALF_UP:
		return jz_ratio(jz_ratio_half_up(value), 1);
	case JZ_ROUND_NONE:
		break;
	}
	return value;
}

/* The score of that id on the scale; NULL: there is none. */
static const struct jz_score *find_score(const struct jz_instrument *key, const char *id,
					 const struct jz_scale *scale)
{
	for (size_t i = 0; i < key->score_count; i++)
		if (jz_eq(key->scores[i].id, id) && jz_on_scale(key->scores[i].scale, scale))
			return &key->scores[i];
	return NULL;
}

/* A scaled score takes over the items of its source. */
static void build_scaled(struct jz_builder *b, const struct jz_node *node, const char *path,
			 struct jz_score *score)
{
	const struct jz_score *source = NULL;
	const char *round = jz_map_text(node, "round");

	score->from = jz_build_string(b, node, "from");
	score->rounding = jz_eq(round, "down")	    ? JZ_ROUND_DOWN
			  : jz_eq(round, "half-up") ? JZ_ROUND_HALF_UP
						    : JZ_ROUND_NONE;
	score->factor = jz_ratio(1, 1);
	if (!jz_ratio_parse(jz_map_text(node, "factor") ? jz_map_text(node, "factor") : "",
			    &score->factor) ||
	    !score->factor.num || score->factor.num > 1000 * score->factor.den) {
		jz_build_fault(b, node, path,
			       _("a factor is a decimal above 0 with at most four decimals"));
		score->factor = jz_ratio(1, 1);
	}
	for (size_t i = 0; i < b->key->scale_count; i++) {
		if (!jz_on_scale(score->scale, &b->key->scales[i]))
			continue;
		source = find_score(b->key, score->from, &b->key->scales[i]);
		if (!source || source->kind == JZ_SCALED) {
			jz_build_fault(b, node, path,
				       _("the score that is scaled must be a sum, a mean or a "
					 "count of the same scale"));
			return;
		}
	}
	if (!source)
		return;
	score->items = source->items;
	score->item_count = source->item_count;
	score->whole =
		score->rounding != JZ_ROUND_NONE || (source->whole && score->factor.den == 1);
}

/* The lowest and highest value that a score can take on a scale. */
static void score_range(const struct jz_instrument *key, const struct jz_score *score,
			const struct jz_scale *scale, struct jz_ratio *low, struct jz_ratio *high)
{
	int64_t n = (int64_t)score->item_count;

	switch (score->kind) {
	case JZ_SUM:
		*low = jz_ratio(score->filtered ? 0 : n * scale->min, 1);
		*high = jz_ratio(n * scale->max, 1);
		return;
	case JZ_COUNT:
		*low = jz_ratio(0, 1);
		*high = jz_ratio(n, 1);
		return;
	case JZ_MEAN:
		*low = jz_ratio(scale->min, 1);
		*high = jz_ratio(scale->max, 1);
		return;
	case JZ_SCALED:
		break;
	}
	score_range(key, find_score(key, score->from, scale), scale, low, high);
	*low = jz_score_scaled(score, *low);
	*high = jz_score_scaled(score, *high);
}

static bool band_number(struct jz_builder *b, const struct jz_node *node, const char *name,
			const char *path, struct jz_ratio *out)
{
	const char *text = jz_map_text(node, name);

	if (text && jz_ratio_parse(text, out))
		return true;
	jz_build_fault(b, node, path, _("'%s' must be a decimal with at most four decimals"), name);
	return false;
}

/* Whole scores: from and to, without gap or overlap, over the whole range. Others: from only, the
 * end is the beginning of the next. */
static void check_band(struct jz_builder *b, const struct jz_node *node, const char *path,
		       const struct jz_score *score, struct jz_band *band, struct jz_ratio *next)
{
	bool has_to = jz_map_get(node, "to");
	struct jz_ratio to;

	if (!band_number(b, node, "from", path, &band->from))
		return;
	if (!score->whole) {
		if (has_to)
			jz_build_fault(b, node, path,
				       _("bands of a fractional score have no 'to': each ends "
					 "where the next begins"));
		if (jz_ratio_cmp(band->from, *next) < 0)
			jz_build_fault(b, node, path, _("bands must rise"));
		*next = jz_ratio(band->from.num + 1, band->from.den);
		return;
	}
	if (!has_to || !band_number(b, node, "to", path, &to)) {
		jz_build_fault(b, node, path, _("bands of a whole score need 'to'"));
		return;
	}
	if (band->from.den != 1 || to.den != 1 || jz_ratio_cmp(to, band->from) < 0)
		jz_build_fault(b, node, path,
			       _("a band runs from a whole number to one that is not smaller"));
	else if (jz_ratio_cmp(band->from, *next) != 0)
		jz_build_fault(b, node, path,
			       _("gap or overlap of bands: this one should begin at %lld"),
			       (long long)jz_ratio_floor(*next));
	*next = jz_ratio(jz_ratio_floor(to) + 1, 1);
}

static const struct jz_scale *only_scale(const struct jz_instrument *key,
					 const struct jz_score *score)
{
	return score->scale ? score->scale : jz_instrument_scale(key, NULL);
}

static void build_bands(struct jz_builder *b, const struct jz_node *list, const char *path,
			struct jz_score *score)
{
	const struct jz_scale *scale = only_scale(b->key, score);
	size_t count = jz_seq_len(list);
	size_t errors = b->findings->errors;
	struct jz_band *bands = jz_arena_alloc(b->arena, (count + 1) * sizeof(*bands));
	struct jz_ratio next;
	struct jz_ratio high;
	char where[96];

	if (!scale) {
		jz_build_fault(b, list, path,
			       _("bands need a score of one scale: say for which one"));
		return;
	}
	score_range(b->key, score, scale, &next, &high);
	for (size_t i = 0; i < count; i++) {
		const struct jz_node *node = jz_seq_get(list, i);

		snprintf(where, sizeof(where), "%s/bands/%zu", path, i);
		bands[i].id = jz_build_string(b, node, "id");
		bands[i].label = jz_build_text(b, jz_map_get(node, "label"));
		if (!i && !score->whole && band_number(b, node, "from", where, &bands[0].from) &&
		    jz_ratio_cmp(bands[0].from, next) != 0)
			jz_build_fault(b, node, where, _("the first band should begin at %lld"),
				       (long long)jz_ratio_floor(next));
		check_band(b, node, where, score, &bands[i], &next);
		for (size_t j = 0; j < i; j++)
			if (jz_eq(bands[i].id, bands[j].id))
				jz_build_fault(b, node, where, _("two bands have the same id"));
	}
	if (score->whole && b->findings->errors == errors &&
	    jz_ratio_cmp(next, jz_ratio(jz_ratio_floor(high) + 1, 1)) != 0)
		jz_build_fault(b, list, path, _("the bands should end at %lld"),
			       (long long)jz_ratio_floor(high));
	score->bands = bands;
	score->band_count = count;
}

static enum jz_score_kind score_kind(const struct jz_node *node)
{
	const char *of = jz_map_text(node, "of");

	return jz_eq(of, "mean")     ? JZ_MEAN
	       : jz_eq(of, "count")  ? JZ_COUNT
	       : jz_eq(of, "scaled") ? JZ_SCALED
				     : JZ_SUM;
}

/* All but what depends on other scores. */
static void build_score(struct jz_builder *b, const struct jz_node *node, const char *path,
			bool subscale, struct jz_score *score)
{
	*score = (struct jz_score){
		.id = jz_build_string(b, node, "id"),
		.title = jz_build_text(b, jz_map_get(node, "title")),
		.note = jz_build_text(b, jz_map_get(node, "note")),
		.kind = score_kind(node),
		.subscale = subscale,
		.scale = jz_build_scale(b, node, path),
	};
	score->whole = score->kind == JZ_SUM || score->kind == JZ_COUNT;
	if (score->kind == JZ_SCALED)
		return;
	build_score_items(b, jz_map_get(node, "items"), path, score);
	build_where(b, jz_map_get(node, "where"), path, score);
	if (score->kind == JZ_COUNT && !score->filtered)
		jz_build_fault(b, node, path, _("a count needs 'where'"));
}

static void check_score_id(struct jz_builder *b, const struct jz_node *node, const char *path,
			   const struct jz_score *score)
{
	for (const struct jz_score *other = b->key->scores; other < score; other++)
		if (jz_eq(other->id, score->id) &&
		    (!other->scale || !score->scale || other->scale == score->scale))
			jz_build_fault(b, node, path,
				       _("two scores of one scale have the same id"));
}

static void check_partition(struct jz_builder *b, const struct jz_node *root)
{
	if (!jz_map_true(root, "partition"))
		return;
	for (unsigned item = 1; item <= b->key->scored; item++) {
		uint16_t key = (uint16_t)item;
		int owners = 0;

		for (size_t i = 0; i < b->key->score_count; i++)
			owners += b->key->scores[i].subscale &&
				  bsearch(&key, b->key->scores[i].items,
					  b->key->scores[i].item_count, sizeof(key), compare_items);
		if (owners != 1)
			jz_build_fault(b, jz_map_get(root, "partition"), "/partition",
				       _("item %u belongs to %d subscales, not to exactly one"),
				       item, owners);
	}
}

/* The n-th of subscales and scores together, and its pointer. */
static const struct jz_node *score_node(const struct jz_node *root, size_t n, char *path,
					size_t size)
{
	const struct jz_node *subscales = jz_map_get(root, "subscales");
	size_t first = jz_seq_len(subscales);

	if (n < first) {
		snprintf(path, size, "/subscales/%zu", n);
		return jz_seq_get(subscales, n);
	}
	snprintf(path, size, "/scores/%zu", n - first);
	return jz_seq_get(jz_map_get(root, "scores"), n - first);
}

/* In three rounds: a scaled score may stand before its source, and bands need the items of both. */
void jz_build_scores(struct jz_builder *b, const struct jz_node *root)
{
	size_t first = jz_seq_len(jz_map_get(root, "subscales"));
	size_t total = first + jz_seq_len(jz_map_get(root, "scores"));
	struct jz_score *scores = jz_arena_alloc(b->arena, (total + 1) * sizeof(*scores));
	size_t errors = b->findings->errors;
	const struct jz_node *node;
	char path[64];

	b->key->scores = scores;
	b->key->score_count = total;
	for (size_t n = 0; n < total; n++) {
		node = score_node(root, n, path, sizeof(path));
		build_score(b, node, path, n < first, &scores[n]);
		check_score_id(b, node, path, &scores[n]);
	}
	for (size_t n = 0; n < total && b->findings->errors == errors; n++) {
		node = score_node(root, n, path, sizeof(path));
		if (scores[n].kind == JZ_SCALED)
			build_scaled(b, node, path, &scores[n]);
	}
	for (size_t n = 0; n < total && b->findings->errors == errors; n++) {
		node = jz_map_get(score_node(root, n, path, sizeof(path)), "bands");
		if (node)
			build_bands(b, node, path, &scores[n]);
	}
	if (b->findings->errors == errors)
		check_partition(b, root);
}

static void build_condition(struct jz_builder *b, const struct jz_node *node, const char *path,
			    struct jz_condition *out)
{
	bool found = true;
	bool subscales = false;

	*out = (struct jz_condition){
		.score = jz_build_string(b, node, "score"),
		.op = jz_build_op(node),
		.scale = jz_build_scale(b, node, path),
	};
	out->cut = jz_ratio(0, 1);
	band_number(b, node, "value", path, &out->cut);
	for (size_t i = 0; i < b->key->score_count; i++)
		subscales |= b->key->scores[i].subscale;
	for (size_t i = 0; i < b->key->scale_count; i++)
		if (jz_on_scale(out->scale, &b->key->scales[i]) && out->score)
			found &= find_score(b->key, out->score, &b->key->scales[i]) != NULL;
	if (!found)
		jz_build_fault(b, node, path, _("no score has this id on this scale"));
	if (!out->score && !subscales)
		jz_build_fault(b, node, path, _("the instrument has no subscales"));
}

void jz_build_screens(struct jz_builder *b, const struct jz_node *root)
{
	const struct jz_node *list = jz_map_get(root, "screens");
	size_t count = jz_seq_len(list);
	struct jz_screen *screens = jz_arena_alloc(b->arena, (count + 1) * sizeof(*screens));

	for (size_t i = 0; i < count; i++) {
		const struct jz_node *node = jz_seq_get(list, i);
		const struct jz_node *all = jz_map_get(node, "all_of");
		const struct jz_node *rules = all ? all : jz_map_get(node, "any_of");
		struct jz_condition *conditions =
			jz_arena_alloc(b->arena, (jz_seq_len(rules) + 1) * sizeof(*conditions));
		char path[96];

		for (size_t j = 0; j < jz_seq_len(rules); j++) {
			snprintf(path, sizeof(path), "/screens/%zu/%s/%zu", i,
				 all ? "all_of" : "any_of", j);
			build_condition(b, jz_seq_get(rules, j), path, &conditions[j]);
		}
		screens[i] = (struct jz_screen){
			.id = jz_build_string(b, node, "id"),
			.title = jz_build_text(b, jz_map_get(node, "title")),
			.positive = jz_build_text(b, jz_map_get(node, "positive")),
			.note = jz_build_text(b, jz_map_get(node, "note")),
			.all = all != NULL,
			.conditions = conditions,
			.condition_count = jz_seq_len(rules),
		};
	}
	b->key->screens = screens;
	b->key->screen_count = count;
}
