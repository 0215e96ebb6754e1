#include "tests/bench/synthetic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/date.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/model/schema.h"
#include "lib/port/yaml.h"

#define FIRST_WEEK 150 /* before the present week */
#define DENSE_WEEK 30  /* half of the population came in so many last weeks */

/* What one case is made of. */
struct making {
	struct jz_arena *arena;
	uint64_t seed;
	int64_t shift; /* days */
	struct jz_date today;
	struct jz_strs gone; /* ids of items that lie behind today */
	const char *worker;
	const char *category;
};

/* splitmix64: the same on every machine. */
static uint64_t next(struct making *making)
{
	uint64_t z = making->seed += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t pick(struct making *making, size_t count)
{
	return (size_t)(next(making) % count);
}

#define PICK(making, list) (list)[pick(making, JZ_COUNT(list))]

/* ---- words ---- */

static const char *const phrases[] = {
	"按时到场",	    "态度较为配合",	"能够说明近期生活情况", "对自己的行为有所反思",
	"表示愿意继续参加", "家人给予支持",	"情绪平稳",		"与村干部保持联系",
	"完成了约定的任务", "对后续安排有疑问", "工作人员做了解释",	"提醒遵守外出请假规定",
	"谈到收入不稳定",   "希望就近找工作",	"与邻居来往增多",	"睡眠有所改善",
	"能认识到危害后果", "承诺不再饮酒驾车", "按计划推进帮扶措施",	"已与人社部门对接",
	"下次会谈另行约定", "记录当场核对无误", "对被害人表示歉意",	"参加了法治讲座",
	"家庭经济压力较大", "孩子上学需要照顾", "愿意参加技能培训",	"近期无异常表现"};

/* A name, a place, a thing: any two common characters. */
static void add_word(struct making *making, struct jz_buf *out)
{
	static const char common[] =
		"的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动"
		"同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二"
		"理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社";

	for (int i = 0; i < 2; i++)
		jz_buf_add(out, common + 3 * pick(making, (sizeof(common) - 1) / 3), 3);
}

static struct jz_node *sentences(struct making *making, size_t least, size_t most)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	size_t parts = least + pick(making, most - least + 1);

	for (size_t i = 0; i < parts; i++) {
		jz_buf_adds(&out, PICK(making, phrases));
		if (pick(making, 3)) {
			jz_buf_adds(&out, "，");
			add_word(making, &out);
			add_word(making, &out);
		}
		jz_buf_adds(&out, i + 1 == parts ? "。" : "，");
	}
	return jz_node_stringn(making->arena, out.data, out.len);
}

static struct jz_node *name(struct making *making)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;

	jz_buf_adds(&out, "测试");
	add_word(making, &out);
	return jz_node_stringn(making->arena, out.data, out.len);
}

static bool among(const char *key, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(key, *list))
			return true;
	return false;
}

/* What stands at this key in another case; NULL: the same. */
static struct jz_node *other_words(struct making *making, const char *key, const char *text)
{
	static const char *const tales[] = {"fact", "opinion", "facts", "summary", NULL};
	static const char *const lines[] = {"statement",      "statement_self", "statement_worker",
					    "grounds",	      "conclusion",	"conduct",
					    "change_reason",  "measures",	"consolidation",
					    "what",	      "findings",	"how",
					    "organisation",   "safeguards",	NULL};

	if (!strcmp(text, "chen.wen") || !strcmp(text, "li.ming"))
		return !strcmp(text, "chen.wen") ? jz_node_string(making->arena, making->worker)
						 : NULL;
	if (!strcmp(key, "category") && !strcmp(text, "probation"))
		return jz_node_string(making->arena, making->category);
	if (!strcmp(key, "name") && jz_starts_with(text, "测试"))
		return name(making);
	if (!strcmp(key, "township")) {
		static const char *const codes[] = {"441825100", "441825104", "441825105",
						    "441825106", "441825108", "441825109",
						    "441825111"};
		return jz_node_string(making->arena, PICK(making, codes));
	}
	if (among(key, tales))
		return sentences(making, 2, 6);
	return among(key, lines) ? sentences(making, 1, 2) : NULL;
}

/* ---- days ---- */

static bool day_of(const char *text, struct jz_date *day)
{
	char date[11] = "";

	if (!text || (strlen(text) != 10 && (strlen(text) < 20 || text[10] != 'T')))
		return false;
	jz_copy(date, sizeof(date), text);
	return jz_date_parse(date, day);
}

static struct jz_node *moved(struct making *making, const char *text)
{
	char date[11], shown[40];
	struct jz_date day;

	if (!day_of(text, &day))
		return NULL;
	jz_date_format(jz_date_add_days(day, making->shift), date);
	snprintf(shown, sizeof(shown), "%s%s", date, text + 10);
	return jz_node_string(making->arena, shown);
}

static bool is_future(const struct making *making, const struct jz_node *value)
{
	struct jz_date day;

	return day_of(jz_node_text(value), &day) && jz_date_cmp(day, making->today) > 0;
}

static void change(struct making *making, struct jz_node *node);

static void change_map(struct making *making, struct jz_node *map)
{
	for (size_t i = 0; i < map->len; i++) {
		struct jz_pair *pair = &map->pairs[i];
		const char *text = jz_node_text(pair->value);
		struct jz_node *other;

		if (!strcmp(pair->key, "birth_date") || !strcmp(pair->key, "resume") ||
		    !strcmp(pair->key, "since"))
			continue;
		if (!text)
			change(making, pair->value);
		else if ((other = moved(making, text)) ||
			 (other = other_words(making, pair->key, text)))
			pair->value = other;
	}
}

/* Other days and other words. */
static void change(struct making *making, struct jz_node *node)
{
	if (node->kind == JZ_MAP)
		change_map(making, node);
	for (size_t i = 0; node->kind == JZ_SEQ && i < node->len; i++) {
		const char *text = jz_node_text(node->items[i]);
		struct jz_node *other = text ? other_words(making, "", text) : NULL;

		change(making, node->items[i]);
		if (other)
			node->items[i] = other;
	}
}

/* ---- what has not come yet ---- */

static void remember_gone(struct making *making, const struct jz_node *node)
{
	if (node->kind == JZ_MAP && jz_map_text(node, "id"))
		jz_strs_add(&making->gone, jz_map_text(node, "id"));
	for (size_t i = 0; i < node->len; i++) {
		if (node->kind == JZ_MAP)
			remember_gone(making, node->pairs[i].value);
		else if (node->kind == JZ_SEQ)
			remember_gone(making, node->items[i]);
	}
}

/* What goes with a day. */
static void cut_with(struct jz_node *map, const char *key)
{
	static const char *const pairs[][2] = {
		{"closed_at", "closed_by"}, {"closed_at", "result"},  {"ended_on", "post"},
		{"outcome_on", "outcome"},  {"penalty_on", "penalty"}, {"penalty_on", "authority"},
		{"answered_on", "result"},  {"answered_on", "amount"}, {"reply_on", "decision"},
		{"reply_on", "result"},	    {"reply_on", "contact"},  {"done", "by"},
		{"done", "mode"},	    {"done", "findings"},     {"done", "result"}};

	for (size_t i = 0; i < JZ_COUNT(pairs); i++)
		if (!strcmp(pairs[i][0], key))
			jz_map_remove(map, pairs[i][1]);
	jz_map_remove(map, key);
}

/* True if this is told of a day behind today. */
static bool is_behind_today(const struct making *making, const struct jz_node *node)
{
	static const char *const when[] = {"date", "at", "found_on", "observed_at", "requested_on",
					   "closed_on"};

	for (size_t i = 0; node->kind == JZ_MAP && i < JZ_COUNT(when); i++)
		if (is_future(making, jz_map_get(node, when[i])))
			return true;
	return false;
}

static void cut(struct making *making, struct jz_node *node);

static void cut_map(struct making *making, struct jz_node *map)
{
	static const char *const planned[] = {"due", "from", "to", "until", "correction_to", NULL};

	for (size_t i = map->len; i-- > 0;) {
		struct jz_pair *pair;

		if (i >= map->len) /* cut_with() took several */
			continue;
		pair = &map->pairs[i];
		if (is_behind_today(making, pair->value)) {
			remember_gone(making, pair->value);
			jz_map_remove(map, pair->key);
		} else if (is_future(making, pair->value) && !among(pair->key, planned)) {
			jz_autofree char *key = jz_xstrdup(pair->key);

			cut_with(map, key);
		} else {
			cut(making, pair->value);
		}
	}
}

static void cut(struct making *making, struct jz_node *node)
{
	if (node->kind == JZ_MAP)
		cut_map(making, node);
	for (size_t i = node->kind == JZ_SEQ ? node->len : 0; i-- > 0;) {
		if (is_behind_today(making, node->items[i])) {
			remember_gone(making, node->items[i]);
			jz_seq_remove(node, i);
		} else {
			cut(making, node->items[i]);
		}
	}
}

/* Not everybody gets every service. */
static void thin_out(struct making *making, struct jz_node *services)
{
	static const char *const optional[] = {"psychological",	 "family_session", "resource",
					       "behavioural",	 "relations",	   "employment",
					       "public_activity", "mediation",	   NULL};

	for (size_t i = jz_seq_len(services); i-- > 0;) {
		const char *kind = jz_map_text(services->items[i], "kind");

		if (kind && among(kind, optional) && pick(making, 4)) {
			remember_gone(making, services->items[i]);
			jz_seq_remove(services, i);
		}
	}
}

/* Nothing refers to what is not there. */
static void mend(const struct making *making, struct jz_node *node)
{
	for (size_t i = node->len; (node->kind == JZ_MAP || node->kind == JZ_SEQ) && i-- > 0;) {
		struct jz_node *value =
			node->kind == JZ_MAP ? node->pairs[i].value : node->items[i];
		const char *text = jz_node_text(value);
		bool empty;

		mend(making, value);
		empty = (value->kind == JZ_SEQ || value->kind == JZ_MAP) && !value->len;
		if (!empty && !(text && jz_strs_has(&making->gone, text)))
			continue;
		if (node->kind == JZ_MAP)
			jz_map_remove(node, node->pairs[i].key);
		else
			jz_seq_remove(node, i);
	}
}

/* ---- the person ---- */

static void identity(struct making *making, struct jz_node *person, struct jz_date birth,
		     size_t serial)
{
	static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	static const char *const regions[] = {"441825", "441802", "441823", "441881"};
	size_t male = serial % 5 ? 1 : 0;
	char number[19], date[11];
	int sum = 0;

	snprintf(number, sizeof(number), "%s%04d%02d%02d%03zu", regions[serial / 499 % 4],
		 birth.year, birth.month, birth.day, serial % 499 * 2 + male);
	for (int i = 0; i < 17; i++)
		sum += (number[i] - '0') * weights[i];
	number[17] = "10X98765432"[sum % 11];
	number[18] = '\0';
	jz_date_format(birth, date);
	jz_map_set(making->arena, person, "id_number", jz_node_string(making->arena, number));
	jz_map_set(making->arena, person, "birth_date", jz_node_string(making->arena, date));
	jz_map_set(making->arena, person, "sex", jz_node_string(making->arena, male ? "1" : "2"));
}

static void vary(struct making *making, struct jz_node *root)
{
	static const char *const groups[] = {"public_security", "property", "social_order",
					     "person_rights", "market_order"};
	static const char *const levels[] = {"strict", "general", "general", "lenient"};
	static const char *const risks[] = {"low", "low", "medium", "high"};
	static const char *const alerts[] = {"violence", "security", "despondency"};
	struct jz_node *level = jz_node_at(root, "levels[0]"), *alert = jz_node_at(root, "alerts[0]");
	struct jz_node *risk = jz_node_at(root, "risks[0]"), *asked = jz_node_at(root, "assessments[0].answers");

	if (alert)
		jz_map_set(making->arena, alert, "category",
			   jz_node_string(making->arena, PICK(making, alerts)));
	jz_map_set(making->arena, jz_map_get(root, "sentence"), "offence_group",
		   jz_node_string(making->arena, PICK(making, groups)));
	if (level)
		jz_map_set(making->arena, level, "level",
			   jz_node_string(making->arena, PICK(making, levels)));
	if (risk)
		jz_map_set(making->arena, risk, "level",
			   jz_node_string(making->arena, PICK(making, risks)));
	for (size_t i = 0; asked && i + 1 < asked->len; i++) /* the last one is a critical answer */
		asked->pairs[i].value = jz_node_int(making->arena, (int64_t)pick(making, 3));
	/* An alert that nobody has closed yet. */
	if (alert && !jz_map_get(root, "closing") && !pick(making, 4))
		cut_with(alert, "closed_at");
}

static struct jz_date week_of(const struct synthetic *synthetic, size_t i, struct jz_date today)
{
	size_t half = synthetic->count / 2 ? synthetic->count / 2 : 1;
	size_t ago = i < half ? DENSE_WEEK + (half - i - 1) * (FIRST_WEEK - DENSE_WEEK) / half
			      : (synthetic->count - i - 1) * DENSE_WEEK / (synthetic->count - half);

	return jz_date_add_days(today, -7 * (int64_t)ago - 1);
}

struct jz_node *synthetic_case(const struct synthetic *synthetic, struct jz_arena *arena, size_t i)
{
	static const char *const categories[] = {"probation", "probation", "probation", "parole"};
	bool minor = i % 10 == 9;
	struct jz_node *root = jz_node_clone(arena, minor ? synthetic->minor : synthetic->adult);
	struct making making = {.arena = arena,
				.seed = i,
				.today = jz_today(),
				.gone = JZ_STRS_INIT,
				.worker = synthetic->staff.items[i % synthetic->staff.len]};
	struct jz_date birth = {1955, 1, 1}, first;
	struct jz_node *assigned = jz_node_seq(arena);

	making.category = minor ? "probation" : PICK(&making, categories);
	jz_date_parse(jz_map_text(jz_map_get(root, "sentence"), "correction_from"), &first);
	making.shift = jz_date_days(week_of(synthetic, i, making.today)) - jz_date_days(first);
	if (minor) {
		jz_date_parse(jz_map_text(jz_map_get(root, "person"), "birth_date"), &birth);
		birth = jz_date_add_days(birth, making.shift);
	} else {
		birth = jz_date_add_days(birth, (int64_t)(i / 1996 * 97 + i % 14600));
	}
	change(&making, root);
	cut(&making, root);
	thin_out(&making, jz_map_get(root, "services"));
	mend(&making, root);
	vary(&making, root);
	identity(&making, jz_map_get(root, "person"), birth, minor ? i / 10 : i);
	jz_seq_push(arena, assigned, jz_node_string(arena, making.worker));
	jz_map_set(arena, root, "assigned", assigned);
	if (!jz_map_get(root, "closing"))
		jz_map_remove(root, "followups");
	jz_strs_release(&making.gone);
	return root;
}

int synthetic_year(const struct jz_node *root)
{
	return atoi(jz_map_text(jz_map_get(root, "sentence"), "correction_from"));
}

/* ---- the examples ---- */

static int load(struct synthetic *synthetic, const char *dir, const char *file,
		const struct jz_node **out, struct jz_err *err)
{
	jz_autofree char *path = jz_path_join(dir, file);
	const struct jz_schema *schema;
	struct jz_node *root;
	int rc = jz_schema_builtin("case", &schema, err);

	if (!rc)
		rc = jz_yaml_read_file(synthetic->arena, path, &root, err);
	if (rc)
		return rc;
	jz_schema_type(schema, root);
	jz_map_remove(root, "id");
	jz_map_remove(root, "revision");
	root->notes = jz_map_get(root, "format")->notes = NULL; /* what the example is */
	*out = root;
	return 0;
}

int synthetic_init(struct synthetic *synthetic, const char *dir, size_t count, struct jz_err *err)
{
	int rc;

	*synthetic = (struct synthetic){.arena = jz_arena_new(), .count = count, .staff = JZ_STRS_INIT};
	rc = load(synthetic, dir, "case-full.yaml", &synthetic->adult, err);
	return rc ? rc : load(synthetic, dir, "case-minor.yaml", &synthetic->minor, err);
}

void synthetic_release(struct synthetic *synthetic)
{
	jz_strs_release(&synthetic->staff);
	jz_arena_free(synthetic->arena);
}
