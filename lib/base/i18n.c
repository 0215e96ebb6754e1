#include "lib/base/i18n.h"

#include <locale.h>
#include <stdlib.h>
#include "lib/base/mem.h"

/* gettext looks at LANGUAGE anew when the domain is set. */
static void put_language(const char *language)
{
	if (language)
		setenv("LANGUAGE", language, 1);
	else
		unsetenv("LANGUAGE");
	textdomain(textdomain(NULL));
}

const char *jz_text_in(const char *language, const char *text)
{
	const char *now = getenv("LANGUAGE"), *found;
	jz_autofree char *kept = now ? jz_xstrdup(now) : NULL;
	jz_autofree char *locale = jz_xstrdup(setlocale(LC_MESSAGES, NULL));

	setlocale(LC_MESSAGES, "C.UTF-8"); /* in "C" nothing is translated */
	put_language(language);
	found = gettext(text);
	setlocale(LC_MESSAGES, locale);
	put_language(kept);
	return found;
}
