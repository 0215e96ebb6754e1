#include "lib/port/csv.h"
#include "lib/base/mem.h"
#include "lib/port/convert.h"
#include "lib/port/encoding.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

/* Rows as "line:column=text|…;" one behind the other. */
static int dump(void *data, const struct jz_csv_row *row, struct jz_err *err)
{
	struct jz_buf *out = data;

	(void)err;
	jz_buf_addf(out, "%zu", row->number);
	for (size_t i = 0; i < row->count; i++)
		jz_buf_addf(out, "|%u:%u=%s", row->cells[i].line, row->cells[i].column,
			    row->cells[i].text);
	jz_buf_addc(out, ';');
	return 0;
}

static void reads(const char *text, const char *want, const char *what)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;

	if (jz_csv_each(text, strlen(text), dump, &out, &err))
		ok(false, "%s: %u:%u: %s", what, err.line, err.column, err.message);
	else
		is_str(out.data, want, what);
}

static void is_refused(const char *text, unsigned line, unsigned column, const char *why)
{
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	int code = jz_csv_each(text, strlen(text), dump, &out, &err);
	bool right = code == JZ_E_INVALID && err.line == line && err.column == column &&
		     strstr(err.message, why);

	ok(right, "refused at %u:%u: %s", line, column, why);
	if (!right)
		printf("# code %d, %u:%u: %s\n", code, err.line, err.column, err.message);
}

static void reading(void)
{
	reads("a,b\n1,2\n", "0|1:1=a|1:3=b;1|2:1=1|2:3=2;", "LF");
	reads("\xef\xbb\xbf姓名,b\r\n张三,2\r\n", "0|1:1=姓名|1:4=b;1|2:1=张三|2:4=2;",
	      "mark and CRLF");
	reads("a,b\r1,2", "0|1:1=a|1:3=b;1|2:1=1|2:3=2;", "CR, and no end of line");
	reads("a,b\n\"x\ny,\"\"z\"\"\",2\n3,4\n",
	      "0|1:1=a|1:3=b;1|2:1=x\ny,\"z\"|3:10=2;2|4:1=3|4:3=4;",
	      "line breaks, commas and quotes in quotes");
	reads("a,b\n x , y \n\n1,\n", "0|1:1=a|1:3=b;1|2:1= x |2:5= y ;2|4:1=1|4:3=;",
	      "blanks stay, empty lines do not count");
	reads("a\n\"\"\n", "0|1:1=a;1|2:1=;", "an empty value in quotes is a row");
	reads("a\n'=1\n''=1\n'x\n=1\n'-5\n",
	      "0|1:1=a;1|2:1==1;2|3:1='=1;3|4:1='x;4|5:1==1;5|6:1='-5;",
	      "the apostrophe before a formula is taken off");
}

static void refusals(void)
{
	is_refused("", 1, 1, "no header");
	is_refused("\n\n", 1, 1, "no header");
	is_refused("a,,c\n", 1, 3, "no header");
	is_refused("a,b,a\n", 1, 5, "earlier");
	is_refused("a,b\n1,2\n3\n", 3, 2, "row 2 has 1");
	is_refused("a,b\n1,2,3\n", 2, 5, "row 1 has 3");
	is_refused("a,b\n\"x\ny\",2,3\n", 3, 6, "row 1 has 3");
	is_refused("a,b\n1,\"x\n", 2, 3, "not closed");
	is_refused("a,b\n1,\"x\"y\n", 2, 6, "quote");
	is_refused("a,b\n1,x\"y\"\n", 2, 4, "quote");
	is_refused("a,b\n1,\xd5\xc5\n", 2, 3, "UTF-8");
}

static void limits(void)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;

	ok(jz_csv_each("a\nb\0c\n", 6, dump, &out, &err) == JZ_E_INVALID && err.line == 2 &&
		   err.column == 2,
	   "NUL is refused in its place");
	jz_buf_adds(&text, "a\n\"");
	for (size_t i = 0; i < (JZ_CSV_MAX_FIELD + 4); i += 4)
		jz_buf_adds(&text, "xxxx");
	jz_buf_adds(&text, "\"\n");
	ok(jz_csv_each(text.data, text.len, dump, &out, &err) == JZ_E_INVALID && err.line == 2 &&
		   err.column == 1,
	   "a field over the limit");
	jz_buf_clear(&text);
	for (int i = 0; i <= JZ_CSV_MAX_COLUMNS; i++)
		jz_buf_addf(&text, "%sc%d", i ? "," : "", i);
	ok(jz_csv_each(text.data, text.len, dump, &out, &err) == JZ_E_INVALID && err.line == 1,
	   "too many columns");
}

static int keep(void *data, const struct jz_csv_row *row, struct jz_err *err)
{
	struct jz_buf *out = data;

	(void)err;
	jz_buf_clear(out);
	jz_buf_add(out, row->cells[0].text, row->cells[0].len);
	return 0;
}

/* Every text comes back, and none begins as a formula. */
static void defusing(void)
{
	static const char *const pieces[] = {"=",  "+",	 "-",  "@",  "\t", "\r", "\n",
					     "＝", "＋", "－", "＠", "'",  "1",	 "a",
					     ",",  "\"", " ",  "。", ""};
	size_t n = JZ_COUNT(pieces), wrong = 0, run = 0;

	for (size_t i = 0; i < n * n * n; i++) {
		jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT, out = JZ_BUF_INIT,
							 back = JZ_BUF_INIT;
		const char *first;

		jz_buf_addf(&text, "%s%s%s", pieces[i % n], pieces[i / n % n], pieces[i / n / n]);
		jz_buf_adds(&out, "head\r\n");
		jz_csv_write(text.data, text.len, true, &out);
		jz_csv_end_row(&out);
		first = out.data + 6 + (out.data[6] == '"');
		if (!jz_is_number(text.data, text.len))
			for (size_t k = 0; k < 11; k++)
				run += !strncmp(first, pieces[k], strlen(pieces[k])) &&
				       !(k == 5 && first[1] == '\n');
		wrong += jz_csv_each(out.data, out.len, keep, &back, NULL) != 0 ||
			 strcmp(back.data, text.data) != 0;
	}
	is_int(wrong, 0, "every text survives writing and reading");
	is_int(run, 0, "no cell begins as a formula");
}

static void encodings(void)
{
	static const char gb[] = "\xd5\xc5\xc8\xfd\x95\x32\x82\x36\n"; /* 张三𠀀 */
	jz_cleanup(jz_buf_release) struct jz_buf out = JZ_BUF_INIT, back = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;

	is_int(jz_decode(JZ_GB18030, gb, sizeof(gb) - 1, &out, &err), 0, "GB18030");
	is_str(out.data, "张三𠀀\n", "with four-byte characters");
	is_int(jz_encode(JZ_GB18030, out.data, out.len, &back, &err), 0, "and back");
	is_str(back.data, gb, "to the same bytes");
	ok(jz_decode(JZ_GB18030, "a\n\xd5\xc5\xff", 5, &out, &err) == JZ_E_INVALID &&
		   err.line == 2 && err.column == 2,
	   "a wrong byte has a position");
	ok(jz_decode(JZ_GB18030, "a\xd5", 2, &out, &err) == JZ_E_INVALID,
	   "so has half a character");
	ok(jz_decode(JZ_UTF8, gb, sizeof(gb) - 1, &out, &err) == JZ_E_INVALID &&
		   strstr(err.message, "gb18030"),
	   "GB18030 taken for UTF-8 is noticed");
	jz_buf_clear(&out);
	is_int(jz_decode(JZ_UTF8, "\xef\xbb\xbfx", 4, &out, &err), 0, "byte order mark");
	is_str(out.data, "x", "is dropped");
}

int main(void)
{
	reading();
	refusals();
	limits();
	defusing();
	encodings();
	return done_testing();
}
