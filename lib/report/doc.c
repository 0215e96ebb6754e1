#include "lib/report/doc.h"

#include <stdio.h>
#include <string.h>

#include "lib/model/label.h"

struct jz_doc *jz_doc_new(const char *name, const char *title)
{
	struct jz_doc *doc = jz_xcalloc(1, sizeof(*doc));

	doc->arena = jz_arena_new();
	doc->name = jz_arena_strdup(doc->arena, name);
	doc->title = jz_arena_strdup(doc->arena, title);
	doc->lang = jz_lang_zh() ? "zh-CN" : "en";
	return doc;
}

void jz_doc_free(struct jz_doc *doc)
{
	if (!doc)
		return;
	jz_arena_free(doc->arena);
	free(doc);
}

void jz_doc_record(struct jz_doc *doc, const struct jz_node *record)
{
	doc->record = jz_node_clone(doc->arena, record);
}

static const char *keep(struct jz_doc *doc, const char *text)
{
	return text ? jz_arena_strdup(doc->arena, text) : NULL;
}

static struct jz_block *add(struct jz_doc *doc, enum jz_block_kind kind, const char *key,
			    const char *text)
{
	struct jz_block *block = jz_arena_alloc(doc->arena, sizeof(*block));

	block->kind = kind;
	block->of_record = doc->of_record;
	block->key = keep(doc, key);
	block->text = keep(doc, text);
	if (doc->last)
		doc->last->next = block;
	else
		doc->first = block;
	doc->last = block;
	return block;
}

void jz_doc_heading(struct jz_doc *doc, int level, const char *text)
{
	add(doc, JZ_BLOCK_HEADING, NULL, text)->level = level;
}

void jz_doc_text(struct jz_doc *doc, const char *text)
{
	add(doc, JZ_BLOCK_TEXT, NULL, text);
}

void jz_doc_notice(struct jz_doc *doc, const char *text)
{
	add(doc, JZ_BLOCK_NOTICE, NULL, text);
}

/* An array in the arena with room for one more element. */
static void *room(struct jz_doc *doc, void *old, size_t len, size_t *cap, size_t size)
{
	void *bigger;

	if (len < *cap)
		return old;
	*cap = *cap ? *cap * 2 : 16;
	bigger = jz_arena_alloc(doc->arena, *cap * size);
	if (len)
		memcpy(bigger, old, len * size);
	return bigger;
}

static void add_cell(struct jz_doc *doc, struct jz_block *block, const char *value,
		     const char *shown)
{
	block->cells =
		room(doc, block->cells, block->cell_count, &block->cell_cap, sizeof(*block->cells));
	block->cells[block->cell_count].value = keep(doc, value);
	block->cells[block->cell_count].shown = keep(doc, shown ? shown : value ? value : "");
	block->cell_count++;
}

void jz_doc_facts(struct jz_doc *doc, const char *key)
{
	add(doc, JZ_BLOCK_FACTS, key, NULL);
}

void jz_doc_fact(struct jz_doc *doc, const char *key, const char *label, const char *value,
		 const char *shown)
{
	add_cell(doc, doc->last, key, label);
	add_cell(doc, doc->last, value, shown);
}

void jz_doc_table(struct jz_doc *doc, const char *key, const char *caption,
		  const struct jz_column *columns, size_t count)
{
	struct jz_block *block = add(doc, JZ_BLOCK_TABLE, key, caption);

	block->columns = jz_arena_alloc(doc->arena, count * sizeof(*columns));
	block->column_count = count;
	for (size_t i = 0; i < count; i++) {
		block->columns[i].key = keep(doc, columns[i].key);
		block->columns[i].label = keep(doc, columns[i].label);
		block->columns[i].number = columns[i].number;
	}
}

void jz_doc_gather(struct jz_doc *doc)
{
	doc->last->gather = true;
}

size_t jz_block_gathered(const struct jz_block *block, size_t row)
{
	size_t n = block->column_count, rows = block->cell_count / n, end = row + 1;

	if (!block->gather)
		return 1;
	for (; end < rows; end++)
		for (size_t c = 0; c + 1 < n; c++)
			if (strcmp(block->cells[end * n + c].shown, block->cells[row * n + c].shown))
				return end - row;
	return end - row;
}

void jz_doc_cell(struct jz_doc *doc, const char *value, const char *shown)
{
	add_cell(doc, doc->last, value, shown);
}

void jz_doc_cell_int(struct jz_doc *doc, long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", value);
	add_cell(doc, doc->last, text, NULL);
}

void jz_doc_bars(struct jz_doc *doc, const char *key, const char *caption)
{
	add(doc, JZ_BLOCK_BARS, key, caption);
}

void jz_doc_bar(struct jz_doc *doc, const char *key, const char *label, long n, long total)
{
	struct jz_block *block = doc->last;
	struct jz_bar *bar;

	block->bars =
		room(doc, block->bars, block->bar_count, &block->bar_cap, sizeof(*block->bars));
	bar = &block->bars[block->bar_count++];
	bar->key = keep(doc, key);
	bar->label = keep(doc, label);
	bar->n = n;
	bar->total = total;
}
