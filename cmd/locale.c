#include "cmd/locale.h"

#include <libintl.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define DOMAIN	 "jzbf"
#define FALLBACK "C.UTF-8"

/* The language that the environment asks for, as setlocale() would read it. */
static const char *wanted_language(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < JZ_COUNT(names); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return "C";
}

/* There is one Chinese catalogue, and titles and labels in one Chinese: zh, zh_SG or zh_TW get both. */
static void read_all_chinese(void)
{
	const char *language = getenv("LANGUAGE");

	if (!language || !*language)
		language = wanted_language();
	if (jz_starts_with(language, "zh") && !jz_starts_with(language, "zh_CN"))
		setenv("LANGUAGE", "zh_CN", 1);
}

static void set_or_fall_back(int category)
{
	if (!setlocale(category, ""))
		setlocale(category, FALLBACK);
}

void jz_locale_init(void)
{
	const char *dir = jz_locale_dir();

	set_or_fall_back(LC_CTYPE);
	set_or_fall_back(LC_TIME);
	if (!setlocale(LC_MESSAGES, "")) {
		jz_autofree char *language = jz_xstrdup(wanted_language());

		language[strcspn(language, ".@")] = '\0';
		setlocale(LC_MESSAGES, FALLBACK);
		setenv("LANGUAGE", language, 0);
	}
	read_all_chinese();
	if (dir)
		bindtextdomain(DOMAIN, dir);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
}

void jz_locale_machine(void)
{
	setlocale(LC_MESSAGES, "C"); /* in C.UTF-8 LANGUAGE would still count */
}
