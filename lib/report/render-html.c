#include "lib/report/render.h"

#include <string.h>

static const char style[] =
	"@page{size:A4;margin:18mm 16mm}"
	"*{box-sizing:border-box}"
	"body{font-family:\"Noto Sans CJK SC\",\"Source Han Sans SC\",\"PingFang SC\","
	"\"Microsoft YaHei\",\"WenQuanYi Micro Hei\",sans-serif;color:#1d2430;background:#fff;"
	"line-height:1.6;max-width:60rem;margin:0 auto;padding:2rem 1.5rem;font-size:15px}"
	"h1{font-size:1.6rem;margin:0 0 1rem;padding-bottom:.5rem;border-bottom:3px solid #1f5f8b}"
	"h2{font-size:1.2rem;margin:2rem 0 .6rem;color:#1f5f8b;break-after:avoid}"
	"h3{font-size:1.02rem;margin:1.3rem 0 .4rem;break-after:avoid}"
	"p{margin:.4rem 0}"
	".notice{border-left:4px solid #b3261e;background:#fdecea;padding:.5rem .8rem;"
	"margin:.8rem 0;break-inside:avoid}"
	"dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:.6rem 0}"
	"dt{color:#566072}dd{margin:0;white-space:pre-line;overflow-wrap:anywhere}"
	"table{border-collapse:collapse;width:100%;margin:.6rem 0 1rem;font-size:.93rem}"
	"caption{text-align:left;font-weight:600;padding:.3rem 0}"
	"th,td{border-bottom:1px solid #d5dbe3;padding:.35rem .6rem;text-align:left;"
	"vertical-align:top;white-space:pre-line}"
	"thead{display:table-header-group}th{background:#eef3f7;font-weight:600}"
	"tr{break-inside:avoid}.n{text-align:right;font-variant-numeric:tabular-nums}"
	"figure{margin:.8rem 0;break-inside:avoid}figcaption{font-weight:600}"
	"svg{width:100%;height:auto}svg text{font-size:13px;fill:#1d2430}"
	"@media print{body{padding:0;max-width:none;font-size:10.5pt}}";

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

static void table(const struct jz_block *block, struct jz_buf *out)
{
	size_t n = block->column_count;

	jz_buf_adds(out, "<table>");
	if (block->text && *block->text)
		element(out, "caption", NULL, block->text);
	jz_buf_adds(out, "<thead><tr>");
	for (size_t c = 0; c < n; c++)
		element(out, "th", block->columns[c].number ? "n" : NULL, block->columns[c].label);
	jz_buf_adds(out, "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < block->cell_count; i++) {
		if (i % n == 0)
			jz_buf_adds(out, "<tr>");
		element(out, "td", block->columns[i % n].number ? "n" : NULL,
			block->cells[i].shown);
		if (i % n == n - 1)
			jz_buf_adds(out, "</tr>\n");
	}
	jz_buf_adds(out, "</tbody></table>\n");
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

static void bars(const struct jz_block *block, struct jz_buf *out)
{
	long height = (long)block->bar_count * 30 + 6;

	jz_buf_adds(out, "<figure>");
	if (block->text && *block->text)
		element(out, "figcaption", NULL, block->text);
	jz_buf_addf(out, "<svg viewBox=\"0 0 720 %ld\" role=\"img\">\n", height);
	for (size_t i = 0; i < block->bar_count; i++) {
		const struct jz_bar *bar = &block->bars[i];
		long y = (long)i * 30 + 6;

		jz_buf_addf(out, "<text x=\"172\" y=\"%ld\" text-anchor=\"end\">", y + 15);
		escaped(out, bar->label);
		jz_buf_addf(out,
			    "</text><rect x=\"180\" y=\"%ld\" width=\"440\" height=\"20\" "
			    "fill=\"#e6ebf1\"/><rect x=\"180\" y=\"%ld\" width=\"%ld\" "
			    "height=\"20\" fill=\"#1f5f8b\"/>",
			    y, y, share(block, bar) * 440 / 1000);
		if (bar->total)
			jz_buf_addf(out, "<text x=\"628\" y=\"%ld\">%ld/%ld</text>\n", y + 15,
				    bar->n, bar->total);
		else
			jz_buf_addf(out, "<text x=\"628\" y=\"%ld\">%ld</text>\n", y + 15, bar->n);
	}
	jz_buf_adds(out, "</svg></figure>\n");
}

static void facts(const struct jz_block *block, struct jz_buf *out)
{
	jz_buf_adds(out, "<dl>\n");
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
	jz_buf_adds(out, "<meta name=\"viewport\" content=\"width=device-width\">\n"
			 "<meta http-equiv=\"Content-Security-Policy\" "
			 "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
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
