#include "lib/model/label.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/node.h"

/* As gettext chooses: LANGUAGE goes before the locale unless that is plain C. */
bool jz_lang_zh(void)
{
	const char *locale = setlocale(LC_MESSAGES, NULL);
	const char *language = getenv("LANGUAGE");

	if (!locale || !strcmp(locale, "C") || !strcmp(locale, "POSIX"))
		return false;
	return !strncmp(language && *language ? language : locale, "zh", 2);
}

const char *jz_label_text(const struct jz_node *pair)
{
	return jz_map_text(pair, jz_lang_zh() ? "zh" : "en");
}
