#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/out.h"
#include "lib/base/file.h"
#include "lib/base/i18n.h"
#include "lib/base/node.h"
#include "lib/base/utf8.h"
#include "lib/port/json.h"
#include "lib/store/store.h"

static const char *arg_at, *arg_path, *arg_format = "text";
static bool arg_fold, arg_ids, arg_zero, arg_stdin;

static const struct jz_opt opts[] = {
	{.kind = JZ_OPT_FLAG,
	 .short_name = 'i',
	 .long_name = "ignore-case",
	 .dest = &arg_fold,
	 .help = N_("take a-z and A-Z for the same")},
	JZ_FLAG_OPT(&arg_stdin, "stdin",
		    N_("read the text from standard input: others on this machine can see "
		       "arguments")),
	{.kind = JZ_OPT_STRING,
	 .long_name = "path",
	 .dest = &arg_path,
	 .metavar = N_("PREFIX"),
	 .help = N_("look only into fields whose pointer begins so: /services")},
	JZ_FLAG_OPT(&arg_ids, "ids", N_("print the ids of the cases only, one a line")),
	{.kind = JZ_OPT_FLAG,
	 .short_name = 'z',
	 .long_name = "null",
	 .dest = &arg_zero,
	 .help = N_("print ids only, each ended by a NUL")},
	JZ_FORMAT_OPT(&arg_format, jz_text_or_json, N_("text, or json: one object a line")),
	JZ_AT_OPT(&arg_at),
	{0},
};

static const struct jz_arg args[] = {
	{.metavar = N_("TEXT"), .help = N_("what to look for"), .optional = true},
	{0},
};

static const char *const about[] = {
	N_("Looks for a text in every field of every case that you may read. Nothing is indexed in "
	   "plain text: the cases are decrypted and searched in memory."),
	NULL,
};

static const char *const examples[] = {
	"jzbf find 调解 --path /services",
	N_("where services mention mediation"),
	"jzbf find --stdin --ids",
	N_("who has this number, typed where nobody sees it"),
	NULL,
};

struct search {
	const char *text;
	const char *id;
	struct jz_buf pointer; /* of a hit */
	size_t cases, hits;
	bool hit; /* in this case */
};

static const char *find(const char *in, const char *text)
{
	return arg_fold ? strcasestr(in, text) : strstr(in, text);
}

/* Some characters around the hit, on one line. */
static void excerpt(const char *in, const char *at, size_t len, struct jz_buf *out)
{
	const char *from = at, *to = at + len;

	for (int i = 0; i < 24 && from > in; i++)
		do
			from--;
		while (from > in && ((unsigned char)*from & 0xC0) == 0x80);
	for (int i = 0; i < 24 && *to; i++)
		do
			to++;
		while (((unsigned char)*to & 0xC0) == 0x80);
	if (from > in)
		jz_buf_adds(out, "…");
	for (; from < to; from++)
		jz_buf_addc(out, (unsigned char)*from < 0x20 ? ' ' : *from);
	if (*to)
		jz_buf_adds(out, "…");
}

static void print_hit(struct search *search, const struct jz_node *node, const char *at)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT, json = JZ_BUF_INIT;

	excerpt(node->text, at, strlen(search->text), &text);
	if (strcmp(arg_format, "json") != 0) {
		jz_say(stdout, "%s:%s: %s\n", search->id, search->pointer.data, text.data);
		return;
	}
	jz_buf_adds(&json, "{\"format\":\"jzbf/find/1\",\"id\":");
	jz_json_quote(search->id, strlen(search->id), &json);
	jz_buf_adds(&json, ",\"path\":");
	jz_json_quote(search->pointer.data, search->pointer.len, &json);
	jz_buf_adds(&json, ",\"excerpt\":");
	jz_json_quote(text.data, text.len, &json);
	jz_buf_adds(&json, "}\n");
	fwrite(json.data, 1, json.len, stdout);
}

static void look_at(struct search *search, const struct jz_hop *place, const struct jz_node *node)
{
	const char *at = find(node->text, search->text);

	if (!at)
		return;
	jz_buf_clear(&search->pointer);
	jz_hop_pointer(place, &search->pointer);
	if (arg_path && strncmp(search->pointer.data, arg_path, strlen(arg_path)))
		return;
	search->hit = true;
	search->hits++;
	if (!arg_ids && !arg_zero)
		print_hit(search, node, at);
}

static void walk(struct search *search, const struct jz_hop *place, const struct jz_node *node)
{
	struct jz_hop below = {.up = place};

	for (size_t i = 0; node->kind == JZ_MAP && i < node->len; i++) {
		below.key = node->pairs[i].key;
		below.key_len = node->pairs[i].key_len;
		walk(search, &below, node->pairs[i].value);
	}
	for (; below.index < jz_seq_len(node); below.index++)
		walk(search, &below, node->items[below.index]);
	if (jz_node_text(node))
		look_at(search, place, node);
}

static void one_case(void *data, const struct jz_entry *entry, const struct jz_node *record)
{
	struct search *search = data;

	search->id = entry->id;
	search->hit = false;
	walk(search, NULL, record);
	search->cases += search->hit;
	if (search->hit && (arg_ids || arg_zero))
		printf("%s%c", entry->id, arg_zero ? '\0' : '\n');
}

static int wanted_text(int argc, char **argv, struct jz_buf *text, struct jz_err *err)
{
	int failed = 0;

	if (arg_stdin == (argc > 1))
		return jz_fail(err, JZ_E_USAGE, _("give a text, or --stdin"));
	if (!arg_stdin)
		jz_buf_adds(text, argv[1]);
	else
		failed = jz_fd_read(0, "-", 4096, text, err);
	while (text->len && text->data[text->len - 1] == '\n')
		jz_buf_truncate(text, text->len - 1);
	if (!failed && !text->len)
		failed = jz_fail(err, JZ_E_USAGE, _("the text to look for is empty"));
	if (!failed && jz_utf8_valid(text->data, text->len) != text->len)
		failed = jz_fail(err, JZ_E_USAGE, _("the text to look for is not UTF-8"));
	return failed;
}

static int run(struct jz_ctx *ctx, int argc, char **argv, struct jz_err *err)
{
	jz_cleanup(jz_snapshot_free_p) struct jz_snapshot *snapshot = NULL;
	jz_cleanup(jz_scan_release) struct jz_scan scan = JZ_SCAN_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	struct search search = {.pointer = JZ_BUF_INIT};
	struct jz_look_progress progress;
	int failed = wanted_text(argc, argv, &text, err);

	if (!failed)
		failed = jz_snapshot_open(ctx->store, arg_at, &snapshot, err);
	if (failed)
		return failed;
	search.text = text.data;
	jz_look_progress_init(&progress, ctx);
	failed = jz_scan_cases(snapshot, one_case, &search, &progress.scan, &scan, err);
	jz_look_progress_end(&progress);
	jz_buf_release(&search.pointer);
	if (failed)
		return failed;
	failed = jz_look_unreadable(ctx, &scan, err);
	if (!failed && !search.hits)
		failed = jz_fail(err, JZ_E_FINDINGS, "%s", "");
	return failed;
}

const struct jz_command jz_cmd_find = {
	.name = "find",
	.group = "look",
	.summary = N_("find a text in all cases"),
	.opts = opts,
	.args = args,
	.about = about,
	.examples = examples,
	.needs = JZ_NEED_STORE,
	.run = run,
};
