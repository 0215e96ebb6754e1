#include "lib/report/render.h"

#include <string.h>

/* The page stays light, on a dark desktop too: it is made to be printed and handed over. */
static const char style[] =
	":root{color-scheme:only light}"
	"@page{size:A4;margin:18mm 16mm;@bottom-right{content:counter(page) \" / \" counter(pages);"
	"font:9pt sans-serif;color:#566072}}"
	"*{box-sizing:border-box}"
	"body{font-family:\"Noto Sans CJK SC\",\"Source Han Sans SC\",\"PingFang SC\","
	"\"Microsoft YaHei\",\"WenQuanYi Micro Hei\",sans-serif;color:#1d2430;background:#fff;"
	"line-height:1.6;max-width:60rem;margin:0 auto;padding:2rem 1.5rem;font-size:15px;"
	"overflow-wrap:anywhere}"
	"h1{font-size:1.6rem;margin:0 0 1rem;padding-bottom:.5rem;border-bottom:3px solid #1f5f8b}"
	"h2{font-size:1.2rem;margin:2rem 0 .6rem;color:#1f5f8b;break-after:avoid}"
	"h3{font-size:1.02rem;margin:1.3rem 0 .4rem;break-after:avoid}"
	"p{margin:.4rem 0}"
	".notice{border-left:4px solid #b3261e;background:#fdecea;padding:.5rem .8rem;"
	"margin:.8rem 0;break-inside:avoid}"
	"dl{display:grid;grid-template-columns:fit-content(45%) 1fr;gap:.15rem 1.2rem;margin:.6rem 0}"
	"dt{color:#566072}dd{margin:0;white-space:pre-line}dt,dd,.s{break-inside:avoid}"
	".t{overflow-x:auto;margin:.6rem 0 1rem}"
	"table{border-collapse:collapse;width:100%;font-size:.93rem;overflow-wrap:break-word}"
	"caption{text-align:left;font-weight:600;padding:.3rem 0}"
	"th,td{border-bottom:1px solid #d5dbe3;padding:.35rem .6rem;text-align:left;"
	"vertical-align:top;white-space:pre-line;min-width:4em}"
	"thead{display:table-header-group}thead th{background:#eef3f7}th{font-weight:600}"
	"tbody th{font-weight:400}"
	"tr{break-inside:avoid}.n{min-width:0;text-align:right;font-variant-numeric:tabular-nums}"
	".k{white-space:nowrap}"
	"figure{margin:.8rem 0;break-inside:avoid}figcaption{font-weight:600}"
	".b{display:grid;grid-template-columns:fit-content(40%) 1fr max-content;gap:.5rem .8rem;"
	"align-items:center;margin:.4rem 0;line-height:1.3}.b>:nth-child(3n+1){text-align:right}"
	"svg{display:block;width:100%;height:20px}"
	"@media(max-width:40rem){body{padding:1rem .8rem}th,td{padding:.3rem .35rem}}"
	"@media print{body{padding:0;max-width:none;font-size:10.5pt}.t{overflow:visible}"
	"th,td{padding:.2rem .5rem}}";

static void escaped(struct jz_buf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			jz_buf_adds(out, "&amp;");
			break;
		case '<':
			jz_buf_adds(out, "&lt;");
			break;
		case '>':
			jz_buf_adds(out, "&gt;");
			break;
		case '"':
			jz_buf_adds(out, "&quot;");
			break;
		default:
			if ((unsigned char)*text >= 0x20 || *text == '\n' || *text == '\t')
				jz_buf_addc(out, *text);
		}
	}
}

static void element(struct jz_buf *out, const char *name, const char *class, const char *text)
{
	if (class)
		jz_buf_addf(out, "<%s class=\"%s\">", name, class);
	else
		jz_buf_addf(out, "<%s>", name);
	escaped(out, text);
	jz_buf_addf(out, "</%s>", name);
}

/* Dates, ids and other short words without a space: they are read as one. */
static bool one_word(const char *text)
{
	size_t len = strspn(text, "0123456789-:.+/"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	return len && len <= 25 && !text[len];
}

static void cell(struct jz_buf *out, const struct jz_block *block, size_t i, size_t gathered,
		 bool head)
{
	size_t n = block->column_count;
	const char *text = block->cells[i].shown;

	jz_buf_adds(out, head ? "<th scope=\"row\"" : "<td");
	if (block->columns[i % n].number)
		jz_buf_adds(out, " class=\"n\"");
	else if (gathered == 1 && (block->gather || one_word(text)))
		jz_buf_adds(out, " class=\"k\"");
	jz_buf_addc(out, '>');
	for (size_t row = 0; gathered > 1 && row < gathered; row++) {
		element(out, "span", "k", block->cells[i + row * n].shown);
		jz_buf_addc(out, row + 1 < gathered ? ' ' : '\n');
	}
	if (gathered == 1)
		escaped(out, text);
	jz_buf_adds(out, head ? "</th>" : "</td>");
}

/* In a table of figures the first column says what a row is about. */
static bool has_row_heads(const struct jz_block *block)
{
	for (size_t c = 0; c < block->column_count; c++)
		if (block->columns[c].number != (c > 0))
			return false;
	return block->column_count > 1;
}

/* A short table and a short list of facts stay on one page. */
#define SHORT_ROWS 12
#define SHORT_FACTS 8

static void table(const struct jz_block *block, struct jz_buf *out)
{
	size_t n = block->column_count, rows = block->cell_count / n, gathered;
	bool heads = has_row_heads(block);

	jz_buf_addf(out, "<div class=\"t\"><table%s>", rows <= SHORT_ROWS ? " class=\"s\"" : "");
	if (block->text && *block->text)
		element(out, "caption", NULL, block->text);
	jz_buf_adds(out, "<thead><tr>");
	for (size_t c = 0; c < n; c++) {
		jz_buf_addf(out, "<th scope=\"col\"%s>",
			    block->columns[c].number ? " class=\"n\"" : "");
		escaped(out, block->columns[c].label);
		jz_buf_adds(out, "</th>");
	}
	jz_buf_adds(out, "</tr></thead>\n<tbody>\n");
	for (size_t row = 0; row < rows; row += gathered) {
		gathered = jz_block_gathered(block, row);
		jz_buf_adds(out, "<tr>");
		for (size_t c = 0; c < n; c++)
			cell(out, block, row * n + c, c + 1 < n ? 1 : gathered, heads && !c);
		jz_buf_adds(out, "</tr>\n");
	}
	jz_buf_adds(out, "</tbody></table></div>\n");
}

/* A bar's share of the full width, in thousandths: of its total, or of the greatest figure. */
static long share(const struct jz_block *block, const struct jz_bar *bar)
{
	long greatest = bar->total;

	if (!greatest)
		for (size_t i = 0; i < block->bar_count; i++)
			if (block->bars[i].n > greatest)
				greatest = block->bars[i].n;
	return greatest > 0 ? bar->n * 1000 / greatest : 0;
}

/* Rows of label, bar and figure. The bar is a picture because a printer leaves out backgrounds. */
static void bars(const struct jz_block *block, struct jz_buf *out)
{
	jz_buf_adds(out, "<figure>");
	if (block->text && *block->text)
		element(out, "figcaption", NULL, block->text);
	jz_buf_adds(out, "<div class=\"b\">\n");
	for (size_t i = 0; i < block->bar_count; i++) {
		const struct jz_bar *bar = &block->bars[i];
		long width = share(block, bar);

		element(out, "span", NULL, bar->label);
		jz_buf_addf(out,
			    "<svg aria-hidden=\"true\"><rect width=\"100%%\" height=\"20\" "
			    "fill=\"#e6ebf1\"/><rect width=\"%ld.%ld%%\" height=\"20\" "
			    "fill=\"#1f5f8b\"/></svg>",
			    width / 10, width % 10);
		jz_buf_addf(out, bar->total ? "<span class=\"n\">%ld/%ld</span>\n"
					    : "<span class=\"n\">%ld</span>\n",
			    bar->n, bar->total);
	}
	jz_buf_adds(out, "</div></figure>\n");
}

static void facts(const struct jz_block *block, struct jz_buf *out)
{
	jz_buf_adds(out, block->cell_count / 2 <= SHORT_FACTS ? "<dl class=\"s\">\n" : "<dl>\n");
	for (size_t i = 0; i + 1 < block->cell_count; i += 2) {
		element(out, "dt", NULL, block->cells[i].shown);
		element(out, "dd", NULL, block->cells[i + 1].shown);
		jz_buf_addc(out, '\n');
	}
	jz_buf_adds(out, "</dl>\n");
}

void jz_render_html(const struct jz_doc *doc, struct jz_buf *out)
{
	jz_buf_addf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		    doc->lang);
	jz_buf_adds(out, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
			 "<meta http-equiv=\"Content-Security-Policy\" "
			 "content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
			 "form-action 'none'\">\n");
	element(out, "title", NULL, doc->title);
	jz_buf_addf(out, "\n<style>%s</style>\n</head>\n<body>\n", style);
	element(out, "h1", NULL, doc->title);
	jz_buf_addc(out, '\n');
	for (const struct jz_block *block = doc->first; block; block = block->next) {
		switch (block->kind) {
		case JZ_BLOCK_HEADING:
			element(out, block->level > 1 ? "h3" : "h2", NULL, block->text);
			break;
		case JZ_BLOCK_TEXT:
			element(out, "p", NULL, block->text);
			break;
		case JZ_BLOCK_NOTICE:
			element(out, "p", "notice", block->text);
			break;
		case JZ_BLOCK_FACTS:
			facts(block, out);
			break;
		case JZ_BLOCK_TABLE:
			table(block, out);
			break;
		case JZ_BLOCK_BARS:
			bars(block, out);
			break;
		}
		jz_buf_addc(out, '\n');
	}
	jz_buf_adds(out, "</body>\n</html>\n");
}
