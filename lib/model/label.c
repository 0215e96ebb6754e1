#include "lib/model/label.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* As gettext chooses: LANGUAGE goes before the locale unless that is plain C. */
bool jz_lang_zh(void)
{
	const char *locale = setlocale(LC_MESSAGES, NULL);
	const char *language = getenv("LANGUAGE");

	if (!locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX"))
		return false;
	return !strncmp(language && *language ? language : locale, "zh", 2);
}
