#include "lib/model/label.h"

#include <locale.h>
#include <string.h>

bool jz_lang_zh(void)
{
	const char *language = setlocale(LC_MESSAGES, NULL);

	return language && !strncmp(language, "zh", 2);
}
