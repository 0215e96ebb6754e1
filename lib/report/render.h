/*
 * A document as bytes. All renderers are pure: the same document gives the same bytes.
 */
#ifndef JZ_REPORT_RENDER_H
#define JZ_REPORT_RENDER_H

#include "lib/base/buf.h"
#include "lib/report/doc.h"

/* For a terminal or a text file; columns is the width that paragraphs wrap to. */
void jz_render_text(const struct jz_doc *doc, int columns, struct jz_buf *out);

/* The tables of the document, RFC 4180, each after its own header row, parted by an empty line;
 * cells that a spreadsheet would run as a formula are defused. Machine keys and values. */
void jz_render_csv(const struct jz_doc *doc, struct jz_buf *out);

/* {"format":"jzbf/report/1","report":NAME,"facts":{…},"tables":{KEY:[{…},…]},"notices":[…]}; a
 * document about one record has "record":{…} in place of tables. */
void jz_render_json(const struct jz_doc *doc, struct jz_buf *out);

/* One self-contained page: fonts by family name, print style, bars as SVG, no script, nothing
 * loaded. */
void jz_render_html(const struct jz_doc *doc, struct jz_buf *out);

#endif
