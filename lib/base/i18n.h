/* Message translation. _() translates now, N_() marks a string in a table for later. */
#ifndef JZ_BASE_I18N_H
#define JZ_BASE_I18N_H

#include <libintl.h>

#define _(text)		 gettext(text)
#define N_(text)	 text
#define P_(one, many, n) ngettext(one, many, n)

/* A text in another language ("zh_CN") than the one in use. */
const char *jz_text_in(const char *language, const char *text);

#endif
